"""Checks on services that take a role: for whom they may act."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.answer import Says
from idkeep.access.service_sources import for_anybody, for_named, sends_source, why_none
from idkeep.access.trust import Admitted, Kind
from idkeep.checks.declare import Remedy, Said, cannot_tell, check, does_not_apply, fails, passes
from idkeep.checks.edits import TRUST
from idkeep.checks.policies.outsiders import for_whom, known_accounts
from idkeep.checks.policies.samples import role
from idkeep.checks.policies.words import listed, statements
from idkeep.checks.samples import ORGANIZATION
from idkeep.checks.trust.samples import (
    LOST_TRUST,
    LOST_TRUST_WHY,
    TRUSTED,
    linked,
    trusting,
    trusts,
)
from idkeep.checks.trust.words import raised, read_trust, terms
from idkeep.model import NotApplicable, NotAsked, Problem, Role, Severity, Unknown
from idkeep.model.facts import Family

_ACCOUNT_ACCESS = "account-access.amazonaws.com"
_BUILD = {"Service": "codebuild.amazonaws.com"}
_OWN = {"StringEquals": {"aws:SourceAccount": "111122223333"}}
_OWN_ARN = {"ArnLike": {"aws:SourceArn": "arn:aws:codebuild:*:111122223333:project/*"}}
_EVERY_ARN = {"ArnLike": {"aws:SourceArn": "arn:aws:codebuild:*:*:project/*"}}
_READS = ("trust", "inline_policies", "attached_policies")
_WORDS = "lets {0} use it for any account"
_PARTNERS = {"StringEquals": {"aws:SourceAccount": "444455556666"}}
_PARTNERS_ARN = {"ArnLike": {"aws:SourceArn": "arn:aws:codebuild:*:444455556666:project/*"}}
_ELSEWHERE = {"StringEquals": {"aws:SourceOrgID": "o-otherorg123"}}
_OURS = replace(ORGANIZATION, policy_types=())
_STRANGE = "lets codebuild.amazonaws.com use it for account 444455556666"
_OWNED = "belongs to an AWS service, and nobody in the account can change it"


@check(
    Role,
    severity=Severity.LOW,
    controls=("confused-deputy", "trust-policies"),
    reads=_READS,
    settings=("trusted_accounts",),
    remedy=Remedy(
        do="Add a condition on `aws:SourceAccount` with this account's number, or on "
        f"`aws:SourceArn` with the ARN of what the service works for: {TRUST}. Try it "
        "with one role first. A partner's account that is meant goes into `trusted_accounts` "
        "of the settings, with an owner and an end.",
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
        fails(trusting("build", trusts(_BUILD, _PARTNERS)), _STRANGE),
        fails(trusting("build", trusts(_BUILD, _PARTNERS_ARN)), _STRANGE),
        fails(
            trusting("build", trusts(_BUILD, _ELSEWHERE)),
            "lets codebuild.amazonaws.com use it for the whole organisation o-otherorg123",
            organization=_OURS,
        ),
        passes(trusting("build", trusts(_BUILD, _OWN))),
        passes(trusting("build", trusts(_BUILD, _PARTNERS)), settings=TRUSTED),
        passes(
            trusting(
                "build",
                trusts(_BUILD, {"StringEquals": {"aws:SourceOrgID": ORGANIZATION.id}}),
            ),
            organization=_OURS,
        ),
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
        cannot_tell(
            trusting("build", trusts(_BUILD, _PARTNERS)),
            "whether 444455556666 is of the organisation: not read: --facts organization",
            organization=NotAsked(Family.ORGANIZATION),
        ),
        cannot_tell(role("demo", trust=LOST_TRUST), LOST_TRUST_WHY),
    ),
)
def service_acts_for_any_account(role: Role, estate: Estate) -> Iterator[Said]:
    """A service may use a role on behalf of anybody's account, or of one that nobody vouches for.

    If the service can be talked into it by a customer elsewhere, it works here for them. Most take
    only roles that somebody of the same account passes, so it takes a mistake of the service; there
    were some. An account that the trust policy names, and that is neither of the organisation nor
    among the settings' trusted accounts, is worse: somebody wrote it there, and it stays. Services
    that never say for whom they act can't be limited so, and are told as not applicable:
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
        if sends_source(one.name) is not False:
            yield from _served(role, estate, one, Severity.MEDIUM, Severity.MEDIUM)


@check(
    Role,
    severity=Severity.HIGH,
    controls=("confused-deputy", "trust-policies"),
    reads=_READS,
    settings=("trusted_accounts",),
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
        fails(
            trusting("console", trusts({"Service": _ACCOUNT_ACCESS}, _PARTNERS)),
            f"lets {_ACCOUNT_ACCESS} use it for account 444455556666",
        ),
        passes(trusting("console", trusts({"Service": _ACCOUNT_ACCESS}, _OWN))),
        passes(
            trusting("console", trusts({"Service": _ACCOUNT_ACCESS}, _PARTNERS)), settings=TRUSTED
        ),
        does_not_apply(
            trusting("build", trusts(_BUILD)), "the account access manager may not become it"
        ),
        cannot_tell(role("demo", trust=LOST_TRUST), LOST_TRUST_WHY),
    ),
)
def account_access_for_any_account(role: Role, estate: Estate) -> Iterator[Said]:
    """The account access manager may hand a role to people of anybody's organisation.

    Or to those of an account that nobody vouches for. Who gets the role stands in its entitlements,
    in the organisation's account; the trust policy has to say whose:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/account-access-manager.html
    """
    trust = yield from read_trust(role, estate)
    if trust is None:
        return
    one = next((one for one in trust.of(Kind.SERVICE) if one.name == _ACCOUNT_ACCESS), None)
    if one is None:
        yield NotApplicable("the account access manager may not become it")
        return
    yield from _served(role, estate, one, Severity.HIGH, Severity.CRITICAL)


def _served(
    role: Role, estate: Estate, one: Admitted, strangers: Severity, administrators: Severity
) -> Iterator[Said]:
    """For whom a service may use a role: for anybody, or for each stranger that is named.

    `strangers` is the severity for those; `administrators` where the role is one.
    """
    known = known_accounts(estate)
    answers = for_anybody(estate.engine, role, one)
    anybody = next((answer for answer in answers if answer.says is not Says.NO), None)
    found = {"": anybody} if anybody else for_named(estate.engine, role, one)
    for whom, answer in found.items():
        ours = bool(whom) and known.vouches(whom)
        if not isinstance(ours, bool):
            yield Unknown(f"whether {whom} is of the organisation: {ours}")
        elif ours:
            continue
        elif sends_source(one.name) is None:
            yield Unknown(f"whether {one.name} says for whom it acts: its guide does not tell")
        elif answer.says is Says.UNKNOWN:
            yield Unknown(answer.why_unknown)
        else:
            severity, because = raised(role, estate, administrators)
            if whom and not severity:
                severity, because = strangers, "nobody vouches for whom it works"
            yield Problem(
                f"lets {one.name} use it for {for_whom(whom)}{terms(answer)}",
                at=f"{one.name} {whom}".rstrip(),
                severity=severity,
                because=because,
                statements=statements(estate, (answer,)),
            )


CHECKS = (service_acts_for_any_account, account_access_for_any_account)
