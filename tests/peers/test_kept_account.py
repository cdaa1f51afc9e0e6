"""The same checks on an account in order: nothing of it fails.

The server plays no making of trails, analyzers, recorders and detectors over the API: those are in
`test_trails_and_services.py`.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from idkeep.model import Status

from .conftest import KEPT, Found, made
from .test_bare_account import said


def order(client: Any) -> None:
    client("iam").update_account_password_policy(
        MinimumPasswordLength=14,
        RequireSymbols=True,
        RequireNumbers=True,
        RequireUppercaseCharacters=True,
        RequireLowercaseCharacters=True,
        AllowUsersToChangePassword=True,
        MaxPasswordAge=90,
        PasswordReusePrevention=24,
    )


@pytest.fixture(scope="module")
def kept() -> Iterator[Found]:
    yield from made("kept.toml", KEPT, order)


ROWS = [
    "account_maintain_different_contact_details_to_security_billing_and_operations",
    "account_security_contact_information_is_registered",
    "iam_avoid_root_usage",
    "iam_check_saml_providers_sts",
    "iam_no_root_access_key",
    "iam_password_policy_expires_passwords_within_90_days_or_less",
    "iam_password_policy_lowercase",
    "iam_password_policy_minimum_length_14",
    "iam_password_policy_number",
    "iam_password_policy_reuse_24",
    "iam_password_policy_symbol",
    "iam_password_policy_uppercase",
    "iam_root_hardware_mfa_enabled",
    "iam_root_mfa_enabled",
    "iam_support_role_created",
]


@pytest.mark.parametrize("peer", ROWS)
def test_what_is_in_order_passes(kept: Found, peer: str) -> None:
    assert said(kept, peer, "") is Status.PASS
