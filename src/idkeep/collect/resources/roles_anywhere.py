"""IAM Roles Anywhere: its listings tell all. Certificates and revocation lists stay with AWS.

Source: https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_Operations.html
"""

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.resources.kind import AnyKind, Kind, Place, costing, in_regions
from idkeep.model.workloads import CertificateRevocationList, RolesAnywhereProfile, TrustAnchor


def _anchors(pages: Pages) -> tuple[Answer, ...]:
    return tuple(one for page in pages for one in page["trustAnchors"])


TRUST_ANCHORS = Collector(
    service="rolesanywhere", operation="ListTrustAnchors", build=_anchors, regional=True
)


def _profiles(pages: Pages) -> tuple[Answer, ...]:
    return tuple(one for page in pages for one in page["profiles"])


PROFILES = Collector(
    service="rolesanywhere", operation="ListProfiles", build=_profiles, regional=True
)


def _crls(pages: Pages) -> tuple[Answer, ...]:
    return tuple(one for page in pages for one in page["crls"])


CRLS = Collector(service="rolesanywhere", operation="ListCrls", build=_crls, regional=True)

COLLECTORS: tuple[AnyCollector, ...] = (TRUST_ANCHORS, PROFILES, CRLS)


def _anchor(_: Ask, place: Place, told: Answer) -> TrustAnchor:
    return TrustAnchor(
        **place.here(told["trustAnchorArn"]),
        name=told["name"],
        enabled=told["enabled"],
        source=told["source"]["sourceType"],
        private_ca=told["source"].get("sourceData", {}).get("acmPcaArn", ""),
        checks_crl_points=told.get("crlDpRevocationEnabled"),
    )


def _profile(ask: Ask, place: Place, told: Answer) -> RolesAnywhereProfile:
    policy = told.get("sessionPolicy")
    return RolesAnywhereProfile(
        **place.here(told["profileArn"]),
        name=told["name"],
        enabled=told["enabled"],
        roles=tuple(told.get("roleArns", ())),
        session_policy=ask.keep(policy) if policy else None,
        managed_policies=tuple(told.get("managedPolicyArns", ())),
        duration=told.get("durationSeconds"),
        accepts_session_name=told.get("acceptRoleSessionName", False),
        requires_instance_properties=told.get("requireInstanceProperties", False),
    )


def _crl(_: Ask, place: Place, told: Answer) -> CertificateRevocationList:
    return CertificateRevocationList(
        **place.here(told["crlArn"]),
        name=told["name"],
        enabled=told["enabled"],
        trust_anchor=told.get("trustAnchorArn", ""),
    )


KINDS: tuple[AnyKind, ...] = (
    Kind(
        field="trust_anchors",
        model=TrustAnchor,
        lists=lambda ask: in_regions(ask, TRUST_ANCHORS),
        calls=costing(0),
        read=_anchor,
    ),
    Kind(
        field="profiles",
        model=RolesAnywhereProfile,
        lists=lambda ask: in_regions(ask, PROFILES),
        calls=costing(0),
        read=_profile,
    ),
    Kind(
        field="crls",
        model=CertificateRevocationList,
        lists=lambda ask: in_regions(ask, CRLS),
        calls=costing(0),
        read=_crl,
    ),
)
