"""Saved answers, file by file: what each may be called and hold, and what is wrong with one."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.checks import ALL, run
from idkeep.collect.families import FAMILIES, collectors
from idkeep.collect.offline import Taken, files
from idkeep.config import Settings
from idkeep.errors import IdkeepError, Unreadable, WrongAccount
from idkeep.model import (
    Caller,
    Family,
    Gap,
    InstanceProfile,
    PasswordPolicy,
    PolicyTags,
    Status,
)
from idkeep.model.other_resources import MoreResources
from idkeep.model.other_types import OTHER_TYPES
from idkeep.model.resources import Resources

from .a_folder import (
    ACCOUNT,
    CALLER,
    CSV,
    DETAILS,
    IDENTITY,
    MADE,
    NO_KEYS,
    NOW,
    ODD,
    REPORT,
    ROLE,
    SUMMARY,
    TRUST,
    USER,
    put,
    read,
    whole,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Little, but enough to know whose it is and when it was made."""
    put(tmp_path, "get-caller-identity.json", CALLER)
    put(tmp_path, "account-authorization-details.json", DETAILS)
    put(tmp_path, "credential-report.json", REPORT)
    put(tmp_path, "account-summary.json", SUMMARY)
    return tmp_path


def test_a_folder_is_read_as_the_account_would_be(folder: Path) -> None:
    snapshot = read(folder)
    [user] = snapshot.users
    assert (snapshot.account.id, snapshot.account.partition) == (ACCOUNT, "aws")
    assert snapshot.account.caller == Caller(arn=CALLER["Arn"], user_id=CALLER["UserId"])
    assert snapshot.taken == datetime.fromisoformat(MADE)
    assert snapshot.credential_report_generated == snapshot.taken
    assert user.mfa_active is True
    assert snapshot.root.has_mfa is True
    assert not snapshot.calls


def test_policy_documents_keep_every_character_decoded_or_not(folder: Path) -> None:
    from_objects = read(folder).documents
    assert {json.dumps(json.loads(one)) for one in from_objects.values()} == {
        json.dumps(TRUST),
        json.dumps(ODD),
    }
    encoded = json.loads(json.dumps(DETAILS))
    encoded["UserDetailList"][0]["UserPolicyList"][0]["PolicyDocument"] = _encoded(ODD)
    encoded["RoleDetailList"][0]["AssumeRolePolicyDocument"] = json.dumps(TRUST)
    put(folder, "account-authorization-details.json", encoded)
    assert {json.dumps(json.loads(one)) for one in read(folder).documents.values()} == {
        json.dumps(TRUST),
        json.dumps(ODD),
    }


def test_tags_of_policies_are_read_from_the_home_regions_file(folder: Path) -> None:
    arn = f"arn:aws:iam::{ACCOUNT}:policy/own"
    policy = {
        "PolicyName": "own",
        "PolicyId": "ANPAEXAMPLE",
        "Arn": arn,
        "DefaultVersionId": "v1",
        "CreateDate": "2025-01-01T00:00:00+00:00",
        "PolicyVersionList": [],
    }
    put(folder, "account-authorization-details.json", {**DETAILS, "Policies": [policy]})
    [without] = read(folder).policies
    assert isinstance(without.tags, Gap)
    assert without.tags.unsaved
    tags = [{"ResourceARN": arn, "Tags": [{"Key": "team", "Value": "red"}]}]
    listing = {"ResourceTagMappingList": tags, "PaginationToken": ""}
    put(folder, "get-resources--iam-policy--us-east-1.json", listing)
    [read_now] = read(folder).policies
    assert read_now.tags == PolicyTags(entries={"team": "red"})


def test_instance_profiles_are_read_and_fewer_than_iam_counts_are_not_all(folder: Path) -> None:
    gap = read(folder).instance_profiles
    assert isinstance(gap, Gap)
    assert gap.unsaved
    profile = {
        "Path": "/",
        "InstanceProfileName": "left",
        "InstanceProfileId": "AIPAEXAMPLE",
        "Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/left",
        "CreateDate": "2025-01-01T00:00:00+00:00",
        "Roles": [],
    }
    put(folder, "list-instance-profiles.json", {"InstanceProfiles": [profile]})
    counted = {**SUMMARY["SummaryMap"], "InstanceProfiles": 2}
    put(folder, "account-summary.json", {"SummaryMap": counted})
    snapshot = read(folder)
    assert [one.name for one in snapshot.of(InstanceProfile)] == ["left"]
    assert snapshot.missing(InstanceProfile) == (
        Gap("iam:ListInstanceProfiles", "lists 1 of the account's 2 instance profiles"),
    )


def _encoded(document: object) -> str:
    from urllib.parse import quote  # noqa: PLC0415

    return quote(json.dumps(document, ensure_ascii=False))


OPEN_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}


@pytest.mark.parametrize(
    "written",
    [OPEN_TRUST, json.dumps(OPEN_TRUST), _encoded(OPEN_TRUST), json.dumps(OPEN_TRUST, indent=2)],
    ids=["object", "text", "encoded", "laid out"],
)
def test_wrong_verdict_51_a_trust_policy_is_examined_however_it_is_written(
    folder: Path, written: object
) -> None:
    details = json.loads(json.dumps(DETAILS))
    details["RoleDetailList"][0]["AssumeRolePolicyDocument"] = written
    put(folder, "account-authorization-details.json", details)
    [check] = [one for one in ALL if one.id == "role-open-to-anybody"]
    [outcome] = run([check], Estate(read(folder), Settings(), load_catalog()))
    assert [one.status for one in outcome.verdicts] == [Status.FAIL]


PAGES = [
    {"UserDetailList": [USER], "IsTruncated": True, "Marker": "more"},
    {"RoleDetailList": [ROLE], "IsTruncated": False},
]


@pytest.mark.parametrize(
    "files",
    [
        {"account-authorization-details.json": "".join(json.dumps(one) for one in PAGES)},
        {"get-account-authorization-details.json": "\n".join(json.dumps(one) for one in PAGES)},
        {"account-authorization-details.json": json.dumps(PAGES)},
        {
            "account-authorization-details-1.json": json.dumps(PAGES[0]),
            "account-authorization-details-2.json": json.dumps(PAGES[1]),
        },
    ],
    ids=["run together", "one after the other", "an array", "files"],
)
def test_pages_come_in_one_file_or_in_many(folder: Path, files: dict[str, str]) -> None:
    (folder / "account-authorization-details.json").unlink()
    for name, text in files.items():
        put(folder, name, text)
    snapshot = read(folder)
    assert [one.name for one in snapshot.users] == ["ana"]
    assert [one.name for one in snapshot.roles] == ["deploy"]
    assert not snapshot.unlisted


def test_a_last_page_that_is_missing_is_a_gap_beside_the_users_that_came(folder: Path) -> None:
    put(folder, "account-authorization-details.json", PAGES[0])
    snapshot = read(folder)
    assert [one.name for one in snapshot.users] == ["ana"]
    assert {one.kind for one in snapshot.unlisted} == {"User", "Group", "Role", "ManagedPolicy"}
    assert "the last page is not in the folder" in str(snapshot.unlisted[0].gap)


def test_an_empty_list_needs_the_summary_to_confirm_it(folder: Path) -> None:
    put(folder, "account-authorization-details.json", {**DETAILS, "RoleDetailList": []})
    [missing] = read(folder).unlisted
    assert (missing.kind, str(missing.gap).endswith("lists no roles of the account; it has 1")) == (
        "Role",
        True,
    )
    (folder / "account-summary.json").unlink()
    assert {one.kind for one in read(folder).unlisted} == {"Group", "Role", "ManagedPolicy"}


def test_what_the_folder_lacks_is_a_gap_that_names_the_file(folder: Path) -> None:
    (folder / "account-summary.json").unlink()
    snapshot = read(folder)
    why = "not in the folder: get-account-summary.json"
    gap = Gap("iam:GetAccountSummary", why, unsaved=True)
    assert snapshot.account.quotas == snapshot.root.has_certificates == gap
    assert gap in snapshot.gaps
    assert isinstance(snapshot.account.password_policy, Gap)
    assert isinstance(snapshot.users[0].virtual_mfa, Gap)


def test_the_report_alone_tells_of_mfa_and_of_root(folder: Path) -> None:
    """As in a folder of the four files that auditors are sent most often."""
    (folder / "get-caller-identity.json").unlink()
    csv = CSV.replace(f"true,{NO_KEYS}", f"false,{NO_KEYS}")
    (folder / "credential-report.json").unlink()
    put(folder, "credential-report.csv", csv)
    snapshot = read(folder)
    assert snapshot.users[0].mfa_active is False
    assert isinstance(snapshot.users[0].virtual_mfa, Gap)
    assert snapshot.root.has_mfa is True, "the summary's word comes first"
    (folder / "account-summary.json").unlink()
    root = read(folder).root
    assert (root.has_mfa, root.has_access_keys, root.has_password) == (False, False, True)


def test_a_family_without_a_file_is_one_gap(folder: Path) -> None:
    snapshot = read(folder, families=frozenset(FAMILIES))
    for family in set(FAMILIES) - IDENTITY:
        [gap] = [one for one in snapshot.gaps if one == getattr(snapshot, family.field)]
        assert gap.error == f"not in the folder: anything of {family.value}"


def test_no_password_policy_is_told_by_awss_error_and_not_by_a_missing_file(folder: Path) -> None:
    error = (
        "\naws: [ERROR]: An error occurred (NoSuchEntity) when calling the "
        "GetAccountPasswordPolicy operation: The Password Policy is not found\n"
    )
    for name in ("account-password-policy.json.error", "account-password-policy.json"):
        path = put(folder, name, error)
        assert read(folder).account.password_policy is None
        path.unlink()
    put(folder, "account-password-policy.json", {})
    assert isinstance(read(folder).account.password_policy, Gap)
    put(folder, "account-password-policy.json.error", error.replace("NoSuchEntity", "AccessDenied"))
    put(folder, "account-password-policy.json", {"PasswordPolicy": {"MinimumPasswordLength": 9}})
    assert read(folder).account.password_policy == PasswordPolicy(min_length=9)
    (folder / "account-password-policy.json").unlink()
    assert read(folder).account.password_policy == Gap(
        "iam:GetAccountPasswordPolicy", "AccessDenied"
    )


OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.example.com"
OTHER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/other.example.com"


def _providers(folder: Path) -> dict[str, object]:
    oidc = read(folder).providers.oidc
    assert isinstance(oidc, tuple)
    return {one.arn: getattr(one.details, "url", one.details) for one in oidc}


def test_an_item_is_in_a_file_of_its_own_or_says_in_a_common_one_whose_it_is(folder: Path) -> None:
    listed = {"OpenIDConnectProviderList": [{"Arn": OIDC}, {"Arn": OTHER}]}
    put(folder, "list-open-id-connect-providers.json", listed)
    own = "get-open-id-connect-provider--arn-aws-iam--111122223333-oidc-provider-token.example.com"
    put(folder, f"{own}.json", {"Url": "token.example.com"})
    found = _providers(folder)
    assert found[OIDC] == "token.example.com"
    assert str(found[OTHER]).startswith(
        "iam:GetOpenIDConnectProvider: not in the folder: get-open-id-connect-provider--arn-aws-"
    )
    (folder / f"{own}.json").unlink()
    several = [
        {"OpenIDConnectProviderArn": OTHER, "Url": "other.example.com"},
        {"OpenIDConnectProviderArn": OIDC, "Url": "token.example.com"},
    ]
    put(folder, "get-open-id-connect-provider.json", several)
    assert _providers(folder) == {OIDC: "token.example.com", OTHER: "other.example.com"}


def test_a_file_that_could_be_about_two_things_is_about_neither_for_sure(folder: Path) -> None:
    two = ["oidc-provider/a.example.com/x", "oidc-provider/a.example.com-x"]
    arns = [f"arn:aws:iam::{ACCOUNT}:{one}" for one in two]
    listed = {"OpenIDConnectProviderList": [{"Arn": one} for one in arns]}
    put(folder, "list-open-id-connect-providers.json", listed)
    name = f"get-open-id-connect-provider--arn-aws-iam--{ACCOUNT}-oidc-provider-a.example.com-x"
    put(folder, f"{name}.json", {"Url": "a.example.com/x"})
    assert sum(isinstance(one, Gap) for one in _providers(folder).values()) == 1


def test_a_listing_of_one_users_credentials_is_not_taken_for_everybodys(folder: Path) -> None:
    put(folder, "list-service-specific-credentials.json", {"ServiceSpecificCredentials": []})
    [user] = read(folder).users
    assert isinstance(user.service_credentials, Gap)
    assert "list-service-specific-credentials--all-users.json" in user.service_credentials.error
    name = "list-service-specific-credentials--all-users.json"
    put(folder, name, {"ServiceSpecificCredentials": []})
    assert read(folder).users[0].service_credentials == ()


def test_an_alternate_contact_is_found_by_its_name_or_by_what_it_says(folder: Path) -> None:
    contact = {"Name": "SOC", "EmailAddress": "soc@example.com", "AlternateContactType": "SECURITY"}
    path = put(folder, "get-alternate-contact.json", {"AlternateContact": contact})
    account = read(folder).account
    assert getattr(account.security_contact, "name", None) == "SOC"
    assert isinstance(account.billing_contact, Gap)
    path.rename(folder / "get-alternate-contact--SECURITY.json")
    assert getattr(read(folder).account.security_contact, "name", None) == "SOC"


def test_services_that_call_things_alike_are_told_apart(folder: Path) -> None:
    root = {"Id": "r-ex01", "Arn": "arn:aws:organizations::1:root/o-1/r-ex01", "Name": "Root"}
    policy = {"Id": "p-1", "Arn": "arn:aws:organizations::1:policy/p-1", "Name": "deny"}
    organization = {
        "Organization": {
            "Id": "o-exampleorg",
            "Arn": "x",
            "FeatureSet": "ALL",
            "MasterAccountId": ACCOUNT,
            "MasterAccountArn": "x",
            "MasterAccountEmail": "a@example.com",
        }
    }
    put(folder, "describe-organization.json", organization)
    types = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
    put(folder, "list-roots.json", {"Roots": [{**root, "PolicyTypes": types}]})
    put(folder, "organizations/list-policies--SERVICE_CONTROL_POLICY.json", {"Policies": [policy]})
    put(folder, "list-policies.json", {"Policies": [{"PolicyName": "x", "PolicyId": "ANPA"}]})
    found: Any = read(folder, families={Family.IDENTITY, Family.ORGANIZATION}).organization
    [scp] = [one for one in found.policy_types if one.status]
    assert [one.name for one in scp.policies] == ["deny"]


def test_a_region_stands_in_the_name_or_is_a_folder(folder: Path) -> None:
    regions = [{"RegionName": name, "RegionOptStatus": "ENABLED"} for name in ("eu-west-1", "x-1")]
    put(folder, "list-regions.json", {"Regions": regions})
    analyzer = {
        "arn": "arn:aws:access-analyzer:eu-west-1:111122223333:analyzer/a",
        "name": "a",
        "type": "ACCOUNT",
        "createdAt": "2026-01-01T00:00:00+00:00",
        "status": "ACTIVE",
    }
    for name in ("list-analyzers--eu-west-1.json", "eu-west-1/list-analyzers.json"):
        path = put(folder, name, {"analyzers": [analyzer]})
        found: Any = read(folder, families={Family.IDENTITY, Family.SERVICES}).services
        told = str(found)
        assert "analyzer/a" in told
        assert "not in the folder: list-analyzers--x-1.json" in told
        path.unlink()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def _as(codec: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_text(path.read_text(), encoding=codec)

    return write


def _holding(text: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_text(text)

    return write


def _bytes(told: bytes) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_bytes(told)

    return write


BROKEN: dict[str, tuple[Callable[[Path], None], str]] = {
    "empty": (_holding(""), "account-summary.json: is empty: the command that wrote it failed"),
    "blank": (_holding("\n"), "account-summary.json: is empty: the command that wrote it failed"),
    "UTF-16": (_as("utf-16"), r"account-summary.json:1:1: is UTF-16, as PowerShell"),
    "UTF-16 unmarked": (_as("utf-16-le"), r"account-summary.json:1:1: is UTF-16"),
    "cut": (_cut, r"account-summary.json:\d+:\d+: breaks off in the middle: make the file again"),
    "HTML": (_holding("<html>sign in</html>"), r"account-summary.json:1:1: is HTML or XML"),
    "YAML": (_holding("SummaryMap:\n  Users: 1"), r"account-summary.json:1:1: is not JSON"),
    "a slip": (
        _holding('{"SummaryMap":\n  {"Users": x}}'),
        r"account-summary.json:2:13: JSON is mal",
    ),
    "Latin-1": (
        _bytes(b'{"SummaryMap": {"\xfc": 1}}'),
        "account-summary.json: is not JSON in UTF-8",
    ),
    "no object": (_holding("[[1]]"), "account-summary.json: holds something else"),
    "another answer": (_holding('{"Users": []}'), "the answer lacks SummaryMap"),
    "twice": (
        _holding('{"SummaryMap": {}} {"SummaryMap": {}}'),
        "several answers where there is one",
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_is_one_line_and_costs_its_own_facts_alone(folder: Path, kind: str) -> None:
    spoil, words = BROKEN[kind]
    spoil(folder / "account-summary.json")
    snapshot = read(folder)
    assert isinstance(snapshot.root.has_mfa, Gap)
    assert re.match(words, snapshot.root.has_mfa.error)
    assert "\n" not in str(snapshot.root.has_mfa)
    assert snapshot.users[0].mfa_active is True


def test_a_byte_order_mark_changes_nothing(folder: Path) -> None:
    before = read(folder)
    for path in folder.iterdir():
        _as("utf-8-sig")(path)
    assert read(folder) == before


REPORTS = {
    "semicolons": (CSV.replace(",", ";"), "credential-report.csv:1:5: is separated by semicolons"),
    "another table": ("a,b\n1,2\n", "credential-report.csv:1:1: is no credential report"),
    "quotes": (CSV + 'x,"y\n', r"credential-report.csv:\d+:1: is not CSV"),
    "UTF-16": (CSV, "credential-report.csv:1:1: is UTF-16"),
}


@pytest.mark.parametrize("kind", REPORTS)
def test_a_broken_report_is_told_by_its_place(folder: Path, kind: str) -> None:
    (folder / "credential-report.json").unlink()
    text, words = REPORTS[kind]
    path = put(folder, "credential-report.csv", text)
    if kind == "UTF-16":
        _as("utf-16")(path)
    [user] = read(folder, taken=Taken(NOW, NOW)).users
    assert isinstance(user.mfa_active, Gap)
    assert re.match(words, user.mfa_active.error)


def test_bytes_that_are_no_text_cost_their_own_file_alone(folder: Path) -> None:
    path = folder / "credential-report.json"
    path.write_bytes(path.read_bytes().replace(b"text/csv", b"text/\x8e"))
    [user] = read(folder).users
    assert isinstance(user.mfa_active, Gap)
    assert user.mfa_active.error.startswith("credential-report.json: is not JSON in UTF-8")


def test_an_odd_entity_costs_itself_alone(folder: Path) -> None:
    users = [USER, "strange", {"UserName": "half"}]
    put(folder, "account-authorization-details.json", {**DETAILS, "UserDetailList": users})
    snapshot = read(folder)
    assert [one.name for one in snapshot.users] == ["ana"]
    assert sorted(str(one.gap).partition(": ")[2] for one in snapshot.unlisted) == [
        "user half lacks Arn",
        "user one without a name lacks Arn",
    ]


def test_a_plain_report_is_of_the_time_that_a_person_says(folder: Path) -> None:
    (folder / "credential-report.json").unlink()
    put(folder, "credential-report.csv", CSV)
    told = datetime(2026, 10, 31, tzinfo=UTC)
    found = whole(folder, taken=Taken(told, told))
    assert found.snapshot.taken == found.snapshot.credential_report_generated == told
    assert found.snapshot.users[0].mfa_active is True
    assert found.doubt is None


def test_without_a_time_the_newest_one_stands_in_and_the_scan_is_not_whole(folder: Path) -> None:
    (folder / "credential-report.json").unlink()
    put(folder, "credential-report.csv", CSV)
    found = whole(folder)
    assert found.snapshot.taken == datetime(2026, 10, 30, 8, tzinfo=UTC)
    assert found.doubt in found.snapshot.gaps
    assert "say so with --taken" in " ".join(found.told())


def test_a_report_that_is_older_than_the_other_files_is_not_relied_on(folder: Path) -> None:
    younger = {**ROLE, "RoleLastUsed": {"LastUsedDate": "2026-11-01T23:00:00+00:00"}}
    put(folder, "account-authorization-details.json", {**DETAILS, "RoleDetailList": [younger]})
    snapshot = read(folder)
    assert snapshot.taken == datetime(2026, 11, 1, 23, tzinfo=UTC)
    assert isinstance(snapshot.users[0].mfa_active, Gap)


def test_a_time_that_the_files_contradict_is_refused(folder: Path) -> None:
    told = datetime(2026, 10, 1, tzinfo=UTC)
    with pytest.raises(IdkeepError, match=r"what happened at 2026-11-01 12:00 UTC, after --taken"):
        read(folder, taken=Taken(told, told))


def test_the_files_of_two_accounts_are_one_clear_error(folder: Path) -> None:
    put(folder, "get-caller-identity.json", {**CALLER, "Arn": "arn:aws:iam::444455556666:root"})
    with pytest.raises(Unreadable, match="444455556666") as raised:
        read(folder)
    assert f"account-authorization-details.json of {ACCOUNT} (aws)" in raised.value.message


def test_an_account_that_was_not_meant_is_refused(folder: Path) -> None:
    with pytest.raises(WrongAccount, match=f"{ACCOUNT}, not 444455556666"):
        read(folder, expected="444455556666")
    assert read(folder, expected=ACCOUNT).account.id == ACCOUNT


def test_who_saved_the_answers_is_unknown_unless_a_file_says_so(folder: Path) -> None:
    (folder / "get-caller-identity.json").unlink()
    snapshot = read(folder)
    assert isinstance(snapshot.account.caller, Gap)
    assert snapshot.account.partition == "aws"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("readme.txt", "hello", "holds no file named after an answer"),
        ("account-summary.json", "", "nothing in it can be read: account-summary.json: is empty"),
        ("account-summary.json", '{"SummaryMap": {}}', "no file tells which account this is"),
    ],
)
def test_a_folder_without_anything_usable_is_refused(
    tmp_path: Path, name: str, text: str, words: str
) -> None:
    put(tmp_path, name, text)
    with pytest.raises(Unreadable, match=words):
        read(tmp_path)


def test_files_that_are_no_answers_are_named(folder: Path) -> None:
    put(folder, "notes.txt", "hello")
    put(folder, "acount-summary.json", SUMMARY)
    assert whole(folder).unused == ("acount-summary.json", "notes.txt")


def test_resource_policies_are_taken_by_their_arns(folder: Path) -> None:
    queue = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs"
    policies = {
        "arn:aws:s3:::acme-data": TRUST,
        queue: json.dumps(TRUST),
        f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:mail": TRUST,
        f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:mail:live": TRUST,
        f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:db": TRUST,
        "arn:aws:s3:::acme-data/letters": TRUST,
        "arn:aws:sqs:eu-west-1:444455556666:jobs": TRUST,
        "nonsense": TRUST,
        f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-vault:kept": TRUST,
        f"arn:aws:es:eu-west-1:{ACCOUNT}:domain/search": TRUST,
    }
    put(folder, "resource-policies.json", policies)
    snapshot = read(folder, families={Family.IDENTITY, Family.RESOURCES})
    found = snapshot.resources
    assert isinstance(found, Resources)
    assert [one.arn for one in found.buckets] == ["arn:aws:s3:::acme-data"]
    assert isinstance(found.buckets[0].public_access_block, Gap)
    assert [one.arn for one in found.queues] == [queue]
    assert json.loads(snapshot.documents[str(found.queues[0].policy)]) == TRUST
    odd = [str(one.gap) for one in found.unlisted if one.kind == "Resources"]
    assert [re.search(r"mail:live|letters|444455556666|nonsense", one)[0] for one in odd] == [  # type: ignore[index]
        "mail:live",
        "letters",
        "444455556666",
        "nonsense",
    ]
    assert {one.kind for one in found.unlisted} >= {"Bucket", "Queue", "KmsKey", "Secret"}
    more = snapshot.more_resources
    assert isinstance(more, MoreResources)
    assert [one.type for one in more.others] == ["backup:backupVault", "es:domain"]
    vault, domain = more.others
    assert isinstance(vault.policies, tuple)
    assert json.loads(snapshot.documents[vault.policies[0].policy]) == TRUST
    assert (vault.within_networks, type(domain.within_networks)) == (False, Gap)
    assert all(more.missing(one) for one in OTHER_TYPES.values())
    [function] = found.functions
    assert json.loads(snapshot.documents[str(function.policy)]) == TRUST
    assert isinstance(function.role, Gap)
    assert isinstance(function.urls, Gap)
    [secret] = found.secrets
    assert isinstance(secret.policies, tuple)
    default, others = secret.policies
    assert json.loads(snapshot.documents[str(default.policy)]) == TRUST
    assert default.name == "default"
    assert isinstance(others.policy, Gap)


def test_every_answer_that_is_read_has_a_file_and_a_command() -> None:
    listed = list(files())
    assert (
        len({name for name, _, _ in listed})
        >= len({(one.service, one.operation) for one in collectors(Family)}) - 20
    )  # services that call things alike need a folder of their own
    assert all(command.startswith("aws ") for _, command, _ in listed)
