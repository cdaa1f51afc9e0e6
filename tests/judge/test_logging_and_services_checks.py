"""Each check on logging and services fails and passes somewhere in the example organisation."""

from collections import defaultdict

from idkeep.access import Estate, redact
from idkeep.checks import logging, run, services
from idkeep.config import Settings
from idkeep.model import Status
from judge.conftest import CATALOG, Organization

CHECKS = (*logging.CHECKS, *services.CHECKS)
NAMED = Settings(
    critical_resources=("arn:aws:s3:::larkfield-trail", "arn:aws:dynamodb:*:*:table/carts")
)
# What an organisation has one of is as it is there; the worked examples show the other state.
ONE_SEAT = {
    "nobody-told-of-organization-changes": Status.FAIL,
    "guardduty-leaves-accounts-out": Status.FAIL,
    "security-hub-leaves-accounts-out": Status.PASS,
    "config-without-aggregator": Status.PASS,
    "nobody-administers-guardduty": Status.PASS,
    "nobody-administers-security-hub": Status.PASS,
    "nobody-administers-access-analyzer": Status.PASS,
    "nobody-administers-config": Status.PASS,
    "nobody-administers-identity-center": Status.FAIL,
    "firewall-policy-broken": Status.FAIL,
    # Without the list of the organisation's accounts, the principal of its finding may be a member.
    "analyzer-disagrees": Status.PASS,
}


def statuses(organization: Organization, *, together: bool) -> dict[str, set[Status]]:
    found: dict[str, set[Status]] = defaultdict(set)
    for snapshot in organization.snapshots.values():
        others = organization.snapshots if together else {}
        estate = Estate(snapshot, NAMED, CATALOG, elsewhere=others.get)
        for outcome in run(CHECKS, estate):
            found[outcome.check] |= {one.status for one in outcome.verdicts}
    return found


def test_each_check_fails_and_passes_somewhere(organization: Organization) -> None:
    found = statuses(organization, together=True)
    both = {Status.FAIL, Status.PASS}
    assert found.keys() == {one.id for one in CHECKS}
    lacking = {check for check, seen in found.items() if not both <= seen}
    assert lacking == ONE_SEAT.keys()
    assert all(ONE_SEAT[check] in found[check] for check in lacking)


def test_scanned_together_nothing_is_unknown(organization: Organization) -> None:
    found = statuses(organization, together=True)
    assert [check for check, seen in found.items() if Status.UNKNOWN in seen] == []


def test_an_account_alone_does_not_know_what_others_keep_for_it(
    organization: Organization,
) -> None:
    found = statuses(organization, together=False)
    unknown = {check for check, seen in found.items() if Status.UNKNOWN in seen}
    assert {"nobody-told-of-root-use", "no-external-analyzer"} <= unknown
    assert "guardduty-off" not in unknown


def test_pseudonyms_change_no_verdict(organization: Organization) -> None:
    for snapshot in organization.snapshots.values():
        plain = Estate(snapshot, Settings(), CATALOG)
        shown = redact(snapshot, key=b"a key for the tests", catalog=CATALOG)
        said = [
            {one.check: sorted(each.status for each in one.verdicts) for one in run(CHECKS, estate)}
            for estate in (plain, Estate(shown, Settings(), CATALOG))
        ]
        assert said[0] == said[1]
