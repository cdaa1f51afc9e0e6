"""A check on policies that tell a network by what another network may have too."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.fitting import is_wild
from idkeep.access.networks import Document, Mistaken, documents, mistaken
from idkeep.checks.declare import Remedy, Said, cannot_tell, check, fails, passes
from idkeep.checks.edits import BY_KIND, NEW_VERSION, TRUST, WRITE_RCP, WRITE_SCP
from idkeep.checks.policies.resource_kinds import bucket
from idkeep.checks.policies.samples import user
from idkeep.checks.samples import ACCOUNT, ORGANIZATION, allow, deny, managed, text
from idkeep.model import (
    Account,
    Gap,
    ManagedPolicy,
    NotAsked,
    PolicyPlace,
    Problem,
    Role,
    Severity,
    Unknown,
    Unlisted,
)
from idkeep.model.facts import Family
from idkeep.model.organization import OrganizationPolicy, PolicyType
from idkeep.model.other_resources import MoreResources
from idkeep.model.resources import Resources

_VPC = {"StringEquals": {"aws:SourceVpc": "vpc-0a1b2c3d"}}
_NOT_VPC = {"StringNotEqualsIfExists": {"aws:SourceVpc": "vpc-0a1b2c3d"}}
_HERE = {"StringEquals": {"aws:SourceVpc": "vpc-0a1b2c3d", "aws:RequestedRegion": "eu-west-1"}}
_ARN = {"ArnEquals": {"aws:SourceVpcArn": "arn:aws:ec2:eu-west-1:*:vpc/vpc-0a1b2c3d"}}
_PRIVATE = {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/16"}}
_OURS = {**_PRIVATE, "StringEquals": {"aws:VpceAccount": "111122223333"}}
_REFUSED = Gap("s3:ListAllMyBuckets", "AccessDenied")
_VAULTS = Gap("backup:ListBackupVaults", "AccessDeniedException")
_PEOPLE = Gap("iam:GetAccountAuthorizationDetails", "AccessDenied")
_NOTHING = Resources()


def _bucket(*statements: dict[str, object]) -> Resources:
    return Resources(buckets=(bucket(text(*statements)),), account_public_access_block=None)


def _scp(*statements: dict[str, object]) -> PolicyType:
    policy = OrganizationPolicy(
        id="p-1", arn="arn:p-1", name="Network", document=text(*statements), targets=("r-root",)
    )
    return PolicyType(name="SERVICE_CONTROL_POLICY", status="ENABLED", policies=(policy,))


_MANAGES = replace(ORGANIZATION, management_account=ACCOUNT.id)


@check(
    Account,
    severity=Severity.LOW,
    controls=("data-perimeter",),
    reads=(),
    remedy=Remedy(
        do="Ask for `aws:SourceVpcArn` (with an ARN operator) in the place of `aws:SourceVpc`, or "
        "for `aws:VpceAccount` or `aws:VpceOrgID` besides, where the statement's services support "
        "the key; else add `aws:RequestedRegion` with the VPC's Region. A policy of IAM's: "
        f"{NEW_VERSION}; a role's own: {BY_KIND[Role]}, or its trust: {TRUST}; a bucket's: `aws "
        "s3api put-bucket-policy --bucket BUCKET --policy file://policy.json`; the "
        f"organisation's: {WRITE_SCP}, or {WRITE_RCP}.",
        may_stop="Requests to a service that does not send the new key no longer fit: AWS lists "
        "the services of each key. Those through an endpoint in another Region are refused.",
    ),
    examples=(
        fails(
            ACCOUNT,
            "policy of arn:aws:s3:::larkfield takes any VPC with the id vpc-0a1b2c3d, in "
            "whichever Region, for the one it means (s3:GetObject on arn:aws:s3:::larkfield/x)",
            resources=_bucket(
                allow("s3:GetObject", "arn:aws:s3:::larkfield/*", Principal="*", Condition=_VPC)
            ),
        ),
        fails(
            ACCOUNT,
            "inline policy own of user ana takes any VPC with an address of 10.0.0.0/16 for the "
            "one it means (sqs:SendMessage on *)",
            users=(user("ana", allow("sqs:SendMessage", Condition=_PRIVATE)),),
            resources=_NOTHING,
        ),
        fails(
            ACCOUNT,
            "policy Perimeter takes any VPC with the id vpc-0a1b2c3d, in whichever Region, for the "
            "one it means",
            policies=(managed("Perimeter", deny("*", Condition=_NOT_VPC)),),
            resources=_NOTHING,
        ),
        fails(
            ACCOUNT,
            "SCP Network takes any VPC with the id vpc-0a1b2c3d, in whichever Region, for the one "
            "it means",
            organization=replace(_MANAGES, policy_types=(_scp(deny("*", Condition=_NOT_VPC)),)),
            resources=_NOTHING,
        ),
        passes(
            ACCOUNT,
            policies=(
                managed("Here", allow("s3:GetObject", Condition=_HERE)),
                managed("ByArn", allow("s3:GetObject", Condition=_ARN)),
                managed("Ours", allow("s3:GetObject", Condition=_OURS)),
            ),
            resources=_NOTHING,
        ),
        passes(ACCOUNT, resources=_bucket(allow("s3:GetObject", Principal="*"))),
        cannot_tell(
            ACCOUNT,
            "not read: --facts resources",
            resources=NotAsked(Family.RESOURCES),
        ),
        cannot_tell(
            ACCOUNT, str(_REFUSED), resources=replace(_bucket(), buckets=(bucket(_REFUSED),))
        ),
        cannot_tell(ACCOUNT, str(_VAULTS), resources=_NOTHING, more_resources=_VAULTS),
        cannot_tell(
            ACCOUNT,
            str(_VAULTS),
            resources=_NOTHING,
            more_resources=MoreResources(unlisted=(Unlisted("OtherResource", _VAULTS),)),
        ),
        cannot_tell(
            ACCOUNT,
            f"{ManagedPolicy.LISTED_BY}: the text in force of policy Lost is not in the snapshot",
            policies=(replace(managed("Lost"), versions=()),),
            resources=_NOTHING,
        ),
        cannot_tell(
            ACCOUNT, str(_PEOPLE), unlisted=(Unlisted("User", _PEOPLE),), resources=_NOTHING
        ),
    ),
)
def network_told_by_less_than_it_takes(_: Account, estate: Estate) -> Iterator[Said]:
    """A policy takes another network for the one it means: it asks for a VPC's id or address alone.

    AWS gives a VPC's id once in a Region, so another Region may have it too; the same private
    addresses are in anybody's VPC, whoever has a stolen key among them. Whether a policy lets in a
    stranger's VPC with that id or address, and no other, is proven over all its requests:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourcevpc
    """
    engine = estate.engine
    gaps: dict[str, None] = {}
    for one in documents(engine):
        if not isinstance(one, Document):
            gaps.setdefault(str(one))
            continue
        for found in mistaken(engine, one.policy):
            if found.why_unknown:
                yield Unknown(f"{one.name}: {found.why_unknown}")
            else:
                yield _problem(one, found)
    yield from map(Unknown, gaps)


def _problem(one: Document, found: Mistaken) -> Problem:
    value, is_id = found.value, found.key == "aws:sourcevpc"
    is_chosen = not is_id or is_wild(value)
    which = f"an id like {value}" if is_chosen else f"the id {value}, in whichever Region,"
    which = which if is_id else f"an address of {value}"
    what = f" ({found.what})" if found.what else ""
    read = one.policy
    at = read.position(found.statement)
    place = PolicyPlace(
        policy=one.name,
        arn=one.arn,
        digest=one.digest,
        statement=found.statement,
        sid=read.statements[found.statement].sid,
        line=at.line,
        column=at.column,
    )
    return Problem(
        f"{one.name} takes any VPC with {which} for the one it means{what}",
        at=f"{one.arn} {one.name} {value}",
        severity=Severity.MEDIUM if is_chosen else None,
        because="whoever makes a VPC gets one that fits" if is_chosen else "",
        statements=(place,),
    )


CHECKS = (network_told_by_less_than_it_takes,)
