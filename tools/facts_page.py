"""docs/facts.md: every fact of a snapshot, which action gives it, and how far that was tried."""

from collections.abc import Iterator
from typing import Annotated, NamedTuple, get_args, get_origin, get_type_hints

from msgspec import Struct
from msgspec.structs import fields

from idkeep.collect import (
    alarms,
    center,
    collectors,
    credentials,
    last_accessed,
    organization,
    trails,
)
from idkeep.collect.resources import family as resources
from idkeep.collect.resources import others
from idkeep.collect.services import family as services
from idkeep.model import (
    Call,
    Family,
    Gap,
    NotAsked,
    NotToldHere,
    PermissionSetsOff,
    ReadBy,
    Snapshot,
    Unlisted,
)
from idkeep.model.logging import NotOffered, NotOwned
from idkeep.model.organization import NotEnabled
from idkeep.model.other_types import OTHER_TYPES
from idkeep.model.resources import AwsManaged
from idkeep.model.services import NotSubscribed

# Of these, answers of real accounts were recorded, and the collectors understand them
# (tests/collect/test_recorded_answers.py holds the list to the recordings).
MET = frozenset(
    {
        "accessanalyzer:ListAnalyzers",
        "accessanalyzer:ListFindings",
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetTrailStatus",
        "config:DescribeConfigRules",
        "config:DescribeConfigurationRecorderStatus",
        "config:DescribeConfigurationRecorders",
        "config:DescribeDeliveryChannels",
        "guardduty:GetAdministratorAccount",
        "guardduty:GetDetector",
        "guardduty:ListDetectors",
        "iam:GenerateServiceLastAccessedDetails",
        "iam:GetAccountPasswordPolicy",
        "iam:GetAccountSummary",
        "iam:GetCredentialReport",
        "iam:GetLoginProfile",
        "iam:GetOpenIDConnectProvider",
        "iam:GetSAMLProvider",
        "iam:GetServiceLastAccessedDetails",
        "iam:GetUser",
        "iam:ListAccessKeys",
        "iam:ListAccountAliases",
        "iam:ListMFADevices",
        "iam:ListOpenIDConnectProviders",
        "iam:ListRoles",
        "iam:ListSAMLProviders",
        "iam:ListSSHPublicKeys",
        "iam:ListServerCertificates",
        "iam:ListServiceSpecificCredentials",
        "iam:ListSigningCertificates",
        "iam:ListVirtualMFADevices",
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "kms:ListGrants",
        "kms:ListKeys",
        "lambda:ListFunctions",
        "logs:DescribeMetricFilters",
        "organizations:DescribeOrganization",
        "organizations:ListAccounts",
        "s3:GetBucketAcl",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPolicy",
        "s3:GetPublicAccessBlock",
        "secretsmanager:GetResourcePolicy",
        "secretsmanager:ListSecrets",
        "securityhub:DescribeHub",
        "shield:DescribeSubscription",
        "shield:ListProtections",
        "sns:GetTopicAttributes",
        "sqs:GetQueueAttributes",
        "support:DescribeTrustedAdvisorChecks",
    }
)
_COST = {
    Family.IDENTITY: """\
About thirty calls, in pages that grow with users and roles. A call for each user only where no
bulk call tells: one with MFA and no authenticator app, one younger than the credential report.""",
    Family.ORGANIZATION: organization.__doc__,
    Family.CENTER: center.__doc__,
    Family.LOGGING: f"{trails.__doc__}\n{alarms.__doc__}",
    Family.SERVICES: services.__doc__,
    Family.RESOURCES: resources.__doc__,
    Family.MORE_RESOURCES: others.__doc__,
    Family.CREDENTIALS: credentials.__doc__,
    Family.LAST_ACCESSED: last_accessed.__doc__,
}
_INTRO = """\
# The facts of a snapshot

What a scan reads, by family (`--facts`). Each row: a kind of thing in the model, its facts, and the
IAM action that gives them, which is also the permission that the scanner needs for them. Where the
action is refused, a gap stands in the place of these facts, and what rests on them is unknown.

**How far this was tried.** idkeep is built against its own local server, whose answers are held to
the AWS SDK's model of each service. Where ✓ stands, its reader also understands answers recorded
from real accounts. The others are written against the SDK's model, and have not met AWS yet.
"""
_OTHERS = """\
The second action tells `policies` and whether it answers `within_networks` alone, the first `type`,
`arn`, `account` and `region`. All are asked in every region, but for what lives in none. Nothing of
a type that another account shares is read. A resource without a policy is closed to outsiders, but
for file systems and VPC Lattice: whoever reaches these by their network may need none. Where the
family was not asked for, `idkeep can` answers as if these policies allowed nothing, and says so
beside an answer about one resource.

| type | a | its listing | its policy | |
|---|---|---|---|---|"""
_OTHERS_NOT_READ = """
*Resource policies that are not read*, each for a reason:

- Those that AWS RAM alone writes (rule groups of Network Firewall and WAF, rules of Route 53
  Resolver, images, parameters, contacts and incidents, core networks): the shares are read
  (`resources`).
- Those within a resource that is listed: tables of S3 Tables and consumers of Kinesis streams, on
  which answers are unknown; versions of Lambda layers, aliases of bots, streams of tables.
- Event buses of the second generation: AWS refuses a public policy there, and their protocol is one
  that idkeep's own server does not speak.
- Directory buckets, buckets on Outposts, multi-Region and Object Lambda access points, S3 Access
  Grants; Redshift's data shares; channels of MediaPackage; Entity Resolution; policies of X-Ray,
  which stand on nothing; serverless applications, whose policies are no documents.
- Policies of VPC endpoints and of Verified Access limit what passes, and let nobody in.
"""
_NOT_READ = """\
## What is not read

What AWS does not tell, or only at a cost that was not worth it. Where a condition asks for such a
fact, the answer stays open and says so ("if …").

- **Whether a primary e-mail address was verified.** No operation tells.
  `account:GetContactInformation` has the verification of the *phone*. The address itself comes
  with `organizations:ListAccounts`, to the management account and its deputies;
  `account:GetPrimaryEmail` tells no more, one member a call. Outside an organisation no operation
  tells the address.
- **Whether a primary e-mail address is about to change.** `account:GetPrimaryEmailUpdateStatus`
  tells the state of the last request, of members alone and one member a call: an organisation's
  scan would take one call more for each account, and say late what CloudTrail says at once
  (`StartPrimaryEmailUpdate`, `AcceptPrimaryEmailUpdate`).
- **Tags of policies that the tagging API does not list.** IAM tells a policy's tags one policy a
  call. The tagging API has all in one listing, and by AWS's pages leaves out what is not tagged;
  there are reports that it left out tagged things of IAM. So tags that it tells count, and what
  it does not list is not taken for untagged.
- **Tags of instance profiles, server certificates and MFA devices**, for the same reason: no bulk
  call of IAM has them.
- **How long a sign-in to Identity Center's portal lasts.** No operation tells; the session length
  of a permission set is read.
- **Devices of the root user but authenticator apps.** The account summary tells that there is
  one.
"""
# What stands in the place of facts is none itself.
_STATES = (
    Gap,
    NotAsked,
    NotEnabled,
    NotOffered,
    NotOwned,
    NotSubscribed,
    NotToldHere,
    PermissionSetsOff,
    AwsManaged,
    Unlisted,
    Call,
)


class Row(NamedTuple):
    family: Family
    kind: str
    action: str


def facts_page() -> str:
    """The whole of docs/facts.md."""
    return "\n".join(_lines()).rstrip() + "\n"


def _lines() -> Iterator[str]:
    yield _INTRO
    operations = {one.action: f"{one.service}:{one.operation}" for one in collectors(Family)}
    regional = {one.action for one in collectors(Family) if one.regional}
    rows = _rows()
    for family in Family:
        yield f"## `{family}`"
        yield ""
        yield from _cost(family)
        if family is Family.MORE_RESOURCES:
            yield from _others()
            continue
        yield "| of | facts | action | asked | |"
        yield "|---|---|---|---|---|"
        for row, names in rows.items():
            if row.family is family:
                facts = " ".join(f"`{name}`" for name in names)
                where = "in a region" if row.action in regional else "for the account"
                met = "✓" if operations.get(row.action) in MET else ""
                yield f"| {row.kind} | {facts} | `{row.action}` | {where} | {met} |"
        yield ""
    yield _NOT_READ


def _others() -> Iterator[str]:
    yield _OTHERS
    for one in OTHER_TYPES.values():
        where = "once" if one.anywhere else ""
        actions = f"`{one.list_action}` | `{one.read_action}`"
        yield f"| `{one.name}` | {one.words} | {actions} | {where} |"
    yield _OTHERS_NOT_READ


def _cost(family: Family) -> Iterator[str]:
    for line in (_COST[family] or "").strip().splitlines():
        if not line.startswith(("Source", "https://")):
            yield line.removesuffix(" Source:").rstrip()
    yield ""


def _rows() -> dict[Row, tuple[str, ...]]:
    """Names of facts by the kind they are of and the action that gives them, from the top down.

    What a field does not say itself it has from what holds it.
    """
    found: dict[Row, list[str]] = {}
    seen: set[tuple[type[Struct], str, Family]] = set()
    todo: list[tuple[type[Struct], str, Family]] = [(Snapshot, "", Family.IDENTITY)]
    while todo:
        kind, whole, held = todo.pop(0)
        whole = str(getattr(kind, "LISTED_BY", "")) or whole
        if (kind, whole, held) in seen:
            continue
        seen.add((kind, whole, held))
        hints = get_type_hints(kind, include_extras=True)
        for field in fields(kind):
            action = _marked(hints[field.name]) or whole
            unread = field.default
            family = unread.family if isinstance(unread, NotAsked) else held
            if action:
                found.setdefault(Row(family, kind.__name__, action), []).append(field.name)
            todo += [(one, action, family) for one in _kinds(hints[field.name])]
    return {row: tuple(names) for row, names in found.items()}


def _marked(hint: object) -> str:
    marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((one.action for one in marks if isinstance(one, ReadBy)), "")


def _kinds(hint: object) -> Iterator[type[Struct]]:
    """Those in a field's type that hold facts themselves."""
    if isinstance(hint, type) and get_origin(hint) is None:
        if issubclass(hint, Struct) and hint not in _STATES:
            yield hint
    elif get_origin(hint) is Annotated:
        yield from _kinds(get_args(hint)[0])
    else:
        for one in get_args(hint):
            yield from _kinds(one)


if __name__ == "__main__":
    print(facts_page())
