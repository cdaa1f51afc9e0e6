"""GetAccountSummary, the whole map.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
"""

from idkeep.demo.overlay.state import AccountState

# As a new account has them: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
QUOTAS = {
    "AccessKeysPerUserQuota": 2,
    "AssumeRolePolicySizeQuota": 2048,
    "AttachedPoliciesPerGroupQuota": 10,
    "AttachedPoliciesPerRoleQuota": 10,
    "AttachedPoliciesPerUserQuota": 10,
    "GroupPolicySizeQuota": 5120,
    "GroupsPerUserQuota": 10,
    "GroupsQuota": 300,
    "InstanceProfilesQuota": 1000,
    "PoliciesQuota": 1500,
    "PolicySizeQuota": 6144,
    "PolicyVersionsInUseQuota": 10000,
    "RolePolicySizeQuota": 10240,
    "RolesQuota": 1000,
    "ServerCertificatesQuota": 20,
    "SigningCertificatesPerUserQuota": 2,
    "UserPolicySizeQuota": 2048,
    "UsersQuota": 5000,
    "VersionsPerPolicyQuota": 5,
}


def summary(state: AccountState) -> dict[str, int]:
    """Counts of what is there, flags of the root user, and the quotas; a flag is 0 or 1."""
    iam, root = state.iam, state.root
    own = [policy for policy in iam.managed_policies.values() if ":iam::aws:" not in policy.arn]
    serials = {serial for user in iam.users.values() for serial in user.mfa_devices}
    in_use = len(serials) + len(root.devices)
    spare = sum(not device.enable_date for device in iam.virtual_mfa_devices.values())
    counts = {
        "AccountAccessKeysPresent": int(bool(root.keys)),
        "AccountMFAEnabled": int(root.mfa),
        "AccountPasswordPresent": int(root.password),
        "AccountSigningCertificatesPresent": int(bool(state.declared.root.certificates)),
        "GlobalEndpointTokenVersion": state.declared.account.token_version,
        "Groups": len(iam.groups),
        "InstanceProfiles": len(iam.instance_profiles),
        "MFADevices": in_use + spare,
        "MFADevicesInUse": in_use,
        "Policies": len(own),
        "PolicyVersionsInUse": sum(len(policy.versions) for policy in own),
        "Providers": len(iam.saml_providers) + len(iam.open_id_providers),
        "Roles": len(iam.roles),
        "ServerCertificates": len(iam.certificates),
        "Users": len(iam.users),
    }
    return counts | QUOTAS
