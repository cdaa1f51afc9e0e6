"""Checks on accounts, and on anybody, that a role's trust policy lets in."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.answer import Says
from idkeep.access.fitting import STRANGER, filled, is_wild
from idkeep.access.openings import limiting_keys
from idkeep.access.reading import reads_everything
from idkeep.access.trust import Admitted, Kind, again, compared
from idkeep.checks.declare import Remedy, Said, cannot_tell, check, does_not_apply, fails, passes
from idkeep.checks.edits import TRUST
from idkeep.checks.policies.outsiders import known_accounts
from idkeep.checks.policies.samples import EVERYTHING, READ_ONLY, role
from idkeep.checks.policies.words import listed, statements, unread, with_proviso
from idkeep.checks.samples import ORGANIZATION, allow, deny, inline
from idkeep.checks.trust.samples import (
    EXTERNAL_ID,
    LOST_TRUST,
    LOST_TRUST_WHY,
    MFA,
    PARTNER,
    TRUSTED,
    VENDOR,
    linked,
    trusting,
    trusts,
)
from idkeep.checks.trust.words import (
    is_administrator,
    raised,
    read_trust,
    sure,
    terms,
    unknown,
)
from idkeep.model import (
    MemberAccount,
    NotApplicable,
    NotAsked,
    Organization,
    Problem,
    Role,
    Severity,
    Unknown,
)
from idkeep.model.facts import Family
from idkeep.policy.context import Given

_ACCOUNTS = (Kind.ACCOUNT, Kind.PRINCIPAL)
_ADMIN = {"inline_policies": (inline(EVERYTHING),)}
_READS_ALL = allow(["s3:Get*", "dynamodb:Scan", "sqs:Receive*", "logs:Get*", "ssm:Get*"])
_OWNED = "belongs to an AWS service, and nobody in the account can change it"
_SISTER = "222233334444"
_MEMBERS = replace(
    ORGANIZATION,
    policy_types=(),
    accounts=tuple(
        MemberAccount(
            id=number,
            arn=f"arn:aws:organizations::999988887777:account/o-exampleorg1/{number}",
            name="x",
            email="x@larkfield.example",
            state="ACTIVE",
            path=("r-root",),
        )
        for number in ("999988887777", "111122223333", _SISTER)
    ),
)


@check(
    Role,
    severity=Severity.HIGH,
    controls=("no-public-resources", "trust-policies"),
    reads=("trust", "inline_policies", "attached_policies"),
    remedy=Remedy(
        do="Look for AssumeRole in CloudTrail, then name the principals that need the role, "
        f"or add a condition on `aws:PrincipalOrgID`: {TRUST}.",
        may_stop="Whoever else uses the role today is turned away at the next session.",
    ),
    examples=(
        fails(trusting("demo", trusts({"AWS": "*"})), "lets anybody with an AWS account become it"),
        fails(
            trusting("demo", trusts({"AWS": "*"}, MFA)),
            "lets anybody with an AWS account become it with MFA",
        ),
        passes(
            trusting(
                "demo",
                trusts({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": ORGANIZATION.id}}),
            ),
            organization=ORGANIZATION,
        ),
        passes(trusting("demo", trusts({"AWS": "*"}), deny("*", None, Principal="*"))),
        does_not_apply(linked(trusting("demo", trusts({"AWS": "*"}))), _OWNED),
        cannot_tell(role("demo", trust=LOST_TRUST), LOST_TRUST_WHY),
    ),
)
def role_open_to_anybody(role: Role, estate: Estate) -> Iterator[Said]:
    """Anybody with an AWS account may become a role.

    An account costs nothing, and names of roles are found by trying. Whether a stranger gets in is
    decided, with every condition and denial of the trust policy and the organisation's resource
    control policies.
    """
    trust = yield from read_trust(role, estate)
    if trust is None:
        return
    yield from unknown(trust, Kind.ANYONE)
    for one in sure(trust, Kind.ANYONE):
        severity, because = raised(role, estate, Severity.CRITICAL)
        if limits := limiting_keys(one.answer):
            severity = Severity.MEDIUM
            because = f"a condition on {listed(limits)} narrows who"
        yield Problem(
            f"lets anybody with an AWS account become it{terms(one.answer)}",
            severity=severity,
            because=because,
            statements=statements(estate, (one.answer,)),
        )


@check(
    Role,
    severity=Severity.HIGH,
    controls=("known-accounts-only", "trust-policies"),
    reads=("trust", "inline_policies", "attached_policies"),
    settings=("trusted_accounts",),
    remedy=Remedy(
        do="Ask whose account it is. A partner's goes into `trusted_accounts` of the "
        "settings, with an owner and an end; an account that nobody knows comes out: "
        f"{TRUST}.",
        may_stop="Whoever works through the account is turned away at the next session.",
    ),
    examples=(
        fails(trusting("demo", trusts({"AWS": PARTNER})), "lets account 444455556666 become it"),
        fails(
            trusting("demo", trusts({"AWS": "arn:aws:iam::444455556666:user/x"}, MFA)),
            "lets arn:aws:iam::444455556666:user/x become it with MFA",
        ),
        fails(
            trusting(
                "demo",
                trusts({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": "o-otherorg123"}}),
            ),
            "lets the whole organisation o-otherorg123 become it",
            organization=_MEMBERS,
        ),
        passes(trusting("demo", trusts({"AWS": PARTNER})), settings=TRUSTED),
        passes(trusting("demo", trusts({"AWS": _SISTER})), organization=_MEMBERS),
        passes(trusting("demo", trusts({"AWS": "111122223333"}))),
        does_not_apply(linked(trusting("demo", trusts({"AWS": PARTNER}))), _OWNED),
        cannot_tell(
            trusting("demo", trusts({"AWS": PARTNER})),
            "whether 444455556666 is of the organisation: not read: --facts organization",
            organization=NotAsked(Family.ORGANIZATION),
        ),
        cannot_tell(role("demo", trust=LOST_TRUST), LOST_TRUST_WHY),
    ),
)
def role_trusts_unknown_account(role: Role, estate: Estate) -> Iterator[Said]:
    """A role lets in an account, or an organisation, that nobody vouches for.

    It is neither of the organisation nor among the settings' trusted accounts. Suppliers change,
    accounts change hands, and the trust policy stays.
    """
    trust = yield from read_trust(role, estate)
    if trust is None:
        return
    known = known_accounts(estate)
    yield from unknown(trust, *_ACCOUNTS, Kind.ORGANIZATION)
    severity, because = raised(role, estate, Severity.CRITICAL)
    for one in sure(trust, *_ACCOUNTS, Kind.ORGANIZATION):
        ours = one.name if one.kind is Kind.ORGANIZATION else one.account
        if ours == known.organization or ours in known.accounts:
            continue
        told = one.kind is Kind.ORGANIZATION and known.organization
        if known.unread is not None and not told:
            yield Unknown(f"whether {one.name} is of the organisation: {known.unread}")
            continue
        yield Problem(
            f"lets {_who(one)} become it{terms(one.answer)}",
            at=one.name,
            severity=severity,
            because=because,
            statements=statements(estate, (one.answer,)),
        )


def _who(one: Admitted) -> str:
    if one.kind is Kind.ORGANIZATION:
        return f"the whole organisation {one.name}"
    return f"account {one.name}" if one.kind is Kind.ACCOUNT else one.name


@check(
    Role,
    severity=Severity.LOW,
    controls=("trust-policies", "least-privilege"),
    reads=("trust", "inline_policies", "attached_policies"),
    settings=("trusted_accounts",),
    remedy=Remedy(
        do="Name the roles or users of the other account that need it, or limit "
        f"`aws:PrincipalArn`: {TRUST}.",
        may_stop="What else works through the role from that account is turned away.",
    ),
    examples=(
        fails(
            trusting("deploy", trusts({"AWS": _SISTER})),
            "lets everybody in account 222233334444 become it whom that account allows to",
            organization=_MEMBERS,
        ),
        passes(
            trusting("deploy", trusts({"AWS": f"arn:aws:iam::{_SISTER}:role/ci"})),
            organization=_MEMBERS,
        ),
        passes(
            trusting(
                "deploy",
                trusts(
                    {"AWS": _SISTER},
                    {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{_SISTER}:role/ci"}},
                ),
            ),
            organization=_MEMBERS,
        ),
        passes(trusting("deploy", trusts({"AWS": "111122223333"}))),
        passes(trusting("deploy", trusts({"AWS": PARTNER}, EXTERNAL_ID)), settings=VENDOR),
        does_not_apply(linked(trusting("demo", trusts({"AWS": PARTNER}))), _OWNED),
        cannot_tell(role("demo", trust=LOST_TRUST), LOST_TRUST_WHY),
    ),
)
def role_trusts_whole_account(role: Role, estate: Estate) -> Iterator[Said]:
    """A role lets in all of another account, and leaves the choice to that account.

    Whoever writes policies there decides who becomes it here. Of this account the same is usual:
    its own policies say who. A vendor's account as a whole, with an external id, is how vendors
    work, and has its own check.
    """
    trust = yield from read_trust(role, estate)
    if trust is None:
        return
    vendors = {one.id for one in estate.settings.trusted_accounts if one.vendor}
    own = estate.snapshot.account.id
    yield from unknown(trust, Kind.ACCOUNT)
    for one in sure(trust, Kind.ACCOUNT):
        if one.account == own or one.account in vendors:
            continue
        severity, because = raised(role, estate, Severity.MEDIUM)
        if _manages(estate, one.account):
            severity, because = None, "the management account has other ways into its members"
        yield Problem(
            f"lets everybody in account {one.name} become it whom that account allows to"
            f"{terms(one.answer)}",
            at=one.name,
            severity=severity,
            because=because,
            statements=statements(estate, (one.answer,)),
        )


def _manages(estate: Estate, account: str) -> bool:
    organization = estate.snapshot.organization
    return isinstance(organization, Organization) and organization.management_account == account


@check(
    Role,
    severity=Severity.HIGH,
    controls=("third-party-access", "trust-policies"),
    reads=("trust", "inline_policies", "attached_policies"),
    settings=("trusted_accounts",),
    remedy=Remedy(
        do="Ask the vendor for the external id that it made for you, and ask for it in the "
        f"trust policy by a condition StringEquals on `sts:ExternalId`: {TRUST}.",
        may_stop="The vendor's calls fail until it sends the id: tell it first.",
    ),
    examples=(
        fails(
            trusting("vendor", trusts({"AWS": PARTNER})),
            "lets 444455556666 (Vendor) become it without an external id",
            settings=VENDOR,
        ),
        passes(trusting("vendor", trusts({"AWS": PARTNER}, EXTERNAL_ID)), settings=VENDOR),
        does_not_apply(
            trusting("vendor", trusts({"AWS": PARTNER})), "trusts no vendor of the settings"
        ),
        cannot_tell(role("demo", trust=LOST_TRUST), LOST_TRUST_WHY, settings=VENDOR),
    ),
)
def vendor_without_external_id(role: Role, estate: Estate) -> Iterator[Said]:
    """A vendor that serves others too becomes a role without an external id.

    Another customer of the vendor who types in this role's ARN then has the vendor work here:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    The settings say which accounts are a vendor's.
    """
    trust = yield from read_trust(role, estate)
    if trust is None:
        return
    vendors = {one.id: one.name for one in estate.settings.trusted_accounts if one.vendor}
    admitted = [one for one in trust.of(*_ACCOUNTS) if one.account in vendors]
    if not admitted:
        yield NotApplicable("trusts no vendor of the settings")
        return
    severity, because = raised(role, estate, Severity.CRITICAL)
    for one in admitted:
        answers = [
            (words, again(estate.engine, role, one, {"sts:ExternalId": given}))
            for words, given in _external_ids(role, estate)
        ]
        taken = next((found for found in answers if found[1].says in _LETS_IN), None)
        if taken is None:
            unsure = (answer.why_unknown for _, answer in answers if answer.why_unknown)
            yield from map(Unknown, dict.fromkeys(unsure))
            continue
        words, answer = taken
        name = f"{one.name} ({vendors[one.account]})"
        narrow = "like" in words
        yield Problem(
            f"lets {name} become it {words}{terms(answer)}",
            at=one.name,
            severity=Severity.MEDIUM if narrow else severity,
            because="another customer's has to fit by chance" if narrow else because,
            statements=statements(estate, (answer,)),
        )


_LETS_IN = frozenset({Says.YES, Says.DEPENDS})


def _external_ids(role: Role, estate: Estate) -> Iterator[tuple[str, Given]]:
    """What the vendor sends for another of its customers, in words: none, or that one's id."""
    yield "without an external id", ()
    yield "with any external id", STRANGER
    for pattern in compared(estate.engine, role, "sts:ExternalId"):
        if is_wild(pattern):
            yield f"with any external id like {pattern}", filled(pattern)


@check(
    Role,
    severity=Severity.MEDIUM,
    controls=("known-accounts-only", "least-privilege"),
    reads=("trust", "inline_policies", "attached_policies", "boundary"),
    settings=("trusted_accounts",),
    remedy=Remedy(
        do="Give the other account what it looks at: SecurityAudit or ViewOnlyAccess read "
        "settings and no data (`aws iam attach-role-policy --role-name ROLE --policy-arn "
        "arn:aws:iam::aws:policy/SecurityAudit`, then `aws iam detach-role-policy "
        "--role-name ROLE --policy-arn POLICY_ARN`).",
        may_stop="What the other account reads besides is refused.",
    ),
    examples=(
        fails(
            trusting("look", trusts({"AWS": PARTNER}), inline_policies=(inline(_READS_ALL),)),
            "lets account 444455556666 read the data of the whole account",
        ),
        passes(
            trusting("look", trusts({"AWS": PARTNER}), inline_policies=(inline(READ_ONLY),)),
        ),
        passes(
            trusting("look", trusts({"AWS": "111122223333"}), **_ADMIN),
        ),
        does_not_apply(
            trusting("look", trusts({"AWS": PARTNER}), **_ADMIN),
            "is an administrator, and judged as one",
        ),
        does_not_apply(linked(trusting("demo", trusts({"AWS": PARTNER}))), _OWNED),
        cannot_tell(role("demo", trust=LOST_TRUST), LOST_TRUST_WHY),
    ),
)
def role_reads_all_for_another_account(role: Role, estate: Estate) -> Iterator[Said]:
    """A role that another account uses may read the data of the whole account.

    ReadOnlyAccess sounds harmless, and reads every object, table and queue. What counts is what
    its policies do together, whatever they are called.
    """
    trust = yield from read_trust(role, estate)
    if trust is None:
        return
    own = estate.snapshot.account.id
    kinds = (*_ACCOUNTS, Kind.ORGANIZATION, Kind.ANYONE)
    others = [one for one in trust.of(*kinds) if one.account != own]
    if not others:
        return
    if is_administrator(role, estate):
        yield NotApplicable("is an administrator, and judged as one")
        return
    if not reads_everything(estate.engine, role.arn):
        yield from unread(estate, role)
        return
    foreign = [one for one in others if not one.answer.why_unknown]
    if not foreign:
        yield from unknown(trust, *kinds)
        return
    known = known_accounts(estate)
    ours = {*known.accounts, known.organization}
    strange = [one for one in foreign if (one.account or one.name) not in ours]
    who = "anybody" if any(one.kind is Kind.ANYONE for one in foreign) else ""
    names = who or listed([_who(one) for one in foreign])
    proviso = next((one.answer.proviso for one in foreign if one.answer.proviso), "")
    yield Problem(
        with_proviso(f"lets {names} read the data of the whole account", proviso),
        severity=Severity.HIGH if strange and known.unread is None else None,
        because="nobody vouches for who reads" if strange and known.unread is None else "",
        statements=statements(estate, (one.answer for one in foreign)),
    )


CHECKS = (
    role_open_to_anybody,
    role_trusts_unknown_account,
    role_trusts_whole_account,
    vendor_without_external_id,
    role_reads_all_for_another_account,
)
