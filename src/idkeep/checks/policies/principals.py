"""Checks on users and roles: who can switch guards off, edit itself, or do two things at once."""

import dataclasses
from collections.abc import Iterator

from idkeep.access import Estate
from idkeep.checks.declare import (
    AnyCheck,
    Body,
    Example,
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    passes,
)
from idkeep.checks.edits import WRITE_SCP, of_principal
from idkeep.checks.policies.principal_rules import (
    edits_itself,
    holds_both,
    judge,
    makes_unbounded,
    switches_off,
)
from idkeep.checks.policies.samples import (
    EVERYTHING,
    LOST,
    LOST_WHY,
    READ_ONLY,
    attached,
    role,
    user,
)
from idkeep.checks.policies.words import listed
from idkeep.checks.samples import allow, managed
from idkeep.config import ForbiddenPair, Settings
from idkeep.model import Problem, Role, Severity, User
from idkeep.model.resources import Resources

_READS = ("inline_policies", "attached_policies", "boundary")
_ADMIN = "is an administrator"
PAY = ForbiddenPair(
    name="pays and approves", first=("s3:PutObject",), second=("sns:Publish", "sqs:SendMessage")
)
PAIRED = Settings(forbidden_pairs=(PAY,))
EXCEPTED = Settings(
    forbidden_pairs=(
        ForbiddenPair(
            name="pays and approves",
            first=("s3:PutObject",),
            second=("sns:Publish",),
            except_for=("*/ana",),
        ),
    )
)
BOTH = allow(["s3:PutObject", "sns:Publish"])
LIMIT = managed("Limit", allow(["s3:*", "iam:*"]))
MAKER = allow(["iam:CreateRole", "iam:AttachRolePolicy"])
BOUND = {"StringEquals": {"iam:PermissionsBoundary": LIMIT.arn}}
BOUND_MAKER = allow(["iam:CreateRole", "iam:AttachRolePolicy"], Condition=BOUND)
STOPPER = allow("cloudtrail:StopLogging")
CANNOT = "may switch off CloudTrail (cloudtrail:StopLogging)"


class Rule:
    """A rule for users and roles: its words, and examples made with `user` or `role`.

    In what the remedy is to do, `{edit}` stands for the commands that write its policies.
    """

    def __init__(  # noqa: PLR0913 -- the parts of a check, all by name
        self,
        name: str,
        doc: str,
        body: Body[User | Role],
        *,
        severity: Severity,
        controls: tuple[str, ...],
        remedy: Remedy,
        settings: tuple[str, ...] = (),
    ) -> None:
        self.name, self.doc, self.body = name, doc, body
        self.severity, self.controls, self.remedy = severity, controls, remedy
        self.settings = settings

    def of_users(self, *examples: Example) -> AnyCheck:
        return self._check(User, "user", (*_READS, "groups"), examples)

    def of_roles(self, *examples: Example) -> AnyCheck:
        return self._check(Role, "role", _READS, examples)

    def _check(
        self,
        kind: type[User] | type[Role],
        word: str,
        reads: tuple[str, ...],
        examples: tuple[Example, ...],
    ) -> AnyCheck:
        def judged(principal: User | Role, estate: Estate) -> Iterator[Said]:
            yield from self.body(principal, estate)

        judged.__name__ = f"{word}_{self.name}"
        judged.__doc__ = self.doc.format(word=word)
        return check(
            kind,
            severity=self.severity,
            controls=self.controls,
            reads=reads,
            settings=self.settings,
            remedy=dataclasses.replace(
                self.remedy, do=self.remedy.do.format(edit=of_principal(word))
            ),
            examples=examples,
        )(judged)


def _switches(principal: User | Role, estate: Estate) -> Iterator[Said]:
    yield from judge(principal, estate, switches_off)


def _edits(principal: User | Role, estate: Estate) -> Iterator[Said]:
    yield from judge(principal, estate, edits_itself)


def _makes(principal: User | Role, estate: Estate) -> Iterator[Said]:
    yield from judge(principal, estate, makes_unbounded)


SWITCHES_OFF = Rule(
    "can_switch_off_guards",
    "A {word} that is no administrator can switch the account's guards off.\n\n"
    "Who stops CloudTrail, Config, GuardDuty, Security Hub or Access Analyzer leaves no trace of\n"
    "what comes next. Administrators can too, which is one more reason to have few.",
    _switches,
    severity=Severity.HIGH,
    controls=("logging-protected", "least-privilege"),
    remedy=Remedy(
        do="Take the actions from its policies ({edit}), or deny them to all but a few by a "
        f"service control policy: {WRITE_SCP}.",
        may_stop="Changing trails, recorders and detectors then takes one of those few; "
        "automation that sets them up with this principal is refused.",
    ),
)
EDITS_ITSELF = Rule(
    "can_edit_itself",
    "A {word} can change its own policies, boundary or trust.\n\n"
    "Its limits then hold as long as it likes them. What it gains is the matter of the check on\n"
    "escalation; here it is that nobody else is asked.",
    _edits,
    severity=Severity.MEDIUM,
    controls=("no-privilege-escalation", "permissions-boundaries"),
    remedy=Remedy(
        do="Deny IAM writes upon itself, with its own ARN as the Resource ({edit}), or let "
        "them be done from a pipeline's role.",
        may_stop="It no longer serves itself: whoever changed it with its own credentials has to "
        "ask.",
    ),
)
MAKES_UNBOUNDED = Rule(
    "makes_principals_without_boundary",
    "A {word} that is no administrator can make roles or users without a boundary.\n\n"
    "Delegated administration is safe where what is made can never do more than its maker; that\n"
    "is what a condition on iam:PermissionsBoundary is for:\n"
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
    _makes,
    severity=Severity.HIGH,
    controls=("permissions-boundaries", "no-privilege-escalation"),
    remedy=Remedy(
        do="Add to the statements that create and attach a condition `StringEquals "
        "iam:PermissionsBoundary` with the boundary's ARN: {edit}.",
        may_stop="Calls that make roles or users without naming the boundary are refused; those "
        "there are stay as they are.",
    ),
)
HOLDS_BOTH = Rule(
    "holds_forbidden_pair",
    "A {word} holds two powers that the settings forbid to one hand.\n\n"
    "Who pays must not approve, who writes code must not sign it. Each side is proven by the\n"
    "engine on some resource, over all policies of the {word} together.",
    holds_both,
    severity=Severity.HIGH,
    controls=("separation-of-duties",),
    remedy=Remedy(
        do="Move one of the two powers to another role: take it from the policies here "
        "({edit}), or agree to the exception in the settings (`except_for`).",
        may_stop="Work that needs both powers takes two hands from then on.",
    ),
    settings=("forbidden_pairs",),
)


@check(
    User,
    severity=Severity.LOW,
    controls=("policies-by-group",),
    reads=("inline_policies", "attached_policies"),
    remedy=Remedy(
        do="Put the user in a group that has the policy (`aws iam add-user-to-group "
        "--group-name GROUP --user-name USER`), then take it from the user: `aws iam "
        "detach-user-policy --user-name USER --policy-arn POLICY_ARN`, `aws iam "
        "delete-user-policy --user-name USER --policy-name POLICY`.",
        may_stop="Nothing stops in this order, if the group gives what the user's own policies "
        "gave.",
    ),
    examples=(
        fails(user("ana", READ_ONLY), "has policies of its own: inline policy own"),
        fails(
            user("ana", READ_ONLY, attached_policies=attached(LIMIT)),
            "has policies of its own: policy Limit, inline policy own",
            policies=(LIMIT,),
        ),
        passes(user("ana", groups=("Readers",))),
    ),
)
def policies_on_user(user: User, _: Estate) -> Iterator[Said]:
    """A user has policies of its own, besides those of groups.

    What is given to one person is forgotten with the reason for it. A group's permissions are
    reviewed once for everybody.
    """
    names = [f"policy {one.name}" for one in user.attached_policies]
    names += [f"inline policy {one.name}" for one in user.inline_policies]
    if names:
        yield Problem(f"has policies of its own: {listed(names)}")


_LOST = {"attached_policies": (LOST,)}

CHECKS: tuple[AnyCheck, ...] = (
    SWITCHES_OFF.of_users(
        fails(user("ana", STOPPER), CANNOT),
        passes(user("ana", READ_ONLY)),
        does_not_apply(user("ana", EVERYTHING), _ADMIN),
        cannot_tell(user("ana", **_LOST), LOST_WHY),
    ),
    SWITCHES_OFF.of_roles(
        fails(
            role("ana", STOPPER, allow("guardduty:*")),
            "may switch off CloudTrail, GuardDuty (cloudtrail:StopLogging, "
            "guardduty:DeleteDetector, guardduty:UpdateDetector)",
        ),
        passes(role("ana", READ_ONLY)),
        does_not_apply(role("ana", EVERYTHING), _ADMIN),
        cannot_tell(role("ana", **_LOST), LOST_WHY),
    ),
    EDITS_ITSELF.of_users(
        fails(
            user("ana", allow("iam:DeleteUserPermissionsBoundary"), boundary=LIMIT.arn),
            "may change its boundary",
            policies=(LIMIT,),
        ),
        fails(user("ana", allow("iam:PutUserPolicy")), "may change its policies"),
        passes(user("ana", allow("iam:PutUserPolicy", "arn:aws:iam::*:user/app/*"))),
        passes(user("ana", allow("iam:DeleteUserPermissionsBoundary"))),
        does_not_apply(user("ana", EVERYTHING), _ADMIN),
        cannot_tell(user("ana", **_LOST), LOST_WHY),
    ),
    EDITS_ITSELF.of_roles(
        fails(
            role("ana", allow("iam:UpdateAssumeRolePolicy", "arn:aws:iam::*:role/ana")),
            "may change its trust policy",
        ),
        passes(role("ana", allow("iam:UpdateAssumeRolePolicy", "arn:aws:iam::*:role/bob"))),
        does_not_apply(role("ana", EVERYTHING), _ADMIN),
        cannot_tell(role("ana", **_LOST), LOST_WHY),
    ),
    MAKES_UNBOUNDED.of_users(
        fails(user("ana", MAKER), "may make roles and give them policies, without a boundary"),
        passes(user("ana", BOUND_MAKER)),
        passes(user("ana", allow("iam:CreateRole"))),
        does_not_apply(user("ana", EVERYTHING), _ADMIN),
        cannot_tell(user("ana", **_LOST), LOST_WHY),
    ),
    MAKES_UNBOUNDED.of_roles(
        fails(role("ana", MAKER), "may make roles and give them policies, without a boundary"),
        passes(role("ana", BOUND_MAKER)),
        does_not_apply(role("ana", EVERYTHING), _ADMIN),
        cannot_tell(role("ana", **_LOST), LOST_WHY),
    ),
    HOLDS_BOTH.of_users(
        fails(
            user("ana", BOTH),
            "holds both sides of pays and approves: s3:PutObject and sns:Publish",
            settings=PAIRED,
        ),
        passes(user("ana", allow("s3:PutObject")), settings=PAIRED, resources=Resources()),
        passes(user("ana", BOTH), settings=EXCEPTED),
        does_not_apply(user("ana", BOTH), "the settings forbid no pair of powers"),
        cannot_tell(user("ana", **_LOST), LOST_WHY, settings=PAIRED),
    ),
    HOLDS_BOTH.of_roles(
        fails(
            role("ana", allow("s3:PutObject"), allow("sqs:*")),
            "holds both sides of pays and approves: s3:PutObject and sqs:SendMessage",
            settings=PAIRED,
        ),
        passes(role("ana", READ_ONLY), settings=PAIRED, resources=Resources()),
        does_not_apply(role("ana", BOTH), "the settings forbid no pair of powers"),
        cannot_tell(role("ana", **_LOST), LOST_WHY, settings=PAIRED),
    ),
    policies_on_user,
)
