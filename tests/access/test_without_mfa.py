"""What users are left without MFA, whoever was asked about before."""

import pytest
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.without_mfa import By, without_mfa
from idkeep.api.catalog import load_catalog
from idkeep.checks.organization.samples import RCP, ROOT_ID, organization, policy
from idkeep.checks.policies.samples import user
from idkeep.checks.samples import ORGANIZATION, allow, deny, snapshot_of
from idkeep.config import Settings

CATALOG = load_catalog()
ANA = user("ana", allow(["s3:*", "sqs:*"]))
_MANAGER = ORGANIZATION.management_account


@pytest.mark.parametrize("first", By)
def test_a_resource_control_policy_that_asks_for_mfa_counts_in_any_order(first: By) -> None:
    by_console = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
    asks = policy("Mfa", deny("s3:*", Principal="*", Condition=by_console), targets=(ROOT_ID,))
    around = replace(organization(asks, kind=RCP), management_account=_MANAGER)
    engine = Estate(snapshot_of(ANA, organization=around), Settings(), CATALOG).engine
    for by in (first, *By):
        found = without_mfa(engine, ANA, by)
        assert found.asked
        assert found.actions
        assert not any(one.startswith("s3:") for one in found.actions)
