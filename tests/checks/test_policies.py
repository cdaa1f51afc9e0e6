"""What checks about permissions say does not hang on how a policy is written down."""

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.checks import AnyCheck, Example, organization, policies, run, trust
from idkeep.checks.policies.samples import EVERYTHING, LOST, group, role, user
from idkeep.checks.policies.words import ONLY_BOUNDARY
from idkeep.checks.samples import allow, deny, inline, key, managed, password, snapshot_of
from idkeep.config import Settings
from idkeep.model import Severity, Status, Subject, Verdict, reference

CHECKS = (*policies.CHECKS, *trust.CHECKS, *organization.CHECKS)
CATALOG = load_catalog()
BY_ID = {one.id: one for one in CHECKS}


def judged(check: AnyCheck, example: Example, write: Callable[[str], str] = str) -> Verdict:
    snapshot = snapshot_of(example.subject, **example.around)
    texts = {digest: write(text) for digest, text in snapshot.documents.items()}
    estate = Estate(replace(snapshot, documents=texts), example.settings, CATALOG)
    [outcome] = run([check], estate)
    own = reference(example.subject, snapshot.account.id).id
    return next(one for one in outcome.verdicts if one.subject.id == own)


def rewritten(text: str, change: Callable[[list[Any]], Iterable[Any]]) -> str:
    policy = json.loads(text)
    if "Statement" not in policy:  # a tag policy, an opt-out
        return text
    statements = policy["Statement"]
    policy["Statement"] = list(change(statements if isinstance(statements, list) else [statements]))
    return json.dumps(policy, indent=1)


def listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def wrapped(text: str) -> str:
    """Every value that may be a list is one."""
    names = ("Action", "NotAction", "Resource")
    return rewritten(
        text,
        lambda all_: [{k: listed(v) if k in names else v for k, v in one.items()} for one in all_],
    )


def reordered(text: str) -> str:
    return rewritten(text, reversed)


def split(text: str) -> str:
    """A statement for each action."""
    return rewritten(
        text,
        lambda all_: [
            {**one, "Action": action} if "Action" in one else one
            for one in all_
            for action in (listed(one["Action"]) if "Action" in one else [""])
        ],
    )


def with_a_harmless_one(text: str) -> str:
    """One more statement, that denies what nobody has."""
    nobody = {"AWS": "arn:aws:iam::111122223333:user/nobody-of-that-name"}

    def more(all_: list[Any]) -> Iterable[Any]:
        named = any("Principal" in one or "NotPrincipal" in one for one in all_)
        # A resource control policy names everybody.
        rcp = named and all(one.get("Principal") == "*" for one in all_)
        bound = any("Resource" in one for one in all_)
        extra: dict[str, Any] = {"Effect": "Deny", "Action": "a4b:ApproveSkill"}
        extra |= {"Principal": "*" if rcp else nobody} if named else {}
        extra |= {"Resource": "arn:aws:s3:::nothing/of/the/kind"} if bound else {}
        return [*all_, extra]

    return rewritten(text, more)


def rewritten_in_every_way(text: str) -> str:
    return with_a_harmless_one(split(reordered(wrapped(text))))


# It counts the characters as they stand.
OF_THE_TEXT = {"guardrail-near-its-size"}


@pytest.mark.parametrize(
    "check", [one for one in CHECKS if one.id not in OF_THE_TEXT], ids=lambda one: one.id
)
def test_how_a_policy_is_written_down_changes_no_verdict(check: AnyCheck) -> None:
    for example in check.examples:
        if example.unknown or example.not_applicable:
            continue
        plain = judged(check, example)
        other = judged(check, example, rewritten_in_every_way)
        assert (other.status, {one.id for one in other.findings}) == (
            plain.status,
            {one.id for one in plain.findings},
        )


def test_an_administrators_severity_moves_with_how_it_is_exposed() -> None:
    def severity(check: str, subject: Any) -> tuple[Severity, str]:
        [found] = judged(BY_ID[check], Example(subject=subject)).findings
        return found.severity, found.because

    signs_in = user("ana", EVERYTHING, password=password(), mfa_active=False)
    assert severity("user-is-administrator", user("ana", EVERYTHING))[0] is Severity.HIGH
    assert severity("user-is-administrator", signs_in) == (
        Severity.CRITICAL,
        "it signs in to the console without MFA",
    )
    trusts = {
        Severity.CRITICAL: {"AWS": "*"},
        Severity.HIGH: {"AWS": "arn:aws:iam::444455556666:root"},
        Severity.MEDIUM: {"Service": "ec2.amazonaws.com"},
    }
    for expected, trusted in trusts.items():
        deploy = role("deploy", EVERYTHING, trusts=trusted)
        assert severity("role-is-administrator", deploy)[0] is expected


def test_a_finding_names_the_statement_it_rests_on() -> None:
    ana = user("ana", allow("s3:GetObject"), allow("iam:PutUserPolicy"), access_keys=(key(),))
    [found] = judged(BY_ID["user-may-escalate"], Example(subject=ana)).findings
    [place] = found.statements
    assert (place.policy, place.statement, place.line) == ("inline policy own", 1, 1)
    assert place.column > 1


def test_an_old_version_matters_more_where_somebody_may_bring_it_back() -> None:
    check = BY_ID["old-version-allows-more"]
    severities = [
        finding.severity
        for example in check.examples
        for finding in judged(check, example).findings
    ]
    assert severities[:2] == [Severity.LOW, Severity.HIGH]


def test_a_policy_attached_to_nobody_is_less_urgent() -> None:
    check = BY_ID["full-access-to-kms-in-managed-policy"]
    wide = managed("Wide", allow("kms:*"), attachments=0)
    [found] = judged(check, Example(subject=wide)).findings
    assert (found.severity, found.because) == (Severity.LOW, "it is attached to nobody")


def test_members_of_a_group_that_are_not_read_leave_the_users_verdict_unknown() -> None:
    lost = user("ana", groups=("Gone",))
    one = judged(BY_ID["user-is-administrator"], Example(subject=lost))
    assert one.status is Status.UNKNOWN
    there = Example(subject=lost, around={"groups": (group("Gone", EVERYTHING),)})
    assert judged(BY_ID["user-is-administrator"], there).status is Status.FAIL


@pytest.mark.parametrize("name", ["passes-any-role", "assumes-any-role", "full-access-to-kms"])
def test_one_power_of_a_policy_that_makes_administrators_is_a_lesser_matter(name: str) -> None:
    check = BY_ID[f"{name}-in-user-policy"]
    [own] = judged(check, Example(subject=user("ana", EVERYTHING))).findings
    assert own.severity is Severity.LOW
    assert own.because == "it makes administrators, who may do that and all else"
    [wide] = judged(
        check, Example(subject=user("ana", allow(["iam:PassRole", "sts:*", "kms:*"])))
    ).findings
    assert wide.severity is check.severity


def test_one_power_is_left_to_the_check_on_administrators_where_that_runs_and_finds_one() -> None:
    ana = user("ana", EVERYTHING)
    said = _both("passes-any-role-in-user-policy", "user-is-administrator", ana)
    assert [one.status for one in said] == [Status.NOT_APPLICABLE, Status.FAIL]
    assert said[0].not_applicable == "is part of what user-is-administrator finds here"
    # By itself, and where a Deny leaves no administrator, or that is not known, it is told.
    assert judged(BY_ID["passes-any-role-in-user-policy"], Example(subject=ana)).findings
    for other in (
        user("ana", inline_policies=(inline(EVERYTHING), inline(deny("iam:*"), name="not"))),
        user("ana", EVERYTHING, attached_policies=(LOST,)),
    ):
        said = _both("decrypts-with-any-key-in-user-policy", "user-is-administrator", other)
        assert said[0].status is Status.FAIL


def test_a_second_policy_of_an_administrator_is_told_by_itself() -> None:
    one = user("ana", inline_policies=(inline(EVERYTHING), inline(allow("kms:*"), name="keys")))
    said, _ = _both("full-access-to-kms-in-user-policy", "user-is-administrator", one)
    assert [finding.at for finding in said.findings] == ["keys"]


def test_an_unattached_policy_of_administrators_is_left_to_the_check_on_those() -> None:
    waits = managed("God", EVERYTHING, attachments=0)
    said = _both("assumes-any-role-in-managed-policy", "unattached-administrator-policy", waits)
    assert [one.status for one in said] == [Status.NOT_APPLICABLE, Status.FAIL]
    bound = replace(waits, boundary_uses=1)
    said = _both("assumes-any-role-in-managed-policy", "unattached-administrator-policy", bound)
    assert [one.status for one in said] == [Status.NOT_APPLICABLE, Status.PASS]
    assert said[0].not_applicable == ONLY_BOUNDARY, "a boundary gives nothing, and hides nothing"


def _both(part: str, whole: str, subject: Subject) -> list[Verdict]:
    estate = Estate(snapshot_of(subject), Settings(), CATALOG)
    outcomes = run([BY_ID[part], BY_ID[whole]], estate)
    return [one.verdicts[0] for one in outcomes]
