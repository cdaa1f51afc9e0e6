"""A small account's saved answers, for the tests that read folders."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from idkeep.collect.offline import Offline, collect_offline
from idkeep.model import Family, Snapshot

NOW = datetime(2026, 11, 2, tzinfo=UTC)
MADE = "2026-11-01T12:00:00+00:00"
ACCOUNT = "111122223333"
CALLER = {
    "UserId": "AROAX:scan",
    "Account": ACCOUNT,
    "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/auditor/scan",
}
SUMMARY = {
    "SummaryMap": {"Users": 1, "Groups": 0, "Roles": 1, "Policies": 0, "AccountMFAEnabled": 1}
}
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}
ODD = {"Version": "2012-10-17", "Statement": [], "Id": "100%25 of ü"}
USER = {
    "Path": "/",
    "UserName": "ana",
    "UserId": "AIDAEXAMPLEANA",
    "Arn": f"arn:aws:iam::{ACCOUNT}:user/ana",
    "CreateDate": "2025-01-01T00:00:00+00:00",
    "GroupList": [],
    "AttachedManagedPolicies": [],
    "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": ODD}],
}
ROLE = {
    "Path": "/",
    "RoleName": "deploy",
    "RoleId": "AROAEXAMPLEROLE",
    "Arn": f"arn:aws:iam::{ACCOUNT}:role/deploy",
    "CreateDate": "2025-01-01T00:00:00+00:00",
    "AssumeRolePolicyDocument": TRUST,
    "InstanceProfileList": [],
    "RolePolicyList": [],
    "AttachedManagedPolicies": [],
}
DETAILS = {
    "UserDetailList": [USER],
    "GroupDetailList": [],
    "RoleDetailList": [ROLE],
    "Policies": [],
}
COLUMNS = (
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
    "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"
    "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
    "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
    "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
    "cert_1_last_rotated,cert_2_active,cert_2_last_rotated"
)
NO_KEYS = "false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
CSV = (
    f"{COLUMNS}\n"
    f"<root_account>,arn:aws:iam::{ACCOUNT}:root,2024-01-01T00:00:00+00:00,not_supported,"
    f"no_information,not_supported,not_supported,true,{NO_KEYS}\n"
    f"ana,arn:aws:iam::{ACCOUNT}:user/ana,2025-01-01T00:00:00+00:00,true,"
    f"2026-10-30T08:00:00+00:00,2026-10-01T08:00:00+00:00,N/A,true,{NO_KEYS}\n"
)
REPORT = {
    "Content": b64encode(CSV.encode()).decode(),
    "ReportFormat": "text/csv",
    "GeneratedTime": MADE,
}
ACCOUNT_SAML = f"arn:aws:iam::{ACCOUNT}:saml-provider/Okta"
IDENTITY = frozenset({Family.IDENTITY})


def put(folder: Path, name: str, told: object) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    text = told if isinstance(told, str) else json.dumps(told, indent=4, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, **said: Any) -> Snapshot:
    return whole(folder, **said).snapshot


def whole(folder: Path, **said: Any) -> Offline:
    return collect_offline(folder, now=NOW, **{"families": IDENTITY, **said})
