"""Checks on services that take a role: for whom they may act."""

from collections.abc import Iterator

from idkeep.access import Estate
from idkeep.access.answer import Answer, Says
from idkeep.access.service_sources import for_anybody, sends_source, why_none
from idkeep.access.trust import Admitted, Kind
from idkeep.checks.declare import Remedy, Said, cannot_tell, check, does_not_apply, fails, passes
from idkeep.checks.edits import TRUST
from idkeep.checks.policies.samples import role
from idkeep.checks.policies.words import listed, statements
from idkeep.checks.trust.samples import LOST_TRUST, LOST_TRUST_WHY, linked, trusting, trusts
from idkeep.checks.trust.words import raised, read_trust, terms
from idkeep.model import NotApplicable, Problem, Role, Severity, Unknown

_ACCOUNT_ACCESS = "account-access.amazonaws.com"
_BUILD = {"Service": "codebuild.amazonaws.com"}
_OWN = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
_OWN_ARN = {"ArnLike": {"aws:SourceArn": "arn:aws:codebuild:*:111122223333:project/*"}}
_EVERY_ARN = {"ArnLike": {"aws:SourceArn": "arn:aws:codebuild:*:*:project/*"}}
_READS = ("trust", "inline_policies", "attached_policies")
_WORDS = "lets {0} use it for any account"
_OWNED = "belongs to an AWS service, and nobody in the account can change it"


@check(
    Role,
    severity=Severity.LOW,
    controls=("confused-deputy", "trust-policies"),
    reads=_READS,
    remedy=Remedy(
        do="Add a condition on `aws:SourceAccount` with this account's number, or on "
        f"`aws:SourceArn` with the ARN of what the service works for: {TRUST}. Try it "
        "with one role first.",
        may_stop="Where a service sends another ARN than its guide says, or sends none, it stops "
        "working with the role.",
    ),
    examples=(
        fails(trusting("build", trusts(_BUILD)), _WORDS.format("codebuild.amazonaws.com")),
        fails(
            trusting("build", trusts(_BUILD, _EVERY_ARN)), _WORDS.format("codebuild.amazonaws.com")
        ),
        fails(
            trusting("build", trusts({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]})),
            _WORDS.format("lambda.amazonaws.com"),
        ),
        passes(trusting("build", trusts(_BUILD, _OWN))),
        passes(trusting("build", trusts(_BUILD, _OWN_ARN))),
        passes(
            trusting(
                "build",
                trusts(
                    _BUILD,
                    {"StringLike": {"aws:SourceArn": "arn:aws:codebuild:*:111122223333:*"}},
                ),
            )
        ),
        does_not_apply(
            trusting("server", trusts({"Service": "ec2.amazonaws.com"})),
            "ec2.amazonaws.com does not say for whom it acts: an instance profile is given to "
            "instances of its own account alone",
        ),
        does_not_apply(linked(trusting("build", trusts(_BUILD))), _OWNED),
        does_not_apply(
            trusting("ana", trusts({"AWS": "111122223333"})), "no service may become it"
        ),
        cannot_tell(
            trusting("x", trusts({"Service": "backup.amazonaws.com"})),
            "whether backup.amazonaws.com says for whom it acts: its guide does not tell",
        ),
        cannot_tell(role("demo", trust=LOST_TRUST), LOST_TRUST_WHY),
    ),
)
def service_acts_for_any_account(role: Role, estate: Estate) -> Iterator[Said]:
    """A service may use a role on behalf of anybody's account, not of this one alone.

    If the service can be talked into it by a customer elsewhere, it works here for them. Most take
    only roles that somebody of the same account passes, so it takes a mistake of the service; there
    were some. Services that never say for whom they act can't be limited so, and are told as not
    applicable:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    trust = yield from read_trust(role, estate)
    if trust is None:
        return
    services = [one for one in trust.of(Kind.SERVICE) if one.name != _ACCOUNT_ACCESS]
    if not services:
        yield NotApplicable("no service may become it")
        return
    silent = [one.name for one in services if sends_source(one.name) is False]
    if len(silent) == len(services):
        reasons = dict.fromkeys(why_none(name) for name in silent)
        yield NotApplicable(f"{listed(silent)} does not say for whom it acts: {'; '.join(reasons)}")
    for one in services:
        sends = sends_source(one.name)
        if sends is False:
            continue
        answer = _for_anybody(estate, role, one)
        if answer is None:
            continue
        if sends is None:
            yield Unknown(f"whether {one.name} says for whom it acts: its guide does not tell")
            continue
        yield _problem(role, estate, one, answer, Severity.MEDIUM)


@check(
    Role,
    severity=Severity.HIGH,
    controls=("confused-deputy", "trust-policies"),
    reads=_READS,
    remedy=Remedy(
        do="Add a condition on `aws:SourceAccount` with the account of the account access "
        f"manager and on `aws:SourceArn` with its application: {TRUST}.",
        may_stop="Nothing stops for people who have the role through that application; through "
        "any other they are turned away.",
    ),
    examples=(
        fails(
            trusting("console", trusts({"Service": _ACCOUNT_ACCESS})),
            _WORDS.format(_ACCOUNT_ACCESS),
        ),
        passes(trusting("console", trusts({"Service": _ACCOUNT_ACCESS}, _OWN))),
        does_not_apply(
            trusting("build", trusts(_BUILD)), "the account access manager may not become it"
        ),
        cannot_tell(role("demo", trust=LOST_TRUST), LOST_TRUST_WHY),
    ),
)
def account_access_for_any_account(role: Role, estate: Estate) -> Iterator[Said]:
    """The account access manager may hand a role to people of anybody's organisation.

    Who gets the role stands in its entitlements, in the organisation's account; the trust policy
    has to say whose:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/account-access-manager.html
    """
    trust = yield from read_trust(role, estate)
    if trust is None:
        return
    one = next((one for one in trust.of(Kind.SERVICE) if one.name == _ACCOUNT_ACCESS), None)
    if one is None:
        yield NotApplicable("the account access manager may not become it")
        return
    answer = _for_anybody(estate, role, one)
    if answer is not None:
        yield _problem(role, estate, one, answer, Severity.CRITICAL)


def _for_anybody(estate: Estate, role: Role, one: Admitted) -> Answer | None:
    answers = for_anybody(estate.engine, role, one)
    return next((answer for answer in answers if answer.says is not Says.NO), None)


def _problem(
    role: Role, estate: Estate, one: Admitted, answer: Answer, administrators: Severity
) -> Said:
    """`administrators` is the severity where the role is one."""
    if answer.says is Says.UNKNOWN:
        return Unknown(answer.why_unknown)
    severity, because = raised(role, estate, administrators)
    return Problem(
        f"lets {one.name} use it for any account{terms(answer)}",
        at=one.name,
        severity=severity,
        because=because,
        statements=statements(estate, (answer,)),
    )


CHECKS = (service_acts_for_any_account, account_access_for_any_account)
