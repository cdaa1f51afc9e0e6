"""The declared estate, put straight into moto's backends."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from moto.account.models import account_backends
from moto.iam.models import (
    AccessKey,
    AccessKeyLastUsed,
    AccountPasswordPolicy,
    Group,
    InstanceProfile,
    MFADevice,
    Role,
    VirtualMfaDevice,
    iam_backends,
)

from idkeep.demo.declared import account as declared
from idkeep.demo.declared.account import AccountEstate
from idkeep.demo.identifiers import access_key_id, unique_id
from idkeep.demo.overlay import providers
from idkeep.demo.overlay.credentials import written
from idkeep.demo.overlay.policies import managed_policies
from idkeep.demo.overlay.state import AccountState, Credentials, RootKey, RootUser
from idkeep.demo.principals import SECRET


def seeded(estate: AccountEstate, clock: Callable[[], datetime], began: datetime) -> AccountState:
    """The state of an account that is as the estate says, counted back from `began`."""
    return _Seed(estate, clock, began).state


class _Seed:
    """One filling of moto's backends; owns them until `state` is handed out."""

    def __init__(
        self, estate: AccountEstate, clock: Callable[[], datetime], began: datetime
    ) -> None:
        account = estate.account
        self._estate = estate
        self._account = account
        self._now = began
        self._iam = iam_backends[account.id][account.partition]
        self._policies = managed_policies(estate, self._now)
        self._iam.managed_policies = {policy.arn: policy for policy in self._policies.values()}
        self.state = AccountState(
            declared=estate,
            clock=clock,
            began=began,
            iam=self._iam,
            root=self._root(),
            credentials=Credentials(declared=estate.report),
        )
        self._root_device()
        self._settings()
        for group in estate.groups:
            self._group(group)
        for user in estate.users:
            self._user(user)
        for role in estate.roles:
            self._role(role)
        for profile in estate.instance_profiles:
            self._profile(profile.name, profile.path, profile.created, [])
        providers.seed(self._iam, estate, self._now)
        self._report()

    def _ago(self, days: float) -> datetime:
        return (self._now - timedelta(days=days)).replace(microsecond=0)

    def _since(self, days: float | None) -> datetime | None:
        return None if days is None else self._ago(days)

    def _root(self) -> RootUser:
        root, account = self._estate.root, self._account
        return RootUser(
            arn=f"arn:{account.partition}:iam::{account.id}:root",
            user_id=account.id,
            created=self._ago(account.created),
            password=root.password,
            password_last_used=self._since(root.password_last_used),
            keys=tuple(
                RootKey(
                    active=key.active,
                    created=self._ago(key.created),
                    last_used=self._since(key.last_used),
                    region=key.region or account.region,
                    service=key.service,
                )
                for key in root.keys
            ),
        )

    def _root_device(self) -> None:
        start = f"arn:{self._account.partition}:iam::{self._account.id}"
        if self._estate.root.mfa == "virtual":
            # The name that AWS's console gives it.
            device = self._virtual("root-account-mfa-device")
            device.enable_date = self._ago(self._account.created)
            self.state.root.devices = (device.serial_number,)
        elif self._estate.root.mfa == "hardware":
            self.state.root.devices = (f"GAHT{self._account.id[:8]}",)
        elif self._estate.root.mfa == "passkey":
            self.state.root.devices = (f"{start}:u2f/root-account/key-1",)
        for name in self._estate.unassigned_mfa:
            self._virtual(name)

    def _virtual(self, name: str) -> Any:  # noqa: ANN401
        device = VirtualMfaDevice(self._account.id, self._account.region, f"/{name}")
        self._iam.virtual_mfa_devices[device.serial_number] = device
        return device

    def _settings(self) -> None:
        if self._account.alias:
            self._iam.account_aliases = [self._account.alias]
        policy = self._estate.password_policy
        if policy is not None:
            self._iam.account_password_policy = AccountPasswordPolicy(
                allow_change_password=policy.users_may_change,
                hard_expiry=policy.hard_expiry,
                max_password_age=policy.max_age or 0,
                minimum_password_length=policy.min_length,
                password_reuse_prevention=policy.reuse_prevention,
                require_lowercase_characters=policy.lowercase,
                require_numbers=policy.numbers,
                require_symbols=policy.symbols,
                require_uppercase_characters=policy.uppercase,
            )
        contacts = account_backends[self._account.id][self._account.partition]
        for kind, contact in self._account.alternate_contacts.items():
            contacts.put_alternate_contact(
                kind, contact.email, contact.name, contact.phone, contact.title
            )

    def _group(self, group: declared.Group) -> None:
        made = Group(self._account.id, self._account.region, group.name, group.path)
        made.id = unique_id("AGPA", self._account.id, group.name)
        made.create_date = self._ago(group.created)
        self._iam.groups[group.name] = made
        self._grant(made, group)

    def _user(self, user: declared.User) -> None:
        made = self._iam.create_user(self._account.region, user.name, user.path, _tags(user.tags))
        made.id = unique_id("AIDA", self._account.id, user.name)
        made.create_date = self._ago(user.created)
        self._grant(made, user)
        for name in user.groups:
            self._iam.groups[name].users.append(made)
        if user.boundary:
            self.state.boundaries[made.id] = self._policies[user.boundary].arn
        if user.password:
            made.password = SECRET if user.password.enabled else None
            made.password_last_used = self._since(user.password.last_used)
            changed = user.password.changed
            self.state.password_changed[made.id] = self._ago(
                user.created if changed is None else changed
            )
        for number, kind in enumerate(user.mfa, start=1):
            self._device(made, kind, number)
        for slot, key in enumerate(user.keys, start=1):
            self._key(made, key, slot)
        providers.credentials(made, user, self._account.id, self._now)
        self.state.service_credentials += providers.service_credentials(
            user, self._account, self._now
        )

    def _device(self, user: Any, kind: declared.Mfa, number: int) -> None:  # noqa: ANN401
        """Serial numbers as AWS has them for the three kinds of device.

        https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_checking-status.html
        """
        name = user.name if number == 1 else f"{user.name}-{number}"
        if kind == "virtual":
            device = self._virtual(name)
            device.enable_date, device.user = user.create_date, user
            serial = device.serial_number
        elif kind == "hardware":
            serial = f"GAHT{int(user.id[4:].encode().hex(), 16) % 10**8:08}"
        else:
            arn = f"arn:{self._account.partition}:iam::{self._account.id}"
            serial = f"{arn}:u2f/user/{user.name}/key-{number}-{user.id[4:14]}"
        user.mfa_devices[serial] = enabled = MFADevice(serial, "", "")
        enabled.enable_date = user.create_date

    def _key(self, user: Any, key: declared.Key, slot: int) -> None:  # noqa: ANN401
        made = AccessKey(user.name, prefix="AKIA", account_id=self._account.id)
        made.access_key_id = access_key_id("AKIA", self._account.id, user.name, slot)
        made.secret_access_key = SECRET
        made.status = "Active" if key.active else "Inactive"
        made.create_date = self._ago(key.created)
        if key.last_used is not None:
            made.last_used = AccessKeyLastUsed(
                timestamp=self._ago(key.last_used),
                service=key.service,
                region=key.region or self._account.region,
            )
        user.access_keys.append(made)
        self._iam.access_keys[made.access_key_id] = made

    def _role(self, role: declared.Role) -> None:
        account = self._account
        made = Role(
            account.id,
            account.partition,
            unique_id("AROA", account.id, role.name),
            role.name,
            role.trust,
            role.where,
            self._policies[role.boundary].arn if role.boundary else None,
            role.description,
            _tags(role.tags),
            str(role.max_session_hours * 3600),
        )
        made.create_date = self._ago(role.created)
        made.template = role.template
        if role.last_used:
            made.last_used = self._ago(role.last_used.age)
            made.last_used_region = role.last_used.region or account.region
        self._iam.roles[made.id] = made
        self._grant(made, role)
        if role.instance_profile:
            self._profile(role.name, role.where, role.created, [made])

    def _profile(self, name: str, path: str, created: float, roles: list[Any]) -> None:
        account = self._account
        profile_id = unique_id("AIPA", account.id, name)
        made = InstanceProfile(account.id, account.region, profile_id, name, path, roles=roles)
        made.create_date = self._ago(created)
        self._iam.instance_profiles[name] = made

    def _grant(
        self,
        made: Any,  # noqa: ANN401
        holder: declared.User | declared.Group | declared.Role,
    ) -> None:
        made.policies = dict(holder.inline)
        for reference in holder.attached:
            self._policies[reference].attach_to(made)

    def _report(self) -> None:
        age = self._estate.report.age_hours
        if age is not None:
            made = self._ago(age / 24)
            self.state.credentials.made = made
            self.state.credentials.content = written(self.state, made)


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
