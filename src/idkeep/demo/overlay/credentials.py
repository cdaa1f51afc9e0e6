"""The credential report: asked for, made, read, and stale for four hours.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
A report is a snapshot: what changed after it was made shows in the next one only.
"""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from moto.core.exceptions import ServiceException
from moto.iam.models import SigningCertificate

from idkeep.demo.declared.account import Certificate
from idkeep.demo.overlay.state import AccountState

KEPT = timedelta(hours=4)
COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
    "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"
    "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
)
NONE = "N/A"


class ReportNotPresent(ServiceException):
    code = "ReportNotPresent"
    message = "No report exists. Start a new report generation task"


class ReportExpired(ServiceException):
    code = "ReportExpired"
    message = "The credential report has expired. Start a new report generation task"


class ReportInProgress(ServiceException):
    code = "ReportInProgress"
    message = "Report generation is in progress"


def generate(state: AccountState) -> dict[str, str]:
    """Answer GenerateCredentialReport; a report younger than four hours is kept."""
    kept = state.credentials
    now = state.clock()
    if kept.made is None or now - kept.made >= KEPT:
        there_was_one = kept.made is not None
        kept.made, kept.content, kept.polls_left = now, written(state, now), kept.declared.polls
        why = "The previous report has expired" if there_was_one else "No report exists"
        return {
            "State": "STARTED",
            "Description": f"{why}. Starting a new report generation task",
        }
    if kept.polls_left:
        kept.polls_left -= 1
        return {"State": "INPROGRESS"}
    return {"State": "COMPLETE"}


def report(state: AccountState) -> dict[str, Any]:
    """Answer GetCredentialReport."""
    kept = state.credentials
    if kept.made is None:
        raise ReportNotPresent
    if kept.polls_left:
        kept.polls_left -= 1
        raise ReportInProgress
    if state.clock() - kept.made >= KEPT:
        raise ReportExpired
    return {"Content": kept.content, "ReportFormat": "text/csv", "GeneratedTime": kept.made}


def written(state: AccountState, made: datetime) -> str:
    """The report's text as of `made`: root first, then users by name.

    Names and paths may hold commas; how AWS writes those is not documented, here it is CSV's way.
    """
    users = sorted(state.iam.users.values(), key=lambda user: user.name.lower())
    rows = [_root(state, made), *(_user(state, u, made) for u in users if u.create_date <= made)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS.split(","))
    writer.writerows(rows)
    return text.getvalue().rstrip("\n")


def _root(state: AccountState, made: datetime) -> list[str]:
    root = state.root
    used = _then(root.password_last_used, made) if root.password_last_used else "no_information"
    return [
        "<root_account>",
        root.arn,
        _time(root.created),
        # AWS does not say whether root has a password, only that a new member account has none.
        "not_supported" if root.password else "false",
        used if root.password else NONE,
        "not_supported",
        "not_supported",
        _flag(on=root.mfa),
        *_keys([_root_key(key, made) for key in root.keys if key.created <= made]),
        *_certificates([_root_certificate(state, one) for one in state.declared.root.certificates]),
    ]


def _root_certificate(state: AccountState, one: Certificate) -> SigningCertificate:
    made = SigningCertificate("", "", "")
    made.status = "Active" if one.active else "Inactive"
    made.upload_date = (state.began - timedelta(days=one.uploaded)).replace(microsecond=0)
    return made


def _root_key(key: Any, made: datetime) -> list[str]:  # noqa: ANN401
    used = (_then(key.last_used, made), key.region, key.service) if key.last_used else (NONE,) * 3
    return [_flag(on=key.active), _time(key.created), *used]


def _user(state: AccountState, user: Any, made: datetime) -> list[str]:  # noqa: ANN401
    devices = user.mfa_devices.values()
    keys = [key for key in user.access_keys if key.create_date <= made]
    return [
        user.name,
        user.arn,
        _time(user.create_date),
        *_password(state, user, made),
        _flag(on=any(device.enable_date <= made for device in devices)),
        *_keys([_key(key, made) for key in keys]),
        *_certificates(list(user.signing_certificates.values())),
    ]


def _password(state: AccountState, user: Any, made: datetime) -> Iterator[str]:  # noqa: ANN401
    """Enabled, last used, last changed, next rotation.

    A password that was taken away leaves its last use behind.
    """
    used = user.password_last_used
    if not user.password:
        yield from ("false", _then(used, made) if used else NONE, NONE, NONE)
        return
    changed = state.password_changed.get(user.id, user.create_date)
    policy = state.iam.account_password_policy
    rotates = policy is not None and policy.expire_passwords
    yield "true"
    yield _then(used, made) if used else "no_information"
    yield _then(changed, made)
    yield _time(changed + timedelta(days=policy.max_password_age)) if rotates else NONE


def _key(key: Any, made: datetime) -> list[str]:  # noqa: ANN401
    used = key.last_used
    return [
        _flag(on=key.status == "Active"),
        _time(key.create_date),
        *((_then(used.timestamp, made), used.region, used.service) if used else (NONE,) * 3),
    ]


def _keys(keys: list[list[str]]) -> list[str]:
    absent = ["false", NONE, NONE, NONE, NONE]
    first, second = (*keys[:2], absent, absent)[:2]
    return [*first, *second]


def _certificates(certificates: list[Any]) -> list[str]:
    said = [(_flag(on=c.status == "Active"), _time(c.upload_date)) for c in certificates[:2]]
    first, second = (*said, ("false", NONE), ("false", NONE))[:2]
    return [*first, *second]


def _time(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%S}+00:00"


def _then(when: datetime, made: datetime) -> str:
    """A time as the report knew it: nothing in it is younger than itself."""
    return _time(min(when, made))


def _flag(*, on: bool) -> str:
    return "true" if on else "false"
