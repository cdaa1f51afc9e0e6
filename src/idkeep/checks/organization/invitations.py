"""Checks on invitations: those that the organisation sent, and those that accounts received."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
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
from idkeep.checks.organization.samples import SHOP, organization
from idkeep.checks.organization.words import NOT_HERE, of_manager
from idkeep.checks.policies.outsiders import known_accounts
from idkeep.checks.root_people import within
from idkeep.checks.samples import ACCOUNT, ORGANIZATION
from idkeep.config import Settings, TrustedAccount
from idkeep.model import (
    Account,
    Arn,
    Gap,
    Handshake,
    HandshakePart,
    Organization,
    Problem,
    Severity,
    Unknown,
)

_SENT = Gap("organizations:ListHandshakesForOrganization", "AccessDeniedException")
_OPEN = frozenset({"REQUESTED", "OPEN"})
_JOINS, _BILLS = "INVITE", "TRANSFER_RESPONSIBILITY"
_DOES = {_JOINS: "join", _BILLS: "hand its bill over"}
_OUR_DOMAIN = Settings(organization_domains=("example.com",))


def _handshake(*parties: tuple[str, str], state: str = "OPEN", action: str = _JOINS) -> Handshake:
    return Handshake(
        id="h-example1",
        arn="arn:aws:organizations::111122223333:handshake/o-exampleorg1/invite/h-example1",
        action=action,
        state=state,
        parties=tuple(HandshakePart(type=kind, value=value) for kind, value in parties),
    )


FROM_STRANGERS = Handshake(
    id="h-elsewhere1",
    arn="arn:aws:organizations::777788889999:handshake/o-elsewhere01/invite/h-elsewhere1",
    action=_JOINS,
    state="OPEN",
)
_OURS = ("ORGANIZATION", "exampleorg1")
_ASKED = _handshake(_OURS, ("ACCOUNT", "444455556666"))
_BY_MAIL = _handshake(_OURS, ("EMAIL", "aws@partner.example"))


def _with(**facts: object) -> Organization:
    return organization(**{"sent_handshakes": (), **facts})  # type: ignore[arg-type]


@check(
    Organization,
    severity=Severity.LOW,
    controls=("invitations",),
    reads=("sent_handshakes",),
    settings=("trusted_accounts", "organization_domains"),
    remedy=Remedy(
        do="Ask who sent it and for whom. Take back what nobody meant (`aws organizations "
        "cancel-handshake --handshake-id HANDSHAKE`), or write the account into "
        "`trusted_accounts`.",
        may_stop="Nothing stops: an invitation gives nothing before it is accepted.",
    ),
    examples=(
        fails(
            _with(sent_handshakes=(_ASKED,)),
            "asks account 444455556666, which nobody vouches for, to join",
        ),
        fails(
            _with(sent_handshakes=(_BY_MAIL,)),
            "asks whoever reads aws@partner.example to join",
            settings=_OUR_DOMAIN,
        ),
        fails(
            _with(sent_handshakes=(_handshake(_OURS, ("ACCOUNT", "444455556666"), action=_BILLS),)),
            "asks account 444455556666, which nobody vouches for, to hand its bill over",
        ),
        passes(_with()),
        passes(_with(sent_handshakes=(_handshake(_OURS, ("ACCOUNT", SHOP.id)),))),
        passes(_with(sent_handshakes=(replace(_ASKED, state="EXPIRED"),))),
        passes(_with(sent_handshakes=(replace(_ASKED, action="ENABLE_ALL_FEATURES"),))),
        passes(
            _with(sent_handshakes=(_handshake(_OURS, ("EMAIL", "aws+new@example.com")),)),
            settings=_OUR_DOMAIN,
        ),
        does_not_apply(ORGANIZATION, NOT_HERE.format(ORGANIZATION.management_account)),
        cannot_tell(_with(sent_handshakes=_SENT), str(_SENT)),
        cannot_tell(
            _with(
                sent_handshakes=(_ASKED,),
                accounts=Gap("organizations:ListAccounts", "AccessDeniedException"),
            ),
            "whether 444455556666 is of the organisation: "
            "organizations:ListAccounts: AccessDeniedException",
        ),
    ),
)
def invitation_to_strangers(organization: Organization, estate: Estate) -> Iterator[Said]:
    """The organisation's invitation is open to somebody whom nobody vouches for.

    Whoever accepts it is a member, is given what is shared with the organisation, and gets through
    every policy that asks for its id; whoever hands its bill over has it paid by the organisation:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_invites.html,
    https://docs.aws.amazon.com/organizations/latest/APIReference/API_InviteOrganizationToTransferResponsibility.html
    """
    if not (yield from of_manager(organization, estate)):
        return
    for one in known(organization.sent_handshakes):
        if one.state in _OPEN and one.action in _DOES:
            yield from _sent(one, estate)


def _sent(one: Handshake, estate: Estate) -> Iterator[Said]:
    wants = _DOES[one.action]
    trusted = known_accounts(estate)
    domains = estate.settings.organization_domains
    for party in one.parties:
        if party.type == "EMAIL":
            domain = party.value.rpartition("@")[2]
            if not any(within(domain, each) for each in domains):
                yield _problem(f"asks whoever reads {party.value} to {wants}", one, _PAYS)
        elif party.type == "ACCOUNT" and party.value not in trusted.accounts:
            if trusted.unread is not None:
                yield Unknown(f"whether {party.value} is of the organisation: {trusted.unread}")
            else:
                who = f"account {party.value}, which nobody vouches for,"
                yield _problem(f"asks {who} to {wants}", one, _PAYS)


_PAYS = "the organisation would pay what a stranger spends"
_PAID = "the bill would be in a stranger's hands"


def _problem(words: str, one: Handshake, why: str) -> Problem:
    """`why` it is worse where it moves a bill: who sends it is to have the other's."""
    moves_money = one.action == _BILLS
    return Problem(
        words,
        at=one.id,
        severity=Severity.MEDIUM if moves_money else None,
        because=why if moves_money else "",
    )


_RECEIVED = Gap("organizations:ListHandshakesForAccount", "AccessDeniedException")


def _invited(**facts: object) -> Account:
    return replace(ACCOUNT, received_handshakes=(replace(FROM_STRANGERS, **facts),))


@check(
    Account,
    severity=Severity.LOW,
    controls=("invitations-received",),
    reads=("received_handshakes",),
    settings=("trusted_accounts",),
    remedy=Remedy(
        do="Ask who expects it. Decline what nobody does (`aws organizations decline-handshake "
        "--handshake-id HANDSHAKE`), or write the account that sent it into `trusted_accounts`.",
        may_stop="Nothing stops: an invitation gives nothing before it is accepted.",
    ),
    examples=(
        fails(
            _invited(),
            "is asked by account 777788889999, which nobody vouches for, to join o-elsewhere01",
        ),
        fails(
            _invited(action=_BILLS),
            "is asked by account 777788889999, which nobody vouches for, to hand its bill over",
        ),
        passes(replace(ACCOUNT, received_handshakes=())),
        passes(_invited(state="DECLINED")),
        passes(_invited(action="ENABLE_ALL_FEATURES")),
        passes(
            _invited(),
            settings=Settings(
                trusted_accounts=(TrustedAccount(id="777788889999", name="the new owner"),)
            ),
        ),
        cannot_tell(replace(ACCOUNT, received_handshakes=_RECEIVED), str(_RECEIVED)),
    ),
)
def invitation_from_strangers(account: Account, estate: Estate) -> Iterator[Said]:
    """Somebody whom nobody vouches for asks the account into their organisation, or for its bill.

    Anybody can send it, and one administrator who accepts is enough: the account is then under
    another's policies, and its data within reach of another's accounts. A member goes straight from
    one organisation to the other:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_accept-decline-invite.html
    """
    trusted = known_accounts(estate).accounts
    for one in known(account.received_handshakes):
        if one.state not in _OPEN or one.action not in _DOES:
            continue
        sender = Arn.parse(one.arn)
        if sender.account in trusted:
            continue
        where = sender.resource.partition("/")[2].partition("/")[0]
        wants = f"join {where}" if one.action == _JOINS else _DOES[_BILLS]
        who = f"by account {sender.account}, which nobody vouches for,"
        yield _problem(f"is asked {who} to {wants}", one, _PAID)


CHECKS: tuple[AnyCheck, ...] = (invitation_to_strangers, invitation_from_strangers)
