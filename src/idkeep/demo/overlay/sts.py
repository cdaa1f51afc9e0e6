"""Who is asking, and who may become whom."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from idkeep.demo.identifiers import access_key_id
from idkeep.demo.overlay.assume import may_assume
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.state import AccountState
from idkeep.demo.overlay.tables import Asked, Table
from idkeep.demo.principals import SECRET, TOKEN, Principal

HOUR = 3600


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
    number = len(asked.world.sessions) + 1
    made = Principal(
        name=session,
        arn=f"arn:{state.partition}:sts::{state.account}:assumed-role/{role.name}/{session}",
        user_id=f"{role.id}:{session}",
        access_key=access_key_id("ASIA", state.account, f"{role.name}/{session}", number),
        account=state.account,
        token=f"{TOKEN}-{number}",
        expires=asked.world.clock() + timedelta(seconds=seconds),
    )
    asked.world.admit(made)
    source = asked.params.get("SourceIdentity")
    return {
        "Credentials": {
            "AccessKeyId": made.access_key,
            "SecretAccessKey": SECRET,
            "SessionToken": made.token,
            "Expiration": made.expires,
        },
        "AssumedRoleUser": {"AssumedRoleId": made.user_id, "Arn": made.arn},
        **({"SourceIdentity": source} if source else {}),
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


OPERATIONS: Table = {"AssumeRole": _assume_role, "GetCallerIdentity": _caller_identity}
