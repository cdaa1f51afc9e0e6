"""What the text in each field of the model is, for those who may not see names."""

from collections.abc import Iterator
from enum import StrEnum


class Text(StrEnum):
    """What becomes of a field's text where names are exchanged for pseudonyms."""

    NAME = "name"  # names somebody or something: exchanged
    WORD = "word"  # AWS's or idkeep's own: stays
    PHRASE = "phrase"  # stays, unless one of the account's own names is in it
    REFUSAL = "refusal"  # AWS's sentence of a refusal: its words stay, the rest is exchanged
    TAGS = "tags"  # keys as PHRASE, values as NAME
    EVENT = "event"  # a word of CloudTrail's events stays, the rest is exchanged
    FILTER = "filter"  # a filter pattern, whose values are such words
    RULE = "rule"  # an event pattern, whose values are such words


# A decision for every field of the model that holds text; a test demands it. One that is not here
# is exchanged, so that a new field gives nothing away.
_FIELDS = {
    Text.NAME: """
        AccessEntry: principal
        AccessPoint: account arn bucket bucket_account data_source policy
        AccessScope: namespaces
        Account: alias id signin_policy
        AccountAccess: arn
        AccountAccessDetails: instance
        AccountAssignment: account permission_set principal
        AccountCompliance: account
        AclGrant: grantee
        Activation: account id role
        AdvancedEventSelector: name
        AgentDetails: role workload_identity
        AgentGateway: account arn policy
        AgentRuntime: account arn policy
        AlarmTopic: arn
        AlternateContact: email name phone title
        Aggregator: name
        AnalyzedResources: accounts arns
        Analyzer: arn excluded_accounts name
        ApplicationAssignment: principal
        ApplicationScope: targets
        ApprovalSource: arn center
        ApprovalTeam: arn name
        Approver: id identity source
        AttachedPolicy: arn name
        Bucket: account arn policy
        BucketAccess: access_log policy
        Caller: arn user_id
        CenterApplication: account arn name
        CenterEncryption: key
        CenterGroup: created_by id issuers members name
        CenterInstance: arn identity_store name owner
        CenterNetwork: excluded_applications ips vpcs
        CenterUser: created_by display_name email id issuers name roles updated_by
        CertificateRevocationList: account arn name trust_anchor
        ClusterDetails: issuer role
        CompositeAlarm: actions arn name rule suppressor
        Config: packs
        ConfigRule: name
        Contact: company name phone
        CredentialProvider: account arn name
        CrossAccountReplica: arn role
        DataResources: values
        DelegatedAdministrator: account
        DelegationRequest: approver id permissions requestor requestor_name template
        DeliveryChannel: bucket name topic
        Detector: administrator id
        DetectorFinding: access_key account id principal resource title
        EffectivePolicy: document
        EksCluster: account arn
        Entitlement: account id principal role
        EntryDetails: groups username
        EventBus: account arn policy
        EventDataStore: arn name
        EventRule: arn bus name
        ExternalFinding: account condition id principal resource
        FailedProvisioning: account id permission_set
        FirewallManager: administrator
        FirewallPolicy: id name
        FunctionUrl: function policy
        GrantConstraints: source_arn
        Group: arn id name
        Handshake: arn id
        HandshakePart: value
        IdentifiedKey: id
        IdentityPool: account arn name
        IdentityStore: arn
        InlinePolicy: document name
        InstanceProfile: arn id name roles
        InvalidEffectivePolicy: account
        JwtAuthorizer: audiences clients discovery_url scopes
        KmsGrant: grant_id grantee_principal issuing_account retiring_principal
        KmsKey: account arn policy ram_policy
        LambdaFunction: account arn policy role
        LogAlarm: actions arn log_groups name
        LogGroup: account arn kms_key policy
        LogPolicy: account name policy
        ManagedPolicy: arn id name
        Member: account detector
        MemberAccount: arn email id name path
        Metric: dimensions name namespace
        MetricAlarm: actions arn name
        MetricFilter: name
        MfaDevice: serial
        NotOwned: account
        OidcDetails: client_ids thumbprints url
        OidcProvider: arn
        Organization: arn concerns id management_account management_email resource_policy
        OtherResource: account arn
        OrganizationPolicy: arn description document id name targets
        OrganizationRoot: arn id name
        OrganizationalUnit: arn id name path
        OutboundFederation: issuer
        PermissionSet: arn inline_policy outdated provisioned
        PermissionSetBoundary: managed
        PermissionSetDetails: description name relay_state
        PodIdentity: arn namespace owner service_account
        PodIdentityDetails: policy role target_role
        PolicyError: policies
        PolicyReference: name path
        PolicyVersion: document
        PoolDetails: developer_provider login_providers oidc_providers saml_providers user_pools
        PoolRoles: authenticated unauthenticated
        Protection: id name resource
        Queue: account arn policy
        Recommendation: arn
        Recorder: name role
        RegistryPolicy: account policy
        Repository: account arn policy
        ResourceShare: account arn
        ResponseTeamAccess: buckets role
        RestApi: account arn policy vpc_endpoints
        Role: arn boundary id instance_profiles name trust
        RoleMapping: provider
        RoleRule: role value
        RoleTemplate: arn
        RolesAnywhereProfile: account arn managed_policies name roles session_policy
        Root: arn
        RootFeatures: organization
        RuleTarget: arn id
        SamlDetails: metadata
        SamlProvider: arn
        Secret: account arn
        SetPolicy: arn document
        SecretPolicy: policy
        SecretReplication: primary
        SecurityHubCspm: administrator arn
        SecurityHubV2: arn
        ServerCertificate: arn id name
        ServiceCredential: alias id
        SharePrincipal: id
        ShareSource: id
        SharedResource: arn
        SigningCertificate: id
        Snapshot: documents
        SshKey: id
        StandingPolicy: policy
        StoreNetwork: ips scim_ips vpcs
        Subscriptions: confirmed
        SupportPermit: arn name resources
        Table: account arn policy
        Topic: account arn policy
        ToldElsewhere: account
        Trail: arn bucket kms_key log_group log_role name prefix topic
        TeamDetails: policies
        TokenVault: key
        TrailBucket: name
        TrailLogGroup: arn
        TrustAnchor: account arn name private_ca
        TrustedTokenIssuer: arn name
        TrustedTokenIssuerDetails: attribute claim url
        User: arn boundary groups id name
        VirtualMfa: serial
        WorkloadIdentity: account arn name
    """,
    Text.WORD: """
        AccessKey: last_used_region last_used_service
        AccessPoint: network_origin region
        AccessScope: type
        Account: partition
        AccountAccess: region
        AccountAccessDetails: status
        AccountAssignment: principal_type
        AccountProperties: entries
        CenterApplication: provider
        AccountQuotas: entries
        ApplicationAssignment: principal_type
        ApplicationScope: name
        ApprovalSource: reason status type
        ApprovalTeam: reason status
        Approver: mfa out_of_step status
        AclGrant: permission
        Activation: region
        AgentGateway: authorizer region
        AgentRuntime: region
        Aggregator: regions
        AnalyzedResources: types
        Analyzer: managed_by status status_reason type
        AnalyzerStatistics: by_kind
        Bucket: abac_status object_ownership region
        BucketVersioning: status
        Call: action
        CenterApplication: background_sessions status
        CenterEncryption: key_type status
        CenterInstance: region status
        CenterRegion: name status
        CenterUser: status
        CertificateRevocationList: region
        ClusterDetails: authentication_mode
        ConfigRule: owner state
        ConsoleAuthorization: scope
        Contact: verification
        CredentialProvider: kind region vendor
        DataResources: type
        DelegatedService: principal
        DelegationRequest: state
        DetectorDetails: frequency
        DetectorFeature: managed_by name
        DetectorFinding: principal_type type
        DetectorOrganization: auto_enable features
        EksCluster: region
        Entitlement: principal_type
        EntryDetails: kind
        EventBus: managed_by region
        EventDataStore: status
        EventRule: managed_by state
        EventSelector: excluded_sources read_write
        ExternalFinding: actions error rcp resource_type
        FieldSelector: field
        FirewallManager: role_status
        FirewallPolicy: status type
        FunctionUrl: auth_type
        Gap: action region
        Handshake: action state
        HandshakePart: type
        HubOrganization: auto_standards configuration status
        IdentifiedKey: last_used_region last_used_service status
        IdentityPool: region
        InsightSelector: categories type
        KeyDetails: manager state
        KmsGrant: grantee_service_principal operations retiring_service_principal
        KmsKey: region
        LambdaFunction: region
        LogGroup: data_protection region
        LogPolicy: region
        ManagedPolicy: default_version
        Member: status
        MetadataDefaults: enforced managed_by tokens
        MemberAccount: joined_method state
        MetricAlarm: comparison missing_data statistic
        NotOffered: code
        NotSubscribed: code
        NotToldHere: code
        Organization: feature_set
        OtherResource: region type
        OwnEffectivePolicy: type
        PolicyError: code
        PolicyType: name status
        PolicyVersion: id
        Queue: region
        Recommendation: lifecycle pillars services source status type
        Recorder: scope service
        RecorderStatus: last
        RecordingGroup: excluded strategy types
        Region: name status
        RegionAlarms: region
        RegionPermits: region
        RegionPolicies: region
        RegionRules: region
        RegionServices: region
        RegionStores: region
        RegistryPolicy: region
        Repository: region
        ResourceShare: region status
        RestApi: endpoint_types region
        Role: last_used_region
        RoleMapping: otherwise type
        RoleRule: match
        RolesAnywhereProfile: region
        RootFeatures: enabled
        SamlDetails: encryption
        Secret: owning_service region
        SecurityHubCspm: finding_generator
        SecurityHubV2: features
        ServiceAccess: region service
        ServiceCredential: service status
        SeverityCounts: counts
        ShareSource: status type
        SharedResource: type
        Shield: auto_renew proactive_engagement
        SigningCertificate: status
        Snapshot: region
        SshKey: status
        Standard: reason status
        SupportPermit: actions status
        Table: region
        TokenVault: key_type
        Topic: region
        ToldElsewhere: action by
        Trail: home
        TrustAnchor: region source
        TrustedAccess: principal
        TrustedTokenIssuer: type
        Unlisted: kind
        WorkloadIdentity: region
    """,
    Text.PHRASE: """
        AccessAttribute: key sources
        AccessScope: policy
        ConfigRule: source
        Gap: error
        JwtAuthorizer: claims
        LogAlarm: query
        MetricFilter: criteria value
        PolicyError: at
        Recommendation: check name
        Recorder: provider
        RecorderStatus: error
        RoleRule: claim
        SecretPolicy: name
        Standard: arn provider
        StandingPolicy: name
        TrailStatus: delivery_error digest_delivery_error logs_delivery_error
    """,
    Text.EVENT: """
        FieldSelector: ends_with equals not_ends_with not_equals not_starts_with starts_with
    """,
    Text.FILTER: """
        MetricFilter: pattern
    """,
    Text.RULE: """
        EventRule: pattern
    """,
    Text.REFUSAL: """
        FailedProvisioning: reason
        Gap: detail
        PolicyError: message
    """,
    Text.TAGS: """
        Analyzer: excluded_tags
        GrantConstraints: encryption_context_equals encryption_context_subset
        OidcDetails: tags
        OrganizationTags: entries
        PolicyTags: entries
        Role: tags
        SamlDetails: tags
        User: tags
    """,
}


def _decisions() -> Iterator[tuple[str, Text]]:
    """As `User.name`."""
    for text, lines in _FIELDS.items():
        kind = ""
        for word in lines.split():
            if word.endswith(":"):
                kind = word[:-1]
            else:
                yield f"{kind}.{word}", text


DECISIONS = dict(_decisions())
