"""What one user has of their own, the root user too: IAM's reads that default to who asks.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html. The root user is told of
itself alone, and without a name.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from moto.iam.exceptions import NoSuchEntity

from idkeep.demo.declared.account import Said
from idkeep.demo.identifiers import access_key_id, guid
from idkeep.demo.overlay.providers import BODY
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.state import RootUser
from idkeep.demo.overlay.tables import Asked, Operation, Table

SIZE = 100
# The name that AWS gives root where it lists its devices.
ROOT = "root"


def named(entities: Any, name: str, word: str) -> Any:  # noqa: ANN401
    """The entity of this name. Raises AWS's NoSuchEntity."""
    for entity in entities:
        if entity.name.lower() == name.lower():
            return entity
    raise NoSuchEntity(f"The {word} with name {name} cannot be found.")


def asked_about(asked: Asked) -> Any:  # noqa: ANN401 moto's user, None for root
    """The user named, or else who asks."""
    name = asked.params.get("UserName")
    if name is None:
        if asked.who.arn == asked.state.root.arn:
            return None
        if ":user/" not in asked.who.arn:
            raise Refused(
                "ValidationError", "Must specify userName when calling with non-User credentials"
            )
        name = asked.who.arn.rpartition("/")[2]
    return named(asked.state.iam.users.values(), name, "user")


def user_head(user: Any) -> dict[str, Any]:  # noqa: ANN401 moto's user
    """A user as every listing tells it."""
    return _present(
        Path=user.path,
        UserName=user.name,
        UserId=user.id,
        Arn=user.arn,
        CreateDate=user.create_date,
        PasswordLastUsed=user.password_last_used,
    )


def root_head(root: RootUser) -> dict[str, Any]:
    """The root user, without a name or a path."""
    return _present(
        UserId=root.user_id,
        Arn=root.arn,
        CreateDate=root.created,
        PasswordLastUsed=root.password_last_used,
    )


def _listing(
    into: str, of_user: Callable[[Any], Iterable[Said]], of_root: Callable[[Asked], Iterable[Said]]
) -> Operation:
    """A list in pages, of the user asked about or of root."""

    def answer(asked: Asked) -> Mapping[str, Any]:
        user = asked_about(asked)
        found = list(of_root(asked) if user is None else of_user(user))
        items, more = asked.page(found, SIZE)
        return {into: items} | more

    return answer


def _devices(user: Any) -> Iterator[Said]:  # noqa: ANN401 moto's user
    for serial, device in user.mfa_devices.items():
        yield _device(user.name, serial, device.enable_date)


def _root_devices(asked: Asked) -> Iterator[Said]:
    for serial in asked.state.root.devices:
        yield _device(ROOT, serial, asked.state.root.created)


def _device(name: str, serial: str, since: datetime) -> Said:
    return {"UserName": name, "SerialNumber": serial, "EnableDate": since}


def _keys(user: Any) -> Iterator[Said]:  # noqa: ANN401 moto's user
    for key in user.access_keys:
        yield {
            "UserName": user.name,
            "AccessKeyId": key.access_key_id,
            "Status": key.status,
            "CreateDate": key.create_date,
        }


def _root_keys(asked: Asked) -> Iterator[Said]:
    for slot, key in enumerate(asked.state.root.keys, start=1):
        yield {
            "AccessKeyId": access_key_id("AKIA", asked.state.account, "<root_account>", slot),
            "Status": _status(active=key.active),
            "CreateDate": key.created,
        }


def _ssh_keys(user: Any) -> Iterator[Said]:  # noqa: ANN401 moto's user
    for key in user.ssh_public_keys:
        yield {
            "UserName": user.name,
            "SSHPublicKeyId": key.ssh_public_key_id,
            "Status": key.status,
            "UploadDate": key.upload_date,
        }


def _certificates(user: Any) -> Iterator[Said]:  # noqa: ANN401 moto's user
    for one in user.signing_certificates.values():
        yield {
            "UserName": user.name,
            "CertificateId": one.certificate_id,
            "CertificateBody": one.certificate_body,
            "Status": one.status,
            "UploadDate": one.upload_date,
        }


def _root_certificates(asked: Asked) -> Iterator[Said]:
    account, now = asked.state.account, asked.world.clock()
    for number, one in enumerate(asked.state.declared.root.certificates):
        name = guid(f"{account}:<root_account>:certificate:{number}")
        yield {
            "UserName": ROOT,
            "CertificateId": name.replace("-", "").upper(),
            "CertificateBody": BODY,
            "Status": _status(active=one.active),
            "UploadDate": now - timedelta(days=one.uploaded),
        }


def _login_profile(asked: Asked) -> Mapping[str, Any] | None:
    """Root's own, which AWS tells to a session of AssumeRoot; a user's is moto's.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html
    """
    if asked.params.get("UserName") or asked.who.arn != asked.state.root.arn:
        return None
    root = asked.state.root
    if not root.password:
        raise NoSuchEntity("Login Profile for User root cannot be found.")
    return {
        "LoginProfile": {
            "UserName": ROOT,
            "CreateDate": root.created,
            "PasswordResetRequired": False,
        }
    }


def _service_specific_credentials(asked: Asked) -> Mapping[str, Any]:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html."""
    kept, service = asked.state.service_credentials, asked.params.get("ServiceName")
    if asked.params.get("AllUsers"):
        if asked.params.get("UserName"):
            raise Refused("ValidationError", "UserName and AllUsers cannot be specified together")
    else:
        user = asked_about(asked)
        kept = [one for one in kept if user is not None and one["UserName"] == user.name]
    items, more = asked.page([o for o in kept if service in {None, o["ServiceName"]}], SIZE)
    return {"ServiceSpecificCredentials": items} | more


def _present(**said: Any) -> dict[str, Any]:  # noqa: ANN401 members of any kind
    return {name: value for name, value in said.items() if value is not None}


def _status(*, active: bool) -> str:
    return "Active" if active else "Inactive"


OPERATIONS: Table = {
    "GetLoginProfile": _login_profile,
    "ListAccessKeys": _listing("AccessKeyMetadata", _keys, _root_keys),
    "ListMFADevices": _listing("MFADevices", _devices, _root_devices),
    "ListSSHPublicKeys": _listing("SSHPublicKeys", _ssh_keys, lambda _: ()),
    "ListServiceSpecificCredentials": _service_specific_credentials,
    "ListSigningCertificates": _listing("Certificates", _certificates, _root_certificates),
}
