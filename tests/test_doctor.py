"""What `idkeep doctor` proves before a scan, and the permissions that a role is given."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from idkeep.api.doctor import Diagnosis, diagnose
from idkeep.api.organization import OrganizationScan, assumed_role
from idkeep.api.permissions import cloudformation, scanner_policy, terraform
from idkeep.collect import actions
from idkeep.demo import DemoServer
from idkeep.errors import Exit, IdkeepError, WrongAccount
from idkeep.model import DEFAULT_FAMILIES, Family
from test_cli import idkeep

MANAGEMENT, SECURITY = "555566667777", "666677778888"
PRODUCTION, SANDBOX = "111122223333", "888899990000"
IDENTITY = frozenset({Family.IDENTITY})
SETS = [IDENTITY, DEFAULT_FAMILIES, frozenset(Family)]
# An inline policy's size: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
INLINE = 10_240

Doctor = Callable[..., Diagnosis]


@pytest.fixture
def doctor(server: DemoServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    for name, value in server.environment(account=MANAGEMENT).items():
        monkeypatch.setenv(name, value)

    def run(**told: Any) -> Diagnosis:
        return diagnose(**{"store": tmp_path / "s.db", "families": IDENTITY, **told})

    return run


def test_a_healthy_scanner_lacks_nothing_and_asks_each_operation_once(
    server: DemoServer, doctor: Doctor
) -> None:
    found = doctor()
    [own] = found.examined
    assert (own.missing, own.odd, found.store) == ((), (), "")
    assert (found.account, found.partition) == (MANAGEMENT, "aws")
    assert found.exit_code() is Exit.OK
    assert not found.clock_is_off
    asked = [one for one in server.requests() if one != "sts:GetCallerIdentity"]
    # A report that is not ready yet is asked for again.
    assert len(asked) - asked.count("iam:GenerateCredentialReport") == len(
        set(asked) - {"iam:GenerateCredentialReport"}
    )
    assert set(asked) <= set(actions(IDENTITY))


@pytest.mark.parametrize(
    "action",
    ["iam:GetAccountSummary", "iam:GetCredentialReport", "iam:ListVirtualMFADevices"],
)
def test_a_missing_permission_is_told_with_what_it_leaves_unknown(
    server: DemoServer, doctor: Doctor, action: str
) -> None:
    server.faults(deny=[action])
    found = doctor()
    [own] = found.examined
    [lack] = own.missing
    assert lack.action == action
    assert lack.families == ("identity",)
    assert "not authorized to perform" in lack.detail
    assert found.exit_code() is Exit.INCOMPLETE
    if action == "iam:GetAccountSummary":
        assert "root-without-mfa" in lack.checks


def test_what_aws_tells_others_or_sells_is_no_missing_permission(
    server: DemoServer, doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member account is not told of the organisation, and its plan has no Trusted Advisor."""
    for name, value in server.environment(account=PRODUCTION).items():
        monkeypatch.setenv(name, value)
    found = doctor(families={Family.ORGANIZATION, Family.CENTER, Family.SERVICES})
    [own] = found.examined
    assert (own.missing, own.odd) == ((), ())
    assert set(own.for_managers) == {"organizations:ListRoots", "sso:DescribeInstance"}
    assert "trustedadvisor:ListRecommendations" not in own.untried
    assert found.exit_code() is Exit.OK
    server.faults(deny=["trustedadvisor:ListRecommendations", "organizations:DescribeOrganization"])
    [own] = doctor(families={Family.ORGANIZATION, Family.SERVICES}).examined
    assert {one.action for one in own.missing} == {
        "trustedadvisor:ListRecommendations",
        "organizations:DescribeOrganization",
    }


def test_what_is_no_answer_of_awss_is_told_and_is_no_missing_permission(
    server: DemoServer, doctor: Doctor
) -> None:
    server.faults(broken=["iam:GetAccountPasswordPolicy"], broken_status=200)
    [own] = doctor().examined
    assert own.missing == ()
    assert "iam:GetAccountPasswordPolicy" in own.odd[0]


def test_every_account_is_tried_and_the_first_is_examined(
    server: DemoServer, doctor: Doctor
) -> None:
    server.faults(deny=[f"iam:ListRoles@{PRODUCTION}"])
    scan = OrganizationScan(role=assumed_role("idkeep-auditor", external_id="larkfield-audit"))
    found = doctor(organization=scan)
    assert {one.account: one.why for one in found.doors} == dict.fromkeys(
        (PRODUCTION, SECURITY, SANDBOX), ""
    )
    assert found.skipped == 1
    assert [one.account for one in found.examined] == [MANAGEMENT, PRODUCTION]
    assert [one.action for one in found.examined[1].missing] == ["iam:ListRoles"]
    shut = doctor(organization=OrganizationScan(role=assumed_role("idkeep-auditor")))
    assert {one.account for one in shut.doors if one.why} == {PRODUCTION, SECURITY}
    assert shut.exit_code() is Exit.INCOMPLETE


def test_a_store_that_cannot_be_written_and_another_account_are_told(doctor: Doctor) -> None:
    assert "can't be opened" in doctor(store=Path("/dev/null/x/s.db")).store
    with pytest.raises(WrongAccount):
        doctor(account=SANDBOX)


def test_credentials_that_have_ended_are_told_before_anything_else(
    server: DemoServer, doctor: Doctor
) -> None:
    server.faults(expire_after=0)
    with pytest.raises(IdkeepError, match="have expired"):
        doctor()


def test_the_command_says_it_in_lines(server: DemoServer, tmp_path: Path) -> None:
    server.faults(deny=["iam:GetAccountSummary"])
    words = ("doctor", "--facts", "identity", "--store", str(tmp_path / "s.db"))
    done = idkeep(*words, env=server.environment())
    assert done.returncode == Exit.INCOMPLETE
    assert "MISSING iam:GetAccountSummary: AccessDenied" in done.stdout
    assert re.search("leaves unknown: .*root-access-key", done.stdout)


@pytest.mark.parametrize("families", SETS)
def test_the_role_may_what_a_scan_calls_and_nothing_else(families: frozenset[Family]) -> None:
    policy = scanner_policy(families)
    [statement] = policy["Statement"]
    assert statement["Action"] == list(actions(families))
    assert not [one for one in statement["Action"] if "*" in one]
    template = cloudformation(families, "audit")
    properties = template["Resources"]["Role"]["Properties"]
    assert properties["Policies"][0]["PolicyDocument"] == policy
    assert template["Parameters"]["RoleName"]["Default"] == "audit"
    module = terraform(families, "audit")
    [block] = re.findall(r"    actions = \[\n(.*?)\n    \]\n", module, re.DOTALL)
    assert json.loads(f"[{block.rstrip(',')}]".replace(",\n]", "]")) == statement["Action"]
    assert len(re.sub(r"\s", "", json.dumps(policy))) <= INLINE


def test_no_partition_is_written_in_what_is_deployed() -> None:
    for text in (terraform(DEFAULT_FAMILIES, "r"), json.dumps(cloudformation(IDENTITY, "r"))):
        assert not re.search(r"arn:aws", text)


@pytest.mark.parametrize("form", ["json", "cloudformation"])
def test_permissions_are_printed_for_the_families_that_were_named(form: str) -> None:
    done = idkeep("permissions", "--facts", "identity", "--format", form)
    assert "iam:GetAccountSummary" in done.stdout
    assert "guardduty" not in done.stdout
    assert json.loads(done.stdout)
