"""IAM's bulk reads, but for the credential report.

Source of the answers' shapes: https://docs.aws.amazon.com/IAM/latest/APIReference/
"""

from collections.abc import Mapping

from idkeep.collect.declare import Answer, Collector, Pages
from idkeep.model import PasswordPolicy, VirtualMfa

ROOT_DEVICE = ":mfa/root-account-mfa-device"


def _summary(pages: Pages) -> Mapping[str, int]:
    [answer] = pages
    return dict(answer["SummaryMap"])


ACCOUNT_SUMMARY = Collector(service="iam", operation="GetAccountSummary", build=_summary)


def _password_policy(pages: Pages) -> PasswordPolicy:
    [answer] = pages
    told: Answer = answer["PasswordPolicy"]
    return PasswordPolicy(
        min_length=told["MinimumPasswordLength"],
        requires_symbols=told.get("RequireSymbols", False),
        requires_numbers=told.get("RequireNumbers", False),
        requires_uppercase=told.get("RequireUppercaseCharacters", False),
        requires_lowercase=told.get("RequireLowercaseCharacters", False),
        users_may_change=told.get("AllowUsersToChangePassword", False),
        max_age_days=told.get("MaxPasswordAge") or None,
        remembered=told.get("PasswordReusePrevention") or None,
        hard_expiry=told.get("HardExpiry", False),
    )


PASSWORD_POLICY = Collector(
    service="iam",
    operation="GetAccountPasswordPolicy",
    build=_password_policy,
    absent=frozenset({"NoSuchEntity", "NoSuchEntityException"}),
)


def _virtual_mfa(pages: Pages) -> Mapping[str, tuple[VirtualMfa, ...]]:
    """Assigned devices by their owner's ARN."""
    owned: dict[str, list[VirtualMfa]] = {}
    for page in pages:
        for device in page["VirtualMFADevices"]:
            owned.setdefault(_owner(device), []).append(
                VirtualMfa(serial=device["SerialNumber"], enabled=device.get("EnableDate"))
            )
    return {owner: tuple(devices) for owner, devices in owned.items()}


def _owner(device: Answer) -> str:
    """Root's device may come without its user; then its reserved name tells."""
    serial: str = device["SerialNumber"]
    if "User" not in device and serial.endswith(ROOT_DEVICE):
        return serial.removesuffix(ROOT_DEVICE) + ":root"
    owner: str = device["User"]["Arn"]
    return owner


VIRTUAL_MFA = Collector(
    service="iam",
    operation="ListVirtualMFADevices",
    build=_virtual_mfa,
    params={"AssignmentStatus": "Assigned"},
    paged=True,
)
