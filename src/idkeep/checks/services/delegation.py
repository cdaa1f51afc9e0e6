"""Checks on who administers the security services for the organisation."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.deputies import deputies
from idkeep.checks.declare import (
    AnyCheck,
    Example,
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    passes,
)
from idkeep.checks.organization.words import NOT_HERE, whole
from idkeep.checks.samples import ACCOUNT, ORGANIZATION
from idkeep.checks.services.samples import ELSEWHERE, OURS, deputy
from idkeep.model import Organization, Problem, Severity, Unknown
from idkeep.model.gap import Gap


class Delegated(Struct, frozen=True, kw_only=True):
    """A service that an account other than the management account should administer."""

    name: str
    words: str
    principal: str
    command: str
    where: str = ""
    besides: str = ""


_ON = " The service is switched on in it by that, and paid for."
_REGIONAL = ", in each region"
_REGISTER = "aws organizations register-delegated-administrator --service-principal"
_SERVICES = (
    Delegated(
        name="guardduty",
        words="GuardDuty",
        principal="guardduty.amazonaws.com",
        command="aws guardduty enable-organization-admin-account --admin-account-id",
        where=_REGIONAL,
        besides=_ON,
    ),
    Delegated(
        name="security_hub",
        words="Security Hub",
        principal="securityhub.amazonaws.com",
        command="aws securityhub enable-organization-admin-account --admin-account-id",
        where=_REGIONAL,
        besides=_ON,
    ),
    Delegated(
        name="access_analyzer",
        words="IAM Access Analyzer",
        principal="access-analyzer.amazonaws.com",
        command=f"{_REGISTER} access-analyzer.amazonaws.com --account-id",
    ),
    Delegated(
        name="config",
        words="AWS Config",
        principal="config.amazonaws.com",
        command=f"{_REGISTER} config.amazonaws.com --account-id",
    ),
    Delegated(
        name="identity_center",
        words="IAM Identity Center",
        principal="sso.amazonaws.com",
        command=f"{_REGISTER} sso.amazonaws.com --account-id",
    ),
)


def _nobody(delegated: Delegated, organization: Organization, estate: Estate) -> Iterator[Said]:
    if not (yield from whole(organization, estate)):
        return
    found = deputies(estate, delegated.principal)
    if isinstance(found, tuple):
        if not found:
            yield Problem(f"has no delegated administrator for {delegated.words}")
    elif found is not None:
        yield Unknown(str(found))


def _check(delegated: Delegated) -> AnyCheck:
    def nobody(organization: Organization, estate: Estate) -> Iterator[Said]:
        yield from _nobody(delegated, organization, estate)

    nobody.__name__ = f"nobody_administers_{delegated.name}"
    nobody.__doc__ = (
        f"No account of the organisation is delegated administrator for {delegated.words}.\n\n"
        "Then the management account, which no service control policy limits, is used for daily\n"
        "work, or each account is left to itself. Only the management account and its deputies\n"
        "are told; for others it is unknown, unless they were scanned together: then it is\n"
        "judged once, in the management account."
    )
    return check(
        Organization,
        severity=Severity.MEDIUM,
        controls=("security-services-delegated",),
        reads=("delegated_administrators",),
        remedy=Remedy(
            do=f"In the management account name the security team's account: `{delegated.command} "
            f"ACCOUNT`{delegated.where}.",
            may_stop=f"Nothing stops: the account gets the right to administer.{delegated.besides}",
        ),
        examples=tuple(_examples(delegated)),
    )(nobody)


def _examples(delegated: Delegated) -> Iterator[Example]:
    yield passes(replace(OURS, delegated_administrators=(deputy(delegated.principal),)))
    words = f"has no delegated administrator for {delegated.words}"
    yield fails(replace(OURS, delegated_administrators=()), words)
    yield fails(replace(OURS, delegated_administrators=(deputy("backup.amazonaws.com"),)), words)
    yield cannot_tell(replace(OURS, delegated_administrators=ELSEWHERE), str(ELSEWHERE))
    # A member's part of what was read in the management account.
    there = replace(ORGANIZATION, concerns=ACCOUNT.id, delegated_administrators=())
    yield does_not_apply(there, NOT_HERE.format(there.management_account))
    denied = Gap("organizations:ListDelegatedServicesForAccount", "AccessDenied")
    unread = replace(deputy(), services=denied)
    yield cannot_tell(replace(OURS, delegated_administrators=(unread,)), str(denied))


CHECKS: tuple[AnyCheck, ...] = tuple(map(_check, _SERVICES))
