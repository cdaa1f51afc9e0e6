"""Resources and workload identities: what is told of each, what it costs, what a refusal leaves."""

import json
from collections import Counter
from datetime import datetime
from typing import Any

import msgspec
import pytest
from botocore.exceptions import EndpointConnectionError

from idkeep.collect import actions, collect, collectors
from idkeep.collect.resources.family import KINDS, plan
from idkeep.collect.resources.kind import Found
from idkeep.collect.resources.plan import Plan, estimate
from idkeep.model import Family, Gap, Snapshot
from idkeep.model.logging import PublicAccessBlock
from idkeep.model.resources import (
    AclGrant,
    AwsManaged,
    Bucket,
    CrossAccountReplica,
    GrantConstraints,
    KmsGrant,
    KmsKey,
    LogGroup,
    Queue,
    Resources,
    SharedResource,
    SharePrincipal,
    ShareSource,
)
from idkeep.model.workloads import (
    AccessScope,
    AgentDetails,
    AgentGateway,
    EntryDetails,
    JwtAuthorizer,
    PodIdentityDetails,
    RoleMapping,
    RoleRule,
    TokenVault,
)

from .a_stocked_account import (
    AWS_KEY,
    BARE,
    ELSEWHERE,
    FUNCTION,
    GATEWAY,
    KEY,
    LOG_GROUP,
    OTHER,
    ROLE,
    SECRET,
    SHARE,
    STOCKED,
    THEIR_KEY,
    THEIR_SHARE,
    policy,
    regions,
)
from .answers import ACCOUNT, CALLER, NOW, REGION, Answers, Error, ago, ask_of, aws_of

DENIED = Error("AccessDeniedException", "is not authorized to perform: anything")
OPERATIONS = sorted({one.partition("@")[0] for one in STOCKED} - {"account:ListRegions"})
# One of each list: where the other is refused, it stays.
OF_TWO_LISTS = {"credential_providers"}
BLOCKED = PublicAccessBlock(
    block_acls=True, ignore_acls=True, block_policy=True, restrict_buckets=True
)


class Read(msgspec.Struct):
    plan: Plan[Resources]
    resources: Resources
    documents: dict[str, str]
    answers: Answers
    before: int

    def sid(self, digest: object) -> str:
        assert isinstance(digest, str)
        sid: str = json.loads(self.documents[digest])["Statement"][0]["Sid"]
        return sid


def read(**changed: Any) -> Read:
    return read_of({**STOCKED, **{k.replace("__", ":"): v for k, v in changed.items()}})


def read_of(table: dict[str, Any]) -> Read:
    ask, answers = ask_of(table)
    made = plan(ask)
    before = len(answers.asked)
    return Read(made, made.read(), ask.documents, answers, before)


@pytest.fixture(scope="module")
def stocked() -> Read:
    return read()


def test_a_bucket_tells_what_changes_the_meaning_of_its_policy(stocked: Read) -> None:
    enforced, plain = stocked.resources.buckets
    assert stocked.resources.account_public_access_block == BLOCKED
    assert enforced.arn == "arn:aws:s3:::open"
    assert (enforced.account, enforced.region) == (ACCOUNT, REGION)
    assert stocked.sid(enforced.policy) == "bucket"
    assert enforced.public_access_block == BLOCKED
    assert (enforced.object_ownership, enforced.abac_status, enforced.acl) == (
        "BucketOwnerEnforced",
        "Enabled",
        None,
    )
    assert plain == Bucket(
        arn="arn:aws:s3:::plain",
        account=ACCOUNT,
        region=ELSEWHERE,
        policy=None,
        public_access_block=None,
        object_ownership=None,
        abac_status="Enabled",
        acl=(
            AclGrant(grantee="http://acs.amazonaws.com/groups/global/AllUsers", permission="READ"),
            AclGrant(grantee="0" * 64, permission="FULL_CONTROL"),
        ),
    )


def test_buckets_are_asked_where_they_are_and_as_this_accounts(stocked: Read) -> None:
    asked = {
        (params["Bucket"], region)
        for action, region, params in stocked.answers.asked
        if action == "s3:GetBucketPolicy" and params["ExpectedBucketOwner"] == ACCOUNT
    }
    assert asked == {("open", REGION), ("plain", ELSEWHERE)}
    # The ACL of a bucket whose ACLs are off says nothing.
    assert [one["Bucket"] for one in stocked.answers.params("s3:GetBucketAcl")] == ["plain"]


def test_an_access_point_without_a_policy_has_none(stocked: Read) -> None:
    [point] = stocked.resources.access_points
    assert (point.bucket, point.bucket_account, point.policy) == ("open", OTHER, None)
    assert point.public_access_block == BLOCKED


def test_a_key_has_its_policies_and_grants(stocked: Read) -> None:
    own, awss, theirs = stocked.resources.keys
    assert own.arn == KEY
    assert stocked.sid(own.policy) == "default"
    assert stocked.sid(own.ram_policy) == "AWS_RAM"
    assert own.grants == (
        KmsGrant(
            grant_id="g1",
            grantee_principal=ROLE,
            issuing_account=f"arn:aws:iam::{ACCOUNT}:root",
            operations=("Decrypt",),
            constraints=GrantConstraints(encryption_context_subset={"table": "orders"}),
        ),
        KmsGrant(
            grant_id="g2",
            grantee_service_principal="dynamodb.amazonaws.com",
            operations=("Decrypt",),
            constraints=GrantConstraints(
                source_arn="arn:aws:dynamodb:eu-west-1:111122223333:table/*"
            ),
        ),
    )
    assert (awss.arn, awss.policy, awss.grants) == (AWS_KEY, AwsManaged(), AwsManaged())
    assert (theirs.arn, theirs.account, theirs.policy) == (THEIR_KEY, OTHER, None)
    assert [one["KeyId"] for one in stocked.answers.params("kms:ListGrants")] == [KEY]


def test_a_grant_is_written_with_awss_names(stocked: Read) -> None:
    grants = stocked.resources.keys[0].grants
    assert isinstance(grants, tuple)
    told = msgspec.to_builtins(grants[0])
    assert told["GranteePrincipal"] == ROLE
    assert told["Constraints"]["EncryptionContextSubset"] == {"table": "orders"}


def test_a_key_that_no_share_has_costs_no_question_about_rams_policy() -> None:
    found = read(ram__ListResources={"resources": []})
    assert found.resources.keys[0].ram_policy is None
    assert [one.get("PolicyName") for one in found.answers.params("kms:GetKeyPolicy")] == [None]


def test_where_ram_does_not_tell_each_key_is_asked_for_its_policy() -> None:
    def key_policy(params: Any) -> Any:
        return Error("NotFoundException") if "PolicyName" in params else {"Policy": policy("own")}

    found = read(ram__ListResources=DENIED, kms__GetKeyPolicy=key_policy)
    assert found.resources.keys[0].ram_policy is None
    assert len(found.answers.params("kms:GetKeyPolicy")) == 2
    [share, _] = found.resources.shares
    assert isinstance(share.resources, Gap)


def test_queues_topics_tables_and_repositories_have_a_policy_or_none(stocked: Read) -> None:
    found = stocked.resources
    assert found.queues[0].arn == f"arn:aws:sqs:{REGION}:{ACCOUNT}:jobs"
    assert stocked.sid(found.queues[0].policy) == "queue"
    assert stocked.sid(found.topics[0].policy) == "topic"
    assert [one.arn.partition("/")[2] for one in found.tables] == ["orders", "people"]
    assert stocked.sid(found.tables[0].policy) == "table"
    assert found.tables[1].policy is None
    assert found.repositories[0].policy is None
    assert stocked.sid(found.registry_policies[0].policy) == "registry"
    assert stocked.sid(found.log_policies[0].policy) == "logs"
    assert found.log_groups[0].arn == LOG_GROUP
    assert stocked.sid(found.log_groups[0].policy) == "group"
    assert [bool(one.policy) for one in found.event_buses] == [False, True]


def test_an_empty_queue_attribute_answer_is_no_queue_without_policy() -> None:
    [queue] = read(sqs__GetQueueAttributes={"Attributes": {}}).resources.queues
    assert isinstance(queue.policy, Gap)


def test_a_function_has_its_whole_policy_and_that_of_each_alias_with_a_url(stocked: Read) -> None:
    [function] = stocked.resources.functions
    assert (function.arn, function.role) == (FUNCTION, ROLE)
    assert stocked.sid(function.policy) == FUNCTION
    assert isinstance(function.urls, tuple)
    assert [(one.auth_type, stocked.sid(one.policy)) for one in function.urls] == [
        ("AWS_IAM", FUNCTION),
        ("NONE", f"{FUNCTION}:live"),
    ]
    assert len(stocked.answers.params("lambda:GetResourcePolicy")) == 2


def test_a_secret_has_all_its_named_policies_and_who_gets_copies(stocked: Read) -> None:
    [secret] = stocked.resources.secrets
    assert isinstance(secret.policies, tuple)
    assert [(one.name, stocked.sid(one.policy)) for one in secret.policies] == [
        ("default", "default"),
        ("shared", "shared"),
    ]
    assert secret.owning_service == "rds"
    assert not isinstance(secret.replication, Gap)
    assert msgspec.to_builtins(secret.replication)["replicas"] == (
        msgspec.to_builtins((CrossAccountReplica(arn=SECRET.replace(ACCOUNT, OTHER), role=ROLE),))
    )


def test_a_rest_apis_policy_is_json_again(stocked: Read) -> None:
    [api] = stocked.resources.rest_apis
    assert stocked.sid(api.policy) == "api"
    assert (api.endpoint_types, api.vpc_endpoints) == (("PRIVATE",), ("vpce-1",))
    assert api.default_endpoint_off


def test_a_share_has_whom_and_what(stocked: Read) -> None:
    own, theirs = stocked.resources.shares
    assert (own.arn, own.allows_external, own.retained_on_leave) == (SHARE, True, True)
    assert own.principals == (
        SharePrincipal(id=OTHER, external=True),
        SharePrincipal(id="vpc-lattice.amazonaws.com"),
    )
    assert own.sources == (ShareSource(id=OTHER, type="aws:SourceAccount"),)
    assert own.resources == (SharedResource(arn=KEY, type="kms:Key"),)
    assert (theirs.arn, theirs.account, theirs.principals) == (THEIR_SHARE, OTHER, None)


def test_a_share_without_a_service_is_not_asked_for_whom_it_acts() -> None:
    whom = {"principals": [{"id": OTHER, "resourceShareArn": SHARE, "external": True}]}
    found = read(ram__ListPrincipals=whom)
    assert found.resources.shares[0].sources is None
    assert not found.answers.params("ram:ListSourceAssociations")


def test_roles_anywhere_is_told_by_its_listings(stocked: Read) -> None:
    found = stocked.resources
    [anchor], [profile], [crl] = found.trust_anchors, found.profiles, found.crls
    assert (anchor.source, anchor.checks_crl_points) == ("AWS_ACM_PCA", False)
    assert anchor.private_ca
    assert (profile.roles, profile.duration) == ((ROLE,), 3600)
    assert stocked.sid(profile.session_policy) == "session"
    assert crl.trust_anchor == anchor.arn


def test_a_cluster_has_whom_it_lets_in_and_its_pods_roles(stocked: Read) -> None:
    [cluster] = stocked.resources.clusters
    assert isinstance(cluster.entries, tuple)
    [entry] = cluster.entries
    assert msgspec.to_builtins(entry)["principal"] == ROLE
    assert not isinstance(entry, Gap)
    assert getattr(entry, "details") == EntryDetails(  # noqa: B009 -- a union by its tag
        kind="STANDARD", username=ROLE, groups=("ops",)
    )
    assert getattr(entry, "policies") == (  # noqa: B009 -- as above
        AccessScope(
            policy="arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
            type="namespace",
            namespaces=("web",),
        ),
    )
    assert isinstance(cluster.pod_identities, tuple)
    [pod] = cluster.pod_identities
    details = getattr(pod, "details")  # noqa: B009 -- as above
    assert isinstance(details, PodIdentityDetails)
    assert (details.target_role, details.session_tags_off) == (
        f"arn:aws:iam::{OTHER}:role/target",
        True,
    )
    assert stocked.sid(details.policy) == "pod"


def test_a_cluster_of_the_config_map_alone_is_not_asked_for_access_entries() -> None:
    found = read(
        eks__DescribeCluster={
            "cluster": {"roleArn": ROLE, "accessConfig": {"authenticationMode": "CONFIG_MAP"}}
        }
    )
    assert found.resources.clusters[0].entries is None
    assert not found.answers.params("eks:ListAccessEntries")


def test_an_identity_pool_tells_who_gets_which_role(stocked: Read) -> None:
    [pool] = stocked.resources.identity_pools
    details = msgspec.to_builtins(pool.details)
    assert details["unauthenticated"] is True
    assert list(details["login_providers"]) == ["accounts.google.com"]
    assert not isinstance(pool.roles, Gap)
    assert getattr(pool.roles, "mappings") == (  # noqa: B009 -- a union by its tag
        RoleMapping(
            provider="cognito-idp/users:c",
            type="Rules",
            otherwise="Deny",
            rules=(RoleRule(claim="isAdmin", match="Equals", value="yes", role=ROLE),),
        ),
    )


def test_an_activation_and_an_agent_are_told(stocked: Read) -> None:
    [activation] = stocked.resources.activations
    assert (activation.role, activation.limit, activation.registered) == ("work", 10, 2)
    assert (activation.expires, activation.expired) == (ago(1), True)
    [gateway] = stocked.resources.gateways
    assert gateway == AgentGateway(
        arn=GATEWAY,
        account=ACCOUNT,
        region=REGION,
        authorizer="CUSTOM_JWT",
        details=AgentDetails(
            role=ROLE,
            jwt=JwtAuthorizer(
                discovery_url="https://issuer.example/.well-known/openid-configuration",
                audiences=("tools",),
            ),
        ),
        policy=None,
    )
    [runtime] = stocked.resources.runtimes
    assert stocked.sid(runtime.policy) == "agent"
    assert stocked.resources.workload_identities[0].name == "agent"


def test_what_agents_are_given_for_services_elsewhere_is_told_with_its_vault(stocked: Read) -> None:
    found = stocked.resources.credential_providers
    assert [(one.name, one.kind, one.vendor) for one in found] == [
        ("github", "oauth2", "GithubOauth2"),
        ("crm", "api-key", ""),
    ]
    assert {one.vault for one in found} == {TokenVault(key_type="CustomerManagedKey", key=KEY)}
    asked = stocked.answers.params("bedrock-agentcore-control:GetTokenVault")
    assert asked == [{"tokenVaultId": "default"}] * 2


def test_nothing_that_could_be_a_secret_is_kept(stocked: Read) -> None:
    kept = msgspec.json.encode((stocked.resources, stocked.documents)).decode()
    for word in ("hunter2", "PASSWORD", "TOKEN", "not-kept", "someone"):
        assert word not in kept


def test_a_whole_answer_has_no_gap_and_survives_writing(stocked: Read) -> None:
    assert stocked.resources.unlisted == ()
    text = msgspec.json.encode(stocked.resources)
    assert b'"Gap"' not in text
    assert msgspec.json.decode(text, type=Resources) == stocked.resources


# Asked only where account:ListRegions is refused.
IN_NEED = "ec2:DescribeRegions"


def test_every_collector_of_the_family_is_used(stocked: Read) -> None:
    asked = set(stocked.answers.actions())
    declared = {f"{one.service}:{one.operation}" for one in collectors([Family.RESOURCES])}
    assert asked == declared - {IN_NEED}


def test_an_empty_account_costs_the_list_calls_alone() -> None:
    found = read_of(BARE)
    assert found.plan.calls == 0
    assert found.resources == Resources(account_public_access_block=None)
    # RAM is asked twice: what the account shares, and what is shared with it.
    assert Counter(found.answers.actions()) == Counter([*BARE, "ram:GetResourceShares"])
    assert len(found.answers.asked) - found.before == 1


def test_the_estimate_is_what_reading_costs_at_most(stocked: Read) -> None:
    spent = len(stocked.answers.asked) - stocked.before
    # What it can't know: the account's own block, a policy more, an alias more. What was spared:
    # an ACL, the policy and the grants of AWS's own key.
    assert spent == stocked.plan.calls + 3 - 3


def test_the_estimate_is_the_sum_over_what_was_listed() -> None:
    counts = {"buckets": 100, "keys": 0, "queues": 7, "event_buses": 50, "identity_pools": 3}
    found = [
        (kind, Found(tuple((REGION, n) for n in range(counts.get(kind.field, 0)))))
        for kind in KINDS
    ]
    assert estimate(found) == 100 * 5 + 7 * 1 + 50 * 0 + 3 * 2


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_refused_call_costs_what_it_tells_and_nothing_else(operation: str) -> None:
    refused = {k: DENIED if k.partition("@")[0] == operation else v for k, v in STOCKED.items()}
    found = read_of(refused)
    whole, left = read().resources, found.resources
    gaps = tuple(Snapshot.unread(_snapshot(left)))
    assert gaps
    words = {one.action for one in collectors([Family.RESOURCES]) if _is(one, operation)}
    assert {gap.action for gap in gaps} == words
    lists = {kind.model.__name__: kind.field for kind in KINDS}
    lost = {lists[one.kind] for one in left.unlisted}
    for kind in KINDS:
        if kind.field not in lost:
            assert len(getattr(left, kind.field)) == len(getattr(whole, kind.field)), kind.field
        else:
            halved = len(getattr(whole, kind.field)) - 1 if kind.field in OF_TWO_LISTS else 0
            assert len(getattr(left, kind.field)) == halved, kind.field


def _is(collector: Any, operation: str) -> bool:
    return f"{collector.service}:{collector.operation}" == operation


def _snapshot(resources: Resources) -> Any:
    return msgspec.defstruct("Holder", [("resources", Resources)], frozen=True)(resources)


def test_a_bucket_that_refuses_costs_that_bucket() -> None:
    table = {**STOCKED, f"s3:GetBucketPolicy@{ELSEWHERE}": Error("AccessDenied", "no")}
    one, other = read_of(table).resources.buckets
    assert isinstance(one.policy, str)
    assert other.policy == Gap("s3:GetBucketPolicy", "AccessDenied", "no", ELSEWHERE)


def test_a_bucket_whose_abac_status_is_not_told_says_so() -> None:
    found = read(s3__GetBucketAbac={"AbacStatus": {}})
    assert {one.abac_status for one in found.resources.buckets} == {""}


def test_a_region_that_refuses_costs_that_region() -> None:
    table = {
        **BARE,
        "account:ListRegions": regions(REGION, ELSEWHERE),
        "sqs:ListQueues": STOCKED["sqs:ListQueues"],
        "sqs:GetQueueAttributes": STOCKED["sqs:GetQueueAttributes"],
        f"sqs:ListQueues@{ELSEWHERE}": DENIED,
    }
    found = read_of(table).resources
    assert [one.region for one in found.queues] == [REGION]
    [gap] = found.missing(Queue)
    assert isinstance(gap, Gap)
    assert (gap.action, gap.region) == ("sqs:ListQueues", ELSEWHERE)
    assert found.missing(KmsKey) == ()


def test_what_came_before_a_list_broke_off_is_kept() -> None:
    found = read(
        dynamodb__ListTables=(
            {"TableNames": ["orders"], "LastEvaluatedTableName": "orders"},
            DENIED,
        )
    ).resources
    assert [one.arn.partition("/")[2] for one in found.tables] == ["orders"]
    assert [(one.kind, str(one.gap)) for one in found.unlisted] == [
        ("Table", f"dynamodb:ListTables in {REGION}: AccessDeniedException")
    ]


def test_an_odd_item_costs_itself() -> None:
    found = read(
        events__ListEventBuses={
            "EventBuses": [{"Name": "odd"}, {"Name": "good", "Arn": "arn:aws:events:::good"}]
        }
    ).resources
    assert [one.arn for one in found.event_buses] == ["arn:aws:events:::good"]
    [lost] = found.unlisted
    assert (lost.kind, getattr(lost.gap, "error", "")) == ("EventBus", "the answer lacks Arn")


def test_regions_that_are_not_told_leave_every_list_unknown() -> None:
    found = read_of({**STOCKED, "account:ListRegions": DENIED}).resources
    assert {one.kind for one in found.unlisted} == {kind.model.__name__ for kind in KINDS} - {
        "Bucket"
    }


def test_a_region_without_the_agents_service_is_no_gap_where_another_has_it() -> None:
    away = EndpointConnectionError(endpoint_url="https://agents.example")
    operations = [one for one in BARE if one.startswith("bedrock-agentcore")]
    table = {
        **BARE,
        "account:ListRegions": regions(REGION, ELSEWHERE),
        **{f"{one}@{ELSEWHERE}": lambda _: away for one in operations},
    }
    assert read_of(table).resources.unlisted == ()
    nowhere = {**BARE, "account:ListRegions": regions(ELSEWHERE)}
    silent = {**nowhere, **{f"{one}@{ELSEWHERE}": lambda _: away for one in operations}}
    lost = read_of(silent).resources.unlisted
    assert len(lost) == len(operations)


def test_more_calls_than_are_allowed_leave_the_family_unread() -> None:
    asked: list[tuple[Family, int]] = []

    def refuse(family: Family, calls: int) -> bool:
        asked.append((family, calls))
        return False

    identity = {"Account": ACCOUNT, "Arn": CALLER.arn, "UserId": CALLER.user_id}
    answers = Answers({**STOCKED, "sts:GetCallerIdentity": identity})
    found = collect(aws_of(answers), now=_now, families=[Family.RESOURCES], may_ask=refuse)
    [(family, calls)] = asked
    assert family is Family.RESOURCES
    assert isinstance(found.resources, Gap)
    assert found.resources in found.gaps
    assert str(calls) in found.resources.error
    assert "s3:GetBucketPolicy" not in answers.actions()


def test_a_scan_of_resources_alone_fills_their_field() -> None:
    identity = {"Account": ACCOUNT, "Arn": CALLER.arn, "UserId": CALLER.user_id}
    answers = Answers({**STOCKED, "sts:GetCallerIdentity": identity})
    found = collect(aws_of(answers), now=_now, families=[Family.RESOURCES])
    assert isinstance(found.resources, Resources)
    assert found.gaps == ()
    assert {one.action for one in found.calls} == set(actions([Family.RESOURCES])) - {IN_NEED}
    assert isinstance(found.resources.log_groups[0], LogGroup)
    assert found.resources.log_groups[0].policy in found.documents


def _now() -> datetime:
    return NOW
