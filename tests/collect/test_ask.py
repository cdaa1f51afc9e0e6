"""How a family asks: whole pages, side by side, politely, and each failure in its own place."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st

from idkeep.collect import collectors
from idkeep.collect.ask import Ask
from idkeep.collect.aws import Aws, _Place
from idkeep.collect.declare import AnyCollector, Collector, built
from idkeep.collect.iam import ROOT_FEATURES, SERVICE_CREDENTIALS
from idkeep.collect.paging import paging
from idkeep.collect.rate import Bucket, Rate
from idkeep.collect.signin import SIGNIN_POLICY
from idkeep.model import Family, Gap, NotToldHere

from .answers import ACCOUNT, CALLER, NOW, REGION, Answers, Error, ask_of, aws_of

MFA: Collector[Any] = Collector(
    service="iam",
    operation="ListMFADevices",
    build=lambda pages: tuple(d["SerialNumber"] for page in pages for d in page["MFADevices"]),
)
ANALYZERS: Collector[Any] = Collector(
    service="accessanalyzer",
    operation="ListAnalyzers",
    action="access-analyzer:ListAnalyzers",
    regional=True,
    build=lambda pages: tuple(one["name"] for page in pages for one in page["analyzers"]),
)


def device(serial: str) -> dict[str, Any]:
    return {"UserName": "ana", "SerialNumber": serial, "EnableDate": NOW}


def page(*serials: str, **end: Any) -> dict[str, Any]:
    return {"MFADevices": [device(one) for one in serials], **end}


def test_every_page_is_asked_for_by_the_token_of_the_last() -> None:
    ask, answers = ask_of(
        {
            "iam:ListMFADevices": (
                page("GAHT00001", IsTruncated=True, Marker="m1"),
                page("GAHT00002", IsTruncated=True, Marker="m2"),
                page("GAHT00003", IsTruncated=False),
            )
        }
    )
    assert ask(MFA, UserName="ana") == ("GAHT00001", "GAHT00002", "GAHT00003")
    assert answers.params("iam:ListMFADevices") == [
        {"UserName": "ana"},
        {"UserName": "ana", "Marker": "m1"},
        {"UserName": "ana", "Marker": "m2"},
    ]


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ({}, "does not say whether there is more"),
        ({"IsTruncated": True}, "pages do not lead on"),
        ({"IsTruncated": True, "Marker": "same"}, "pages do not lead on"),
    ],
)
def test_pages_that_break_off_leave_a_gap_and_what_came(end: Mapping[str, Any], why: str) -> None:
    ask, _ = ask_of(
        {"iam:ListMFADevices": lambda _: page("GAHT00001", **end)},
    )
    reading = ask.reading(MFA)
    assert reading.gap is not None
    assert why in reading.gap.error
    assert bool(built(MFA, reading.pages)) == bool(end)
    assert isinstance(ask(MFA), Gap)


def test_an_operation_without_a_paginator_of_botocores_pages_all_the_same() -> None:
    one = {
        "UserName": "ana",
        "Status": "Active",
        "CreateDate": NOW,
        "ServiceSpecificCredentialId": "ACCAEXAMPLE0000000001",
        "ServiceName": "bedrock.amazonaws.com",
    }
    ask, answers = ask_of(
        {
            "iam:ListServiceSpecificCredentials": (
                {"ServiceSpecificCredentials": [one], "IsTruncated": True, "Marker": "next"},
                {"ServiceSpecificCredentials": [{**one, "UserName": "bo"}]},
            )
        }
    )
    assert set(ask.sure(SERVICE_CREDENTIALS)) == {"ana", "bo"}  # type: ignore[arg-type]
    assert answers.params("iam:ListServiceSpecificCredentials") == [
        {"AllUsers": True, "MaxItems": 1000},
        {"AllUsers": True, "MaxItems": 1000, "Marker": "next"},
    ]


# Codes that AWS documents and botocore's models lack:
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and
# https://docs.aws.amazon.com/awssupport/latest/APIReference/Welcome.html; of SageMaker the page of
# GetEndpointPolicy, and for model groups https://github.com/mondoohq/mql/pull/9166
DOCUMENTED = {
    "s3:GetBucketOwnershipControls": {"OwnershipControlsNotFoundError"},
    "s3control:GetAccessPointPolicy": {"NoSuchAccessPointPolicy"},
    "s3:GetBucketPolicy": {"NoSuchBucketPolicy"},
    "s3:GetPublicAccessBlock": {"NoSuchPublicAccessBlockConfiguration"},
    "sagemaker:GetEndpointPolicy": {"ValidationException"},
    "sagemaker:GetModelPackageGroupPolicy": {"ValidationException"},
    "support:DescribeTrustedAdvisorChecks": {"SubscriptionRequiredException"},
}


@cache
def service_model(service: str) -> Any:
    """As the SDK has it; read once, for some are large."""
    return Session().get_service_model(service)


@pytest.mark.parametrize("collector", collectors(Family), ids=lambda one: one.action)
def test_a_collector_asks_what_botocore_knows(collector: AnyCollector) -> None:
    model = service_model(collector.service).operation_model(collector.operation)
    paging(collector.service, model)
    members = set(model.input_shape.members) if model.input_shape else set()
    assert set(collector.params) <= members
    codes = {
        name
        for shape in model.error_shapes
        for name in (shape.name, shape.metadata.get("error", {}).get("code", shape.name))
    }
    codes |= DOCUMENTED.get(f"{collector.service}:{collector.operation}", set())
    assert {*collector.absent, *collector.answers} <= codes


def test_a_code_may_be_an_answer() -> None:
    code = "AccountNotManagementOrDelegatedAdministratorException"
    ask, _ = ask_of({"iam:ListOrganizationsFeatures": Error(code)})
    assert ask(ROOT_FEATURES) == NotToldHere(code=code)
    ask, _ = ask_of({"iam:ListOrganizationsFeatures": Error("OrganizationNotFoundException")})
    assert ask(ROOT_FEATURES) is None
    ask, _ = ask_of({"iam:ListOrganizationsFeatures": Error("AccessDenied", "explicit deny")})
    assert ask(ROOT_FEATURES) == Gap(
        "iam:ListOrganizationsFeatures", "AccessDenied", "explicit deny"
    )


def test_each_item_has_its_own_answer_in_its_own_place() -> None:
    def one(params: Mapping[str, Any]) -> Any:
        name = params["UserName"]
        if name == "gone":
            return Error("NoSuchEntity")
        return page(f"GAHT-{name}-000", IsTruncated=False)

    ask, _ = ask_of({"iam:ListMFADevices": one})
    names = ["ana", "gone", *(f"user{n}" for n in range(9))]
    found = ask.each(names, lambda name: ask.sure(MFA, UserName=name))
    assert found[0] == ("GAHT-ana-000",)
    assert found[1] == Gap("iam:ListMFADevices", "NoSuchEntity")
    assert [len(one) for one in found[2:] if isinstance(one, tuple)] == [1] * 9


def test_what_goes_wrong_with_one_item_is_that_items_gap() -> None:
    ask, _ = ask_of({"iam:ListMFADevices": page("GAHT00001", IsTruncated=False)})

    def odd(name: str) -> Any:
        found = ask.sure(MFA, UserName=name)
        return {"ana": found}[name]

    whole, gap = ask.each(["ana", "bo"], odd)
    assert whole == ("GAHT00001",)
    assert gap == Gap("iam:ListMFADevices", "the answer lacks bo")


def test_items_within_items_come_to_an_end() -> None:
    ask, answers = ask_of({"iam:ListMFADevices": page(IsTruncated=False)})
    found = ask.each(
        range(6), lambda _: ask.each(range(5), lambda n: ask.sure(MFA, UserName=f"u{n}"))
    )
    assert found == (((),) * 5,) * 6
    assert len(answers.asked) == 30


REGIONS = {
    "Regions": [
        {"RegionName": "eu-west-1", "RegionOptStatus": "ENABLED_BY_DEFAULT"},
        {"RegionName": "af-south-1", "RegionOptStatus": "ENABLED"},
        {"RegionName": "me-south-1", "RegionOptStatus": "DISABLED"},
    ]
}


def test_every_region_that_is_not_disabled_is_asked_and_the_list_once() -> None:
    ask, answers = ask_of(
        {"account:ListRegions": REGIONS, "accessanalyzer:ListAnalyzers": {"analyzers": []}}
    )
    assert ask.in_regions(lambda region: ask.sure(ANALYZERS, region=region)) == {
        "eu-west-1": (),
        "af-south-1": (),
    }
    ask.in_regions(lambda region: ask.sure(ANALYZERS, region=region))
    assert answers.actions().count("account:ListRegions") == 1
    assert [call.action for call in ask.aws.calls()] == [
        "access-analyzer:ListAnalyzers",
        "account:ListRegions",
    ]


def test_without_the_list_of_regions_there_is_one_gap() -> None:
    ask, _ = ask_of({"account:ListRegions": Error("AccessDeniedException", "")})
    assert ask.in_regions(lambda region: ask.sure(ANALYZERS, region=region)) == Gap(
        "account:ListRegions", "AccessDeniedException"
    )


def test_regions_are_had_of_ec2_where_the_account_service_does_not_tell() -> None:
    told = {
        "Regions": [
            {"RegionName": "eu-west-1", "OptInStatus": "opt-in-not-required"},
            {"RegionName": "af-south-1", "OptInStatus": "opted-in"},
            {"RegionName": "me-south-1", "OptInStatus": "not-opted-in"},
        ]
    }
    ask, answers = ask_of(
        {
            "account:ListRegions": Error("AccessDeniedException", ""),
            "ec2:DescribeRegions": told,
            "accessanalyzer:ListAnalyzers": {"analyzers": []},
        }
    )
    found = ask.in_regions(lambda region: ask.sure(ANALYZERS, region=region))
    assert found == {"eu-west-1": (), "af-south-1": ()}
    assert ask.regions() == {
        "eu-west-1": "ENABLED_BY_DEFAULT",
        "af-south-1": "ENABLED",
        "me-south-1": "DISABLED",
    }
    assert answers.actions().count("ec2:DescribeRegions") == 1


def test_a_region_that_does_not_answer_is_asked_once_for_a_service() -> None:
    ask, answers = ask_of(
        {"accessanalyzer:ListAnalyzers": lambda _: ConnectTimeoutError(endpoint_url="there")}
    )
    gap = Gap(
        "access-analyzer:ListAnalyzers", "no connection within the time limit", "", "af-south-1"
    )
    assert [ask.sure(ANALYZERS, region="af-south-1") for _ in range(3)] == [gap] * 3
    assert str(gap) == (
        "access-analyzer:ListAnalyzers in af-south-1: no connection within the time limit"
    )
    assert len(answers.asked) == 1


def test_a_closed_region_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nothing listens there; port 9 is reserved for discarding.
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    aws = Aws(boto3.Session("AKIDEXAMPLE", "not-a-secret"), REGION)
    ask = Ask(aws, CALLER, ACCOUNT, lambda: NOW)
    found = ask.sure(ANALYZERS, region="af-south-1")
    assert isinstance(found, Gap)
    assert found.error == "could not connect"
    [call] = aws.calls()
    assert call.requests == 1


def test_a_collector_that_is_not_regional_takes_no_region() -> None:
    ask, _ = ask_of({})
    with pytest.raises(ValueError, match="iam:ListMFADevices is not asked in a region"):
        ask(MFA, region="eu-west-1")


@given(st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_a_bucket_never_lets_more_through_than_its_rate(pauses: list[float]) -> None:
    clock = [0.0]
    bucket = Bucket(Rate(a_second=5, burst=4), clock=lambda: clock[0])
    served = []
    for pause in pauses:
        clock[0] += pause
        served.append(clock[0] + bucket.take())
    for n, first in enumerate(served):
        for m in range(n, len(served)):
            assert m - n + 1 <= 4 + 5 * (served[m] - first) + 1e-6


def test_a_long_pause_is_announced() -> None:
    said: list[str] = []
    answers = Answers({"account:ListRegions": REGIONS})
    aws = aws_of(answers)
    aws.announce = said.append
    ask = Ask(aws, CALLER, ACCOUNT, lambda: NOW)
    regions: Collector[Any] = Collector(service="account", operation="ListRegions", build=len)
    ask.each(range(14), lambda _: aws.read(regions))
    assert said == []
    aws.stop()  # the pause itself is not what this is about
    for _ in range(40):
        aws.read(regions)
    assert said
    assert said[0].startswith("account: waiting ")


def test_sign_in_is_asked_where_the_configuration_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    aws = Aws(boto3.Session("AKIDEXAMPLE", "not-a-secret"), REGION)
    seen: list[str] = []
    client = aws._client(_Place("signin", "us-east-1", attempts=1))
    client.meta.events.register("before-send", lambda request, **_: seen.append(request.url))
    aws._read(SIGNIN_POLICY, _Place("signin", "us-east-1", attempts=1), {})
    assert set(seen) == {"http://127.0.0.1:9/get-resource-policy"}


def test_few_clients_are_kept_however_many_services_and_regions_are_asked() -> None:
    made: list[str] = []

    class Counting(Answers):
        def client(self, service: str, *, region_name: str, config: Any) -> Any:
            made.append(region_name)
            return super().client(service, region_name=region_name, config=config)

    aws = aws_of(Counting({"accessanalyzer:ListAnalyzers": {"analyzers": []}}))
    regions = [f"eu-west-{n}" for n in range(1, 67)]
    for region in (*regions, regions[-1]):
        assert not aws.read(ANALYZERS, region=region).gap
    assert made == regions  # the last is still there
    aws.read(ANALYZERS, region=regions[0])
    assert made[-1] == regions[0]  # and the first had to be made again
    assert sum(call.calls for call in aws.calls()) == 68
