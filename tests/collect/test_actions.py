"""The permissions that collectors name are those that AWS knows, and only reads."""

import pytest

from idkeep.api.catalog import load_catalog
from idkeep.catalog import AccessLevel
from idkeep.collect import actions
from idkeep.model import Family

CATALOG = load_catalog()
READS = {AccessLevel.LIST, AccessLevel.READ}
# Newer than the catalog; botocore's models of the operations are all there is.
NEWER = {"sagemaker:GetEndpointPolicy", "secretsmanager:ListResourcePolicies"}
KNOWN = sorted({*actions(Family)} - NEWER)


@pytest.mark.parametrize("action", KNOWN)
def test_an_action_is_named_as_the_service_authorization_reference_names_it(action: str) -> None:
    known = CATALOG.action(action)
    assert known is not None
    assert action.partition(":")[2] == known.name
    assert not known.retired


@pytest.mark.parametrize("action", KNOWN)
def test_a_scan_asks_for_no_permission_to_change_anything(action: str) -> None:
    known = CATALOG.action(action)
    assert known is not None
    assert known.level in READS


def test_what_is_newer_than_the_catalog_is_asked_for_and_still_unknown_to_it() -> None:
    assert set(actions(Family)) >= NEWER
    assert not [one for one in NEWER if CATALOG.action(one)]
