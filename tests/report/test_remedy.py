"""A remedy as reports tell it."""

import pytest

from idkeep.checks import ALL, AnyCheck
from idkeep.checks.declare import Remedy
from idkeep.model import SubjectRef
from idkeep.report.remedy import ReportedRemedy, about, reported


def subject(kind: str, name: str, arn: str = "") -> SubjectRef:
    return SubjectRef(kind=kind, name=name, arn=arn, id="111122223333", account="444455556666")


@pytest.mark.parametrize(
    ("kind", "do", "filled"),
    [
        (
            "User",
            "Take USER's: `aws iam delete-user --user-name USER`, not USER_ARN.",
            "Take USER's: `aws iam delete-user --user-name ana`, not USER_ARN.",
        ),
        (
            "Role",
            "`aws iam delete-user --user-name USER`",
            "`aws iam delete-user --user-name USER`",
        ),
        (
            "MemberAccount",
            "`x ACCOUNT` `aws o --id ACCOUNT`",
            "`x ACCOUNT` `aws o --id 111122223333`",
        ),
        ("Trail", "`aws c --name TRAIL`", "`aws c --name arn:aws:x:::y`"),
    ],
)
def test_its_commands_name_the_subject(kind: str, do: str, filled: str) -> None:
    assert about(ReportedRemedy(do=do), subject(kind, "ana", "arn:aws:x:::y")).do == filled


def test_what_a_shell_would_read_otherwise_is_quoted() -> None:
    told = about(ReportedRemedy(do="`aws iam x --user-name USER`"), subject("User", "a $(b)"))
    assert told.do == "`aws iam x --user-name 'a $(b)'`"


def test_who_can_change_it_is_told_by_account() -> None:
    told = reported(
        Remedy(
            do="`aws iam delete-role --role-name ROLE`, `aws organizations delete-policy "
            "--policy-id POLICY_ID`, `aws iam get-role --role-name ROLE`",
            may_stop="What uses it.",
            by="The root user.",
        )
    )
    assert told.needs == ("iam:DeleteRole", "organizations:DeletePolicy")
    assert told.who == (
        "The root user. Whoever is allowed `iam:DeleteRole`. In the management account, or an "
        "account that its delegation policy lets write policies: whoever is allowed "
        "`organizations:DeletePolicy`."
    )
    assert told.plain.endswith(f"What uses it. Who can change it: {told.who}")


@pytest.mark.parametrize("check", ALL, ids=[one.id for one in ALL])
def test_every_check_says_who_and_what_may_stop(check: AnyCheck) -> None:
    told = reported(check.remedy)
    assert told.who
    assert told.may_stop in told.plain
