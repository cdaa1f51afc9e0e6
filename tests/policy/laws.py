"""What holds of any input whatever; the corpus is run through it, and so is what a fuzzer makes.

Each law takes the bytes of one input and asserts.
"""

import json
from collections.abc import Callable

import msgspec

from idkeep.policy import Context, Diagnostic, Policy, PolicyError, PolicyKind, Undocumented, parse
from idkeep.policy.batch import decide_line
from idkeep.policy.context import NOT_KNOWN
from idkeep.policy.operators import MEANINGS
from idkeep.policy.pattern import action_test, arn_test, glob, literally, resource_test, string_test
from idkeep.policy.variables import (
    NO_VALUE,
    Malformed,
    Resolved,
    Variable,
    Version,
    has_variables,
    resolve,
    template,
)
from policy.spec_glob import arn_matches, resource_matches, string_matches

# What the specification of wildcards, which recurs at every character, is asked about.
_SHORT = 60
_TOLD = Context({"aws:username": "a*", "aws:PrincipalTag/team": ["red"], "aws:TagKeys": ["a", "b"]})


def text_of(data: bytes) -> str:
    """Any bytes are a text; what is no UTF-8 becomes lone surrogates."""
    return data.decode("utf-8", "surrogateescape")


def any_text_is_a_policy_or_a_refusal(data: bytes) -> None:
    text = text_of(data)
    for kind in PolicyKind:
        read = _read(text, kind)
        assert read == _read(text, kind)
        if isinstance(read, Policy):
            _holds_of(read, text, kind)
        else:
            assert read
            assert list(read) == sorted(read, key=lambda each: (each.line, each.column))
            _are_placed(read, text)


def _read(text: str, kind: PolicyKind) -> Policy | tuple[Diagnostic, ...]:
    try:
        return parse(text, kind)
    except PolicyError as error:
        return error.problems


def _holds_of(policy: Policy, text: str, kind: PolicyKind) -> None:
    assert (policy.text, policy.kind) == (text, kind)
    _are_placed(policy.notes, text)
    lines = text.split("\n")
    for n, statement in enumerate(policy.statements):
        assert statement.index == n
        at = policy.position(n)
        assert lines[at.line - 1][at.column - 1] == "{"
    assert msgspec.json.encode(policy), "a policy is written out whole"


def _are_placed(found: tuple[Diagnostic, ...], text: str) -> None:
    """Within the text; just behind it where it ends too early."""
    lines = text.split("\n")
    for each in found:
        assert 1 <= each.line <= len(lines), each
        assert 1 <= each.column <= len(lines[each.line - 1]) + 1, each
        assert each.message


def any_line_has_an_answer(data: bytes) -> None:
    answer = decide_line(data, rcps_reach=frozenset({"s3:GetObject"}))
    assert answer == decide_line(data, rcps_reach=frozenset({"s3:GetObject"}))
    written = json.loads(msgspec.json.encode(answer).decode())
    assert written["decision"] == answer.decision
    if answer.decision in {"Invalid", "Unknown"}:
        assert answer.why
    if answer.decision == "Depends":
        assert answer.residual


def any_pattern_has_a_meaning(data: bytes) -> None:
    """A pattern, and after a NUL what it is compared with."""
    pattern, _, value = text_of(data).partition("\0")
    _variables(pattern)
    assert literally(glob(pattern)) == pattern
    arn = arn_test(glob(pattern))
    if len(pattern) <= _SHORT and len(value) <= _SHORT:
        assert string_test(glob(pattern))(value) is string_matches(pattern, value)
        assert resource_test(glob(pattern))(value) is resource_matches(pattern, value)
        assert (arn is not None and arn(value)) is arn_matches(pattern, value)
    assert isinstance(action_test((pattern,))(value), bool)
    for meaning in MEANINGS.values():
        answer = meaning.comparison(glob(pattern))(value)
        assert isinstance(answer, bool | Undocumented)


def _variables(text: str) -> None:
    assert not has_variables(text, Version.OLD)
    assert resolve(text, Version.OLD, Context()) == glob(text)
    parts = template(text, Version.CURRENT)
    open_parts = [part for part in parts if isinstance(part, Variable | Malformed)]
    assert has_variables(text, Version.CURRENT) is bool(open_parts)
    for context in (Context(), _TOLD):
        _can_be_matched(resolve(text, Version.CURRENT, context))
    unknown = resolve(text, Version.CURRENT, Context(unknown="*"))
    _can_be_matched(unknown)
    assert (unknown is NOT_KNOWN) is any(isinstance(part, Variable) for part in open_parts)


def _can_be_matched(found: Resolved) -> None:
    if isinstance(found, tuple):
        assert string_test(found)("") in {True, False}
        assert "" not in found
    elif isinstance(found, Undocumented):
        assert found.why
    else:
        assert found in {NO_VALUE, NOT_KNOWN}


LAWS: dict[str, Callable[[bytes], None]] = {
    "parse": any_text_is_a_policy_or_a_refusal,
    "decide": any_line_has_an_answer,
    "pattern": any_pattern_has_a_meaning,
}
