"""Subjects nobody wrote by hand, for the laws."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from idkeep.checks.organization.invitations import FROM_STRANGERS
from idkeep.checks.samples import ACCOUNT, ANA, CALLER, NOW, ROOT
from idkeep.model import (
    AccessKey,
    Account,
    AccountProperties,
    AccountQuotas,
    AlternateContact,
    Caller,
    Contact,
    Gap,
    MfaDevice,
    MfaKind,
    NotToldHere,
    OutboundFederation,
    Password,
    PasswordPolicy,
    Region,
    Root,
    User,
    VirtualMfa,
)

# Around the limits of the default settings, on both sides of each.
ages = st.sampled_from((0, 1, 44, 45, 46, 89, 90, 91, 364, 365, 366, 900))
times = ages.map(lambda age: NOW - timedelta(days=age))
maybe_times = st.none() | times
gaps = st.builds(
    Gap,
    st.sampled_from(("iam:GetCredentialReport", "iam:GetAccountSummary", "account:GetSomething")),
    st.sampled_from(("AccessDenied", "Throttling", "HTTP 503 without an answer of AWS's")),
)
names = st.text(min_size=1, max_size=12)
keys = st.lists(
    st.builds(
        AccessKey,
        slot=st.just(1),
        active=st.booleans(),
        rotated=times,
        last_used=maybe_times,
        last_used_service=st.none() | st.just("s3"),
    ),
    max_size=2,
).map(
    lambda made: tuple(
        AccessKey(
            slot=n,
            active=k.active,
            rotated=k.rotated,
            last_used=k.last_used,
            last_used_service=k.last_used_service,
        )
        for n, k in enumerate(made, start=1)
    )
)
devices = st.lists(st.builds(VirtualMfa, serial=names), max_size=2).map(tuple)
any_devices = st.lists(
    st.builds(MfaDevice, serial=names, kind=st.sampled_from(MfaKind)), max_size=2
).map(tuple)
passwords = st.none() | st.builds(Password, last_used=maybe_times, changed=times | gaps)
contacts = st.none() | st.builds(AlternateContact, name=names, email=names)
policies = st.none() | st.builds(
    PasswordPolicy,
    min_length=st.integers(6, 128),
    remembered=st.none() | st.integers(1, 24),
    max_age_days=st.none() | st.integers(1, 1095),
)
callers = st.builds(
    Caller,
    arn=st.sampled_from((ROOT.arn, ANA.arn, CALLER.arn)),
    user_id=st.just("AIDAEXAMPLE"),
)

# What each field that AWS gives may hold where it could be read.
FIELDS: dict[str, dict[str, SearchStrategy[Any]]] = {
    "Root": {
        "has_mfa": st.booleans(),
        "has_access_keys": st.booleans(),
        "has_password": st.booleans(),
        "has_certificates": st.booleans(),
        "virtual_mfa": devices,
        "access_keys": keys,
        "password_last_used": maybe_times,
    },
    "User": {
        "password": passwords,
        "mfa_active": st.booleans(),
        "access_keys": keys,
        "virtual_mfa": devices,
        "mfa_devices": any_devices,
        "certificates": st.just(()),
        "service_credentials": st.just(()),
        "identified_keys": st.just(()),
        "ssh_keys": st.just(()),
        "signing_certificates": st.just(()),
        "last_accessed": st.just(()),
    },
    "Account": {
        "caller": callers,
        "password_policy": policies,
        "contact": st.none() | st.builds(Contact, name=names),
        "security_contact": contacts,
        "billing_contact": contacts,
        "operations_contact": contacts,
        "alias": st.none() | names,
        "quotas": st.just(AccountQuotas(entries={"UsersQuota": 5000})),
        "properties": st.just(AccountProperties(entries={"RoleManager/Enabled": "true"})),
        "delegation_requests": st.just(()),
        "outbound_federation": st.builds(OutboundFederation, enabled=st.booleans()),
        "root_features": st.none() | st.just(NotToldHere(code="ServiceAccessNotEnabledException")),
        "regions": st.just((Region(name="us-east-1", status="ENABLED_BY_DEFAULT"),)),
        "signin_policy": st.none(),
        "console_authorization": st.none(),
        "support_permits": st.just(()),
        "received_handshakes": st.sampled_from([(), (FROM_STRANGERS,)]),
    },
}
PLAIN: dict[str, Root | User | Account] = {"Root": ROOT, "User": ANA, "Account": ACCOUNT}
