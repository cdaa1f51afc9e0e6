"""Who is asking, and who may become whom."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Any

from msgspec.structs import replace

from idkeep.catalog import Catalog
from idkeep.demo.identifiers import access_key_id
from idkeep.demo.overlay.assume import may_assume, may_assume_root
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.state import AccountState
from idkeep.demo.overlay.tables import Asked, Table
from idkeep.demo.principals import SECRET, TOKEN, Principal

QUARTER, HOUR, TWELVE_HOURS = 900, 3600, 43200
CODE = re.compile(r"[0-9]{6}")
WRONG = "000000"
ROOT = re.compile(r"(?:arn:aws[a-z-]*:iam::)?(?P<account>\d{12})(?::root)?", re.ASCII)
IAM = "iam.amazonaws.com"


def _caller_identity(asked: Asked) -> Mapping[str, Any]:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html."""
    who = asked.who
    return {"UserId": who.user_id, "Account": who.account, "Arn": who.arn}


def _assume_role(asked: Asked) -> Mapping[str, Any]:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html.

    A role that is not there is refused in the same words as one that does not trust the caller.
    """
    arn, session = asked.params["RoleArn"], asked.params["RoleSessionName"]
    if asked.who.arn.endswith(":root"):
        raise Refused("AccessDenied", "Roles may not be assumed by root accounts.")
    state, role = _role(asked, arn)
    if state is None or role is None or not may_assume(asked, state, role):
        raise Refused(
            "AccessDenied",
            f"User: {asked.who.arn} is not authorized to perform: sts:AssumeRole "
            f"on resource: {arn}",
        )
    seconds = int(asked.params.get("DurationSeconds") or HOUR)
    _check_duration(asked, role, seconds)
    made = _session(
        asked,
        state,
        Principal(
            name=session,
            arn=f"arn:{state.partition}:sts::{state.account}:assumed-role/{role.name}/{session}",
            user_id=f"{role.id}:{session}",
            access_key=f"{role.name}/{session}",
            account=state.account,
        ),
        seconds,
    )
    source = asked.params.get("SourceIdentity")
    return {
        "Credentials": _credentials(made),
        "AssumedRoleUser": {"AssumedRoleId": made.user_id, "Arn": made.arn},
        **({"SourceIdentity": source} if source else {}),
    }


def _session_token(asked: Asked) -> Mapping[str, Any]:
    """Of a user or the root user, with a code of the caller's own device or without one.

    Nobody here knows a device's seed: any six digits are right but `000000`.
    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
    """
    who, state = asked.who, asked.state
    if who.token and who.arn != state.root.arn:
        raise Refused("AccessDenied", "Cannot call GetSessionToken with session credentials")
    serial, code = asked.params.get("SerialNumber"), asked.params.get("TokenCode")
    if serial or code:
        _check_code(asked, serial, code)
    is_root = who.arn == state.root.arn
    seconds = int(asked.params.get("DurationSeconds") or TWELVE_HOURS)
    made = _session(
        asked,
        state,
        replace(who, access_key=f"{who.name}:session", mfa=bool(serial)),
        min(seconds, HOUR) if is_root else seconds,
    )
    return {"Credentials": _credentials(made)}


def _check_code(asked: Asked, serial: str | None, code: str | None) -> None:
    """Passkeys and security keys have no codes.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    """
    user = asked.state.iam.users.get(asked.who.name)
    owned = asked.state.root.devices if user is None else user.mfa_devices
    if serial not in owned or ":u2f/" in str(serial):
        raise Refused(
            "AccessDenied",
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your "
            "MFA serial number is valid and associated with this user.",
        )
    if code is None or CODE.fullmatch(code) is None or code == WRONG:
        raise Refused(
            "AccessDenied",
            "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
        )


def _assume_root(asked: Asked) -> Mapping[str, Any]:
    """A member's root user, for one task, at most a quarter of an hour.

    For the management account and IAM's delegated administrator, where centralised root access is
    on: root credentials management for IAM's tasks, root sessions for those that unlock.
    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
    """
    account = _member_named(asked.params["TargetPrincipal"])
    arn = asked.params["TaskPolicyArn"]["arn"]
    actions = _tasks(asked.state.partition).get(arn)
    seconds = int(asked.params.get("DurationSeconds") or QUARTER)
    if actions is None or not 0 <= seconds <= QUARTER:
        raise Refused("ValidationError", "The task policy or the duration is not a valid one.")
    root = f"arn:{asked.state.partition}:iam::{account}:root"
    if not _may_enter(asked, account, arn) or not may_assume_root(asked, root):
        raise Refused(
            "AccessDenied",
            f"User: {asked.who.arn} is not authorized to perform: sts:AssumeRoot on resource: "
            f"{root}",
        )
    state = asked.world.account(account)
    made = _session(
        asked,
        state,
        Principal(
            name="root",
            arn=root,
            user_id=account,
            access_key="<root_account>",
            account=account,
            only=actions,
        ),
        seconds or QUARTER,
    )
    return {"Credentials": _credentials(made)}


def _member_named(target: str) -> str:
    """The account of a root user's ARN, or given as its twelve digits."""
    found = ROOT.fullmatch(target)
    if found is None:
        raise Refused("ValidationError", f"{target} is invalid")
    return found["account"]


def _may_enter(asked: Asked, account: str, task: str) -> bool:
    """Whether centralised root access lets the caller's account into this one."""
    organization, member = asked.world.estate.organization, asked.world.member(account)
    if organization is None or member is None or member.state != "ACTIVE":
        return False
    deputies = (one.account for one in organization.delegated if IAM in one.services)
    needed = "RootCredentialsManagement" if "/root-task/IAM" in task else "RootSessions"
    return (
        account != organization.management
        and account in asked.world.estate.accounts
        and asked.state.account in {organization.management, *deputies}
        and IAM in {one.service for one in organization.trusted_access}
        and needed in organization.root_features
    )


@cache
def _tasks(partition: str) -> Mapping[str, frozenset[str]]:
    """By ARN the actions that each task policy does not deny, from its own text."""
    packed = resources.files("idkeep.catalog").joinpath("catalog.bin").read_bytes()
    found = {}
    for task in Catalog.open(packed).facts.root_tasks:
        rest, *_ = json.loads(task.document)["Statement"]
        found[task.arn.replace("arn:aws:", f"arn:{partition}:", 1)] = frozenset(rest["NotAction"])
    return found


def _session(asked: Asked, state: AccountState, like: Principal, seconds: int) -> Principal:
    """A principal as this one, with credentials of its own; its `access_key` is what they are for.

    The server knows it from now on.
    """
    number = len(asked.world.sessions) + 1
    made = replace(
        like,
        access_key=access_key_id("ASIA", state.account, like.access_key, number),
        token=f"{TOKEN}-{number}",
        expires=asked.world.clock() + timedelta(seconds=seconds),
    )
    asked.world.admit(made)
    return made


def _credentials(made: Principal) -> dict[str, Any]:
    return {
        "AccessKeyId": made.access_key,
        "SecretAccessKey": SECRET,
        "SessionToken": made.token,
        "Expiration": made.expires,
    }


def _role(asked: Asked, arn: str) -> tuple[AccountState | None, Any]:
    """The role and its account; None where either is not there or the account is not active."""
    parts = arn.split(":")
    if len(parts) != 6 or not parts[5].startswith("role/"):  # noqa: PLR2004 an ARN's parts
        raise Refused("ValidationError", f"{arn} is invalid")
    account = parts[4]
    member = asked.world.member(account)
    if account not in asked.world.estate.accounts or (member and member.state != "ACTIVE"):
        return None, None
    state = asked.world.account(account)
    return state, next((role for role in state.iam.roles.values() if role.arn == arn), None)


def _check_duration(asked: Asked, role: Any, seconds: int) -> None:  # noqa: ANN401 moto's role
    if seconds > int(role.max_session_duration or HOUR):
        raise Refused(
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        )
    if ":assumed-role/" in asked.who.arn and seconds > HOUR:
        raise Refused(
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining",
        )


OPERATIONS: Table = {
    "AssumeRole": _assume_role,
    "AssumeRoot": _assume_root,
    "GetCallerIdentity": _caller_identity,
    "GetSessionToken": _session_token,
}
