"""Every check on the example organisation: where it fails and passes, and what each verdict is."""

import re
from collections import defaultdict
from collections.abc import Iterator

from syrupy.assertion import SnapshotAssertion

from idkeep.checks import ALL
from idkeep.model import Status
from judge.conftest import MANAGEMENT, PRODUCTION, Organization

# What one organisation cannot show both ways, with the reason.
ONE_WAY = {
    "scanned-as-root": "its scanner is a role; tests of the command line scan as root",
    "nobody-may-audit": "its scanner may audit every account that is read",
    "password-rules-against-nist": "the settings keep to CIS's profile",
    "root-has-one-mfa-device": "AWS lists no device of root but authenticator apps",
    **dict.fromkeys(
        (
            "account-in-no-unit",
            "account-outside-organization",
            "account-without-guardrails",
            "approval-team-too-weak",
            "approver-without-second-factor",
            "assignments-to-persons",
            "config-without-aggregator",
            "firewall-policy-broken",
            "guardduty-leaves-accounts-out",
            "management-account-runs-workloads",
            "invitation-to-strangers",
            "no-slot-for-a-guardrail",
            "nobody-administers-access-analyzer",
            "nobody-administers-config",
            "nobody-administers-guardduty",
            "nobody-administers-identity-center",
            "nobody-administers-security-hub",
            "nobody-told-of-organization-changes",
            "organization-for-billing-alone",
            "permission-set-provisioning-failed",
            "policies-run-from-management",
            "root-access-from-management-account",
            "root-access-not-central",
            "security-hub-leaves-accounts-out",
            "services-run-from-management",
            "unknown-delegated-administrator",
            "unknown-trusted-service",
        ),
        "an organisation has one of it, which is in one state",
    ),
}


def test_each_check_fails_and_passes_on_some_subject(organization: Organization) -> None:
    seen: dict[str, set[Status]] = defaultdict(set)
    for snapshot in organization.snapshots.values():
        for (check, _, _), status in organization.verdicts(snapshot).items():
            seen[check].add(status)
    lacking = {
        one.id: sorted({Status.FAIL, Status.PASS} - seen[one.id])
        for one in ALL
        if one.id not in ONE_WAY and not seen[one.id] >= {Status.FAIL, Status.PASS}
    }
    assert lacking == {}
    both = [name for name in ONE_WAY if seen[name] >= {Status.FAIL, Status.PASS}]
    assert both == [], "they are shown both ways by now"


def test_all_verdicts_are_what_they_were(
    organization: Organization, snapshot: SnapshotAssertion
) -> None:
    """A change here is a change for users: it takes a line in the changelog."""
    assert "\n".join(golden(organization)) == snapshot


# What the server draws anew: ids of keys, and the end of a secret's ARN.
_DRAWN = re.compile(r"(:key/)[0-9a-f-]{36}|(:secret:.*-)[A-Za-z0-9]{6}$")


def golden(organization: Organization) -> Iterator[str]:
    """Who fails and is unknown by name, the others by number."""
    for account, one in sorted(organization.snapshots.items()):
        told: dict[str, dict[Status, list[str]]] = defaultdict(lambda: defaultdict(list))
        for (check, _, subject), status in organization.verdicts(one, in_parts=False).items():
            told[check][status].append(_DRAWN.sub(r"\1\2…", subject))
        for check, by_status in sorted(told.items()):
            yield f"{account} {check}"
            for status, subjects in sorted(by_status.items()):
                by_name = status in (Status.FAIL, Status.UNKNOWN)
                said = " ".join(sorted(subjects)) if by_name else str(len(subjects))
                yield f"  {status}: {said}"


def test_what_is_part_of_another_checks_finding_is_found_there(organization: Organization) -> None:
    """And nothing but that is left to it: told apart, each of them is a finding."""
    left = 0
    for account in (MANAGEMENT, PRODUCTION):
        snapshot = organization.snapshots[account]
        apart, whole = (
            {
                (outcome.check, one.subject.kind, one.subject.id): one
                for outcome in organization.outcomes(snapshot, in_parts=in_parts)
                for one in outcome.verdicts
            }
            for in_parts in (True, False)
        )
        for (check, kind, ident), one in whole.items():
            other = _PART.fullmatch(one.not_applicable)
            if other is None:
                assert one == apart[check, kind, ident]
                continue
            left += 1
            assert whole[other[1], kind, ident].findings
            assert apart[check, kind, ident].findings
    assert left > 20


_PART = re.compile(r"is part of what ([a-z-]+) finds here")
