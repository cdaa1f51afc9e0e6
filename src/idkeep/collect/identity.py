"""IAM's facts about an account: root, users, groups, roles, policies, and the account's own.

Bulk reads come first; a call for each user only for those whose fact no bulk read gives.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from idkeep.collect import credential_report as report
from idkeep.collect import delegation, federation, newcomers, policy_tags
from idkeep.collect.ask import Ask, Readings
from idkeep.collect.authorization import AUTHORIZATION_DETAILS, AuthorizationDetails, PlainUser
from idkeep.collect.contacts import (
    BILLING_CONTACT,
    OPERATIONS_CONTACT,
    PRIMARY_CONTACT,
    SECURITY_CONTACT,
)
from idkeep.collect.credential_report import CREDENTIAL_REPORT, CredentialReport, Row
from idkeep.collect.declare import AnyCollector, built
from idkeep.collect.delegation import DELEGATION_REQUESTS
from idkeep.collect.handshakes import RECEIVED_HANDSHAKES
from idkeep.collect.iam import (
    ACCOUNT_ALIASES,
    ACCOUNT_PROPERTIES,
    ACCOUNT_SUMMARY,
    INSTANCE_PROFILES,
    OUTBOUND_FEDERATION,
    PASSWORD_POLICY,
    ROLE_EXTRAS,
    ROOT_FEATURES,
    SERVER_CERTIFICATES,
    SERVICE_CREDENTIALS,
    RoleExtras,
)
from idkeep.collect.mfa import MFA_DEVICES, VIRTUAL_MFA, apps
from idkeep.collect.projects import kept_by_aws
from idkeep.collect.regions import COLLECTORS as REGION_COLLECTORS
from idkeep.collect.signin import CONSOLE_AUTHORIZATION, SIGNIN_POLICY
from idkeep.collect.support import SUPPORT_PERMITS
from idkeep.model import (
    Account,
    AccountQuotas,
    Arn,
    Gap,
    Group,
    InstanceProfile,
    ManagedPolicy,
    MfaDevice,
    Providers,
    Region,
    Role,
    Root,
    ServerCertificate,
    ServiceCredential,
    Unlisted,
    Unread,
    User,
    VirtualMfa,
)

_TOGETHER: tuple[AnyCollector, ...] = (
    AUTHORIZATION_DETAILS,
    CREDENTIAL_REPORT,
    ACCOUNT_SUMMARY,
    PASSWORD_POLICY,
    VIRTUAL_MFA,
    ROLE_EXTRAS,
    INSTANCE_PROFILES,
    SERVICE_CREDENTIALS,
    SERVER_CERTIFICATES,
    ACCOUNT_ALIASES,
    ACCOUNT_PROPERTIES,
    DELEGATION_REQUESTS,
    OUTBOUND_FEDERATION,
    ROOT_FEATURES,
    PRIMARY_CONTACT,
    SECURITY_CONTACT,
    BILLING_CONTACT,
    OPERATIONS_CONTACT,
    SUPPORT_PERMITS,
    RECEIVED_HANDSHAKES,
)
COLLECTORS: tuple[AnyCollector, ...] = (
    *_TOGETHER,
    *REGION_COLLECTORS,
    SIGNIN_POLICY,
    CONSOLE_AUTHORIZATION,
    *policy_tags.COLLECTORS,
    *federation.COLLECTORS,
    *newcomers.COLLECTORS,
)
_ACCOUNT_FACTS = frozenset(Account.__struct_fields__) - {"id", "partition", "caller"}
_ROOT_FACTS = frozenset(Root.__struct_fields__) - {"arn"}
_LISTED = ("User", "Group", "Role", "ManagedPolicy")
_MOST_SINGLY = 100


class Identity(Struct, frozen=True, kw_only=True):
    """The part of a snapshot that `identity` fills."""

    account: Account
    root: Root
    users: tuple[User, ...] = ()
    groups: tuple[Group, ...] = ()
    roles: tuple[Role, ...] = ()
    policies: tuple[ManagedPolicy, ...] = ()
    instance_profiles: tuple[InstanceProfile, ...] | Unread
    providers: Providers = Providers()
    server_certificates: tuple[ServerCertificate, ...] | Unread
    unlisted: tuple[Unlisted, ...] = ()
    credential_report_generated: datetime | None = None


def read(ask: Ask) -> Identity:
    """Ask everything, side by side, then put the answers together."""
    readings = ask.together(_TOGETHER)
    summary = _Summary(readings.sure(ACCOUNT_SUMMARY), saved=not ask.aws.live)
    details, unlisted = _details(readings, summary, ask.account)
    ask.documents.update(details.documents)
    reported = readings.sure(CREDENTIAL_REPORT)
    credentials = _timely(reported, ask.now())
    # AWS has a report and makes no new one: few enough users are asked for one by one.
    singly = credentials is not reported and ask.aws.live and len(details.users) <= _MOST_SINGLY
    virtual = readings.sure(VIRTUAL_MFA)
    extras = readings.sure(ROLE_EXTRAS)
    people = _People(credentials, virtual, readings.sure(SERVICE_CREDENTIALS), singly)
    users = ask.each(details.users, lambda plain: _user(ask, plain, people))
    profiles, missing = _profiles(ask, readings, summary)
    return Identity(
        account=_account(ask, readings, summary, details.roles),
        root=_root(_root_arn(ask.partition, ask.account), summary, virtual, credentials),
        users=tuple(one for one in users if isinstance(one, User)),
        groups=details.groups,
        roles=tuple(_with_extras(role, extras) for role in details.roles),
        policies=policy_tags.tagged(ask, details.policies),
        instance_profiles=profiles,
        providers=federation.read(ask),
        server_certificates=ask.stand_alone(
            readings.of(SERVER_CERTIFICATES), SERVER_CERTIFICATES, ServerCertificate
        ),
        unlisted=(
            *unlisted,
            *missing,
            *(Unlisted("User", one) for one in users if isinstance(one, Gap)),
        ),
        credential_report_generated=None if isinstance(credentials, Gap) else credentials.generated,
    )


def unread(ask: Ask, why: Unread) -> Identity:
    """The same where nothing of it was read."""
    return Identity(
        account=Account(
            id=ask.account,
            partition=ask.partition,
            caller=ask.caller,
            **dict.fromkeys(_ACCOUNT_FACTS, why),
        ),
        root=Root(
            arn=_root_arn(ask.partition, ask.account),
            **dict.fromkeys(_ROOT_FACTS, why),
        ),
        instance_profiles=why,
        providers=Providers(saml=why, oidc=why),
        server_certificates=why,
        unlisted=tuple(Unlisted(kind, why) for kind in _LISTED),
    )


def _root_arn(partition: str, account: str) -> str:
    return f"arn:{partition}:iam::{account}:root"


def _timely(report_or_gap: CredentialReport | Gap, taken: datetime) -> CredentialReport | Gap:
    if isinstance(report_or_gap, Gap):
        return report_or_gap
    return report.untimely(report_or_gap.generated, taken) or report_or_gap


def _details(
    readings: Readings, summary: "_Summary", account: str
) -> tuple[AuthorizationDetails, tuple[Unlisted, ...]]:
    """What came before paging broke off is kept; every kind may then lack some."""
    reading = readings.of(AUTHORIZATION_DETAILS)
    found = built(AUTHORIZATION_DETAILS, reading.pages)
    if not isinstance(found, Gap) and not all(_is_of(account, one.arn) for one in found.users):
        found = Gap(AUTHORIZATION_DETAILS.action, "the answer names users of another account")
    if isinstance(found, Gap):
        return AuthorizationDetails(), tuple(Unlisted(kind, found) for kind in _LISTED)
    unlisted = list(found.odd)
    if reading.gap is not None:
        unlisted.extend(Unlisted(kind, reading.gap) for kind in _LISTED)
    elif not unlisted:
        unlisted.extend(summary.missing("User", "Users", len(found.users)))
        unlisted.extend(summary.missing("Group", "Groups", len(found.groups)))
    return found, tuple(unlisted)


def _profiles(
    ask: Ask, readings: Readings, summary: "_Summary"
) -> tuple[tuple[InstanceProfile, ...] | Gap, tuple[Unlisted, ...]]:
    """The instance profiles, each once, and why there may be more."""
    reading = readings.of(INSTANCE_PROFILES)
    listed = ask.stand_alone(reading, INSTANCE_PROFILES, InstanceProfile)
    if isinstance(listed, Gap):
        return listed, ()
    found = tuple(dict.fromkeys(listed))
    short = summary.missing(
        "InstanceProfile", "InstanceProfiles", len(found), INSTANCE_PROFILES.action
    )
    return found, tuple(short)


def _is_of(account: str, arn: str) -> bool:
    try:
        return Arn.parse(arn).account == account
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class _Summary:
    """The account summary: counts, and root's flags in the shape of numbers."""

    entries: Mapping[str, int] | Gap
    saved: bool

    def flag(self, entry: str) -> bool | Gap:
        if isinstance(self.entries, Gap):
            return self.entries
        if entry not in self.entries:
            why = f"the answer lacks {entry}"
            return Gap(ACCOUNT_SUMMARY.action, why, unsaved=self.saved)
        value = self.entries[entry]
        if not isinstance(value, int):
            return Gap(ACCOUNT_SUMMARY.action, f"{entry} is not understood: {value!r}")
        return value > 0

    def quotas(self) -> AccountQuotas | Gap:
        if isinstance(self.entries, Gap):
            return self.entries
        return AccountQuotas(entries=dict(self.entries))

    def missing(
        self, kind: str, entry: str, listed: int, by: str = AUTHORIZATION_DETAILS.action
    ) -> Iterator[Unlisted]:
        """A list that is shorter than AWS's own count of it has lost some on the way."""
        count = None if isinstance(self.entries, Gap) else self.entries.get(entry)
        if isinstance(count, int) and listed < count:
            why = f"lists {listed} of the account's {count} {_words(entry)}"
            yield Unlisted(kind, Gap(by, why))


def _words(entry: str) -> str:
    """AWS's name of a count as people write it: `InstanceProfiles`."""
    return "".join(f" {one.lower()}" if one.isupper() else one for one in entry).strip()


def _root(
    arn: str,
    summary: _Summary,
    devices: Mapping[str, tuple[VirtualMfa, ...]] | Gap,
    credentials: CredentialReport | Gap,
) -> Root:
    row = (
        credentials
        if isinstance(credentials, Gap)
        else credentials.rows.get(report.ROOT) or Gap(report.ACTION, "the report has no root row")
    )
    return Root(
        arn=arn,
        has_mfa=_saved(summary.flag("AccountMFAEnabled"), row, report.mfa_active),
        has_access_keys=_saved(summary.flag("AccountAccessKeysPresent"), row, _has_keys),
        has_password=_saved(summary.flag("AccountPasswordPresent"), row, report.has_root_password),
        has_certificates=summary.flag("AccountSigningCertificatesPresent"),
        virtual_mfa=devices if isinstance(devices, Gap) else devices.get(arn, ()),
        access_keys=report.told(row, report.access_keys),
        password_last_used=report.told(row, report.password_last_used),
    )


def _saved(flag: bool | Gap, row: Row | Gap, of_row: Callable[[Row], bool]) -> bool | Gap:  # noqa: FBT001 -- a fact of root
    """The summary's word; where it was not saved, that of the report beside it, if there is one."""
    if not isinstance(flag, Gap) or not flag.unsaved or isinstance(row, Gap):
        return flag
    return report.told(row, of_row)


def _has_keys(row: Row) -> bool:
    return bool(report.access_keys(row))


@dataclass(frozen=True, slots=True)
class _People:
    """What the bulk reads tell of users: by ARN, but service credentials by name.

    `singly`: the report is of no use, and each user is asked for.
    """

    report: CredentialReport | Gap
    virtual: Mapping[str, tuple[VirtualMfa, ...]] | Gap
    services: Mapping[str, tuple[ServiceCredential, ...]] | Gap
    singly: bool


def _user(ask: Ask, plain: PlainUser, people: _People) -> User:
    known = people.report
    row = known if isinstance(known, Gap) else known.row(plain.arn, plain.created)
    virtual = people.virtual
    services = people.services
    apps_of = virtual if isinstance(virtual, Gap) else virtual.get(plain.arn, ())
    user = User(
        arn=plain.arn,
        id=plain.id,
        name=plain.name,
        created=plain.created,
        groups=plain.groups,
        inline_policies=plain.inline_policies,
        attached_policies=plain.attached_policies,
        boundary=plain.boundary,
        tags=plain.tags,
        password=report.told(row, report.password),
        mfa_active=_has_mfa(row, apps_of),
        access_keys=report.told(row, report.access_keys),
        certificates=report.told(row, report.certificates),
        virtual_mfa=apps_of,
        service_credentials=(
            services if isinstance(services, Gap) else services.get(plain.name, ())
        ),
    )
    if people.singly or (not isinstance(known, Gap) and known.is_older(plain.created)):
        return _settled(ask, user)
    return replace(user, mfa_devices=_devices(ask, user))


def _has_mfa(row: Row | Gap, apps_of: tuple[VirtualMfa, ...] | Gap) -> bool | Gap:
    """The report's word, unless the live list of apps knows better.

    What nobody saved beside a report takes nothing from its word.
    """
    reported = report.told(row, report.mfa_active)
    if reported is True:
        return True
    if isinstance(apps_of, Gap):
        return reported if apps_of.unsaved else apps_of
    return True if apps_of else reported


def _settled(ask: Ask, user: User) -> User:
    """A user whom the report does not tell of."""
    live = newcomers.newcomer(ask, user.name)
    return replace(
        user,
        password=live.password,
        mfa_active=bool(live.devices) if isinstance(live.devices, tuple) else live.devices,
        access_keys=live.keys,
        certificates=live.certificates,
        mfa_devices=live.devices,
    )


def _devices(ask: Ask, user: User) -> tuple[MfaDevice, ...] | Unread:
    """Whoever has no authenticator app and yet MFA has another kind, which one call tells."""
    if not isinstance(user.virtual_mfa, tuple):
        return user.virtual_mfa
    if user.virtual_mfa:
        return apps(user.virtual_mfa)
    if user.mfa_active is True:
        return ask.sure(MFA_DEVICES, UserName=user.name)
    return () if user.mfa_active is False else user.mfa_active


def _with_extras(role: Role, extras: Mapping[str, RoleExtras] | Gap) -> Role:
    if isinstance(extras, Gap):
        return replace(role, template=extras, max_session_seconds=extras)
    found = extras.get(role.id)
    if found is None:
        missing = Gap(ROLE_EXTRAS.action, f"does not list {role.name}")
        return replace(role, template=missing, max_session_seconds=missing)
    return replace(role, template=found.template, max_session_seconds=found.max_session_seconds)


def _account(ask: Ask, readings: Readings, summary: _Summary, roles: tuple[Role, ...]) -> Account:
    aliases = readings.sure(ACCOUNT_ALIASES)
    regions = ask.regions()
    policy = ask(SIGNIN_POLICY, region=ask.aws.main_region)
    return Account(
        id=ask.account,
        partition=ask.partition,
        caller=ask.caller,
        password_policy=readings.maybe(PASSWORD_POLICY),
        contact=kept_by_aws(readings.maybe(PRIMARY_CONTACT), roles),
        security_contact=kept_by_aws(readings.maybe(SECURITY_CONTACT), roles),
        billing_contact=kept_by_aws(readings.maybe(BILLING_CONTACT), roles),
        operations_contact=kept_by_aws(readings.maybe(OPERATIONS_CONTACT), roles),
        alias=aliases if isinstance(aliases, Gap) else next(iter(aliases), None),
        quotas=summary.quotas(),
        properties=readings.sure(ACCOUNT_PROPERTIES),
        delegation_requests=delegation.kept(ask, readings.sure(DELEGATION_REQUESTS)),
        outbound_federation=readings.sure(OUTBOUND_FEDERATION),
        root_features=readings.maybe(ROOT_FEATURES),
        regions=regions if isinstance(regions, Gap) else _regions(regions),
        signin_policy=ask.keep(policy) if isinstance(policy, str) else policy,
        console_authorization=ask(CONSOLE_AUTHORIZATION, region=ask.aws.main_region),
        support_permits=readings.sure(SUPPORT_PERMITS),
        received_handshakes=readings.sure(RECEIVED_HANDSHAKES),
    )


def _regions(known: Mapping[str, str]) -> tuple[Region, ...]:
    return tuple(Region(name=name, status=status) for name, status in sorted(known.items()))
