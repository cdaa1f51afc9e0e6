"""What speaks of an ARN that a request names: policies on it, around it, and keys it carries."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access.documents import Documents
from idkeep.access.principal_keys import organization_keys
from idkeep.access.targets import Site, Sites, not_scanned
from idkeep.access.whereabouts import kind_of, owner_of, parsed, standing_arn, type_of
from idkeep.model import (
    Arn,
    Gap,
    NotAsked,
    OidcDetails,
    OidcProvider,
    PolicyTags,
    SamlDetails,
    SamlProvider,
    Snapshot,
    Unread,
)
from idkeep.model.facts import Family
from idkeep.model.other_resources import MoreResources, OtherResource
from idkeep.model.resources import Bucket, LogPolicy, RegistryPolicy
from idkeep.policy.context import Given

_NAMED_TAG = re.compile(r'(?:aws|iam):resourcetag/([^"}\s,]+)', re.IGNORECASE)
_POLICIES_OF_A_REGION: dict[str, type[LogPolicy | RegistryPolicy]] = {
    "logs": LogPolicy,
    "ecr": RegistryPolicy,
}

# Services whose resources may have policies that no scan reads. Source:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
_UNREAD_SERVICES = frozenset(
    {
        "entityresolution",
        "mediapackagev2",
        "redshift",
        "redshift-serverless",
        "s3-outposts",
        "s3express",
        "serverlessrepo",
    }
)


class Surroundings:
    """Makes the site of any ARN; `sites` are those of the snapshot's own resources."""

    def __init__(
        self, snapshot: Snapshot, make: Sites, sites: dict[str, Site], documents: Documents
    ) -> None:
        self._snapshot = snapshot
        self._make = make
        self._sites = sites
        self._tagged = dict(_tagged(snapshot))
        texts = documents.texts()
        self._tags = {name.lower(): name for one in texts for name in _NAMED_TAG.findall(one)}
        # A name written with escapes is not found as text; then no tag is told as absent.
        self._plain = not any("\\u" in one for one in texts)

    def site(self, resource: str) -> Site:
        arn = parsed(resource)
        if arn is None:
            return replace(self._make.bare(resource, "", ()), rcps=())
        # An API's policy is about who may call it, not about who may manage it.
        standing = "" if arn.service == "apigateway" else standing_arn(arn)
        found = self._sites.get(standing) or self._unlisted(arn)
        other = type_of(arn)
        if (
            other
            and other.has_own(arn)
            and isinstance(self._snapshot.more_resources, MoreResources)
        ):
            found = replace(found, unread=(*found.unread, _own_unread(arn)))
        found = self._with_policies_of_region(found, arn)
        return replace(found, keys=self._keys(arn, found))

    def notes(self, resource: str, site: Site) -> tuple[str, ...]:
        """What an answer takes for granted about a resource."""
        arn = parsed(resource)
        if arn is None or site.resource is not None or site.unread:
            return ()
        kind = kind_of(arn)
        unasked = isinstance(self._snapshot.more_resources, NotAsked)
        if kind is OtherResource and unasked:
            return (f"a policy on {resource} itself is not read: --facts {Family.MORE_RESOURCES}",)
        if kind is None:
            read = arn.service not in _UNREAD_SERVICES
            return () if read else (f"a policy on {resource} itself is not read",)
        return (f"{resource} is not in the snapshot",)

    def _unlisted(self, arn: Arn) -> Site:
        """Of an ARN that is no resource of the snapshot, or whose policies nobody asked for."""
        owner, kind = owner_of(arn), kind_of(arn)
        account = self._snapshot.account.id
        unread: tuple[Unread, ...] = ()
        if owner not in ("", account):
            unread = (not_scanned(owner),)
        elif kind is OtherResource:
            unread = self._missing(arn)
        elif kind is not None:
            unread = self._snapshot.missing(kind)
            if not unread and kind is Bucket:
                whose = f"{arn.resource.partition('/')[0]} is no bucket of the account"
                unread = (Gap("s3:GetBucketPolicy", whose, elsewhere=True),)
            if not unread and self._part_of_known(arn):
                unread = (_own_unread(arn),)
        bare = self._make.bare(str(arn), owner, ())
        unknown = kind is Bucket and not self._snapshot.missing(Bucket)
        return replace(bare, unread=unread, owner_unknown=unknown)

    def _missing(self, arn: Arn) -> tuple[Unread, ...]:
        """Why one may be missing; where the family was not asked for, `notes` tells."""
        others, kind = self._snapshot.more_resources, type_of(arn)
        if isinstance(others, MoreResources) and kind is not None:
            return others.missing(kind)
        return (others,) if isinstance(others, Gap) else ()

    def _part_of_known(self, arn: Arn) -> bool:
        """A function's version or alias, a table's stream: it has policies of its own."""
        text = str(arn)
        return any(text.startswith(f"{one}{sign}") for one in self._parents(text) for sign in ":/")

    def _parents(self, text: str) -> list[str]:
        cut = max(text.rfind(":"), text.rfind("/stream/"))
        return [text[:cut]] if text[:cut] in self._sites else []

    def _with_policies_of_region(self, site: Site, arn: Arn) -> Site:
        """With the policies that name resources of a region instead of standing on one.

        Sources: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
        and https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions.html
        """
        kind = _POLICIES_OF_A_REGION.get(arn.service)
        if kind is None or arn.account != self._snapshot.account.id:
            return site
        policies = (one for one in self._snapshot.of(kind) if one.region == arn.region)
        more = [self._make.site(one) for one in policies]
        missing = tuple(
            gap
            for gap in self._snapshot.missing(kind)
            if isinstance(gap, NotAsked) or gap.region in ("", arn.region)
        )
        several = (site, *more)
        found = tuple(policy for one in several for policy in one.target.policies or ())
        unread = (gap for one in several for gap in one.unread)
        return replace(
            site,
            target=replace(site.target, policies=found or None),
            policies=tuple(policy for one in several for policy in one.policies),
            unread=tuple(dict.fromkeys((*unread, *missing))),
        )

    def _keys(self, arn: Arn, site: Site) -> dict[str, Given]:
        account = self._snapshot.account.id
        owner = owner_of(arn) or site.target.account
        if not owner and not site.owner_unknown and not arn.account:
            owner = account
        keys = organization_keys(self._snapshot, owner, "aws:Resource") if owner else {}
        if (tags := self._tagged.get(str(arn))) is not None:
            keys |= self._tags_of(tags)
        return keys

    def _tags_of(self, tags: dict[str, str]) -> dict[str, Given]:
        """Those it has, and as absent those that policies name and it lacks."""
        has = {name.lower() for name in tags}
        lacks = (name for low, name in self._tags.items() if self._plain and low not in has)
        values: dict[str, Given] = {**dict.fromkeys(lacks, ()), **tags}
        return {
            f"{head}:ResourceTag/{name}": value
            for name, value in values.items()
            for head in ("aws", "iam")
        }


def _own_unread(arn: Arn) -> Gap:
    return Gap("", f"the policy of {arn} itself is not read", elsewhere=True)


def _tagged(snapshot: Snapshot) -> Iterator[tuple[str, dict[str, str]]]:
    """What IAM has of which all tags were read, by ARN."""
    yield from ((user.arn, user.tags) for user in snapshot.users)
    yield from ((role.arn, role.tags) for role in snapshot.roles)
    for policy in snapshot.policies:
        if isinstance(policy.tags, PolicyTags):
            yield policy.arn, policy.tags.entries
    for oidc in snapshot.of(OidcProvider):
        if isinstance(oidc.details, OidcDetails):
            yield oidc.arn, oidc.details.tags
    for saml in snapshot.of(SamlProvider):
        if isinstance(saml.details, SamlDetails):
            yield saml.arn, saml.details.tags
