"""The checks that tests of reports are about: a new check does not change what these look like."""

from idkeep.checks import ALL

_IDS = {
    "console-user-without-mfa",
    "never-used-access-key",
    "never-used-password",
    "no-security-contact",
    "old-access-key",
    "old-password",
    "reused-passwords",
    "root-access-key",
    "root-mfa-can-be-phished",
    "root-password-used-lately",
    "root-without-mfa",
    "scanned-as-root",
    "short-passwords",
    "two-active-access-keys",
    "unused-access-key",
    "unused-password",
}
FEW = tuple(one for one in ALL if one.id in _IDS)
