"""IAM's authorization details: users, groups, roles and policies in one paged pass.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TypeVar
from urllib.parse import unquote

from idkeep.collect.declare import Answer, Collector, Pages, not_understood
from idkeep.collect.times import maybe_utc, utc
from idkeep.model import (
    AttachedPolicy,
    Gap,
    Group,
    InlinePolicy,
    ManagedPolicy,
    PolicyVersion,
    Role,
    Unlisted,
)

T = TypeVar("T")
ACTION = "iam:GetAccountAuthorizationDetails"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainUser:
    """A user without credentials: those come from elsewhere."""

    arn: str
    id: str
    name: str
    created: datetime
    groups: tuple[str, ...]
    inline_policies: tuple[InlinePolicy, ...]
    attached_policies: tuple[AttachedPolicy, ...]
    boundary: str | None
    tags: dict[str, str]


@dataclass(slots=True)
class AuthorizationDetails:
    """What the pages held. An object that can't be understood is missing, and `odd` says so."""

    users: tuple[PlainUser, ...] = ()
    groups: tuple[Group, ...] = ()
    roles: tuple[Role, ...] = ()
    policies: tuple[ManagedPolicy, ...] = ()
    documents: dict[str, str] = field(default_factory=dict)
    odd: list[Unlisted] = field(default_factory=list)

    def keep(self, encoded: str) -> str:
        """Keep a policy text, URL-encoded as the API gives it; its digest stands for it."""
        text = unquote(encoded)
        digest = sha256(text.encode()).hexdigest()
        self.documents[digest] = text
        return digest

    def each(self, kind: str, details: Iterable[Answer], build: Callable[[Answer], T]) -> list[T]:
        """Build one by one: a strange object is left out by name, the others stay."""
        made = []
        for detail in details:
            try:
                made.append(build(detail))
            except Exception as odd:  # noqa: BLE001 -- whatever it is, the others stay
                name = next((str(detail[k]) for k in detail if k in _NAMES), "one without a name")
                gap = Gap(ACTION, f"{kind.lower()} {name} {not_understood(odd)}")
                self.odd.append(Unlisted(kind, gap))
        return made


_NAMES = frozenset({"UserName", "GroupName", "RoleName", "PolicyName"})


def _build(pages: Pages) -> AuthorizationDetails:
    found = AuthorizationDetails()

    def every(member: str) -> Iterable[Answer]:
        seen: set[object] = set()
        for one in (one for page in pages for one in page.get(member, ())):
            # A list that changes while it is paged may name one twice.
            if (ident := one.get("Arn")) is None or ident not in seen:
                seen.add(ident)
                yield one

    found.users = tuple(found.each("User", every("UserDetailList"), _user(found)))
    found.groups = tuple(found.each("Group", every("GroupDetailList"), _group(found)))
    found.roles = tuple(found.each("Role", every("RoleDetailList"), _role(found)))
    found.policies = tuple(found.each("ManagedPolicy", every("Policies"), _policy(found)))
    return found


# AWS gives 100 to a page, and up to 1,000. A policy has up to five versions of 6,144 characters,
# three times as long in URL encoding: a page of so many takes no more than 30 MB.
_A_PAGE = 300

AUTHORIZATION_DETAILS = Collector(
    service="iam",
    operation="GetAccountAuthorizationDetails",
    params={"MaxItems": _A_PAGE},
    build=_build,
)


def _user(found: AuthorizationDetails) -> Callable[[Answer], PlainUser]:
    return lambda detail: PlainUser(
        arn=detail["Arn"],
        id=detail["UserId"],
        name=detail["UserName"],
        created=utc(detail["CreateDate"]),
        groups=tuple(detail.get("GroupList", ())),
        inline_policies=_inline(detail.get("UserPolicyList", ()), found),
        attached_policies=_attached(detail),
        boundary=_boundary(detail),
        tags=_tags(detail),
    )


def _group(found: AuthorizationDetails) -> Callable[[Answer], Group]:
    return lambda detail: Group(
        arn=detail["Arn"],
        id=detail["GroupId"],
        name=detail["GroupName"],
        created=utc(detail["CreateDate"]),
        inline_policies=_inline(detail.get("GroupPolicyList", ()), found),
        attached_policies=_attached(detail),
    )


def _role(found: AuthorizationDetails) -> Callable[[Answer], Role]:
    return lambda detail: Role(
        arn=detail["Arn"],
        id=detail["RoleId"],
        name=detail["RoleName"],
        created=utc(detail["CreateDate"]),
        trust=found.keep(detail["AssumeRolePolicyDocument"]),
        inline_policies=_inline(detail.get("RolePolicyList", ()), found),
        attached_policies=_attached(detail),
        boundary=_boundary(detail),
        last_used=maybe_utc(detail.get("RoleLastUsed", {}).get("LastUsedDate")),
        last_used_region=detail.get("RoleLastUsed", {}).get("Region"),
        instance_profiles=tuple(one["Arn"] for one in detail.get("InstanceProfileList", ())),
        tags=_tags(detail),
    )


def _policy(found: AuthorizationDetails) -> Callable[[Answer], ManagedPolicy]:
    return lambda detail: ManagedPolicy(
        arn=detail["Arn"],
        # Both may be missing where another than AWS plays IAM; the ARN tells as much.
        id=detail.get("PolicyId") or detail["Arn"],
        name=detail.get("PolicyName") or detail["Arn"].rpartition("/")[2],
        created=utc(detail["CreateDate"]),
        default_version=detail["DefaultVersionId"],
        versions=tuple(
            PolicyVersion(
                id=version["VersionId"],
                document=found.keep(version["Document"]),
                is_default=version["IsDefaultVersion"],
                created=utc(version["CreateDate"]),
            )
            for version in detail.get("PolicyVersionList", ())
        ),
        attachments=detail.get("AttachmentCount", 0),
        boundary_uses=detail.get("PermissionsBoundaryUsageCount", 0),
    )


def _inline(policies: Iterable[Answer], found: AuthorizationDetails) -> tuple[InlinePolicy, ...]:
    return tuple(
        InlinePolicy(one["PolicyName"], found.keep(one["PolicyDocument"])) for one in policies
    )


def _attached(detail: Answer) -> tuple[AttachedPolicy, ...]:
    return tuple(
        AttachedPolicy(one["PolicyName"], one["PolicyArn"])
        for one in detail.get("AttachedManagedPolicies", ())
    )


def _boundary(detail: Answer) -> str | None:
    boundary: str | None = detail.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return boundary


def _tags(detail: Answer) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in detail.get("Tags", ())}
