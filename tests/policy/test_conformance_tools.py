"""How `make conformance` compares two engines, without the other engine."""

from collections.abc import Sequence

import pytest
from tools.conformance.cases import Case, rewritten
from tools.conformance.compare import Ask, Dispute, compare
from tools.conformance.disputes import IAM_SIMULATE, LOCALEMU
from tools.conformance.generate import generated
from tools.conformance.idkeep_engine import ask

READ = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
ROOT = "arn:aws:iam::111122223333:root"
ANA = "arn:aws:iam::111122223333:user/ana"


def case(principal: str = ANA, **policies: object) -> Case:
    request = {
        "principal": principal,
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::b/k",
        "resource_account": "111122223333",
    }
    return {"id": "x", "request": request, "policies": policies}


def document(*statements: object) -> Case:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def without_root(cases: Sequence[Case]) -> list[str]:
    """An engine to which root is a user like others."""
    told = [one | {"request": one["request"] | {"principal": ANA}} for one in cases]
    return ask(told)


def and_blind(answer: str) -> Ask:
    """The same engine, which besides gives one answer whatever an RCP says."""

    def asked(cases: Sequence[Case]) -> list[str]:
        there = ["rcp" in one["policies"] for one in cases]
        right = without_root(cases)
        return [answer if rcp else one for rcp, one in zip(there, right, strict=True)]

    return asked


def test_an_engine_agrees_with_itself() -> None:
    cases = list(generated(50, seed=7))
    result = compare(cases, ask, ask, IAM_SIMULATE)
    assert (result.agreed, result.disputed, result.unexplained) == (50, {}, [])


def test_a_dispute_explains_what_its_plain_case_ends() -> None:
    result = compare([case(ROOT)], ask, without_root, IAM_SIMULATE)
    assert list(result.disputed) == ["the root user"]
    assert result.unexplained == []


def test_a_dispute_does_not_swallow_a_second_fault_in_the_same_case() -> None:
    deny = READ | {"Effect": "Deny", "Principal": "*"}
    denied = case(ROOT, rcp=[{"target": "r", "policies": [document(deny)]}])
    result = compare([denied], ask, and_blind("ImplicitlyDenied"), IAM_SIMULATE)
    [one] = result.unexplained
    assert (one.ours, one.theirs, result.disputed) == ("ExplicitlyDenied", "ImplicitlyDenied", {})


@pytest.mark.parametrize("dispute", [*IAM_SIMULATE, *LOCALEMU], ids=lambda one: one.name)
def test_no_dispute_has_a_say_in_a_plain_case(dispute: Dispute) -> None:
    plain = case(identity=[document(READ)])
    assert list(dispute.means(plain)) == []


@pytest.mark.parametrize("disputes", [IAM_SIMULATE, LOCALEMU], ids=["iam-simulate", "localemu"])
def test_an_engine_that_is_simply_wrong_is_explained_by_no_dispute(
    disputes: Sequence[Dispute],
) -> None:
    """It swaps Allowed and Denied, on plainer cases too."""

    def wrong(cases: Sequence[Case]) -> list[str]:
        return ["ImplicitlyDenied" if one == "Allowed" else "Allowed" for one in ask(cases)]

    some = list(generated(120, seed=3))
    decisions = {"Allowed", "ExplicitlyDenied", "ImplicitlyDenied"}
    decided = [one for one, mine in zip(some, ask(some), strict=True) if mine in decisions]
    result = compare(decided, ask, wrong, disputes)
    assert len(result.unexplained) == len(decided) > 100


def test_what_is_not_told_is_explained_only_if_both_agree_on_every_meaning() -> None:
    open_case = case(
        identity=[document(READ | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}})]
    )
    open_case["request"] |= {"unknown": ["aws:SecureTransport"]}
    known = compare([open_case], ask, lambda cases: ["ImplicitlyDenied"] * len(cases), IAM_SIMULATE)
    assert list(known.disputed) == ["keys that are not known"]
    wrong = compare([open_case], ask, lambda cases: ["Allowed"] * len(cases), IAM_SIMULATE)
    assert len(wrong.unexplained) == 1


def test_an_engine_that_gives_no_decision_contradicts_nobody_and_is_counted() -> None:
    plain = case(identity=[document(READ)])
    result = compare([plain], ask, lambda cases: ["refused: why"] * len(cases), IAM_SIMULATE)
    assert (result.agreed, len(result.left_open), result.unexplained) == (0, 1, [])


def test_generated_cases_are_the_same_for_the_same_seed() -> None:
    assert list(generated(20, seed=1)) == list(generated(20, seed=1))
    assert list(generated(20, seed=1)) != list(generated(20, seed=2))


def test_generated_cases_are_all_valid_and_of_every_decision() -> None:
    answers = ask(list(generated(500, seed=1)))
    assert {"Allowed", "ExplicitlyDenied", "ImplicitlyDenied"} <= set(answers)
    assert "Invalid" not in answers


def test_rewriting_leaves_the_case_as_it_was() -> None:
    given = case(identity=[document(READ)])
    made = rewritten(given, lambda _: None, "identity")
    assert made["policies"] == {"identity": []}
    assert given["policies"] == {"identity": [document(READ)]}
