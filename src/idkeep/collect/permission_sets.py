"""Permission sets: what is in each, which accounts have it, and who has it there.

Source of the answers' shapes: https://docs.aws.amazon.com/singlesignon/latest/APIReference/
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.identity_store import People
from idkeep.collect.times import maybe_utc
from idkeep.model import (
    AccountAssignment,
    AttachedPolicy,
    CenterInstance,
    FailedProvisioning,
    Gap,
    PermissionSet,
    PermissionSetBoundary,
    PermissionSetDetails,
    PolicyReference,
)

T = TypeVar("T")

_SIZE = {"MaxResults": 100}
_LATEST = "LATEST_PERMISSION_SET_PROVISIONED"
_OUTDATED = "LATEST_PERMISSION_SET_NOT_PROVISIONED"
# AWS's form of a session's length, of which it uses hours and minutes.
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?", re.ASCII)


def _collector(
    operation: str,
    build: Callable[[Pages], T],
    *,
    params: Mapping[str, object] | None = None,
    absent: frozenset[str] = frozenset(),
) -> Collector[T]:
    """Of Identity Center, whose actions are called `sso`."""
    return Collector(
        service="sso-admin",
        operation=operation,
        action=f"sso:{operation}",
        build=build,
        absent=absent,
        params=params or {},
        regional=True,
    )


def _arns(pages: Pages) -> tuple[str, ...]:
    return tuple(arn for page in pages for arn in page["PermissionSets"])


PERMISSION_SETS = _collector("ListPermissionSets", _arns, params=_SIZE)


def _details(pages: Pages) -> PermissionSetDetails:
    [answer] = pages
    told: Answer = answer["PermissionSet"]
    return PermissionSetDetails(
        name=told["Name"],
        description=told.get("Description", ""),
        created=maybe_utc(told.get("CreatedDate")),
        session_seconds=_seconds(told.get("SessionDuration")),
        relay_state=told.get("RelayState"),
    )


def _seconds(duration: str | None) -> int | None:
    if duration is None:
        return None
    match = _DURATION.fullmatch(duration)
    if match is None or not any(match.groups()):
        raise ValueError(f"a session of {duration!r}")
    hours, minutes, seconds = (int(one or 0) for one in match.groups())
    return hours * 3600 + minutes * 60 + seconds


DETAILS = _collector("DescribePermissionSet", _details)


def _inline(pages: Pages) -> str | None:
    """None where the text is empty or not there."""
    [answer] = pages
    return answer.get("InlinePolicy") or None


INLINE_POLICY = _collector("GetInlinePolicyForPermissionSet", _inline)


def _managed(pages: Pages) -> tuple[AttachedPolicy, ...]:
    return tuple(
        AttachedPolicy(name=one["Name"], arn=one["Arn"])
        for page in pages
        for one in page["AttachedManagedPolicies"]
    )


MANAGED_POLICIES = _collector("ListManagedPoliciesInPermissionSet", _managed, params=_SIZE)


def _reference(told: Answer) -> PolicyReference:
    return PolicyReference(name=told["Name"], path=told.get("Path", "/"))


def _customer(pages: Pages) -> tuple[PolicyReference, ...]:
    return tuple(
        _reference(one) for page in pages for one in page["CustomerManagedPolicyReferences"]
    )


CUSTOMER_POLICIES = _collector(
    "ListCustomerManagedPolicyReferencesInPermissionSet", _customer, params=_SIZE
)


def _boundary(pages: Pages) -> PermissionSetBoundary | None:
    [answer] = pages
    told: Answer | None = answer.get("PermissionsBoundary")
    if not told:
        return None
    customer = told.get("CustomerManagedPolicyReference")
    managed = told.get("ManagedPolicyArn")
    if not customer and not managed:
        raise ValueError("a boundary of no kind that is known")
    return PermissionSetBoundary(
        managed=managed, customer=_reference(customer) if customer else None
    )


BOUNDARY = _collector(
    "GetPermissionsBoundaryForPermissionSet",
    _boundary,
    absent=frozenset({"ResourceNotFoundException"}),
)


def _accounts(pages: Pages) -> tuple[str, ...]:
    return tuple(account for page in pages for account in page["AccountIds"])


PROVISIONED = _collector("ListAccountsForProvisionedPermissionSet", _accounts, params=_SIZE)


def _assignments(pages: Pages) -> tuple[AccountAssignment, ...]:
    return tuple(
        AccountAssignment(
            account=one["AccountId"],
            permission_set=one["PermissionSetArn"],
            principal_type=one["PrincipalType"],
            principal=one["PrincipalId"],
        )
        for page in pages
        for one in page["AccountAssignments"]
    )


ASSIGNMENTS = _collector("ListAccountAssignments", _assignments, params=_SIZE)
ASSIGNMENTS_OF_PRINCIPAL = _collector(
    "ListAccountAssignmentsForPrincipal", _assignments, params=_SIZE
)


def _requests(pages: Pages) -> tuple[str, ...]:
    return tuple(
        one["RequestId"] for page in pages for one in page["PermissionSetsProvisioningStatus"]
    )


FAILED_REQUESTS = _collector(
    "ListPermissionSetProvisioningStatus",
    _requests,
    params={**_SIZE, "Filter": {"Status": "FAILED"}},
)


def _failure(pages: Pages) -> FailedProvisioning:
    [answer] = pages
    told: Answer = answer["PermissionSetProvisioningStatus"]
    return FailedProvisioning(
        id=told["RequestId"],
        permission_set=told.get("PermissionSetArn", ""),
        account=told.get("AccountId", ""),
        reason=told.get("FailureReason", ""),
        created=maybe_utc(told.get("CreatedDate")),
    )


FAILED_REQUEST = _collector("DescribePermissionSetProvisioningStatus", _failure)

COLLECTORS: tuple[AnyCollector, ...] = (
    PERMISSION_SETS,
    DETAILS,
    INLINE_POLICY,
    MANAGED_POLICIES,
    CUSTOMER_POLICIES,
    BOUNDARY,
    PROVISIONED,
    ASSIGNMENTS,
    ASSIGNMENTS_OF_PRINCIPAL,
    FAILED_REQUESTS,
    FAILED_REQUEST,
)


def read(ask: Ask, instance: CenterInstance) -> tuple[PermissionSet, ...] | Gap:
    """Every permission set: seven calls for each, for nothing tells of several."""
    listed = ask.sure(PERMISSION_SETS, region=instance.region, InstanceArn=instance.arn)
    if isinstance(listed, Gap):
        return listed
    found = ask.each(listed, lambda arn: _read(ask, instance, arn))
    return tuple(
        _unread(arn, one) if isinstance(one, Gap) else one
        for arn, one in zip(listed, found, strict=True)
    )


def _read(ask: Ask, instance: CenterInstance, arn: str) -> PermissionSet:
    of: dict[str, Any] = {
        "region": instance.region,
        "InstanceArn": instance.arn,
        "PermissionSetArn": arn,
    }
    inline, boundary = ask(INLINE_POLICY, **of), ask(BOUNDARY, **of)
    return PermissionSet(
        arn=arn,
        details=ask.sure(DETAILS, **of),
        inline_policy=ask.keep(inline) if isinstance(inline, str) else inline,
        managed_policies=ask.sure(MANAGED_POLICIES, **of),
        customer_policies=ask.sure(CUSTOMER_POLICIES, **of),
        boundary=boundary,
        provisioned=ask.sure(PROVISIONED, **of, ProvisioningStatus=_LATEST),
        outdated=ask.sure(PROVISIONED, **of, ProvisioningStatus=_OUTDATED),
    )


def _unread(arn: str, gap: Gap) -> PermissionSet:
    return PermissionSet(
        arn=arn,
        details=gap,
        inline_policy=gap,
        managed_policies=gap,
        customer_policies=gap,
        boundary=gap,
        provisioned=gap,
        outdated=gap,
    )


def assignments(
    ask: Ask,
    instance: CenterInstance,
    sets: tuple[PermissionSet, ...] | Gap,
    people: People,
) -> tuple[AccountAssignment | Gap, ...] | Gap:
    """Who has which set in which account, by pairs or by principals, whichever is fewer calls.

    By principals, what was assigned to a user or group that is deleted since does not come; by
    pairs, what is assigned where the set is not provisioned yet.
    """
    if isinstance(sets, Gap):
        return sets
    pairs, gaps = _pairs(sets)
    principals = _principals(people) if instance.owner == ask.account else None
    if principals is not None and (gaps or len(principals) < len(pairs)):
        return _asked(ask, principals, partial(_of_principal, ask, instance))
    return (*_asked(ask, pairs, partial(_of_pair, ask, instance)), *gaps)


def _pairs(sets: tuple[PermissionSet, ...]) -> tuple[list[tuple[str, str]], tuple[Gap, ...]]:
    """Each set and account that has it, and why some may be missing."""
    pairs: dict[tuple[str, str], None] = {}
    gaps: dict[Gap, None] = {}
    for one in sets:
        for accounts in (one.provisioned, one.outdated):
            if isinstance(accounts, tuple):
                pairs |= dict.fromkeys((one.arn, account) for account in accounts)
            elif isinstance(accounts, Gap):
                gaps[accounts] = None
    return list(pairs), tuple(gaps)


def _principals(people: People) -> list[tuple[str, str]] | None:
    """Each group and user, with its type; None where one list was not read."""
    if isinstance(people.groups, Gap) or isinstance(people.users, Gap):
        return None
    groups = [("GROUP", one.id) for one in people.groups]
    return groups + [("USER", one.id) for one in people.users]


def _of_pair(
    ask: Ask, instance: CenterInstance, pair: tuple[str, str]
) -> tuple[AccountAssignment, ...] | Gap:
    arn, account = pair
    return ask.sure(
        ASSIGNMENTS,
        region=instance.region,
        InstanceArn=instance.arn,
        PermissionSetArn=arn,
        AccountId=account,
    )


def _of_principal(
    ask: Ask, instance: CenterInstance, principal: tuple[str, str]
) -> tuple[AccountAssignment, ...] | Gap:
    kind, name = principal
    return ask.sure(
        ASSIGNMENTS_OF_PRINCIPAL,
        region=instance.region,
        InstanceArn=instance.arn,
        PrincipalType=kind,
        PrincipalId=name,
    )


def _asked(
    ask: Ask,
    items: list[tuple[str, str]],
    one: Callable[[tuple[str, str]], tuple[AccountAssignment, ...] | Gap],
) -> tuple[AccountAssignment | Gap, ...]:
    """Each once: a user's answer repeats those of the user's groups."""
    found: dict[AccountAssignment | Gap, None] = {}
    for answer in ask.each(items, one):
        found |= dict.fromkeys((answer,) if isinstance(answer, Gap) else answer)
    return tuple(found)


def failures(ask: Ask, instance: CenterInstance) -> tuple[FailedProvisioning | Gap, ...] | Gap:
    """What AWS still remembers of provisionings that failed."""
    of: dict[str, Any] = {"region": instance.region, "InstanceArn": instance.arn}
    listed = ask.sure(FAILED_REQUESTS, **of)
    if isinstance(listed, Gap):
        return listed
    return ask.each(
        listed, lambda one: ask.sure(FAILED_REQUEST, **of, ProvisionPermissionSetRequestId=one)
    )
