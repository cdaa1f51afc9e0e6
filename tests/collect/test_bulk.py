"""What listings of administrators tell of a member, and what a member is then not asked."""

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from msgspec.structs import replace

from idkeep.collect import NOTHING, Given, Overview, Told, collect, seats
from idkeep.collect.bulk import FRESH
from idkeep.model import (
    DelegatedAdministrator,
    DelegatedService,
    Family,
    Gap,
    Organization,
    Snapshot,
    ToldElsewhere,
)
from idkeep.model.services import (
    Config,
    FirewallManager,
    Member,
    RegionServices,
    SecurityHub,
    SecurityHubCspm,
    Services,
)

from .a_guarded_account import DETECTOR, ON
from .a_watched_account import OTHER
from .answers import ACCOUNT, CALLER, NOW, REGION, Answers, Error, ago, aws_of

MANAGEMENT, THIRD = "999988887777", "333344445555"
ALONE = {
    **ON,
    "sts:GetCallerIdentity": {"Account": ACCOUNT, "Arn": CALLER.arn, "UserId": CALLER.user_id},
}
MEMBER = {
    **ALONE,
    "guardduty:GetAdministratorAccount": {
        "Administrator": {"AccountId": OTHER, "RelationshipStatus": "Enabled"}
    },
    "securityhub:GetAdministratorAccount": {
        "Administrator": {"AccountId": OTHER, "MemberStatus": "Enabled"}
    },
    "fms:GetAdminAccount": {"AdminAccount": OTHER, "RoleStatus": "READY"},
}
ENABLED = Member(account=ACCOUNT, status="Enabled", detector=DETECTOR)
REFUSED = Gap("guardduty:ListMembers", "AccessDenied")
LISTED_ENABLED = Member(account=ACCOUNT, status="Enabled")


def organization(*services: str, deputy: str = OTHER) -> Organization:
    """In which an account administers these services."""
    served = tuple(DelegatedService(principal=f"{one}.amazonaws.com") for one in services)
    return Organization(
        id="o-example",
        arn=f"arn:aws:organizations::{MANAGEMENT}:organization/o-example",
        feature_set="ALL",
        management_account=MANAGEMENT,
        delegated_administrators=(DelegatedAdministrator(account=deputy, services=served),),
    )


ORGANIZATION = organization("guardduty", "securityhub", "config")


def scanned(told: Told = NOTHING, **changed: Any) -> tuple[Snapshot, Answers]:
    """The member, with what was told of it elsewhere."""
    named = {name.replace("__", ":"): value for name, value in changed.items()}
    answers = Answers({**MEMBER, **named})
    families = frozenset({Family.SERVICES})
    given = Given(told=told)
    return collect(aws_of(answers), now=lambda: NOW, families=families, given=given), answers


@cache
def _alone() -> Snapshot:
    families = frozenset({Family.SERVICES})
    return collect(aws_of(Answers(dict(ALONE))), now=lambda: NOW, families=families)


def teller(
    detectors: tuple[Member, ...] | Gap = (ENABLED,),
    hubs: tuple[Member, ...] | Gap = (LISTED_ENABLED,),
    manager: str = OTHER,
    *,
    account: str = OTHER,
    age: float = 0,
) -> Snapshot:
    """The account that administers the services, as it was read `age` days ago."""
    alone = _alone()
    here = in_region(alone)
    [detector] = here.detectors  # type: ignore[misc]
    hub = here.security_hub
    assert isinstance(hub, SecurityHub)
    assert isinstance(hub.cspm, SecurityHubCspm)
    hub = replace(hub, cspm=replace(hub.cspm, members=hubs))
    listing = replace(detector, members=detectors)
    region = replace(here, detectors=(listing,), security_hub=hub)
    return replace(
        alone,
        taken=ago(age),
        account=replace(alone.account, id=account),
        services=replace(
            alone.services,
            regions=(region,),
            firewall_manager=FirewallManager(administrator=manager, role_status="READY"),
        ),
    )


def told(*tellers: Snapshot, of: Organization = ORGANIZATION, account: str = ACCOUNT) -> Told:
    return Overview(of, tellers or (teller(),)).of(account, NOW)


def in_region(snapshot: Snapshot) -> RegionServices:
    services = snapshot.services
    assert isinstance(services, Services)
    assert isinstance(services.regions, tuple)
    return next(one for one in services.regions if one.region == REGION)


def test_a_listed_member_is_asked_less_and_told_the_same() -> None:
    before, asked_before = scanned()
    after, asked_after = scanned(told())
    saved = Counter(asked_before.actions()) - Counter(asked_after.actions())
    assert not Counter(asked_after.actions()) - Counter(asked_before.actions())
    assert saved == {
        "guardduty:ListDetectors": 1,
        "guardduty:GetAdministratorAccount": 1,
        "securityhub:GetAdministratorAccount": 1,
        "fms:GetAdminAccount": 1,
        "config:DescribeConfigurationAggregators": len(before.services.regions),  # type: ignore[union-attr,arg-type]
    }
    assert _without_aggregators(after) == _without_aggregators(before)
    assert not after.gaps


def _without_aggregators(snapshot: Snapshot) -> Services:
    services = snapshot.services
    assert isinstance(services, Services)
    assert isinstance(services.regions, tuple)
    regions = tuple(
        replace(one, config=replace(one.config, aggregators=()))
        if isinstance(one.config, Config)
        else one
        for one in services.regions
    )
    return replace(services, regions=regions)


def test_what_was_told_elsewhere_names_who_told_it_and_when() -> None:
    found, _ = scanned(told(teller(age=0.1)))
    told_by = {one.action: one for one in found.told_elsewhere}
    assert told_by["guardduty:GetAdministratorAccount"] == ToldElsewhere(
        action="guardduty:GetAdministratorAccount",
        by="guardduty:ListMembers",
        account=OTHER,
        taken=ago(0.1),
    )
    # In its other region it is no member, and was asked there.
    assert told_by["guardduty:ListDetectors"].mixed
    assert found.source("guardduty:GetAdministratorAccount") == f"guardduty:ListMembers in {OTHER}"
    assert found.source("guardduty:ListDetectors") == (
        f"guardduty:ListMembers in {OTHER}, guardduty:ListDetectors"
    )
    assert found.as_of("fms:GetAdminAccount") == ago(0.1)
    assert found.source("guardduty:GetDetector") == "guardduty:GetDetector"
    assert found.as_of("guardduty:GetDetector") == found.taken
    assert scanned()[0].told_elsewhere == ()


@pytest.mark.parametrize(
    "overview",
    [
        lambda: told(teller(age=FRESH.total_seconds() / 86_400 + 0.01)),
        lambda: told(teller(), teller(account=THIRD, manager=THIRD)),
        lambda: told(account=THIRD),
        lambda: told(
            teller(
                (replace(ENABLED, status="Removed"),), (replace(LISTED_ENABLED, status="Removed"),)
            )
        ),
        lambda: told(
            teller(
                Gap("guardduty:ListMembers", "AccessDenied"), Gap("securityhub:ListMembers", "x")
            )
        ),
        lambda: told(teller((LISTED_ENABLED,), ())),
    ],
    ids=["old", "two administrators", "not listed", "removed", "refused", "without a detector"],
)
def test_where_no_listing_tells_the_account_is_asked(overview: Callable[[], Told]) -> None:
    found, answers = scanned(overview())
    for action in (
        "guardduty:ListDetectors",
        "guardduty:GetAdministratorAccount",
        "securityhub:GetAdministratorAccount",
    ):
        assert action in answers.actions()
    assert in_region(found) == replace(in_region(scanned()[0]), config=in_region(found).config)


@pytest.mark.parametrize("code", ["BadRequestException", "AccessDeniedException"])
def test_a_listing_that_the_account_contradicts_is_not_believed(code: str) -> None:
    """The detector was deleted and made anew since, or it may not be read."""
    stale = replace(ENABLED, detector="0" * 32)

    def described(params: Any) -> Any:
        return (
            Error(code) if params["DetectorId"] == stale.detector else ON["guardduty:GetDetector"]
        )

    found, answers = scanned(told(teller((stale,))), guardduty__GetDetector=described)
    [detector] = in_region(found).detectors  # type: ignore[misc]
    assert detector.id == DETECTOR
    assert answers.actions().count("guardduty:GetDetector") == 2
    assert "guardduty:GetAdministratorAccount" in answers.actions()
    assert not found.gaps


def test_only_accounts_that_may_gather_for_the_organisation_are_asked_for_aggregators() -> None:
    assert not told().aggregates
    for gathers in (OTHER, MANAGEMENT):
        assert told(account=gathers).aggregates
    assert told(of=organization("config", deputy=ACCOUNT)).aggregates
    unknown = replace(
        ORGANIZATION,
        delegated_administrators=Gap("organizations:ListDelegatedAdministrators", "AccessDenied"),
    )
    assert told(of=unknown).aggregates
    found, answers = scanned(told())
    config = in_region(found).config
    assert isinstance(config, Config)
    assert isinstance(config.aggregators, Gap)
    assert config.aggregators.elsewhere
    assert "config:DescribeConfigurationAggregators" not in answers.actions()


def test_the_administrator_of_firewall_manager_is_asked_for_its_policies() -> None:
    found, answers = scanned(told(teller(manager=ACCOUNT)))
    manager = found.services.firewall_manager  # type: ignore[union-attr]
    assert isinstance(manager, FirewallManager)
    assert manager.regions
    assert "fms:GetAdminAccount" not in answers.actions()
    assert "fms:ListPolicies" in answers.actions()


def test_those_who_tell_are_the_management_account_and_the_deputies() -> None:
    assert seats(ORGANIZATION) == {MANAGEMENT, OTHER}
    assert seats(organization("config", "sso")) == {MANAGEMENT}
    assert seats(organization("securityhub", deputy=THIRD)) == {MANAGEMENT, THIRD}


def test_hubs_of_both_generations_are_read_of_a_listed_member() -> None:
    hub = in_region(scanned(told())[0]).security_hub
    assert isinstance(hub, SecurityHub)
    assert hub == in_region(scanned()[0]).security_hub
    assert hub.cspm.administrator == OTHER  # type: ignore[union-attr]
