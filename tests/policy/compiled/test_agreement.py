"""The compiled engine says what the reference says."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tools.conformance.agreement import compared, decided
from tools.conformance.generate import generated
from tools.conformance.vocabulary import ESTATES

from idkeep.api.catalog import load_catalog
from idkeep.policy import (
    Context,
    Policy,
    PolicyKind,
    Requester,
    parse,
)
from idkeep.policy.batch import decide_line, decide_lines
from idkeep.policy.compiled import (
    Caller,
    CompiledEstate,
    Facts,
    Question,
    Target,
    Verdict,
    Vocabulary,
    verdict_of,
)
from policy.test_cases import OWN_ACCOUNT_ONLY, RCPS_REACH, cases, line

DECISIONS = 20_000
HOME = "111122223333"
CATALOG = load_catalog()
BY: dict[str, Any] = {"rcps_reach": RCPS_REACH, "own_account_only": OWN_ACCOUNT_ONLY}
FACTS = Facts(CATALOG.facts.rcps, CATALOG.facts.denied_across_accounts())


def test_compiled_and_reference_agree_on_random_accounts() -> None:
    found = compared(DECISIONS, seed=7)
    assert found.decisions >= DECISIONS
    assert list(map(str, found.differences)) == []
    assert set(found.by_verdict) == set(Verdict)


# Services that the reference knows by name, and some of the others.
SERVICES = ("iam", "kms", "lambda", "s3", "signin", "sns", "sqs", "sts")
SOME_ACTIONS = (
    *(name for one in SERVICES for name in CATALOG.expand(f"{one}:*")),
    *CATALOG.expand("*")[::40],
    "iam:AcquireRole",
)


def policy(kind: PolicyKind, *statements: Any) -> Policy:
    return parse(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), kind)


def callers() -> Iterator[Caller]:
    """One of each kind that a rule of AWS's treats in its own way."""
    some = policy(
        PolicyKind.IDENTITY,
        {"Effect": "Allow", "NotAction": ["ec2:*", "sts:Get*"], "Resource": "*"},
        {"Effect": "Deny", "Action": ["s3:*Bucket*", "kms:Create*"], "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": "kms:*",
            "Resource": "*",
            "Condition": {"StringEquals": {"kms:CallerAccount": HOME}},
        },
        {
            "Effect": "Deny",
            "Action": ["s3:Get*", "sqs:*"],
            "Resource": "*",
            "Condition": {"StringNotEquals": {"s3:ResourceAccount": HOME}},
        },
    )
    for name in ("user/ana", "root", "role/app"):
        yield Caller(requester=Requester.parse(f"arn:aws:iam::{HOME}:{name}"), identity=(some,))
    for name in ("federated-user/fay", "assumed-role/AWSReservedSSO_A_0123456789abcdef/ana"):
        requester = Requester.parse(f"arn:aws:sts::{HOME}:{name}")
        yield Caller(requester=requester, identity=(some,), session=(some,))
    yield Caller(requester=Requester.parse("events.amazonaws.com"))


@pytest.mark.parametrize("caller", list(callers()), ids=lambda one: one.name)
@pytest.mark.parametrize("account", [HOME, "444455556666"])
def test_actions_with_a_rule_of_their_own_are_answered_as_the_reference_does(
    caller: Caller, account: str
) -> None:
    own = policy(
        PolicyKind.RESOURCE,
        {"Effect": "Allow", "Principal": {"AWS": HOME}, "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"},
    )
    target = Target(arn="arn:aws:s3:::b", account=account, policies=(own,))
    vocabulary = Vocabulary(SOME_ACTIONS)
    estate = CompiledEstate([caller], facts=FACTS, vocabulary=vocabulary)
    answers = estate.what_can(caller.name, target)
    different = [
        action
        for action in vocabulary.names
        if answers[action] is not verdict_of(decided(caller, asked(action, target), FACTS))
    ]
    assert different == []


def asked(action: str, target: Target) -> Question:
    return Question(action=action, resource=target.arn, target=target, context=Context())


def test_in_a_batch_each_case_of_the_table_is_answered_as_by_itself() -> None:
    lines = [line(*one.values) for one in cases()] * 2
    alone = [decide_line(one, **BY) for one in lines[: len(lines) // 2]]
    assert list(decide_lines(lines, **BY)) == alone * 2


def test_a_batch_tells_requests_apart_that_differ_by_what_policies_look_at() -> None:
    """Each case's policies with the requests of the next cases."""
    some = list(generated(300, seed=11, world=ESTATES))
    lines = [
        json.dumps({**other, "policies": case["policies"], "id": n}).encode()
        for case, *others in zip(some, *(some[n:] for n in range(1, 6)), strict=False)
        for n, other in enumerate((case, *others))
    ]
    alone = [decide_line(one, **BY) for one in lines]
    assert list(decide_lines(lines, **BY)) == alone
    assert len({one.decision for one in alone}) >= 3
