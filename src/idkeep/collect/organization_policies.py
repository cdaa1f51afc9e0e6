"""The organisation's policies of every type, where they are attached, and what they come to.

Source of the answers' shapes: https://docs.aws.amazon.com/organizations/latest/APIReference/
"""

from collections.abc import Mapping
from functools import cache

from botocore.loaders import create_loader
from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.times import maybe_utc
from idkeep.model import (
    EffectivePolicy,
    Gap,
    InvalidEffectivePolicy,
    NotEnabled,
    OrganizationPolicy,
    OwnEffectivePolicy,
    PolicyError,
    PolicyType,
    Unread,
)

_SIZE = {"MaxResults": 20}
_NO_EFFECTIVE = frozenset({"EffectivePolicyNotFoundException"})
# These limit what may be done; all others come together to one effective policy an account.
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies.html
AUTHORIZATION = frozenset({"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"})


def _policies(pages: Pages) -> tuple[OrganizationPolicy, ...]:
    return tuple(
        OrganizationPolicy(
            id=one["Id"],
            arn=one["Arn"],
            name=one["Name"],
            aws_managed=one.get("AwsManaged", False),
            description=one.get("Description", ""),
        )
        for page in pages
        for one in page["Policies"]
    )


POLICIES = Collector(
    service="organizations", operation="ListPolicies", build=_policies, params=_SIZE
)


def _content(pages: Pages) -> str:
    [answer] = pages
    text: str = answer["Policy"]["Content"]
    return text


POLICY = Collector(service="organizations", operation="DescribePolicy", build=_content)


def _targets(pages: Pages) -> tuple[str, ...]:
    return tuple(one["TargetId"] for page in pages for one in page["Targets"])


TARGETS = Collector(
    service="organizations", operation="ListTargetsForPolicy", build=_targets, params=_SIZE
)


def _effective(pages: Pages) -> EffectivePolicy:
    """With the text in the place of its digest."""
    [answer] = pages
    told: Answer = answer["EffectivePolicy"]
    return EffectivePolicy(
        document=told["PolicyContent"], updated=maybe_utc(told.get("LastUpdatedTimestamp"))
    )


EFFECTIVE_POLICY = Collector(
    service="organizations",
    operation="DescribeEffectivePolicy",
    build=_effective,
    absent=_NO_EFFECTIVE,
)


def _invalid(pages: Pages) -> tuple[str, ...]:
    return tuple(one["Id"] for page in pages for one in page["Accounts"])


INVALID = Collector(
    service="organizations",
    operation="ListAccountsWithInvalidEffectivePolicy",
    build=_invalid,
    params=_SIZE,
    absent=_NO_EFFECTIVE,
)


def _errors(pages: Pages) -> tuple[PolicyError, ...]:
    return tuple(
        PolicyError(
            code=one["ErrorCode"],
            message=one.get("ErrorMessage", ""),
            at=one.get("PathToError", ""),
            policies=tuple(one.get("ContributingPolicies", ())),
        )
        for page in pages
        for one in page["EffectivePolicyValidationErrors"]
    )


ERRORS = Collector(
    service="organizations",
    operation="ListEffectivePolicyValidationErrors",
    build=_errors,
    params=_SIZE,
)

COLLECTORS: tuple[AnyCollector, ...] = (
    POLICIES,
    POLICY,
    TARGETS,
    EFFECTIVE_POLICY,
    INVALID,
    ERRORS,
)


def by_type(ask: Ask, statuses: Mapping[str, str]) -> tuple[PolicyType, ...]:
    """Every type that botocore or the root knows; only those that are on are asked for."""
    names = tuple(dict.fromkeys((*_known("PolicyType"), *statuses)))
    listed = ask.each(names, lambda name: _policy_type(ask, name, statuses.get(name, "")))
    return tuple(
        PolicyType(name=name, status=statuses.get(name, ""), policies=one)
        if isinstance(one, Gap)
        else one
        for name, one in zip(names, listed, strict=True)
    )


def effective(ask: Ask, statuses: Mapping[str, str] | Gap) -> tuple[OwnEffectivePolicy, ...]:
    """The account's own of each type that is on; of each that there is, where that is not known."""
    known = EFFECTIVE_TYPES if isinstance(statuses, Gap) else tuple(statuses)
    names = [name for name in known if name not in AUTHORIZATION]
    found = ask.each(names, lambda name: _own(ask, name))
    return tuple(
        OwnEffectivePolicy(type=name, policy=one) for name, one in zip(names, found, strict=True)
    )


def _own(ask: Ask, name: str) -> EffectivePolicy | Unread | None:
    found = ask(EFFECTIVE_POLICY, PolicyType=name)
    if not isinstance(found, EffectivePolicy):
        return found
    return replace(found, document=ask.keep(found.document))


def _policy_type(ask: Ask, name: str, status: str) -> PolicyType:
    if not status:
        return PolicyType(name=name, policies=NotEnabled())
    listed = ask.sure(POLICIES, Filter=name)
    return PolicyType(
        name=name,
        status=status,
        policies=listed if isinstance(listed, Gap) else _whole(ask, listed),
        invalid=None if name in AUTHORIZATION else _invalid_accounts(ask, name),
    )


def _whole(ask: Ask, listed: tuple[OrganizationPolicy, ...]) -> tuple[OrganizationPolicy, ...]:
    texts = ask.each(listed, lambda one: ask.sure(POLICY, PolicyId=one.id))
    targets = ask.each(listed, lambda one: ask.sure(TARGETS, PolicyId=one.id))
    return tuple(
        replace(one, document=ask.keep(text) if isinstance(text, str) else text, targets=where)
        for one, text, where in zip(listed, texts, targets, strict=True)
    )


def _invalid_accounts(ask: Ask, name: str) -> tuple[InvalidEffectivePolicy, ...] | Gap:
    listed = ask(INVALID, PolicyType=name)
    if isinstance(listed, Gap):
        return listed
    accounts = listed or ()
    errors = ask.each(accounts, lambda one: ask.sure(ERRORS, AccountId=one, PolicyType=name))
    return tuple(
        InvalidEffectivePolicy(account=one, errors=found)
        for one, found in zip(accounts, errors, strict=True)
    )


@cache
def _known(shape: str) -> tuple[str, ...]:
    """The values of an enum of botocore's model."""
    model = create_loader().load_service_model("organizations", "service-2")
    return tuple(model["shapes"][shape]["enum"])


# All that come together to one policy an account, as far as botocore knows.
EFFECTIVE_TYPES = _known("EffectivePolicyType")
