"""Every check is held to what it declares, and all of them to two laws about what is not known."""

import re
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.checks import ALL, AnyCheck, Example, run
from idkeep.checks.samples import ACCOUNT, APP, NOW, ROOT, snapshot_of
from idkeep.collect import actions
from idkeep.config import Settings
from idkeep.model import (
    Account,
    Family,
    Gap,
    Root,
    Severity,
    Snapshot,
    Status,
    Subject,
    Unlisted,
    User,
    Verdict,
    read_by,
    reference,
)
from strategies import FIELDS, PLAIN, gaps

CHECK_IDS = [one.id for one in ALL]


CATALOG = load_catalog()


def estate_of(snapshot: Snapshot, settings: Settings | None = None) -> Estate:
    return Estate(snapshot, settings or Settings(), CATALOG)


def verdict(
    check: AnyCheck, subject: Subject, settings: Settings | None = None, **around: Any
) -> Verdict:
    snapshot = snapshot_of(subject, **around)
    [outcome] = run([check], estate_of(snapshot, settings))
    own = reference(subject, snapshot.account.id).id
    [one] = [one for one in outcome.verdicts if one.subject.id == own]
    return one


def said(one: Verdict) -> tuple[Status, frozenset[str]]:
    return one.status, frozenset(finding.id for finding in one.findings)


@pytest.mark.parametrize(
    ("check", "example"),
    [pytest.param(c, e, id=f"{c.id}-{n}") for c in ALL for n, e in enumerate(c.examples)],
)
def test_a_check_says_what_its_example_declares(check: AnyCheck, example: Example) -> None:
    one = verdict(check, example.subject, example.settings, **example.around)
    assert tuple(finding.message for finding in one.findings) == example.problems
    assert one.unknown == ((example.unknown,) if example.unknown else ())
    assert one.not_applicable == example.not_applicable
    assert (one.status is Status.PASS) == example.passes


@pytest.mark.parametrize("check", ALL, ids=CHECK_IDS)
def test_a_declaration_is_complete(check: AnyCheck) -> None:
    assert any(e.problems for e in check.examples), "needs an example that fails"
    assert any(e.passes for e in check.examples), "needs one that passes"
    assert check.title.endswith("."), "the docstring opens with a sentence"
    assert check.why, "say why it matters"
    assert check.controls
    assert all(hasattr(Settings(), name) for name in check.settings)
    # What comes with the listing is there wherever the subject is.
    could_be_unread = [n for n in check.reads if n != "caller" and read_by(check.subject, n)]
    assert not could_be_unread or any(e.unknown for e in check.examples), "show what can't be told"


@pytest.mark.parametrize("check", ALL, ids=CHECK_IDS)
def test_every_fact_of_a_check_comes_from_a_declared_call(check: AnyCheck) -> None:
    given_by = {action for _, action in check.sources}
    assert given_by <= set(actions(Family))
    assert "" not in given_by, "a field without ReadBy can't be traced to a call"


def test_check_ids_are_unique_and_stable_in_form() -> None:
    assert len(set(CHECK_IDS)) == len(ALL)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)+", one) for one in CHECK_IDS)


def test_the_strategies_cover_every_field_that_a_call_gives() -> None:
    for kind in (Root, User, Account):
        given_fields = {f for f in kind.__struct_fields__ if read_by(kind, f)}
        assert given_fields == set(FIELDS[kind.__name__])


@st.composite
def check_and_subject(draw: st.DrawFn) -> tuple[AnyCheck, Any]:
    check = draw(st.sampled_from([one for one in ALL if one.subject.__name__ in PLAIN]))
    kind = check.subject.__name__
    values = {name: draw(strategy) for name, strategy in FIELDS[kind].items()}
    return check, replace(PLAIN[kind], **values)


@given(check_and_subject(), gaps, st.data())
def test_a_verdict_given_without_a_fact_holds_whatever_the_fact_is(
    made: tuple[AnyCheck, Any], gap: Gap, data: st.DataObject
) -> None:
    check, subject = made
    fields = FIELDS[check.subject.__name__]
    # Who asks is the one fact without which there is no snapshot.
    name = data.draw(st.sampled_from(sorted(set(fields) - {"caller"})))
    without = verdict(check, replace(subject, **{name: gap}))
    if str(gap) in without.unknown:
        assert without.status in {Status.UNKNOWN, Status.FAIL}
        return
    other = verdict(check, replace(subject, **{name: data.draw(fields[name])}))
    # A part of the fact may itself be unread; then that is what the verdict lacks.
    if not other.unknown:
        assert said(without) == said(other)


BOOLEAN = sorted(name for name, strategy in FIELDS["Root"].items() if name.startswith("has_"))


@pytest.mark.parametrize("check", [one for one in ALL if one.subject is Root], ids=lambda c: c.id)
def test_the_same_holds_for_every_combination_of_roots_flags(check: AnyCheck) -> None:
    gap = Gap("iam:GetAccountSummary", "AccessDenied")
    for virtual in ((), (APP,)):
        for values in product((True, False), repeat=len(BOOLEAN)):
            facts = {**dict(zip(BOOLEAN, values, strict=True)), "virtual_mfa": virtual}
            subject = replace(ROOT, **facts)
            for name in BOOLEAN:
                without = verdict(check, replace(subject, **{name: gap}))
                if not without.unknown:
                    assert said(without) == said(verdict(check, subject)), (facts, name)


@given(check_and_subject(), st.data())
def test_what_a_check_does_not_name_as_evidence_changes_nothing(
    made: tuple[AnyCheck, Any], data: st.DataObject
) -> None:
    check, subject = made
    fields = FIELDS[check.subject.__name__]
    unnamed = sorted(set(fields) - set(check.reads))
    if not unnamed:
        return
    name = data.draw(st.sampled_from(unnamed))
    changed = replace(subject, **{name: data.draw(fields[name] | gaps)})
    assert replace(verdict(check, changed), evidence=()) == replace(
        verdict(check, subject), evidence=()
    )


@given(check_and_subject())
def test_finding_ids_are_unique_in_a_run(made: tuple[AnyCheck, Any]) -> None:
    check, subject = made
    ids = [finding.id for finding in verdict(check, subject).findings]
    assert len(set(ids)) == len(ids)


def test_a_finding_keeps_its_id_when_its_words_change() -> None:
    check = next(c for c in ALL if c.id == "old-access-key")
    younger = check.examples[0].subject
    [first] = verdict(check, younger).findings
    later = replace(snapshot_of(younger), taken=NOW.replace(day=20))
    [outcome] = run([check], estate_of(later))
    [second] = outcome.verdicts[0].findings
    assert first.message != second.message
    assert first.id == second.id


def test_a_kind_that_could_not_be_listed_is_said_to_be() -> None:
    gap = Gap("iam:GetAccountAuthorizationDetails", "AccessDenied")
    check = next(c for c in ALL if c.id == "console-user-without-mfa")
    snapshot = snapshot_of(ACCOUNT, unlisted=(Unlisted("User", gap),))
    [outcome] = run([check], estate_of(snapshot))
    assert outcome.verdicts == ()
    assert outcome.unlisted == (str(gap),)


def test_evidence_names_the_fact_its_source_and_its_age() -> None:
    check = next(c for c in ALL if c.id == "console-user-without-mfa")
    generated = NOW.replace(hour=9)
    snapshot = snapshot_of(PLAIN["User"], credential_report_generated=generated)
    [outcome] = run([check], estate_of(snapshot))
    told = {fact.name: fact for fact in outcome.verdicts[0].evidence}
    assert bytes(told["mfa_active"].value) == b"false"
    assert told["mfa_active"].action == "iam:GetCredentialReport"
    assert told["mfa_active"].as_of == generated
    assert told["virtual_mfa"].as_of == NOW


def test_severity_ranks_from_low_to_critical() -> None:
    assert max(Severity, key=lambda s: s.rank) is Severity.CRITICAL


def test_evidence_by_a_path_is_what_it_leads_to_in_each_part() -> None:
    check = next(c for c in ALL if c.id == "guardduty-off")
    on, off = check.examples[0].subject, check.examples[2].subject
    [(name, action)] = check.sources
    assert (name, action) == ("regions.detectors.details.enabled", "guardduty:GetDetector")
    [told] = verdict(check, on).evidence
    assert bytes(told.value) == b'{"us-east-1":{"12abc34d567e8fa901bc2d34e56789f0":true}}'
    [nothing] = verdict(check, off).evidence
    assert bytes(nothing.value) == b'{"us-east-1":{}}'
