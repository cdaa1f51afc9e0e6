"""The organisation: its tree and accounts, its policies, and who administers what in it.

Calls at most, for A accounts in U OUs, P policies of T types that are on with M attachments, D
delegated administrators, E accounts with an invalid effective policy and W approval teams, twenty a
page: 10 + 3 * T + U + A / 20 + 2 * P + M / 20 + D + E + W. A policy lists its targets, which is
fewer calls than asking each root, OU and account for the policies of each type. Tags come for all
accounts at once, a hundred a page. A member account is refused at the second call, and asks then
only for what every account may read: its effective policy of each type.

Source of the answers' shapes: https://docs.aws.amazon.com/organizations/latest/APIReference/
"""

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from idkeep.collect import approval
from idkeep.collect import organization_policies as policies
from idkeep.collect import organization_tags as tags
from idkeep.collect import organization_tree as tree
from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.handshakes import SENT_HANDSHAKES
from idkeep.collect.membership import is_refused, not_from_here
from idkeep.collect.times import maybe_utc
from idkeep.model import (
    DelegatedAdministrator,
    DelegatedService,
    Gap,
    Organization,
    OrganizationRoot,
    TrustedAccess,
    Unread,
)

_SIZE = {"MaxResults": 20}


def _organization(pages: Pages) -> Organization:
    """`AvailablePolicyTypes` is deprecated and incomplete, and left out."""
    [answer] = pages
    told: Answer = answer["Organization"]
    return Organization(
        id=told["Id"],
        arn=told["Arn"],
        feature_set=told["FeatureSet"],
        management_account=told["MasterAccountId"],
        management_email=told.get("MasterAccountEmail", ""),
    )


ORGANIZATION = Collector(
    service="organizations",
    operation="DescribeOrganization",
    build=_organization,
    absent=frozenset({"AWSOrganizationsNotInUseException"}),
)


@dataclass(frozen=True, slots=True)
class Roots:
    """The roots, of which AWS has one, and the status of each type of policy that is on there."""

    roots: tuple[OrganizationRoot, ...]
    types: Mapping[str, str]


def _roots(pages: Pages) -> Roots:
    told: list[Answer] = [root for page in pages for root in page["Roots"]]
    return Roots(
        roots=tuple(
            OrganizationRoot(id=one["Id"], arn=one["Arn"], name=one.get("Name", "")) for one in told
        ),
        types={kind["Type"]: kind["Status"] for one in told for kind in one["PolicyTypes"]},
    )


ROOTS = Collector(service="organizations", operation="ListRoots", build=_roots, params=_SIZE)


def _administrators(pages: Pages) -> tuple[DelegatedAdministrator, ...]:
    return tuple(
        DelegatedAdministrator(account=one["Id"], since=maybe_utc(one.get("DelegationEnabledDate")))
        for page in pages
        for one in page["DelegatedAdministrators"]
    )


DELEGATED_ADMINISTRATORS = Collector(
    service="organizations",
    operation="ListDelegatedAdministrators",
    build=_administrators,
    params=_SIZE,
)


def _services(pages: Pages) -> tuple[DelegatedService, ...]:
    return tuple(
        DelegatedService(
            principal=one["ServicePrincipal"], since=maybe_utc(one.get("DelegationEnabledDate"))
        )
        for page in pages
        for one in page["DelegatedServices"]
    )


DELEGATED_SERVICES = Collector(
    service="organizations",
    operation="ListDelegatedServicesForAccount",
    build=_services,
    params=_SIZE,
)


def _trusted(pages: Pages) -> tuple[TrustedAccess, ...]:
    return tuple(
        TrustedAccess(principal=one["ServicePrincipal"], since=maybe_utc(one.get("DateEnabled")))
        for page in pages
        for one in page["EnabledServicePrincipals"]
    )


TRUSTED_ACCESS = Collector(
    service="organizations",
    operation="ListAWSServiceAccessForOrganization",
    build=_trusted,
    params=_SIZE,
)


def _resource_policy(pages: Pages) -> str:
    [answer] = pages
    text: str = answer["ResourcePolicy"]["Content"]
    return text


RESOURCE_POLICY = Collector(
    service="organizations",
    operation="DescribeResourcePolicy",
    build=_resource_policy,
    absent=frozenset({"ResourcePolicyNotFoundException"}),
)

_TOGETHER: tuple[AnyCollector, ...] = (
    DELEGATED_ADMINISTRATORS,
    TRUSTED_ACCESS,
    SENT_HANDSHAKES,
    RESOURCE_POLICY,
)
COLLECTORS: tuple[AnyCollector, ...] = (
    ORGANIZATION,
    ROOTS,
    *_TOGETHER,
    DELEGATED_SERVICES,
    *tree.COLLECTORS,
    *tags.COLLECTORS,
    *policies.COLLECTORS,
    *approval.COLLECTORS,
)


def read(ask: Ask) -> Organization | Gap | None:
    """None for an account in no organisation."""
    known = ask(ORGANIZATION)
    if not isinstance(known, Organization):
        return known
    found = ask.sure(ROOTS)
    if known.management_account != ask.account and is_refused(found):
        return _as_a_member(ask, known, found)
    readings = ask.together(_TOGETHER)
    roots = found if isinstance(found, Gap) else found.roots
    types = found if isinstance(found, Gap) else found.types
    units = tree.units(ask, roots)
    policy = readings.maybe(RESOURCE_POLICY)
    return replace(
        known,
        roots=roots,
        units=units,
        accounts=tags.tagged(ask, known, tree.accounts(ask, roots, units)),
        policy_types=types if isinstance(types, Gap) else policies.by_type(ask, types),
        effective_policies=policies.effective(ask, types),
        delegated_administrators=_with_services(ask, readings.sure(DELEGATED_ADMINISTRATORS)),
        trusted_access=readings.sure(TRUSTED_ACCESS),
        sent_handshakes=readings.sure(SENT_HANDSHAKES),
        resource_policy=ask.keep(policy) if isinstance(policy, str) else policy,
        approval=approval.read(ask, known.management_account),
    )


def _as_a_member(ask: Ask, known: Organization, refusal: Gap) -> Organization:
    """What every account may read.

    AWS tells the rest to the management account and delegated administrators, who are those that
    may list the root; so whoever may not is not told of anything else.
    Source: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html
    """
    gap = not_from_here(refusal)
    return replace(
        known,
        roots=gap,
        units=gap,
        accounts=gap,
        policy_types=gap,
        effective_policies=policies.effective(ask, gap),
        delegated_administrators=gap,
        trusted_access=gap,
        sent_handshakes=gap,
        resource_policy=gap,
        approval=gap,
    )


def _with_services(
    ask: Ask, listed: tuple[DelegatedAdministrator, ...] | Unread
) -> tuple[DelegatedAdministrator, ...] | Unread:
    if not isinstance(listed, tuple):
        return listed
    services = ask.each(listed, lambda one: ask.sure(DELEGATED_SERVICES, AccountId=one.account))
    return tuple(replace(one, services=found) for one, found in zip(listed, services, strict=True))
