"""Checks on instances of Identity Center: whose they are, from where they answer, and their key."""

from collections.abc import Iterator
from ipaddress import ip_network

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.center.samples import ADA, MANAGEMENT, PLATFORM, SHOP, of_instance
from idkeep.checks.center.words import judged_elsewhere
from idkeep.checks.declare import (
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    known,
    passes,
)
from idkeep.checks.policies.words import listed
from idkeep.checks.samples import INSTANCE, ORGANIZATION
from idkeep.model import (
    CenterEncryption,
    CenterInstance,
    CenterNetwork,
    Gap,
    IdentityCenter,
    IdentityStore,
    InstanceDetails,
    NotApplicable,
    Problem,
    Severity,
    StoreNetwork,
    Unknown,
)
from idkeep.model.resources import KeyDetails, KmsKey, Resources

_NO_DETAILS = Gap("sso:DescribeInstance", "AccessDeniedException")
_NO_STORE = Gap("identitystore:DescribeIdentityStore", "AccessDeniedException")
_NO_USERS = Gap("identitystore:ListUsers", "AccessDeniedException")
_NO_ORGANIZATION = Gap("organizations:DescribeOrganization", "AccessDeniedException")
_OWN = replace(INSTANCE, arn="arn:aws:sso:::instance/ssoins-own", owner=SHOP)
_BOTH = IdentityCenter(instances=(INSTANCE, _OWN), account_access=())
_ALONE = IdentityCenter(instances=(_OWN,), account_access=())


@check(
    CenterInstance,
    severity=Severity.LOW,
    controls=("identity-center",),
    reads=("owner",),
    remedy=Remedy(
        do="Move its applications to the organisation's instance, then delete it: `aws sso-admin "
        "delete-instance --instance-arn INSTANCE_ARN`. Deny `sso:CreateInstance` to members by a "
        "service control policy, so that none is made again.",
        may_stop="What signs its users in by this instance stops with it, and its users and groups "
        "are gone.",
        by="Only the account that owns it may delete it.",
    ),
    examples=(
        fails(
            _OWN,
            f"is account {SHOP}'s own, beside the organisation's {INSTANCE.arn}",
            center=_BOTH,
            organization=ORGANIZATION,
        ),
        fails(
            _OWN,
            f"is account {SHOP}'s own; the organisation has none that this account sees",
            center=_ALONE,
            organization=ORGANIZATION,
        ),
        passes(INSTANCE, center=_BOTH, organization=ORGANIZATION),
        does_not_apply(_OWN, "the account is in no organisation", center=_ALONE),
        cannot_tell(_OWN, str(_NO_ORGANIZATION), center=_ALONE, organization=_NO_ORGANIZATION),
    ),
)
def center_of_one_account(instance: CenterInstance, estate: Estate) -> Iterator[Said]:
    """An account has an instance of Identity Center of its own, with people of its own.

    Who leaves the organisation's directory stays in this one, and its rules (MFA, sessions,
    network) are this account's affair:
    https://docs.aws.amazon.com/singlesignon/latest/userguide/identity-center-instances.html
    """
    organization = known(estate.snapshot.organization)
    if organization is None:
        yield NotApplicable("the account is in no organisation")
        return
    management = organization.management_account
    if instance.owner == management:
        return
    every = known(known(estate.snapshot.center).instances)
    shared = next((one.arn for one in every if one.owner == management), None)
    beside = (
        f", beside the organisation's {shared}"
        if shared
        else "; the organisation has none that this account sees"
    )
    yield Problem(f"is account {instance.owner}'s own{beside}")


_ANYWHERE = "takes SCIM requests from any address"
_SYNCED = {"users": (ADA,), "groups": (PLATFORM,)}
_BY_HAND = {"users": (replace(ADA, issuers=()),), "groups": ()}
_SET_STORE = (
    "`aws identitystore update-identity-store --identity-store-id STORE_ID --network-configuration "
)


def _store(**network: object) -> IdentityStore:
    told = StoreNetwork(**({"vpc_endpoint_required": False} | network))  # type: ignore[arg-type]
    return IdentityStore(arn="arn:aws:identitystore::1:identitystore/d-1", network=told)


_OPEN = IdentityStore(arn="arn:aws:identitystore::1:identitystore/d-1")


@check(
    CenterInstance,
    severity=Severity.MEDIUM,
    controls=("identity-center",),
    reads=("store", "users", "groups"),
    remedy=Remedy(
        do="Let in the addresses of the directory that provisions people, as its vendor publishes "
        f"them: {_SET_STORE}VpceAccessRequired=false,ScimAllowSourceIps=CIDR,CIDR` (it replaces "
        "what was set: name again what is to stay).",
        may_stop="Provisioning stops when the directory calls from an address that is not listed: "
        "who joins gets no access, and who leaves keeps it.",
    ),
    examples=(
        of_instance(fails, _ANYWHERE, store=_OPEN, **_SYNCED),
        of_instance(fails, _ANYWHERE, store=_store(scim_ips=("0.0.0.0/0",)), **_SYNCED),
        of_instance(passes, store=_store(scim_ips=("203.0.113.0/24",)), **_SYNCED),
        of_instance(passes, store=_store(vpc_endpoint_required=True), **_SYNCED),
        of_instance(does_not_apply, "nobody comes from a directory elsewhere", **_BY_HAND),
        of_instance(cannot_tell, str(_NO_STORE), store=_NO_STORE, **_SYNCED),
        of_instance(cannot_tell, str(_NO_USERS), store=_OPEN, users=_NO_USERS, groups=()),
    ),
)
def provisioning_from_anywhere(instance: CenterInstance, estate: Estate) -> Iterator[Said]:
    """People are provisioned from a directory, and the way in for that is open to any address.

    Who has the directory's token makes users and puts them into groups, administrators' among
    them, and the token is good for a year. The store can ask for the directory's addresses too:
    https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_UpdateIdentityStore.html
    """
    if why := judged_elsewhere(instance, estate):
        yield NotApplicable(why)
        return
    if not _has_directory(instance):
        yield NotApplicable("nobody comes from a directory elsewhere")
        return
    network = known(instance.store).network
    scim = network.scim_ips if network else ()
    restricted = bool(scim) or (network is not None and network.vpc_endpoint_required)
    if not restricted or any(_is_wide(one) for one in scim):
        yield Problem(_ANYWHERE)


def _has_directory(instance: CenterInstance) -> bool:
    """Whether some user or group came from elsewhere; unknown only if none that was read did."""
    listed_ = (instance.users, instance.groups)
    if any(one.issuers for some in listed_ if isinstance(some, tuple) for one in some):
        return True
    known(instance.users)
    known(instance.groups)
    return False


# Of IPv4, a thousandth of all addresses; of IPv6, more than a network gets from its registry.
_WIDEST = {4: 10, 6: 28}


def _is_wide(cidr: str) -> bool:
    """Whether a range is hardly a limit. What is no range is none of AWS's, and counts as wide."""
    try:
        network = ip_network(cidr, strict=False)
    except ValueError:
        return True
    return network.prefixlen < _WIDEST[network.version]


def _details(**network: object) -> InstanceDetails:
    told = CenterNetwork(**({"vpc_endpoint_required": True} | network))  # type: ignore[arg-type]
    return InstanceDetails(network=told)


_NO_LIMIT = "has no network limits"


@check(
    CenterInstance,
    severity=Severity.MEDIUM,
    controls=("identity-center",),
    reads=("details", "store"),
    remedy=Remedy(
        do="Name the ranges that are yours: `aws sso-admin update-instance --instance-arn "
        "INSTANCE_ARN --network-configuration "
        "VpceAccessRequired=true,RestrictSourceVpcs=VPC_ARN,AllowSourceIps=CIDR`, for the "
        f"directory's API {_SET_STORE}VpceAccessRequired=true,ApiAllowSourceIps=CIDR` (each "
        "replaces what was set: name again what is to stay).",
        may_stop="Whoever signs in, or calls the API, from another address is turned away.",
    ),
    examples=(
        of_instance(
            fails,
            "lets in 0.0.0.0/0 past its network limits",
            details=_details(ips=("0.0.0.0/0", "203.0.113.0/24")),
            store=_OPEN,
        ),
        of_instance(
            fails,
            "lets in ::/0 past the network limits of its directory's API",
            details=InstanceDetails(),
            store=_store(vpc_endpoint_required=True, ips=("::/0",)),
        ),
        of_instance(
            fails,
            "leaves every application out of its network limits",
            details=_details(excluded_applications=("*",)),
            store=_OPEN,
        ),
        of_instance(passes, details=_details(ips=("203.0.113.0/24",)), store=_OPEN),
        of_instance(does_not_apply, _NO_LIMIT, details=InstanceDetails(), store=_OPEN),
        of_instance(cannot_tell, str(_NO_DETAILS), details=_NO_DETAILS, store=_OPEN),
        of_instance(cannot_tell, str(_NO_STORE), details=_details(), store=_NO_STORE),
    ),
)
def center_network_limit_void(instance: CenterInstance, estate: Estate) -> Iterator[Said]:
    """An instance's network limits let nearly everybody past.

    Addresses that are let in besides pass without an endpoint and from any network. A range that
    is as wide as the internet undoes what the limit was made for, and it still looks limited.
    """
    if why := judged_elsewhere(instance, estate):
        yield NotApplicable(why)
        return
    unread = [one for one in (instance.details, instance.store) if isinstance(one, Gap)]
    yield from (Unknown(str(gap)) for gap in unread)
    limited = bool(unread)
    network = None if isinstance(instance.details, Gap) else known(instance.details).network
    if network is not None and network.vpc_endpoint_required:
        limited = True
        yield from _wide(network.ips, "its network limits", "instance")
        if any(one == "*" or one.endswith(":*") for one in network.excluded_applications):
            yield Problem("leaves every application out of its network limits", at="excluded")
    store = None if isinstance(instance.store, Gap) else known(instance.store).network
    if store is not None and (store.vpc_endpoint_required or store.vpcs):
        limited = True
        yield from _wide(store.ips, "the network limits of its directory's API", "store")
    if not limited:
        yield NotApplicable(_NO_LIMIT)


def _wide(ips: tuple[str, ...], past: str, at: str) -> Iterator[Said]:
    if wide := [one for one in ips if _is_wide(one)]:
        yield Problem(f"lets in {listed(wide)} past {past}", at=at)


_KEY = f"arn:aws:kms:us-east-1:{MANAGEMENT}:key/1"
_HERE = f"arn:aws:kms:us-east-1:{SHOP}:key/1"


def _encrypted(key: str = _KEY, status: str = "ENABLED") -> InstanceDetails:
    told = CenterEncryption(key_type="CUSTOMER_MANAGED_KEY", key=key, status=status)
    return InstanceDetails(encryption=told)


def _keys(state: str) -> Resources:
    key = KmsKey(
        arn=_HERE,
        account=SHOP,
        region="us-east-1",
        details=KeyDetails(manager="CUSTOMER", state=state),
        policy=None,
        ram_policy=None,
        grants=None,
    )
    return Resources(keys=(key,))


_WITH_OWN_KEY = replace(INSTANCE, details=_encrypted(_HERE))


@check(
    CenterInstance,
    severity=Severity.HIGH,
    controls=("identity-center",),
    reads=("details",),
    remedy=Remedy(
        do="Take the key back into use (`aws kms cancel-key-deletion --key-id KEY_ID`, `aws kms "
        "enable-key --key-id KEY_ID`) and let Identity Center use it by its key policy; or set "
        "another key: `aws sso-admin update-instance --instance-arn INSTANCE_ARN "
        "--encryption-configuration KeyType=CUSTOMER_MANAGED_KEY,KmsKeyArn=KEY_ARN`.",
        may_stop="Nothing stops by it: without a key that works nobody signs in.",
    ),
    examples=(
        of_instance(
            fails,
            f"could not be encrypted with {_KEY}",
            details=_encrypted(status="UPDATE_FAILED"),
        ),
        fails(
            _WITH_OWN_KEY,
            f"is encrypted with {_HERE}, which is PendingDeletion",
            center=IdentityCenter(instances=(_WITH_OWN_KEY,), account_access=()),
            resources=_keys("PendingDeletion"),
        ),
        of_instance(passes, details=_encrypted()),
        of_instance(
            does_not_apply, "is encrypted with a key of AWS's own", details=InstanceDetails()
        ),
        of_instance(cannot_tell, str(_NO_DETAILS), details=_NO_DETAILS),
    ),
)
def center_key_broken(instance: CenterInstance, estate: Estate) -> Iterator[Said]:
    """The key that an instance of Identity Center is encrypted with does not work, or will not.

    Without it nobody signs in, administrators included:
    https://docs.aws.amazon.com/singlesignon/latest/userguide/encryption-at-rest.html
    """
    if why := judged_elsewhere(instance, estate):
        yield NotApplicable(why)
        return
    told = known(instance.details).encryption
    if told is None or told.key is None:
        yield NotApplicable("is encrypted with a key of AWS's own")
        return
    if told.status == "UPDATE_FAILED":
        yield Problem(f"could not be encrypted with {told.key}", at="status")
    state = _state_of(told.key, estate)
    if state not in {"", "Enabled"}:
        yield Problem(f"is encrypted with {told.key}, which is {state}", at="key")


def _state_of(key: str, estate: Estate) -> str:
    """A key's state; "" where the account that has it was not read with this one."""
    account = key.split(":")[4]
    own = estate.snapshot.account.id == account
    there = estate.snapshot if own else estate.elsewhere(account)
    for one in there.of(KmsKey) if there is not None else ():
        if one.arn == key and isinstance(one.details, KeyDetails):
            return one.details.state
    return ""


CHECKS = (
    center_of_one_account,
    provisioning_from_anywhere,
    center_network_limit_void,
    center_key_broken,
)
