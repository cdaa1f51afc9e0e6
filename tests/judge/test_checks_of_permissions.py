"""The example organisation shows each check on policies, trust and organisation both ways."""

import pytest

from idkeep.access import Estate
from idkeep.checks import AnyCheck, policies, run, trust
from idkeep.checks import organization as whole
from idkeep.config import ForbiddenPair, Settings, TrustedAccount
from idkeep.model import Status
from judge.conftest import CATALOG, SECURITY, Organization

CHECKS: tuple[AnyCheck, ...] = (*trust.CHECKS, *whole.CHECKS, *policies.CHECKS)
# What one organisation has once, and so in one state.
ONE_STATE = {
    "no-slot-for-a-guardrail": Status.PASS,
    "invitation-to-strangers": Status.FAIL,
    "approval-team-too-weak": Status.FAIL,
    "approver-without-second-factor": Status.FAIL,
    "organization-for-billing-alone": Status.PASS,
    "services-run-from-management": Status.FAIL,
    "policies-run-from-management": Status.FAIL,
    "management-account-runs-workloads": Status.PASS,
    "account-outside-organization": Status.PASS,
    "account-without-guardrails": Status.PASS,
    "account-in-no-unit": Status.PASS,
    # idkeep's own role may, wherever it scans.
    "nobody-may-audit": Status.PASS,
}
# What AWS tells nobody, or what the demo has no answer to.
MAY_BE_UNKNOWN = {
    "cluster-administrators",
    "role-access-to-bedrock-unused",
    "role-access-to-sagemaker-unused",
}
AGREED = Settings(
    trusted_accounts=(TrustedAccount(id="444455556666", name="BrightPixel", vendor=True),),
    delegated_administrators=(SECURITY,),
    trusted_services=("sso.amazonaws.com",),
    forbidden_pairs=(
        ForbiddenPair(
            name="builds and passes roles",
            first=("lambda:CreateFunction",),
            second=("iam:PassRole",),
        ),
    ),
)
LENIENT = Settings(
    trusted_services=tuple(
        f"{name}.amazonaws.com"
        for name in (
            "cloudtrail",
            "guardduty",
            "securityhub",
            "access-analyzer",
            "config",
            "account",
            "sso",
            "iam",
            "account-access",
        )
    )
)


@pytest.fixture(scope="module")
def shown(organization: Organization) -> dict[str, set[Status]]:
    """Each account by itself: what others keep for it is not followed here."""
    found: dict[str, set[Status]] = {one.id: set() for one in CHECKS}
    for settings in (AGREED, LENIENT):
        for snapshot in organization.snapshots.values():
            estate = Estate(snapshot, settings, CATALOG, organization.siblings)
            for outcome in run(CHECKS, estate, in_parts=True):
                found[outcome.check] |= {one.status for one in outcome.verdicts}
    return found


@pytest.mark.parametrize("check", [one.id for one in CHECKS])
def test_the_demo_shows_it_failing_and_passing(shown: dict[str, set[Status]], check: str) -> None:
    expected = {ONE_STATE[check]} if check in ONE_STATE else {Status.FAIL, Status.PASS}
    assert shown[check] & {Status.FAIL, Status.PASS} == expected
    assert Status.UNKNOWN not in shown[check] or check in MAY_BE_UNKNOWN
