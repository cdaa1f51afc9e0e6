"""Checks on the room that is left for policies of the organisation: slots, and characters.

The numbers are AWS's quotas as the catalog has them, each with the day it was read:
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
"""

import json
from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.guardrails import level_name
from idkeep.catalog import Quota
from idkeep.checks.declare import (
    AnyCheck,
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    known,
    passes,
)
from idkeep.checks.organization.samples import (
    RCP,
    REFUSED,
    ROOT_ID,
    SCP,
    UNIT,
    organization,
    policy,
)
from idkeep.checks.organization.words import NOT_HERE, text_of, type_of, whole
from idkeep.checks.samples import ORGANIZATION, deny
from idkeep.model import (
    Gap,
    NotApplicable,
    NotAsked,
    NotEnabled,
    Organization,
    OrganizationPolicy,
    PolicyType,
    Problem,
    Severity,
    Unknown,
)
from idkeep.policy.sizes import size, spare

# The types that limit what anybody may do, and what the catalog calls their quotas.
_QUOTAS = {SCP: "scp", RCP: "rcp"}
_WORDS = {SCP: "SCP", RCP: "RCP"}
_SLOTS, _LENGTH, _IN_ALL = "attached to a target", "characters", "in an organization"
_NOT_HERE = NOT_HERE.format(ORGANIZATION.management_account)


def _quota(kind: str, unit: str, estate: Estate) -> Quota:
    return estate.engine.catalog.facts.quota(_QUOTAS[kind], unit)


def _several(many: int, *targets: str, kind: str = SCP) -> Organization:
    """`many` policies of a kind on each target, besides AWS's own."""
    made = (policy(f"No{number}", deny("a4b:*"), targets=targets) for number in range(many))
    return organization(*made, kind=kind)


_TARGETS = Gap("organizations:ListTargetsForPolicy", "AccessDeniedException")
_UNTOLD = replace(policy("Untold", deny("a4b:*")), targets=_TARGETS)
_ALMOST = tuple(policy(f"No{number}", deny("a4b:*"), targets=(UNIT,)) for number in range(8))


@check(
    Organization,
    severity=Severity.LOW,
    controls=("guardrail-room",),
    reads=("policy_types", "accounts", "units", "roots"),
    remedy=Remedy(
        do="Put what two of them say into one (`idkeep minimise` and `idkeep shrink` make texts "
        "shorter): `aws organizations update-policy --policy-id POLICY_ID --content "
        "file://both.json`; then take the other off: `aws organizations detach-policy --policy-id "
        "OTHER_ID --target-id TARGET_ID`. What a level above could say goes there.",
        may_stop="Nothing stops if the one holds all that both said: `idkeep compare` proves it "
        "before.",
    ),
    examples=(
        fails(_several(9, UNIT), f"has no slot left for an SCP on {UNIT}: 10 of 10"),
        fails(_several(9, ROOT_ID), "has no slot left for an SCP on the root: 10 of 10"),
        fails(_several(5, UNIT, kind=RCP), f"has no slot left for an RCP on {UNIT}: 5 of 5"),
        passes(_several(8, UNIT)),
        passes(_several(4, UNIT, kind=RCP)),
        does_not_apply(organization(policy_types=()), "has neither SCPs nor RCPs on"),
        does_not_apply(replace(ORGANIZATION, accounts=(), policy_types=()), _NOT_HERE),
        cannot_tell(organization(policy_types=REFUSED), str(REFUSED)),
        cannot_tell(
            organization(policy_types=(PolicyType(name=SCP, status="ENABLED", policies=REFUSED),)),
            str(REFUSED),
        ),
        cannot_tell(organization(*_ALMOST, _UNTOLD), str(_TARGETS)),
        passes(organization(*_ALMOST[:7], _UNTOLD)),
    ),
)
def no_slot_for_a_guardrail(organization: Organization, estate: Estate) -> Iterator[Said]:
    """The root, an OU or an account has as many policies attached as AWS lets it have.

    The next guardrail, and the one that is to lock an account up in an emergency, can't be
    attached. Each may have 10 SCPs (5 until 2026) and 5 RCPs, AWS's own RCPFullAWSAccess among
    them; what is inherited does not count:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
    """
    if not (yield from whole(organization, estate)):
        return
    on = {
        one.name: one.policies
        for one in known(organization.policy_types)
        if one.name in _QUOTAS and not isinstance(one.policies, NotEnabled)
    }
    if not on:
        yield NotApplicable("has neither SCPs nor RCPs on")
    for kind, policies in on.items():
        if isinstance(policies, Gap | NotAsked):
            yield Unknown(str(policies))
        else:
            yield from _full(kind, policies, organization, estate)


def _full(
    kind: str, policies: tuple[OrganizationPolicy, ...], organization: Organization, estate: Estate
) -> Iterator[Said]:
    """Targets without a free slot; unknown where a policy that is attached unseen may take it."""
    quota = _quota(kind, _SLOTS, estate)
    taken: Counter[str] = Counter()
    unread: list[Gap | NotAsked] = []
    for one in policies:
        if isinstance(one.targets, Gap | NotAsked):
            unread.append(one.targets)
        else:
            taken.update(one.targets)
    for target, many in taken.items():
        if many >= quota.default:
            name = level_name(organization, target)
            yield Problem(
                f"has no slot left for an {_WORDS[kind]} on {name}: {many} of {quota.default}",
                at=f"{kind}/{target}",
            )
    most = max((many for many in taken.values() if many < quota.default), default=0)
    if most + len(unread) >= quota.default:
        yield from map(Unknown, dict.fromkeys(map(str, unread)))
    own = sum(not one.aws_managed for one in policies)
    if own >= (allowed := _quota(kind, _IN_ALL, estate).default):
        yield Problem(f"has {own} {_WORDS[kind]}s, of {allowed} that it may have", at=kind)


_NEAR = 0.9
_UNREAD = Gap("organizations:DescribePolicy", "AccessDeniedException")
_LONG = policy("Long", document="long")


def _written(actions: int, indent: int | None = None) -> dict[str, str]:
    """The text of a policy that denies so many actions, as the examples' snapshot holds it."""
    named = [f"a4b:Action{number:04}" for number in range(actions)]
    statement = {"Effect": "Deny", "Action": named, "Resource": "*"}
    said = {"Version": "2012-10-17", "Statement": [statement]}
    separators = (",", ":") if indent is None else None
    return {"long": json.dumps(said, indent=indent, separators=separators)}


@check(
    OrganizationPolicy,
    severity=Severity.LOW,
    controls=("guardrail-room",),
    reads=("document", "aws_managed"),
    remedy=Remedy(
        do="Write it shorter (`idkeep minimise` and `idkeep shrink` prove that it means the same) "
        "and without white space: `aws organizations update-policy --policy-id POLICY_ID --content "
        "file://policy.json`. Or move what concerns one matter into a policy of its own.",
        may_stop="Nothing stops: the text that is shorter denies the same.",
    ),
    examples=(
        fails(
            _LONG,
            "is 9,772 characters long, of the 10,240 that an SCP may have (read 2026-11-23)",
            organization=organization(_LONG),
            documents=_written(570),
        ),
        fails(
            _LONG,
            "is 4,736 characters long, of the 5,120 that an RCP may have (read 2026-11-23); 1,084 "
            "of them are white space, which counts",
            organization=organization(_LONG, kind=RCP),
            documents=_written(210, indent=1),
        ),
        passes(_LONG, organization=organization(_LONG), documents=_written(100)),
        does_not_apply(
            replace(_LONG, aws_managed=True),
            "is AWS's own",
            organization=organization(replace(_LONG, aws_managed=True)),
            documents=_written(570),
        ),
        does_not_apply(
            _LONG,
            "is a TAG_POLICY, and limits nobody",
            organization=organization(_LONG, kind="TAG_POLICY"),
            documents=_written(570),
        ),
        cannot_tell(
            replace(_LONG, document=_UNREAD),
            str(_UNREAD),
            organization=organization(replace(_LONG, document=_UNREAD)),
        ),
    ),
)
def guardrail_near_its_size(policy: OrganizationPolicy, estate: Estate) -> Iterator[Said]:
    """A service or resource control policy has nearly no characters left.

    What has to be denied next does not fit in, and who is in a hurry attaches less than was meant.
    Less than a tenth of what AWS takes is left. All white space counts that an SDK or the command
    line sent along; the console takes it out:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
    """
    organization = estate.snapshot.organization
    if not isinstance(organization, Organization):
        return
    if not (yield from whole(organization, estate)):
        return
    kind = type_of(policy, organization)
    if policy.aws_managed:
        yield NotApplicable("is AWS's own")
        return
    if kind not in _QUOTAS:
        yield NotApplicable(f"is a {kind}, and limits nobody")
        return
    quota = _quota(kind, _LENGTH, estate)
    written = yield from text_of(policy, estate)
    if written is None:
        return
    length = size(written, quota)
    if length is None:
        yield Unknown(f"whether AWS counts white space in an {_WORDS[kind]}")
    elif length > quota.default * _NEAR:
        white = spare(written)
        counted = f"; {white:,} of them are white space, which counts" if white else ""
        yield Problem(
            f"is {length:,} characters long, of the {quota.default:,} that an {_WORDS[kind]} may "
            f"have (read {quota.page.read}){counted}"
        )


CHECKS: tuple[AnyCheck, ...] = (no_slot_for_a_guardrail, guardrail_near_its_size)
