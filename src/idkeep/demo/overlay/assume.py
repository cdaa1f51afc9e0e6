"""Whether a caller may become a role: what idkeep's own engine says of the declared policies."""

from typing import Any

from idkeep.demo.identifiers import unit_id
from idkeep.demo.overlay.state import AccountState
from idkeep.demo.overlay.tables import Asked
from idkeep.policy import (
    Allowed,
    Context,
    Level,
    Policies,
    Policy,
    PolicyError,
    PolicyKind,
    Request,
    Requester,
    evaluate,
    parse,
)

FULL_ACCESS = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
)


def may_assume(asked: Asked, state: AccountState, role: Any) -> bool:  # noqa: ANN401 moto's role
    """Judged by the role's trust policy, the caller's own policies, and the SCPs above both.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
    """
    if asked.who.arn == state.root.arn:
        return False
    trust = _parsed(role.assume_role_policy_document, PolicyKind.TRUST)
    return trust is not None and _is_allowed(asked, "sts:AssumeRole", role.arn, (trust,))


def may_assume_root(asked: Asked, root: str) -> bool:
    """Judged by the caller's own policies and SCPs; the root user itself may not.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
    """
    is_root = asked.who.arn.endswith(":root")
    return not is_root and _is_allowed(asked, "sts:AssumeRoot", root, ())


def _is_allowed(asked: Asked, action: str, resource: str, granting: tuple[Policy, ...]) -> bool:
    holder = _holder(asked)
    request = Request(
        principal=Requester.parse(asked.who.arn),
        action=action,
        resource=resource,
        context=_context(asked),
    )
    policies = Policies(
        identity=_identity(asked, holder),
        boundary=_boundary(asked, holder),
        resource=granting,
        scp=_scps(asked),
        management_account=_is_management(asked),
    )
    return isinstance(evaluate(request, policies), Allowed)


def _context(asked: Asked) -> Context:
    params = asked.params
    has_code = asked.who.mfa or bool(params.get("SerialNumber") and params.get("TokenCode"))
    said = {
        "sts:ExternalId": params.get("ExternalId"),
        "sts:RoleSessionName": params.get("RoleSessionName"),
        "sts:SourceIdentity": params.get("SourceIdentity"),
        "aws:MultiFactorAuthPresent": "true" if has_code else "false",
        "aws:PrincipalOrgID": _organization_id(asked),
    }
    return Context({key: value for key, value in said.items() if value})


def _organization_id(asked: Asked) -> str | None:
    organization = asked.world.estate.organization
    return organization.id if organization and asked.world.member(asked.who.account) else None


def _is_management(asked: Asked) -> bool:
    organization = asked.world.estate.organization
    return organization is not None and organization.management == asked.who.account


def _holder(asked: Asked) -> Any:  # noqa: ANN401 moto's user or role, None where it is gone
    name = asked.who.arn.split("/")
    if ":assumed-role/" in asked.who.arn:
        roles = asked.state.iam.roles.values()
        return next((role for role in roles if role.name == name[1]), None)
    return asked.state.iam.users.get(name[-1])


def _identity(asked: Asked, holder: Any) -> tuple[Policy, ...]:  # noqa: ANN401
    """The caller's own policies; a user's groups' among them."""
    if holder is None:
        return ()
    holders = [holder]
    holders += [group for group in asked.state.iam.groups.values() if holder in group.users]
    texts = [text for one in holders for text in one.policies.values()]
    texts += [_in_force(policy) for one in holders for policy in one.managed_policies.values()]
    read = (_parsed(text, PolicyKind.IDENTITY) for text in texts)
    return tuple(policy for policy in read if policy is not None)


def _boundary(asked: Asked, holder: Any) -> Policy | None:  # noqa: ANN401
    if holder is None:
        return None
    arn = asked.state.boundaries.get(holder.id) or getattr(holder, "permissions_boundary_arn", None)
    policy = asked.state.iam.managed_policies.get(arn)
    return None if policy is None else _parsed(_in_force(policy), PolicyKind.BOUNDARY)


def _in_force(policy: Any) -> str:  # noqa: ANN401 moto's policy
    return next(str(version.document) for version in policy.versions if version.is_default)


def _scps(asked: Asked) -> tuple[Level, ...] | None:
    """From the root down to the caller's account, each with FullAWSAccess."""
    organization, member = asked.world.estate.organization, asked.world.member(asked.who.account)
    if organization is None or member is None:
        return None
    parts = [part for part in member.unit.split("/") if part]
    paths = ["/", *("/" + "/".join(parts[:end]) for end in range(1, len(parts) + 1))]
    return tuple(
        Level(
            target=unit_id(organization.root, target) if target.startswith("/") else target,
            policies=_attached(asked, target),
        )
        for target in (*paths, member.id)
    )


def _attached(asked: Asked, target: str) -> tuple[Policy, ...]:
    organization = asked.world.estate.organization
    declared = organization.policies if organization else ()
    texts = [
        one.content
        for one in declared
        if one.type == "SERVICE_CONTROL_POLICY" and target in one.attached
    ]
    read = (_parsed(text, PolicyKind.SCP) for text in (FULL_ACCESS, *texts))
    return tuple(policy for policy in read if policy is not None)


def _parsed(text: str, kind: PolicyKind) -> Policy | None:
    try:
        return parse(text, kind)
    except PolicyError:
        return None
