"""GetAccountAuthorizationDetails out of moto's backend.

An empty list is there for some members and the member is left out for others, as AWS does it:
a user without inline policies has no UserPolicyList, but an empty GroupList.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from urllib.parse import quote

from idkeep.demo.faults import Faults
from idkeep.demo.overlay.state import AccountState


class Kind(NamedTuple):
    """One list of the answer, the word of `Faults.spoil` for it, and what draws an object."""

    member: str
    word: str


USERS = Kind("UserDetailList", "user")
GROUPS = Kind("GroupDetailList", "group")
ROLES = Kind("RoleDetailList", "role")
POLICIES = Kind("Policies", "policy")
KINDS = (USERS, GROUPS, ROLES, POLICIES)
Item = tuple[Kind, Any]


class AuthorizationDetails:
    """One call's view of the account; `filters` empty means everything."""

    def __init__(self, state: AccountState, faults: Faults, filters: frozenset[str]) -> None:
        self._state = state
        self._faults = faults
        self._filters = filters
        self._groups_of: dict[str, list[str]] = defaultdict(list)
        for group in state.iam.groups.values():
            for user in group.users:
                self._groups_of[user.name].append(group.name)
        self._bounded = Counter(state.boundaries.values()) + Counter(
            role.permissions_boundary_arn
            for role in state.iam.roles.values()
            if role.permissions_boundary_arn
        )

    def items(self) -> list[Item]:
        """Everything asked for, in the order of the answer."""
        iam = self._state.iam
        return [
            *((USERS, user) for user in self._asked("User", iam.users.values())),
            *((GROUPS, group) for group in self._asked("Group", iam.groups.values())),
            *((ROLES, role) for role in self._asked("Role", iam.roles.values())),
            *((POLICIES, policy) for policy in self._policies()),
        ]

    def answer(self, items: Iterable[Item]) -> dict[str, list[dict[str, Any]]]:
        """These items as the four lists of the answer."""
        lists: dict[str, list[dict[str, Any]]] = {kind.member: [] for kind in KINDS}
        for kind, thing in items:
            drawn = self._draw(kind, thing)
            for member in self._faults.spoilt(kind.word, thing.name):
                drawn.pop(member, None)
            lists[kind.member].append(drawn)
        return lists

    def _asked(self, word: str, things: Iterable[Any]) -> list[Any]:
        if self._filters and word not in self._filters:
            return []
        return sorted(things, key=lambda thing: thing.name.lower())

    def _policies(self) -> Iterator[Any]:
        """The customer's own, attached or not, and of AWS's those in use."""
        everything = self._state.iam.managed_policies.values()
        own = [policy for policy in everything if ":iam::aws:" not in policy.arn]
        theirs = [
            policy
            for policy in everything
            if ":iam::aws:" in policy.arn
            and (policy.attachment_count or policy.arn in self._bounded)
        ]
        yield from self._asked("LocalManagedPolicy", own)
        yield from self._asked("AWSManagedPolicy", theirs)

    def _draw(self, kind: Kind, thing: Any) -> dict[str, Any]:  # noqa: ANN401 moto's object
        if kind is USERS:
            return self._user(thing)
        if kind is GROUPS:
            return self._group(thing)
        if kind is ROLES:
            return self._role(thing)
        return self._policy(thing)

    def _user(self, user: Any) -> dict[str, Any]:  # noqa: ANN401
        boundary = self._state.boundaries.get(user.id)
        return {
            "Path": user.path,
            "UserName": user.name,
            "UserId": user.id,
            "Arn": user.arn,
            "CreateDate": user.create_date,
            **({"UserPolicyList": _inline(user)} if user.policies else {}),
            "GroupList": self._groups_of[user.name],
            "AttachedManagedPolicies": _attached(user),
            **boundary_of(boundary),
            "Tags": user.tags or [],
        }

    def _group(self, group: Any) -> dict[str, Any]:  # noqa: ANN401
        return {
            "Path": group.path,
            "GroupName": group.name,
            "GroupId": group.id,
            "Arn": group.arn,
            "CreateDate": group.create_date,
            "GroupPolicyList": _inline(group),
            "AttachedManagedPolicies": _attached(group),
        }

    def _role(self, role: Any) -> dict[str, Any]:  # noqa: ANN401
        return {
            **role_head(role),
            "InstanceProfileList": [
                profile_said(profile, [role]) for profile in role.instance_profile_list
            ],
            "RolePolicyList": _inline(role),
            "AttachedManagedPolicies": _attached(role),
            **boundary_of(role.permissions_boundary_arn),
            "Tags": role.tags or [],
            "RoleLastUsed": (
                {"LastUsedDate": role.last_used, "Region": role.last_used_region}
                if role.last_used
                else {}
            ),
        }

    def _policy(self, policy: Any) -> dict[str, Any]:  # noqa: ANN401
        return {
            "PolicyName": policy.name,
            "PolicyId": policy.id,
            "Arn": policy.arn,
            "Path": policy.path,
            "DefaultVersionId": policy.default_version_id,
            "AttachmentCount": policy.attachment_count,
            "PermissionsBoundaryUsageCount": self._bounded[policy.arn],
            "IsAttachable": True,
            **({"Description": policy.description} if policy.description else {}),
            "CreateDate": policy.create_date,
            "UpdateDate": policy.update_date,
            "PolicyVersionList": [
                {
                    "Document": encoded(version.document),
                    "VersionId": version.version_id,
                    "IsDefaultVersion": version.is_default,
                    "CreateDate": version.create_date,
                }
                # The newest first, as AWS lists them.
                for version in reversed(policy.versions)
            ],
        }


def encoded(document: str) -> str:
    """RFC 3986, the slash too."""
    return quote(document, safe="")


def _inline(holder: Any) -> list[dict[str, str]]:  # noqa: ANN401
    return [
        {"PolicyName": name, "PolicyDocument": encoded(document)}
        for name, document in holder.policies.items()
    ]


def _attached(holder: Any) -> list[dict[str, str]]:  # noqa: ANN401
    return [
        {"PolicyName": policy.name, "PolicyArn": policy.arn}
        for policy in holder.managed_policies.values()
    ]


def boundary_of(arn: str | None) -> dict[str, Any]:
    # AWS sends "Policy" where its own model says "PermissionsBoundaryPolicy".
    if not arn:
        return {}
    return {
        "PermissionsBoundary": {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": arn,
        }
    }


def profile_said(profile: Any, roles: Iterable[Any]) -> dict[str, Any]:  # noqa: ANN401 moto's
    return {
        "Path": profile.path,
        "InstanceProfileName": profile.name,
        "InstanceProfileId": profile.id,
        "Arn": profile.arn,
        "CreateDate": profile.create_date,
        "Roles": [role_head(role) for role in roles],
    }


def role_head(role: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": role.create_date,
        "AssumeRolePolicyDocument": encoded(role.assume_role_policy_document),
    }
