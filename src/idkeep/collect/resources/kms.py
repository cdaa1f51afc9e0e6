"""KMS: keys, their policies, their grants.

The policies and grants of AWS managed keys are not read: AWS wrote them and nobody in the account
can change them. AWS RAM's policy is asked for where a share has the key, as its listing says.
Source: https://docs.aws.amazon.com/kms/latest/APIReference/API_Operations.html
"""

from collections.abc import Collection
from dataclasses import dataclass

from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.resources.kind import AnyKind, Found, Kind, Place, in_regions, kept
from idkeep.collect.resources.ram import OWN, RESOURCES
from idkeep.model import Arn, Gap
from idkeep.model.resources import AwsManaged, GrantConstraints, KeyDetails, KmsGrant, KmsKey

_RAM_POLICY = "AWS_RAM"
_AWS = "AWS"


def _keys(pages: Pages) -> tuple[str, ...]:
    return tuple(one["KeyArn"] for page in pages for one in page["Keys"])


KEYS = Collector(
    service="kms",
    operation="ListKeys",
    params={"ResourceOwners": ["SELF", "OTHER_ACCOUNTS_VIA_RAM"], "Limit": 1000},
    build=_keys,
    regional=True,
)


def _details(pages: Pages) -> KeyDetails:
    [answer] = pages
    told: Answer = answer["KeyMetadata"]
    return KeyDetails(
        manager=told["KeyManager"],
        state=told["KeyState"],
        multi_region=told.get("MultiRegion", False),
    )


KEY = Collector(service="kms", operation="DescribeKey", build=_details, regional=True)


def _policy(pages: Pages) -> str:
    [answer] = pages
    policy: str = answer["Policy"]
    return policy


KEY_POLICY = Collector(service="kms", operation="GetKeyPolicy", build=_policy, regional=True)
# Where a key has no policy of that name, GetKeyPolicy answers with NotFoundException.
SHARED_KEY_POLICY = Collector(
    service="kms",
    operation="GetKeyPolicy",
    params={"PolicyName": _RAM_POLICY},
    build=_policy,
    absent=frozenset({"NotFoundException"}),
    regional=True,
)


def _grants(pages: Pages) -> tuple[KmsGrant, ...]:
    return tuple(_grant(one) for page in pages for one in page["Grants"])


def _grant(told: Answer) -> KmsGrant:
    constraints: Answer = told.get("Constraints") or {}
    return KmsGrant(
        grant_id=told["GrantId"],
        grantee_principal=told.get("GranteePrincipal", ""),
        grantee_service_principal=told.get("GranteeServicePrincipal", ""),
        retiring_principal=told.get("RetiringPrincipal", ""),
        retiring_service_principal=told.get("RetiringServicePrincipal", ""),
        issuing_account=told.get("IssuingAccount", ""),
        operations=tuple(told["Operations"]),
        constraints=GrantConstraints(
            encryption_context_subset=constraints.get("EncryptionContextSubset"),
            encryption_context_equals=constraints.get("EncryptionContextEquals"),
            source_arn=constraints.get("SourceArn", ""),
        ),
    )


GRANTS = Collector(
    service="kms", operation="ListGrants", params={"Limit": 100}, build=_grants, regional=True
)

COLLECTORS: tuple[AnyCollector, ...] = (
    KEYS,
    KEY,
    KEY_POLICY,
    SHARED_KEY_POLICY,
    GRANTS,
)


@dataclass(frozen=True, slots=True)
class _Listed:
    """`shared` is whether AWS RAM may have written a policy for it."""

    arn: str
    own: bool
    shared: bool

    @property
    def calls(self) -> int:
        return 3 + self.shared if self.own else 1


def _listed(ask: Ask) -> Found[_Listed]:
    found = in_regions(ask, KEYS)
    own = {arn for _, arn in found.items if Arn.parse(arn).account == ask.account}
    regions = tuple(dict.fromkeys(region for region, arn in found.items if arn in own))
    shared = dict(zip(regions, ask.each(regions, lambda one: _shared(ask, one)), strict=True))

    def may_be_shared(region: str, arn: str) -> bool:
        known = shared.get(region)
        # Where RAM does not tell, each key is asked.
        return arn in own and (known is None or isinstance(known, Gap) or arn in known)

    items = tuple(
        (region, _Listed(arn, arn in own, may_be_shared(region, arn)))
        for region, arn in found.items
    )
    return Found(items, found.gaps)


def _shared(ask: Ask, region: str) -> Collection[str] | None:
    """What the account shares there; None where that could not be read."""
    told = ask.sure(RESOURCES, region=region, resourceOwner=OWN)
    return None if isinstance(told, Gap) else {one.arn for _, one in told}


def _key(ask: Ask, place: Place, key: _Listed) -> KmsKey:
    details = ask.sure(KEY, region=place.region, KeyId=key.arn)
    bare = KmsKey(
        arn=key.arn,
        account=Arn.parse(key.arn).account,
        region=place.region,
        details=details,
        policy=None,
        ram_policy=None,
        grants=None,
    )
    if not key.own:
        return bare
    if isinstance(details, KeyDetails) and details.manager == _AWS:
        theirs = AwsManaged()
        return replace(bare, policy=theirs, ram_policy=theirs, grants=theirs)
    of = {"region": place.region, "KeyId": key.arn}
    return replace(
        bare,
        policy=kept(ask, ask.sure(KEY_POLICY, **of)),
        ram_policy=kept(ask, ask(SHARED_KEY_POLICY, **of)) if key.shared else None,
        grants=ask.sure(GRANTS, **of),
    )


KINDS: tuple[AnyKind, ...] = (
    Kind(field="keys", model=KmsKey, lists=_listed, calls=lambda one: one.calls, read=_key),
)
