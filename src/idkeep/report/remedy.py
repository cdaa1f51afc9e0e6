"""What mends a finding, as reports tell it: what to do, who can, what may stop."""

import re
import shlex
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access.changers import Allowed
from idkeep.checks.declare import Remedy
from idkeep.model import SubjectRef
from idkeep.report.printable import printable

# By the subject's kind: the placeholders that stand for it, and what it is known by there.
_PLACEHOLDERS: dict[str, dict[str, str]] = {
    "User": {"USER": "name"},
    "Role": {"ROLE": "name"},
    "Group": {"GROUP": "name"},
    "ManagedPolicy": {"POLICY_ARN": "arn"},
    "Bucket": {"BUCKET": "name"},
    "TrailBucket": {"BUCKET": "name"},
    "Trail": {"TRAIL": "arn"},
    "Topic": {"TOPIC_ARN": "arn"},
    "Table": {"TABLE_ARN": "arn"},
    "Secret": {"SECRET": "arn"},
    "KmsKey": {"KEY_ID": "arn"},
    "LambdaFunction": {"FUNCTION": "arn"},
    "EventBus": {"BUS": "arn"},
    "MemberAccount": {"ACCOUNT": "id", "TARGET_ID": "id"},
    "SamlProvider": {"PROVIDER_ARN": "arn"},
    "OidcProvider": {"PROVIDER_ARN": "arn"},
    "ResourceShare": {"SHARE_ARN": "arn"},
    "TrustAnchor": {"ANCHOR_ARN": "arn"},
    "PermissionSet": {"SET_ARN": "arn"},
    "CenterUser": {"USER_ID": "id"},
    "CenterInstance": {"INSTANCE_ARN": "arn"},
    "CenterApplication": {"APPLICATION_ARN": "arn"},
    "TrustedTokenIssuer": {"ISSUER_ARN": "arn"},
    "Entitlement": {"ENTITLEMENT_ID": "id"},
}
_COMMAND = re.compile(r"`aws [^`]+`")
_PLACEHOLDER = re.compile(r"\b[A-Z][A-Z_0-9]+\b")


class ReportedRemedy(Struct, frozen=True, kw_only=True):
    """`do` is words and commands of the AWS CLI in backticks, `may_stop` what may stop by them.

    `needs` are the IAM actions of all these commands, of each way where there are several;
    `elsewhere` those of them that another account alone can do, by which account, in words. `by`
    says in words who makes what permissions don't tell, "" where they tell all.
    """

    do: str
    may_stop: str = ""
    by: str = ""
    needs: tuple[str, ...] = ()
    elsewhere: dict[str, tuple[str, ...]] = {}

    @property
    def who(self) -> str:
        """Who can change it, in sentences."""
        away = {action for actions in self.elsewhere.values() for action in actions}
        here = tuple(one for one in self.needs if one not in away)
        told = [f"Whoever is allowed {_all(here)}."] if here else []
        told += [
            f"In {where}: whoever is allowed {_all(actions)}."
            for where, actions in self.elsewhere.items()
        ]
        return " ".join(one for one in (self.by, *told) if one)

    @property
    def plain(self) -> str:
        """All of it on one line, where an output has one field for it."""
        parts = (
            self.do,
            self.may_stop,
            f"Who can change it: {self.who}" if self.who else "",
        )
        return " ".join(" ".join(one.split()) for one in parts if one)


def allowed_told(allowed: Allowed) -> str:
    """One line: `iam:DeleteUser`: user ana and 3 more; under conditions role deployer."""
    names = _several(allowed.names, allowed.more)
    perhaps = _several(allowed.perhaps, allowed.perhaps_more)
    told = (
        names,
        f"under conditions {perhaps}" if perhaps else "",
        f"of {allowed.unknown} it is not known" if allowed.unknown else "",
        f"some may be missing ({'; '.join(allowed.unlisted)})" if allowed.unlisted else "",
        "unless a policy of the organisation, which was not read, denies it"
        if allowed.guardrails and (names or perhaps)
        else "",
    )
    who = "; ".join(one for one in told if one)
    return f"{_all(allowed.actions)}: {who or 'nobody of the account'}"


def _several(names: tuple[str, ...], more: int) -> str:
    return f"{', '.join(names)} and {more} more" if more else ", ".join(names)


def about(remedy: ReportedRemedy, subject: SubjectRef) -> ReportedRemedy:
    """With the subject in the place of its placeholders, so that the commands can be copied."""
    filled = {
        placeholder: shlex.quote(printable(value))
        for placeholder, field in _PLACEHOLDERS.get(subject.kind, {}).items()
        if (value := getattr(subject, field))
    }

    def fill(command: re.Match[str]) -> str:
        return _PLACEHOLDER.sub(lambda one: filled.get(one[0], one[0]), command[0])

    return replace(remedy, do=_COMMAND.sub(fill, remedy.do))


def remedy_sections(remedy: ReportedRemedy) -> Iterator[str]:
    """As sections of a page in Markdown."""
    yield f"## What to do\n\n{remedy.do}\n"
    yield f"## What may stop working\n\n{remedy.may_stop}\n"
    yield f"## Who can change it\n\n{remedy.who}\n"


def _all(actions: tuple[str, ...]) -> str:
    return ", ".join(f"`{one}`" for one in actions)


def reported(remedy: Remedy) -> ReportedRemedy:
    return ReportedRemedy(
        do=remedy.do,
        may_stop=remedy.may_stop,
        by=remedy.by,
        needs=remedy.needs,
        elsewhere=remedy.elsewhere,
    )
