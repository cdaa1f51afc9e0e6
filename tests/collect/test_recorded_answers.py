"""Answers of real accounts: each one that a collector reads is understood, whole.

They are not the project's to ship: `IDKEEP_RECORDED_ANSWERS` names the file (gzipped JSON,
`{"responses": {"service.Operation": [{"status", "body"}]}}`, times as maps of their parts).
"""

import gzip
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tools.facts_page import MET

from idkeep.collect import collectors
from idkeep.collect.declare import AnyCollector, built
from idkeep.model import Family, Gap

FILE = os.environ.get("IDKEEP_RECORDED_ANSWERS", "")
READ = sorted({(one.service, one.operation): one for one in collectors(Family)}.items())
# A recording that was taken apart before it was kept.
_CUT = {"GetCredentialReport"}

# What AWS answers by an error, and is no gap: there is none, or it is off.
_NONE = {
    ("iam:GetAccountPasswordPolicy", "NoSuchEntity"),
    ("iam:GetLoginProfile", "NoSuchEntity"),
    ("organizations:DescribeOrganization", "AWSOrganizationsNotInUseException"),
    ("s3:GetBucketOwnershipControls", "OwnershipControlsNotFoundError"),
    ("s3:GetBucketPolicy", "NoSuchBucketPolicy"),
    ("s3:GetBucketPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
    ("securityhub:DescribeHub", "InvalidAccessException"),
    ("shield:DescribeSubscription", "ResourceNotFoundException"),
}


def _value(told: dict[str, Any]) -> Any:
    if told.get("__class__") == "datetime":
        parts = {k: v for k, v in told.items() if k != "__class__"}
        return datetime(**parts, tzinfo=UTC)
    return told


@pytest.mark.skipif(not FILE, reason="IDKEEP_RECORDED_ANSWERS names no file of recorded answers")
@pytest.mark.parametrize("collector", [one for _, one in READ], ids=lambda one: one.action)
def test_what_aws_answered_is_understood(collector: AnyCollector) -> None:
    text = gzip.decompress(Path(FILE).read_bytes())
    responses = json.loads(text, object_hook=_value)["responses"]
    names = {f"{collector.service}.{collector.operation}", collector.action.replace(":", ".")}
    recorded = [one for name in names for one in responses.get(name, ())]
    for answer in recorded:
        if answer["status"] == 200 and collector.operation not in _CUT:
            found = built(collector, (answer["body"],))
            assert not isinstance(found, Gap), (answer["body"], found)


@pytest.mark.skipif(not FILE, reason="IDKEEP_RECORDED_ANSWERS names no file of recorded answers")
def test_an_error_is_a_gap_unless_it_says_that_there_is_none() -> None:
    responses = json.loads(gzip.decompress(Path(FILE).read_bytes()))["responses"]
    errors = {
        (one.action, answer["body"].get("Error", answer["body"])["Code"]): one
        for (_, _), one in READ
        for answer in responses.get(f"{one.service}.{one.operation}", ())
        if answer["status"] != 200
    }
    assert len(errors) > 15
    assert {
        (action, code)
        for (action, code), one in errors.items()
        if code in one.absent or code in one.answers
    } == _NONE


@pytest.mark.skipif(not FILE, reason="IDKEEP_RECORDED_ANSWERS names no file of recorded answers")
def test_the_page_of_facts_says_whose_answers_were_met() -> None:
    responses = json.loads(gzip.decompress(Path(FILE).read_bytes()))["responses"]
    answered = {name for name, told in responses.items() if any(a["status"] == 200 for a in told)}
    assert {
        f"{one.service}:{one.operation}"
        for (_, _), one in READ
        if answered & {f"{one.service}.{one.operation}", one.action.replace(":", ".")}
    } == MET
