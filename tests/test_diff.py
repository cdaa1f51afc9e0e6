"""What changed between two snapshots is said; what did not, or cannot be told, is not."""

import json
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec import Struct
from msgspec.structs import replace
from rich.console import Console

from idkeep.access import Change, Difference, diff
from idkeep.access.diff_policy import policy_differences
from idkeep.checks.samples import (
    ACCOUNT,
    ANA,
    NO_REPORT,
    NOW,
    ROOT,
    ago,
    key,
    password,
    snapshot_of,
)
from idkeep.model import (
    AttachedPolicy,
    Family,
    Gap,
    Group,
    InlinePolicy,
    InstanceProfile,
    ManagedPolicy,
    NotAsked,
    PasswordPolicy,
    PolicyTags,
    PolicyVersion,
    Role,
    Snapshot,
    SupportPermit,
    Unlisted,
)
from idkeep.report import DiffReport, as_json, diff_report, diff_side, json_schema
from idkeep.report.diff_text import DiffText
from idkeep.report.diff_words import MINUS
from idkeep.store import SqliteStore
from strategies import FIELDS, PLAIN, gaps
from test_cli import idkeep


def report_of(before: Snapshot, after: Snapshot) -> DiffReport:
    return diff_report(
        diff(before, after),
        before=diff_side(before, ident="0123456789ab"),
        after=diff_side(after, ident="ba9876543210"),
        version="0.1.0",
    )


def shown(before: Snapshot, after: Snapshot, width: int = 100) -> str:
    out = StringIO()
    Console(file=out, width=width).print(DiffText(report_of(before, after)))
    return out.getvalue()


def said(before: Snapshot, after: Snapshot) -> list[str]:
    """The lines below the counts, without the space around and between."""
    text = shown(before, after)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return [one for one in lines if one[:2] in ("+ ", f"{MINUS} ", "~ ", "? ")]


def person(**facts: Any) -> Snapshot:
    return snapshot_of(replace(ANA, **facts))


def statement(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **elements}


def document(*statements: dict[str, Any], indent: int | None = None) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=indent)


READ = document(statement(Sid="Read"))


def test_nothing_changed_is_said_in_words() -> None:
    later = replace(person(), taken=NOW + timedelta(days=1))
    assert diff(person(), later).is_empty
    assert "Nothing changed." in shown(person(), later)


def test_an_instance_profile_and_the_role_in_it_come_and_go() -> None:
    role = "arn:aws:iam::111122223333:role/web"
    web = InstanceProfile(
        arn="arn:aws:iam::111122223333:instance-profile/web",
        id="AIPAEXAMPLE",
        name="web",
        created=NOW,
        roles=(role,),
    )
    without, with_role = (replace(person(), instance_profiles=one) for one in ((), (web,)))
    emptied = replace(person(), instance_profiles=(replace(web, roles=()),))
    assert said(without, with_role)[1:] == ["+ appeared web", f"+ added role {role}"]
    assert said(with_role, emptied)[1:] == ["~ changed web", f"{MINUS} removed role {role}"]
    assert said(emptied, without)[1:] == [f"{MINUS} vanished web"]
    refused = replace(person(), instance_profiles=Gap("iam:ListInstanceProfiles", "AccessDenied"))
    [line] = said(with_role, refused)[1:]
    why = "(iam:ListInstanceProfiles: AccessDenied)"
    assert line == f"? now unknown instance profile of instance_profiles {why}"


def test_tags_of_a_policy_are_told_one_by_one() -> None:
    policy = ManagedPolicy(
        arn="arn:aws:iam::111122223333:policy/own",
        id="ANPAEXAMPLE",
        name="own",
        created=NOW,
        default_version="v1",
    )

    def tagged(tags: PolicyTags | Gap | None) -> Snapshot:
        return replace(person(), policies=(replace(policy, tags=tags),))

    red = tagged(PolicyTags(entries={"team": "red"}))
    blue = tagged(PolicyTags(entries={"team": "blue", "since": "May"}))
    refused = tagged(Gap("tag:GetResources", "AccessDenied"))
    assert said(red, blue)[2:] == ["~ changed tag team: red → blue", "+ added tag since: May"]
    assert said(tagged(None), red)[2:] == ["+ added tag team: red"]
    assert said(red, tagged(PolicyTags()))[2:] == [f"{MINUS} removed tag team: red"]
    assert said(tagged(None), tagged(PolicyTags())) == []
    assert said(red, refused)[1:] == ["? now unknown tag of own (tag:GetResources: AccessDenied)"]


def test_a_span_of_time_and_tags_in_a_list_are_told_in_words() -> None:
    def permitted(*windows: tuple[datetime | None, datetime | None]) -> Snapshot:
        permit = SupportPermit(arn="a", name="case", status="ACTIVE", created=NOW, windows=windows)
        return replace(person(), account=replace(ACCOUNT, support_permits=(permit,)))

    open_end, closed = (NOW, None), (NOW, NOW + timedelta(days=1))
    assert said(permitted(open_end), permitted(closed))[-2:] == [
        f"{MINUS} removed windows 2026-11-01T12:00:00Z to open",
        "+ added windows 2026-11-01T12:00:00Z to 2026-11-02T12:00:00Z",
    ]


def test_use_is_no_change() -> None:
    before = person(access_keys=(key(used=9),), password=password(used=5))
    after = person(access_keys=(key(used=1),), password=password(used=1))
    assert diff(before, after).is_empty


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ({"mfa_active": False}, {"mfa_active": True}, "+ gained MFA"),
        ({"mfa_active": True}, {"mfa_active": False}, f"{MINUS} lost MFA"),
        ({"password": None}, {"password": password()}, "+ added password"),
        ({"password": password()}, {"password": None}, f"{MINUS} removed password"),
        ({"access_keys": ()}, {"access_keys": (key(),)}, "+ added access key 1"),
        ({"access_keys": (key(),)}, {"access_keys": ()}, f"{MINUS} removed access key 1"),
        (
            {"access_keys": (key(),)},
            {"access_keys": (key(active=False),)},
            f"{MINUS} deactivated access key 1",
        ),
        (
            {"access_keys": (key(age=90),)},
            {"access_keys": (key(age=1),)},
            "~ rotated access key 1: 2026-08-03 12:00 → 2026-10-31 12:00",
        ),
        (
            {"password": password(age=90)},
            {"password": password(age=1)},
            "~ changed password: 2026-08-03 12:00 → 2026-10-31 12:00",
        ),
        ({"groups": ("Ops",)}, {"groups": ("Dev",)}, "+ added group Dev"),
        ({"groups": ("Ops",)}, {"groups": ("Dev",)}, f"{MINUS} removed group Ops"),
        ({"tags": {"Team": "A"}}, {"tags": {"Team": "B"}}, "~ changed tag Team: A → B"),
        (
            {},
            {"attached_policies": (AttachedPolicy("P", "arn:aws:iam::aws:policy/P"),)},
            "+ added attached policy P",
        ),
        ({}, {"boundary": "arn:b"}, "+ added permissions boundary: arn:b"),
        ({}, {"name": "anna"}, "~ changed name: ana → anna"),
        (
            {},
            {"mfa_active": NO_REPORT},
            "? now unknown MFA of ana (iam:GetCredentialReport: AccessDenied)",
        ),
        (
            {"password": NO_REPORT},
            {},
            "? now known password of ana (iam:GetCredentialReport: AccessDenied)",
        ),
    ],
)  # fmt: skip
def test_a_users_change_is_a_line(before: dict[str, Any], after: dict[str, Any], line: str) -> None:
    assert line in said(person(**before), person(**after))


def test_root_the_account_and_its_password_policy_are_compared() -> None:
    policy = PasswordPolicy(min_length=8)
    before = snapshot_of(ROOT, replace(ACCOUNT, password_policy=policy))
    after = snapshot_of(
        replace(ROOT, has_access_keys=True),
        replace(ACCOUNT, password_policy=replace(policy, min_length=14)),
    )
    lines = said(before, after)
    assert "+ gained access keys" in lines
    assert "~ changed min length: 8 → 14" in lines


def test_who_appeared_and_vanished_is_told_with_what_they_have() -> None:
    ben = replace(ANA, id="AIDABEN", name="ben", groups=("Ops",))
    lines = said(snapshot_of(ANA), snapshot_of(ben))
    assert [one for one in lines if "unknown" not in one] == [
        "+ appeared ben",
        "+ added group Ops",
        f"{MINUS} vanished ana",
    ]


def test_one_made_anew_under_the_same_name_is_another_one() -> None:
    lines = said(person(), person(id="AIDANEW"))
    assert "~ replaced made anew under the same name: AIDAEXAMPLEANA → AIDANEW" in lines
    assert f"{MINUS} vanished ana" in lines


def test_a_list_that_is_not_whole_makes_nobody_vanish() -> None:
    unlisted = (Unlisted("User", Gap("iam:GetAccountAuthorizationDetails", "Throttling")),)
    [gone] = diff(person(), snapshot_of(unlisted=unlisted)).subjects
    assert gone.change is Change.UNKNOWN
    [come] = diff(snapshot_of(unlisted=unlisted), person()).subjects
    assert come.change is Change.KNOWN


def test_what_was_not_asked_for_is_not_compared() -> None:
    found = diff(person(), person(password=NotAsked(Family.CREDENTIALS)))
    assert found.is_empty
    assert "credentials" in found.not_compared


def test_a_refused_call_is_one_line_for_everybody() -> None:
    users = [replace(ANA, id=f"AIDA{n}", name=f"u{n}") for n in range(9)]
    after = [replace(one, mfa_active=NO_REPORT, password=NO_REPORT) for one in users]
    lines = said(snapshot_of(*users), snapshot_of(*after, gaps=(NO_REPORT,)))
    assert len([one for one in lines if one.startswith("? now unknown")]) == 1
    assert f"{MINUS} now fails iam:GetCredentialReport: AccessDenied" in lines


def test_inline_managed_and_trust_policies_are_compared_by_statement() -> None:
    wide = document(statement(Sid="Read", Action=["s3:GetObject", "s3:PutObject"]))
    documents = {"d1": READ, "d2": wide}

    def estate(digest: str, version: str) -> Snapshot:
        made = PolicyVersion(id=version, document=digest, is_default=True, created=NOW)
        policy = ManagedPolicy(
            arn="arn:p", id="ANPA", name="P", created=NOW, default_version=version, versions=(made,)
        )
        role = Role(arn="arn:r", id="AROA", name="R", created=NOW, trust=digest)
        user = replace(ANA, inline_policies=(InlinePolicy("own", digest),))
        return replace(snapshot_of(user), roles=(role,), policies=(policy,), documents=documents)

    lines = said(estate("d1", "v1"), estate("d2", "v2"))
    assert lines.count("~ changed statement Read") == 3
    assert lines.count("+ added Action s3:PutObject") == 3
    for head in ("inline policy own", "trust policy", "policy text", "default version: v1 → v2"):
        assert f"~ changed {head}" in lines


def test_wrong_verdict_86_a_policy_attached_behind_the_templates_back_is_drift() -> None:
    """Managed policies of a role, of a user and a group are compared as sets, whoever owns them."""
    own = AttachedPolicy(arn="arn:aws:iam::111122223333:policy/Own", name="Own")
    admin = AttachedPolicy(arn="arn:aws:iam::aws:policy/AdministratorAccess", name="Admin")
    kept = Role(arn="arn:r", id="AROA", name="R", created=NOW, trust="d1")

    def estate(*attached: AttachedPolicy) -> Snapshot:
        ana = replace(ANA, attached_policies=attached)
        roles = (replace(kept, attached_policies=attached),)
        groups = (Group(arn="arn:g", id="AGPA", name="G", created=NOW, attached_policies=attached),)
        return replace(snapshot_of(ana), roles=roles, groups=groups, documents={"d1": READ})

    lines = said(estate(own), estate(own, admin))
    assert len([one for one in lines if "AdministratorAccess" in one or "Admin" in one]) == 3
    assert not [one for one in said(estate(own, admin), estate(admin, own)) if "Admin" in one]


@pytest.mark.parametrize(
    "same",
    [
        document(statement(Sid="Read"), indent=4),
        document(statement(Sid="Read", Action=["S3:getobject"])),
        json.dumps({"Statement": statement(Sid="Read", Resource=["*"]), "Version": "2012-10-17"}),
    ],
)
def test_layout_order_and_an_actions_case_say_nothing(same: str) -> None:
    assert policy_differences(READ, same) == ()


def outline(parts: tuple[Difference, ...]) -> list[tuple[str, str, list[str]]]:
    return [(one.change.value, one.name, [part.part for part in one.parts]) for one in parts]


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ([statement()], [], [("removed", "0", ["Effect", "Action", "Resource"])]),
        ([statement(Sid="A")], [statement(Sid="B")], [("changed", "B", ["Sid"])]),
        ([statement(Sid="A")], [statement(Sid="A", Effect="Deny")], [("changed", "A", ["Effect"])]),
        ([statement()], [statement(Resource="arn:x")], [("changed", "0", ["Resource"])]),
        (
            [statement()],
            [statement(), statement(Effect="Deny", Action="*")],
            [("added", "1", ["Effect", "Action", "Resource"])],
        ),
        (
            [statement(Condition={"Bool": {"aws:SecureTransport": "true"}})],
            [statement()],
            [("changed", "0", ["Condition"])],
        ),
    ],
)
def test_statements_are_told_by_sid_and_element(
    before: list[dict[str, Any]], after: list[dict[str, Any]], wanted: list[Any]
) -> None:
    assert outline(policy_differences(document(*before), document(*after))) == wanted


def test_a_text_that_is_no_policy_is_compared_as_a_whole() -> None:
    assert [one.part for one in policy_differences(READ, "{")] == ["text"]
    assert policy_differences("{", "{") == ()


statements = st.lists(
    st.builds(
        statement,
        Effect=st.sampled_from(["Allow", "Deny"]),
        Action=st.lists(st.sampled_from(["s3:Get*", "s3:Put*", "iam:PassRole"]), min_size=1),
        Sid=st.sampled_from(["A", "B", "C"]),
    ),
    max_size=4,
)


@given(statements, statements)
def test_no_difference_means_the_same_statements(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    def meant(given_: list[dict[str, Any]]) -> list[str]:
        return sorted(f"{s['Sid']} {s['Effect']} {sorted(set(s['Action']))}" for s in given_)

    found = policy_differences(document(*before), document(*after))
    assert (found == ()) == (meant(before) == meant(after))


@given(st.data())
def test_the_way_back_says_the_contrary_and_the_document_keeps_to_its_schema(
    data: st.DataObject,
) -> None:
    def drawn() -> Snapshot:
        fields = FIELDS["User"].items()
        return snapshot_of(replace(PLAIN["User"], **{n: data.draw(v | gaps) for n, v in fields}))

    before, after = drawn(), drawn()
    there, back = diff(before, after), diff(after, before)
    assert there.is_empty == back.is_empty
    turned = {Change.ADDED: Change.REMOVED, Change.UNKNOWN: Change.KNOWN}
    turned |= {value: name for name, value in turned.items()} | {Change.CHANGED: Change.CHANGED}
    outward = [(p.part, turned[p.change]) for s in there.subjects for p in s.parts]
    assert sorted(outward) == sorted((p.part, p.change) for s in back.subjects for p in s.parts)
    report = report_of(before, after)
    text = as_json(report)
    Draft202012Validator(json_schema(DiffReport)).validate(json.loads(text))
    assert msgspec.json.decode(text, type=DiffReport) == report


def test_parts_without_a_name_are_each_compared() -> None:
    class Assignment(Struct, frozen=True):
        principal: str
        target: str

    class Holder(Struct, frozen=True, kw_only=True):
        id: str = "ANPA"
        name: str = "holder"
        arn: str = "arn:h"
        assignments: tuple[Assignment, ...] = ()

    one, two, three = (Assignment("ana", target) for target in "ABC")
    before, after = (Holder(assignments=pair) for pair in ((one, two), (two, three)))
    lines = said(*(replace(snapshot_of(), policies=(one,)) for one in (before, after)))
    assert "+ added assignments ana C" in lines
    assert f"{MINUS} removed assignments ana A" in lines
    assert not any("ana B" in line for line in lines)


def test_hostile_names_act_on_no_terminal() -> None:
    text = shown(person(), person(name="\x1b[2Jana\u202e", groups=("[bold]x",)))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "[bold]x" in text


def test_many_subjects_are_cut_and_it_is_said() -> None:
    many = [replace(ANA, id=f"AIDA{n}", name=f"u{n:02}") for n in range(30)]
    text = shown(snapshot_of(), snapshot_of(*many))
    assert "and 10 more; --all shows them" in text


@pytest.fixture
def store(tmp_path: Path) -> Path:
    kept = SqliteStore(tmp_path / "s.db")
    kept.put(replace(person(), taken=ago(1)))
    kept.put(person(mfa_active=True))
    return kept.path


def test_the_command_compares_the_last_two_and_its_exit_code_tells(store: Path) -> None:
    done = idkeep("diff", "--store", str(store))
    assert (done.returncode, "+ gained MFA" in done.stdout) == (0, True), done.stderr
    done = idkeep("diff", "--exit-code", "--json", "--store", str(store))
    document = json.loads(done.stdout)
    Draft202012Validator(json_schema(DiffReport)).validate(document)
    assert (done.returncode, document["schema"], document["differs"]) == (1, "idkeep.diff/1", True)
    done = idkeep("diff", "latest", "latest", "--exit-code", "--store", str(store))
    assert (done.returncode, "Nothing changed." in done.stdout) == (0, True)


def test_two_accounts_are_compared_only_when_asked(store: Path) -> None:
    other = replace(person(id="AIDAOTHER"), account=replace(ACCOUNT, id="999988887777"))
    theirs = SqliteStore(store).put(replace(other, taken=ago(9))).id
    done = idkeep("diff", theirs, "latest", "--store", str(store))
    assert (done.returncode, "--any-account" in done.stderr) == (4, True)
    done = idkeep("diff", theirs, "latest", "--any-account", "--store", str(store))
    assert done.returncode == 0
    assert "~ changed" in done.stdout, "ana is ana in both"
