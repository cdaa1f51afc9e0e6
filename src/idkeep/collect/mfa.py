"""MFA devices: authenticator apps in one listing, every kind by user.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html
"""

from collections.abc import Mapping

from idkeep.collect.declare import Answer, Collector, Pages
from idkeep.collect.paging import MOST_ITEMS
from idkeep.collect.times import maybe_utc
from idkeep.model import Arn, MfaDevice, MfaKind, VirtualMfa

ROOT_DEVICE = ":mfa/root-account-mfa-device"
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
_KINDS = {"mfa": MfaKind.VIRTUAL, "u2f": MfaKind.FIDO, "sms-mfa": MfaKind.SMS}


def kind(serial: str) -> MfaKind:
    """By the serial: a device without an ARN is a token with a number printed on it."""
    try:
        resource = Arn.parse(serial).resource
    except ValueError:
        return MfaKind.HARDWARE
    return _KINDS.get(resource.partition("/")[0], MfaKind.OTHER)


def apps(virtual: tuple[VirtualMfa, ...]) -> tuple[MfaDevice, ...]:
    """The same devices as of any kind."""
    return tuple(
        MfaDevice(serial=one.serial, kind=MfaKind.VIRTUAL, enabled=one.enabled) for one in virtual
    )


def _virtual(pages: Pages) -> Mapping[str, tuple[VirtualMfa, ...]]:
    """Assigned devices by their owner's ARN."""
    owned: dict[str, list[VirtualMfa]] = {}
    for device in (one for page in pages for one in page["VirtualMFADevices"]):
        if _is_assigned(device):
            enabled = maybe_utc(device.get("EnableDate"))
            owned.setdefault(_owner(device), []).append(
                VirtualMfa(serial=device["SerialNumber"], enabled=enabled)
            )
    return {owner: tuple(devices) for owner, devices in owned.items()}


def _is_assigned(device: Answer) -> bool:
    """One that nobody took has neither user nor date; root's may lack its user."""
    return (
        "User" in device or "EnableDate" in device or device["SerialNumber"].endswith(ROOT_DEVICE)
    )


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
    build=_virtual,
    params={"AssignmentStatus": "Assigned", **MOST_ITEMS},
)


def _devices(pages: Pages) -> tuple[MfaDevice, ...]:
    return tuple(
        MfaDevice(
            serial=one["SerialNumber"],
            kind=kind(one["SerialNumber"]),
            enabled=maybe_utc(one.get("EnableDate")),
        )
        for page in pages
        for one in page["MFADevices"]
    )


MFA_DEVICES = Collector(service="iam", operation="ListMFADevices", build=_devices)
