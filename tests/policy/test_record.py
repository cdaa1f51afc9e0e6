"""AWS's records of denied requests, each in the shape of botocore's model, beside our answers."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.session import Session
from botocore.stub import Stubber
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from idkeep.errors import Unreadable
from idkeep.policy.record import (
    Document,
    Record,
    read_document,
    read_record,
    with_documents,
)
from idkeep.policy.record_compare import Comparison, compare

RECORDS = Path(__file__).parent / "records"
NAMES = sorted(one.stem for one in RECORDS.glob("*.json"))
RCPS_REACH = frozenset({"s3:GetObject", "kms:Decrypt", "sqs:SendMessage", "sts:AssumeRole"})
ANA = "arn:aws:iam::111122223333:user/ana"
USER = {"aws:PrincipalArn": ANA, "aws:PrincipalType": "User", "aws:userid": "AIDAEXAMPLE"}
ROLE = {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/team/app"}
ALL: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
}
MODEL = ServiceModel(Loader().load_service_model("iam-toolbox", "service-2"))
DETAILS = MODEL.operation_model("GetRequestAuthorizationDetails").output_shape
POLICY = MODEL.operation_model("GetRequestAuthorizationPolicy").output_shape

VERDICTS = {
    "before_checks": ("agree", "EXPLICIT_DENY"),
    "boundary_silent": ("agree", "IMPLICIT_DENY"),
    "bucket_policy_at_home": ("agree", "ALLOW"),
    "cross_account_no_resource_policy": ("agree", "IMPLICIT_DENY"),
    "group_policy_with_context": ("agree", "IMPLICIT_DENY"),
    "handed_over_too_late": ("differ", "ALLOW"),
    "identity_deny": ("agree", "EXPLICIT_DENY"),
    "kms_grant_for_another_operation": ("agree", "IMPLICIT_DENY"),
    "missing_document": ("unknown", "UNKNOWN"),
    "missing_document_after_a_deny": ("agree", "EXPLICIT_DENY"),
    "nobody_told": ("unknown", "UNKNOWN"),
    "rcp_deny": ("agree", "EXPLICIT_DENY"),
    "resource_side_of_another_organization": ("agree", "IMPLICIT_DENY"),
    "scp_attached_at_two_levels": ("agree", "IMPLICIT_DENY"),
    "scp_second_level": ("agree", "EXPLICIT_DENY"),
    "service_principal": ("agree", "IMPLICIT_DENY"),
    "session_policy_silent": ("agree", "IMPLICIT_DENY"),
    "unknown_values": ("unknown", "UNKNOWN"),
}


def text_of(name: str) -> str:
    return (RECORDS / f"{name}.json").read_text()


def recorded(name: str) -> Record:
    return read_record([(f"{name}.json", text_of(name))])


def compared(record: Record) -> tuple[Comparison, ...]:
    return compare(record, rcps_reach=RCPS_REACH)


def check(kind: str, effect: str, *uris: str, **more: Any) -> dict[str, Any]:
    sids = [{"sid": "0", "evaluatedEffect": "DENY" if "DENY" in effect else "ALLOW"}]
    matched = [{"uri": uri, "matchedStatements": sids} for uri in uris]
    return {"checkType": kind, "evaluatedEffect": effect, "matchedPolicies": matched, **more}


def policy(kind: str, uri: str, document: Any = None, **more: Any) -> dict[str, Any]:
    told = {} if document is None else {"policyDocument": document}
    return {"type": kind, "uri": uri, **told, **more}


def judged(
    context: dict[str, Any],
    action: str,
    resource: str,
    effect: str,
    checks: list[dict[str, Any]] | None,
    policies: list[dict[str, Any]],
) -> Comparison:
    """The one evaluation of a record, which is held to botocore's model first."""
    evaluation: dict[str, Any] = {"action": action, "resource": resource}
    evaluation["evaluatedEffect"] = effect
    if checks is not None:
        evaluation["checks"] = checks
    page = {"requestContext": context, "evaluations": [evaluation], "policies": policies}
    hold_to_the_model(page)
    return compared(read_record([("record.json", json.dumps(page))]))[0]


def hold_to_the_model(page: dict[str, Any]) -> None:
    """Documents come from the other operation, so they are held to its answer's shape."""
    bare = json.loads(json.dumps(page))
    for one in bare["policies"]:
        if "policyDocument" in one:
            document = {"policyDocument": one.pop("policyDocument")}
            assert not ParamValidator().validate(document, POLICY).has_errors()
    report = ParamValidator().validate(bare, DETAILS)
    assert not report.has_errors(), report.generate_report()
    answer = {"status_code": 200, "headers": {}, "body": json.dumps(bare).encode()}
    parsed = create_parser("rest-json").parse(answer, DETAILS)
    del parsed["ResponseMetadata"]
    assert parsed == bare


@pytest.mark.parametrize("name", NAMES)
def test_every_record_is_in_the_shape_of_awss_model(name: str) -> None:
    hold_to_the_model(json.loads(text_of(name)))


@pytest.mark.parametrize("name", NAMES)
def test_a_record_is_judged_as_it_stands(name: str) -> None:
    first = compared(recorded(name))[0]
    assert (first.verdict, first.ours) == VERDICTS[name], first


def test_each_level_of_the_organization_is_a_check_of_its_own() -> None:
    (one,) = compared(recorded("scp_second_level"))
    levels = [c for c in one.checks if c.check == "SERVICE_CONTROL_POLICY"]
    assert [c.ours for c in levels] == ["ALLOW", "EXPLICIT_DENY", "ALLOW"]
    denying = levels[1].statements[0]
    assert (denying.sid, denying.place) == ("NoUsers", "scp_second_level.json:123:11")


def test_a_policy_attached_at_two_levels_stands_in_each() -> None:
    (one,) = compared(recorded("scp_attached_at_two_levels"))
    levels = [c.ours for c in one.checks if c.check == "SERVICE_CONTROL_POLICY"]
    assert levels == ["IMPLICIT_DENY", "ALLOW", "IMPLICIT_DENY"]


def test_a_role_is_the_session_that_aws_userid_names() -> None:
    (one,) = compared(recorded("session_policy_silent"))
    assert one.principal == "arn:aws:sts::111122223333:assumed-role/app/one"


def test_the_context_of_an_evaluation_stands_on_top_of_the_requests() -> None:
    denied, allowed = compared(recorded("group_policy_with_context"))
    assert (denied.ours, allowed.ours) == ("IMPLICIT_DENY", "ALLOW")


def test_a_missing_document_is_named_by_its_uri() -> None:
    (one,) = compared(recorded("missing_document"))
    assert "arn:aws:iam::aws:policy/ReadOnlyAccess was not handed over" in one.why
    assert [c.ours for c in one.checks] == ["OPEN"]


def test_a_missing_document_decides_nothing_where_a_denial_is_told() -> None:
    (one,) = compared(recorded("missing_document_after_a_deny"))
    assert (one.ours, one.verdict) == ("EXPLICIT_DENY", "agree")


def test_values_that_idkeep_does_not_know_are_said_and_leave_the_answer_open() -> None:
    record = recorded("unknown_values")
    assert record.notes == (
        "the record has a policy type that idkeep does not know: CONFERENCE_POLICY",
        "the record has a check that idkeep does not know: CONFERENCE",
    )
    (one,) = compared(record)
    assert "CONFERENCE_POLICY" in one.why
    assert [c.check for c in one.checks] == ["PRINCIPAL", "CONFERENCE"]


def test_fields_that_idkeep_does_not_know_are_said_each_once() -> None:
    page = json.loads(text_of("identity_deny"))
    page["ResponseMetadata"] = {"HTTPStatusCode": 200}
    page["region"] = "us-east-1"
    for one in page["policies"]:
        one["since"] = 1
    notes = read_record([("r.json", json.dumps(page))]).notes
    assert [note.rpartition(": ")[2] for note in notes] == ["policies.since", "region"]


def test_a_difference_has_both_sides_words() -> None:
    (one,) = compared(recorded("handed_over_too_late"))
    told = [(d.what, d.aws, d.ours) for d in one.differences]
    assert ("the decision", "IMPLICIT_DENY", "ALLOW") in told
    assert ("PRINCIPAL", "IMPLICIT_DENY", "ALLOW") in told


def test_a_statement_that_aws_names_and_the_text_has_not_is_a_difference() -> None:
    page = json.loads(text_of("identity_deny"))
    page["policies"][0]["policyDocument"]["Statement"][0]["Sid"] = "Renamed"
    (one,) = compared(read_record([("r.json", json.dumps(page))]))
    assert one.ours == one.aws == "EXPLICIT_DENY"
    assert [(d.aws, d.ours) for d in one.differences] == [
        ("matches", "does not match"),
        ("does not match", "matches"),
    ]


def test_a_sid_that_aws_made_up_stands_for_a_statement_without_one() -> None:
    one = judged(
        USER,
        "iam:GetUser",
        ANA,
        "ALLOW",
        [check("PRINCIPAL", "ALLOW", "inline")],
        [policy("IDENTITY_BASED_POLICY", "inline", ALL)],
    )
    assert (one.verdict, one.checks[0].statements[0].index) == ("agree", 0)


KEY = "arn:aws:kms:eu-west-1:{}:key/k"
GRANT = {"type": "KMS_GRANT", "typeName": "KMS grant", "grantId": "g1"}
KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:user/ben"},
        "Action": "kms:*",
        "Resource": "*",
    },
}
GRANT_AS_POLICY = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": ANA},
        "Action": "kms:Decrypt",
        "Resource": "*",
    },
}
GRANT_AS_LISTED = {"GranteePrincipal": ANA, "Operations": ["Decrypt"], "GrantId": "g1"}


@pytest.mark.parametrize("document", [GRANT_AS_POLICY, GRANT_AS_LISTED], ids=["policy", "listed"])
def test_a_grant_of_the_key_allows_as_a_policy_or_as_list_grants_tells_it(document: Any) -> None:
    one = judged(
        USER,
        "kms:Decrypt",
        KEY.format("111122223333"),
        "ALLOW",
        [check("RESOURCE", "ALLOW", "grant"), check("PRINCIPAL", "NO_IMPACT")],
        [
            policy("RESOURCE_BASED_POLICY", "key-policy", KEY_POLICY),
            policy("RESOURCE_BASED_POLICY", "grant", document, policySource=GRANT),
        ],
    )
    assert (one.ours, one.verdict) == ("ALLOW", "agree"), one


def test_who_issued_a_grant_across_accounts_is_not_told_by_a_policy() -> None:
    one = judged(
        USER,
        "kms:Decrypt",
        KEY.format("444455556666"),
        "IMPLICIT_DENY",
        [check("RESOURCE", "ALLOW", "grant"), check("PRINCIPAL", "IMPLICIT_DENY")],
        [policy("RESOURCE_BASED_POLICY", "grant", GRANT_AS_POLICY, policySource=GRANT)],
    )
    assert one.ours == "UNKNOWN"
    assert "which account issued the grant grant (KMS grant g1) is not told" in one.why


@pytest.mark.parametrize(
    ("context", "why"),
    [
        ({}, "it has no aws:PrincipalArn"),
        ({"aws:PrincipalArn": "ana"}, "neither an ARN nor a service"),
        ({"aws:PrincipalArn": [ANA, f"{ANA}2"]}, "it has no aws:PrincipalArn"),
        ({"aws:PrincipalArn": ANA, "aws:PrincipalType": "AssumedRole"}, "contradicts itself"),
    ],
)
def test_who_asked_is_unknown_where_the_record_does_not_tell(
    context: dict[str, Any], why: str
) -> None:
    one = judged(context, "iam:GetUser", ANA, "IMPLICIT_DENY", [], [])
    assert (one.ours, one.principal) == ("UNKNOWN", "")
    assert why in one.why


@pytest.mark.parametrize(
    ("context", "principal"),
    [
        (ROLE, "arn:aws:iam::111122223333:role/team/app"),
        (ROLE | {"aws:userid": "AROAX:s"}, "arn:aws:sts::111122223333:assumed-role/app/s"),
        ({"aws:PrincipalArn": "arn:aws:iam::111122223333:root"}, "arn:aws:iam::111122223333:root"),
        ({"aws:PRINCIPALARN": ANA}, ANA),
        ({"aws:PrincipalServiceName": "s3.amazonaws.com"}, "s3.amazonaws.com"),
        ({"aws:userid": "anonymous"}, "anybody"),
    ],
)
def test_who_asked_is_told_by_the_keys_of_the_principal(
    context: dict[str, Any], principal: str
) -> None:
    one = judged(context, "iam:GetUser", ANA, "IMPLICIT_DENY", [], [])
    assert one.principal == principal


def test_what_another_organization_may_withhold_is_not_taken_for_absent() -> None:
    context = USER | {"aws:PrincipalOrgID": "o-abc", "aws:ResourceAccount": "444455556666"}
    hidden = judged(context, "s3:GetObject", "arn:aws:s3:::b/k", "IMPLICIT_DENY", [],
                    [policy("IDENTITY_BASED_POLICY", "inline", ALL)])  # fmt: skip
    assert "AWS may withhold it" in hidden.why
    same = context | {"aws:ResourceOrgID": "o-abc"}
    shown = judged(same, "s3:GetObject", "arn:aws:s3:::b/k", "IMPLICIT_DENY", [],
                   [policy("IDENTITY_BASED_POLICY", "inline", ALL)])  # fmt: skip
    assert shown.ours == "IMPLICIT_DENY"


@pytest.mark.parametrize(
    ("kind", "effect"),
    [
        ("PRINCIPAL", "EXPLICIT_DENY"),
        ("PERMISSIONS_BOUNDARY", "IMPLICIT_DENY"),
        ("PERMISSIONS_BOUNDARY", "EXPLICIT_DENY"),
        ("SESSION", "IMPLICIT_DENY"),
        ("VPC_ENDPOINT", "EXPLICIT_DENY"),
        ("SERVICE_CONTROL_POLICY", "EXPLICIT_DENY"),
    ],
)
def test_a_check_that_rests_on_a_policy_left_out_leaves_the_answer_open(
    kind: str, effect: str
) -> None:
    one = judged(
        USER,
        "iam:GetUser",
        ANA,
        effect,
        [check(kind, effect)],
        [policy("IDENTITY_BASED_POLICY", "inline", ALL)],
    )
    assert (one.verdict, one.ours) == ("unknown", "UNKNOWN"), one
    assert f"AWS's check {kind} rests on a policy that the record does not name" in one.why


def test_one_policy_may_be_the_users_own_and_its_boundary() -> None:
    reads = {"Effect": "Allow", "Action": "iam:Get*", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": reads}
    one = judged(
        USER,
        "iam:CreateUser",
        ANA,
        "IMPLICIT_DENY",
        [
            check("PRINCIPAL", "ALLOW", "wide"),
            check("PERMISSIONS_BOUNDARY", "IMPLICIT_DENY"),
        ],
        [
            policy("IDENTITY_BASED_POLICY", "wide", ALL),
            policy("IDENTITY_BASED_POLICY", "reads", document),
            policy("PERMISSIONS_BOUNDARY", "reads", document),
        ],
    )
    assert (one.ours, one.verdict) == ("IMPLICIT_DENY", "agree"), one


def test_levels_that_aws_does_not_tell_apart_are_held_together() -> None:
    root, account = (f"arn:aws:organizations::1:{part}" for part in ("root/o/r", "account/o/1"))
    nothing = {"Version": "2012-10-17", "Statement": {**ALL["Statement"], "Action": "s3:*"}}
    scp = "SERVICE_CONTROL_POLICY"
    one = judged(
        USER,
        "iam:GetUser",
        ANA,
        "IMPLICIT_DENY",
        [check(scp, "IMPLICIT_DENY"), check("PRINCIPAL", "ALLOW", "inline")],
        [
            policy(scp, "full", ALL, attachedTo=[{"arn": account}]),
            policy(scp, "s3", nothing, attachedTo=[{"arn": root}]),
            policy("IDENTITY_BASED_POLICY", "inline", ALL),
        ],
    )
    assert (one.ours, one.verdict) == ("IMPLICIT_DENY", "agree"), one
    assert [c.ours for c in one.checks] == ["IMPLICIT_DENY", "ALLOW"]


def test_root_needs_no_allow_whatever_aws_calls_that() -> None:
    root = {"aws:PrincipalArn": "arn:aws:iam::111122223333:root", "aws:PrincipalType": "Account"}
    one = judged(root, "iam:GetUser", ANA, "ALLOW", [check("PRINCIPAL", "ALLOW")], [])
    assert (one.ours, one.verdict) == ("ALLOW", "agree"), one


def test_policies_without_a_uri_are_not_taken_for_each_other() -> None:
    policies = [policy("IDENTITY_BASED_POLICY", "", ALL), policy("SESSION_POLICY", "", ALL)]
    one = judged(USER, "iam:GetUser", ANA, "ALLOW", [], policies)
    assert one.ours == "UNKNOWN"
    assert "the document of a policy without uri was not handed over" in one.why


def test_a_document_that_idkeep_cannot_read_is_as_one_that_is_missing() -> None:
    bad = {"Version": "2012-10-17", "Statement": [{**ALL["Statement"], "Efect": "Allow"}]}
    one = judged(USER, "iam:GetUser", ANA, "ALLOW", [], [policy("SESSION_POLICY", "s", bad)])
    assert one.ours == "UNKNOWN"
    assert "idkeep can't read the document of s: no element 'Efect'" in one.why


def test_an_evaluation_of_one_permission_is_judged_without_its_companions() -> None:
    """AWS lists sts:TagSession as an evaluation of its own."""
    role = "arn:aws:iam::111122223333:role/r"
    trust = {"Effect": "Allow", "Principal": {"AWS": ANA}, "Action": "sts:AssumeRole"}
    one = judged(
        USER | {"aws:RequestTag/team": "a", "aws:TagKeys": ["team"]},
        "sts:AssumeRole",
        role,
        "ALLOW",
        [check("RESOURCE", "ALLOW", "trust"), check("PRINCIPAL", "NO_IMPACT")],
        [policy("RESOURCE_BASED_POLICY", "trust", {"Version": "2012-10-17", "Statement": trust})],
    )
    assert (one.ours, one.verdict) == ("ALLOW", "agree"), one


def test_pages_are_one_record_and_a_missing_last_page_is_told() -> None:
    page = json.loads(text_of("identity_deny"))
    first, last = json.dumps({**page, "nextToken": "t"}), json.dumps(page)
    both = read_record([("1.json", first), ("2.json", last)])
    assert (len(both.evaluations), len(both.policies), both.is_whole) == (2, 2, True)
    assert not read_record([("1.json", first)]).is_whole
    listed = read_record([("list.json", f"[{first}, {last}]")])
    assert listed.evaluations == both.evaluations
    assert [one.verdict for one in compared(listed)] == ["agree", "agree"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "r.json:1:"),
        ("[]", "has no page"),
        ("3", "is no record of an authorization"),
        ('{"requestContext": {}, "evaluations": [{}], "policies": []}', "`action`"),
    ],
)
def test_what_is_no_record_is_refused_with_the_place(text: str, message: str) -> None:
    with pytest.raises(Unreadable, match=r"r\.json") as error:
        read_record([("r.json", text)])
    assert message in error.value.message


def test_pages_of_two_requests_are_refused() -> None:
    files = [(f"{n}.json", text_of(n)) for n in ("identity_deny", "service_principal")]
    with pytest.raises(Unreadable, match="another request"):
        read_record(files)


def test_a_paginated_answer_of_the_sdk_lacks_context_and_policies_and_the_hint_says_so() -> None:
    """The paginator's only result key is `evaluations`, so the AWS CLI prints nothing else."""
    client = Session().create_client(
        "iam-toolbox",
        region_name="us-east-1",
        aws_access_key_id="none",
        aws_secret_access_key="none",
    )
    page = json.loads(text_of("nobody_told"))
    with Stubber(client) as stub:
        stub.add_response("get_request_authorization_details", page, {"authorizationId": "a"})
        paginator = client.get_paginator("get_request_authorization_details")
        printed = paginator.paginate(authorizationId="a").build_full_result()
    assert list(printed) == ["evaluations"]
    with pytest.raises(Unreadable) as error:
        read_record([("r.json", json.dumps(printed))])
    assert "--no-paginate" in error.value.hint


def test_a_document_is_the_policy_or_the_answer_that_holds_it() -> None:
    bare = read_document("p.json", json.dumps(ALL, indent=1))
    held = read_document("a.json", json.dumps({"policyDocument": ALL}, indent=1))
    assert json.loads(bare.text) == json.loads(held.text) == ALL
    assert bare.place(0) == "p.json:3:15"
    assert held.place(0) == "a.json:4:16"


FILLINGS = [
    ALL,
    {**ALL, "Statement": []},
    {**ALL, "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}},
    {**ALL, "Statement": {"Effect": "Allow", "Action": "iam:Get*", "Resource": "*"}},
]


@given(st.sampled_from(NAMES), st.data())
def test_an_answer_given_without_a_document_holds_whatever_the_document_is(
    name: str, data: st.DataObject
) -> None:
    page = json.loads(text_of(name))
    hidden = [one["uri"] for one in page["policies"] if data.draw(st.booleans())]
    for one in page["policies"]:
        if one["uri"] in hidden:
            one.pop("policyDocument", None)
    without = read_record([("r.json", json.dumps(page))])
    kinds = {one.uri: one.type for one in without.policies}
    found = {uri: data.draw(st.sampled_from(FILLINGS)) for uri in hidden}
    whole = with_documents(
        without,
        {uri: Document(text=_for(kinds[uri], one), file="f") for uri, one in found.items()},
    )
    for less, more in zip(compared(without), compared(whole), strict=True):
        if less.ours in {"ALLOW", "EXPLICIT_DENY", "IMPLICIT_DENY"}:
            assert less.ours == more.ours
            both = zip(less.checks, more.checks, strict=True)
            assert all(a.ours in {b.ours, "OPEN"} for a, b in both)


def _for(kind: str, document: dict[str, Any]) -> str:
    """With a principal, where a policy of that kind has one."""
    if kind not in {"RESOURCE_BASED_POLICY", "RESOURCE_CONTROL_POLICY", "VPC_ENDPOINT_POLICY"}:
        return json.dumps(document)
    told = document["Statement"]
    statements = told if isinstance(told, list) else [told]
    return json.dumps({**document, "Statement": [{**s, "Principal": "*"} for s in statements]})
