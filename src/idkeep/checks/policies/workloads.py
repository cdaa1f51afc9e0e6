"""Checks on machines and clusters outside IAM that get its credentials."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.administrators import Rule, powers
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
from idkeep.checks.policies.samples import EVERYTHING, HEAD, role
from idkeep.checks.policies.words import listed
from idkeep.checks.samples import NOW, ago
from idkeep.model import Gap, NotApplicable, NotAsked, Problem, Severity, Unknown
from idkeep.model.resources import Resources
from idkeep.model.workloads import (
    AccessEntry,
    AccessScope,
    Activation,
    CertificateRevocationList,
    ClusterDetails,
    EksCluster,
    EntryDetails,
    RolesAnywhereProfile,
    TrustAnchor,
)

_OWN = {"account": "111122223333", "region": "us-east-1"}
_AT = "us-east-1:111122223333"

_ACTIVATION = Activation(
    id="11112222-3333-4444-5555-666677778888",
    role="machines",
    limit=50,
    registered=3,
    expires=NOW.replace(day=20),
    expired=False,
    **_OWN,
)


@check(
    Activation,
    severity=Severity.MEDIUM,
    controls=("workload-identities",),
    reads=("limit", "registered", "expires", "expired", "role"),
    remedy=Remedy(
        do="Delete it once the machines are in: `aws ssm delete-activation --activation-id "
        "ACTIVATION_ID`. Make the next one for as many machines as there are, and for a "
        "day.",
        may_stop="No further machine can register with it; those registered stay.",
    ),
    examples=(
        fails(_ACTIVATION, "lets 47 more machines in, with the role machines"),
        passes(replace(_ACTIVATION, registered=50)),
        passes(replace(_ACTIVATION, expired=True, expires=ago(1))),
        cannot_tell(
            replace(_ACTIVATION, limit=None), "ssm:DescribeActivations: no registration limit"
        ),
    ),
)
def activation_left_open(activation: Activation, estate: Estate) -> Iterator[Said]:
    """An activation of Systems Manager still lets machines register.

    Whoever has its code, which tends to stand in install scripts, gets credentials of the role:
    https://docs.aws.amazon.com/systems-manager/latest/userguide/hybrid-activation-managed-nodes.html
    """
    ended = activation.expires is not None and activation.expires <= estate.snapshot.taken
    if activation.expired or ended:
        return
    if activation.limit is None or activation.registered is None:
        yield Unknown("ssm:DescribeActivations: no registration limit")
        return
    left = activation.limit - activation.registered
    if left > 0:
        machines = "machine" if left == 1 else "machines"
        yield Problem(f"lets {left} more {machines} in, with the role {activation.role}")


_PROFILE = RolesAnywhereProfile(
    arn=f"arn:aws:rolesanywhere:{_AT}:profile/1",
    name="build",
    enabled=True,
    roles=(f"{HEAD}:role/deploy",),
    account="111122223333",
    region="us-east-1",
)
_DEPLOY = role("deploy", EVERYTHING, trusts={"Service": "rolesanywhere.amazonaws.com"})


@check(
    RolesAnywhereProfile,
    severity=Severity.HIGH,
    controls=("workload-identities", "least-privilege-administrators"),
    reads=("enabled", "roles", "session_policy", "managed_policies"),
    remedy=Remedy(
        do="Give the profile a session policy with what its machines do (`aws rolesanywhere "
        "update-profile --profile-id PROFILE_ID --session-policy file://policy.json`), "
        "or leave out the role.",
        may_stop="Machines that come in by the profile lose the rest at their next session.",
    ),
    examples=(
        fails(_PROFILE, "gives certificates the administrator deploy, whole", roles=(_DEPLOY,)),
        passes(_PROFILE, roles=(replace(_DEPLOY, inline_policies=()),)),
        passes(
            replace(_PROFILE, managed_policies=("arn:aws:iam::aws:policy/ReadOnlyAccess",)),
            roles=(_DEPLOY,),
        ),
        passes(replace(_PROFILE, enabled=False), roles=(_DEPLOY,)),
        cannot_tell(_PROFILE, f"{HEAD}:role/deploy is not in the snapshot"),
    ),
)
def profile_without_limits(profile: RolesAnywhereProfile, estate: Estate) -> Iterator[Said]:
    """Certificates of IAM Roles Anywhere get an administrator, with no session policy.

    A private key on a build machine is then a key to the account, and it does not expire with
    the session.
    """
    if not profile.enabled or profile.session_policy or profile.managed_policies:
        return
    engine = estate.engine
    for arn in profile.roles:
        if arn not in engine.holders:
            yield Unknown(f"{arn} is not in the snapshot")
        elif engine.holders[arn].unread:
            yield Unknown("; ".join(map(str, engine.holders[arn].unread)))
        elif powers(engine)[arn].rule is not Rule.NO:
            name = arn.rpartition("/")[2]
            yield Problem(f"gives certificates the administrator {name}, whole", at=arn)


_ANCHOR = TrustAnchor(
    arn=f"arn:aws:rolesanywhere:{_AT}:trust-anchor/1",
    name="plant",
    enabled=True,
    source="CERTIFICATE_BUNDLE",
    checks_crl_points=False,
    **_OWN,
)
_CRL = CertificateRevocationList(
    arn=f"arn:aws:rolesanywhere:{_AT}:crl/1",
    name="revoked",
    enabled=True,
    trust_anchor=_ANCHOR.arn,
    **_OWN,
)


@check(
    TrustAnchor,
    severity=Severity.MEDIUM,
    controls=("workload-identities",),
    reads=("enabled", "checks_crl_points"),
    remedy=Remedy(
        do="Import a revocation list and renew it before it ends: `aws rolesanywhere "
        "import-crl --name NAME --trust-anchor-arn ANCHOR_ARN --crl-data fileb://crl.pem "
        "--enabled`. Or let the anchor ask the certificates' CRL distribution points: "
        "`aws rolesanywhere update-trust-anchor --trust-anchor-id ANCHOR_ID "
        "--crl-dp-revocation-enabled`.",
        may_stop="Machines with a revoked certificate are turned away at their next session.",
    ),
    examples=(
        fails(_ANCHOR, "believes revoked certificates", resources=Resources()),
        passes(replace(_ANCHOR, checks_crl_points=True), resources=Resources()),
        passes(_ANCHOR, resources=Resources(crls=(_CRL,))),
        does_not_apply(replace(_ANCHOR, enabled=False), "is switched off"),
        cannot_tell(
            replace(_ANCHOR, checks_crl_points=None),
            "rolesanywhere:ListTrustAnchors: whether it asks CRL distribution points",
            resources=Resources(),
        ),
    ),
)
def anchor_without_revocation(anchor: TrustAnchor, estate: Estate) -> Iterator[Said]:
    """A trust anchor of Roles Anywhere takes certificates that were revoked.

    A stolen private key stays good until its certificate ends, whatever the authority says:
    https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html
    """
    if not anchor.enabled:
        yield NotApplicable("is switched off")
        return
    resources = known(estate.snapshot.resources)
    if any(one.enabled and one.trust_anchor == anchor.arn for one in resources.crls):
        return
    if anchor.checks_crl_points:
        return
    missing = resources.missing(CertificateRevocationList)
    for gap in missing:
        yield Unknown(str(gap))
    if anchor.checks_crl_points is None:
        yield Unknown("rolesanywhere:ListTrustAnchors: whether it asks CRL distribution points")
    elif not missing:
        yield Problem("believes revoked certificates")


_ADMIN_SCOPE = AccessScope(
    policy="arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", type="cluster"
)
_ENTRY = AccessEntry(
    principal=f"{HEAD}:user/ana",
    details=EntryDetails(kind="STANDARD"),
    policies=(_ADMIN_SCOPE,),
)
_CLUSTER = EksCluster(
    arn=f"arn:aws:eks:{_AT}:cluster/shop",
    details=ClusterDetails(role=f"{HEAD}:role/eks", authentication_mode="API"),
    entries=(_ENTRY,),
    pod_identities=(),
    **_OWN,
)


@check(
    EksCluster,
    severity=Severity.MEDIUM,
    controls=("least-privilege-administrators", "workload-identities"),
    reads=("details", "entries"),
    remedy=Remedy(
        do="Give the principal a narrower access policy or a namespace: `aws eks "
        "associate-access-policy --cluster-name CLUSTER --principal-arn ARN --policy-arn "
        "POLICY_ARN --access-scope type=namespace,namespaces=NAMESPACE`, then `aws eks "
        "disassociate-access-policy --cluster-name CLUSTER --principal-arn ARN "
        "--policy-arn POLICY_ARN`. Keep one role for emergencies.",
        may_stop="The principal can no longer change what lies outside its namespace; deployments "
        "of it that do fail.",
    ),
    examples=(
        fails(_CLUSTER, "makes user/ana an administrator of the cluster"),
        fails(
            replace(
                _CLUSTER,
                entries=(
                    replace(
                        _ENTRY,
                        policies=(),
                        details=EntryDetails(kind="STANDARD", groups=("system:masters",)),
                    ),
                ),
            ),
            "makes user/ana an administrator of the cluster",
        ),
        passes(replace(_CLUSTER, entries=(replace(_ENTRY, policies=()),))),
        cannot_tell(
            replace(_CLUSTER, entries=Gap("eks:ListAccessEntries", "AccessDeniedException")),
            "eks:ListAccessEntries: AccessDeniedException",
        ),
        cannot_tell(
            replace(
                _CLUSTER,
                entries=(),
                details=ClusterDetails(role="x", authentication_mode="API_AND_CONFIG_MAP"),
            ),
            "whom the cluster's config map lets in, which AWS does not tell",
        ),
    ),
)
def cluster_administrators(cluster: EksCluster, _: Estate) -> Iterator[Said]:
    """IAM principals are administrators of a whole EKS cluster.

    From there they read every secret in it and use the role of every pod:
    https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
    """
    details = known(cluster.details)
    for entry in known(cluster.entries) or ():
        if isinstance(entry, Gap | NotAsked):
            yield Unknown(str(entry))
            continue
        if _is_master(entry):
            name = entry.principal.rpartition(":")[2]
            yield Problem(f"makes {name} an administrator of the cluster", at=entry.principal)
        else:
            unread = [
                one for one in (entry.details, entry.policies) if isinstance(one, Gap | NotAsked)
            ]
            if unread:
                yield Unknown(listed([str(one) for one in unread]))
    if "CONFIG_MAP" in details.authentication_mode:
        yield Unknown("whom the cluster's config map lets in, which AWS does not tell")


def _is_master(entry: AccessEntry) -> bool:
    groups = entry.details.groups if isinstance(entry.details, EntryDetails) else ()
    scopes = entry.policies if isinstance(entry.policies, tuple) else ()
    return "system:masters" in groups or any(
        one.policy.endswith("/AmazonEKSClusterAdminPolicy") and one.type == "cluster"
        for one in scopes
    )


CHECKS = (
    activation_left_open,
    profile_without_limits,
    anchor_without_revocation,
    cluster_administrators,
)
