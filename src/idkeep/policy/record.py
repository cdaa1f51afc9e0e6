"""AWS's own record of why it denied a request, as `GetRequestAuthorizationDetails` tells it.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
and https://docs.aws.amazon.com/iam-toolbox/latest/APIReference/API_GetRequestAuthorizationDetails.html.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from idkeep.errors import Unreadable
from idkeep.policy.decision import Check, CheckEffect
from idkeep.policy.source import JsonValue, NotJson, Path, Position, offset_of, position_at, read


class PolicyType(StrEnum):
    """AWS's kinds of policy. A KMS grant is a resource-based policy with a `policySource`."""

    IDENTITY = "IDENTITY_BASED_POLICY"
    RESOURCE = "RESOURCE_BASED_POLICY"
    BOUNDARY = "PERMISSIONS_BOUNDARY"
    SESSION = "SESSION_POLICY"
    SCP = "SERVICE_CONTROL_POLICY"
    RCP = "RESOURCE_CONTROL_POLICY"
    ENDPOINT = "VPC_ENDPOINT_POLICY"


class MatchedStatement(Struct, frozen=True, kw_only=True, rename="camel"):
    """Where a statement has no Sid, AWS makes one up for this record."""

    sid: str = ""
    evaluated_effect: str = ""


class MatchedPolicy(Struct, frozen=True, kw_only=True, rename="camel"):
    uri: str
    matched_statements: tuple[MatchedStatement, ...] = ()


class RecordedCheck(Struct, frozen=True, kw_only=True, rename="camel"):
    """One requirement and its result. Each level of SCPs and RCPs is a check with a `target_arn`.

    `matched_policies` may be empty though the effect rests on a policy: AWS leaves some out.
    """

    check_type: str
    evaluated_effect: str
    target_arn: str = ""
    relevant_policy_types: tuple[str, ...] = ()
    matched_policies: tuple[MatchedPolicy, ...] = ()


class Evaluation(Struct, frozen=True, kw_only=True, rename="camel"):
    """One action on one resource; its `context` stands on top of the request's.

    `checks` is None where AWS gives none, as to callers outside the principal's organization.
    `matched_policies` is what there was before checks.
    """

    action: str
    resource: str
    context: dict[str, Any] = {}
    evaluated_effect: str = ""
    matched_policies: tuple[MatchedPolicy, ...] = ()
    checks: tuple[RecordedCheck, ...] | None = None


class AttachedTo(Struct, frozen=True, kw_only=True, rename="camel"):
    arn: str = ""


class PolicyInfo(Struct, frozen=True, kw_only=True, rename="camel"):
    """A policy that was evaluated, whether it matched or not. `uri` is a managed policy's ARN.

    `policy_document` is what `GetRequestAuthorizationPolicy` returns, where somebody put it here.
    """

    type: str = ""
    inline: bool | None = None
    uri: str = ""
    attached_to: tuple[AttachedTo, ...] = ()
    policy_source: dict[str, Any] = {}
    policy_document: Any = None

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(one.arn for one in self.attached_to if one.arn)

    def __str__(self) -> str:
        """The uri, and what the policy was built from: a grant by its id."""
        source = self.policy_source
        kind = source.get("typeName") or source.get("type") or ""
        told = " ".join(str(one) for one in (kind, source.get("grantId")) if one)
        name = self.uri or "a policy without uri"
        return f"{name} ({told})" if told else name


class _Page(Struct, frozen=True, kw_only=True, rename="camel"):
    request_context: dict[str, Any]
    evaluations: tuple[Evaluation, ...]
    policies: tuple[PolicyInfo, ...]
    next_token: str | None = None


class Document(Struct, frozen=True, kw_only=True):
    """A policy's text, and where it stands: `start` is its first character's place in `file`."""

    text: str
    file: str
    start: Position = Position(1, 1)

    def place(self, statement: int) -> str:
        """`file:line:column` of a statement; of the whole where there is none, as in a grant."""
        inside = position_at(self.text, offset_of(self.text, ("Statement", statement)))
        line = self.start.line + inside.line - 1
        column = inside.column + (self.start.column - 1 if inside.line == 1 else 0)
        return f"{self.file}:{line}:{column}"


class Record(Struct, frozen=True, kw_only=True):
    """All pages of one record. `documents` are by uri; `is_whole` is false if a page is missing.

    `notes` say what in it idkeep does not know.
    """

    context: dict[str, Any]
    evaluations: tuple[Evaluation, ...]
    policies: tuple[PolicyInfo, ...]
    documents: Mapping[str, Document]
    is_whole: bool
    notes: tuple[str, ...]


_NO_PAGINATE = (
    "a page has requestContext, evaluations and policies: the AWS CLI prints all three only with "
    "--no-paginate"
)
_PARTS: dict[type[Struct], dict[str, type[Struct]]] = {
    _Page: {"evaluations": Evaluation, "policies": PolicyInfo},
    Evaluation: {"checks": RecordedCheck, "matchedPolicies": MatchedPolicy},
    RecordedCheck: {"matchedPolicies": MatchedPolicy},
    MatchedPolicy: {"matchedStatements": MatchedStatement},
    PolicyInfo: {"attachedTo": AttachedTo},
}
# An SDK's own note about the call, and no part of the answer.
_NOT_OURS = frozenset({"ResponseMetadata"})
EFFECTS = frozenset({"ALLOW", "EXPLICIT_DENY", "IMPLICIT_DENY"})


def read_record(files: Sequence[tuple[str, str]]) -> Record:
    """From the pages in files, each given by name and text; a file may hold a list of pages.

    Raises `Unreadable`.
    """
    pages: list[_Page] = []
    documents: dict[str, Document] = {}
    strange: dict[str, None] = {}
    for name, text in files:
        for path, raw in _raw_pages(name, text):
            page = _page(name, raw)
            if pages and page.request_context != pages[0].request_context:
                raise Unreadable(name, "is of another request: its requestContext differs")
            strange |= dict.fromkeys(_strange_fields(raw, _Page, ""))
            documents |= _documents(name, text, path, page)
            pages.append(page)
    evaluations = tuple(one for page in pages for one in page.evaluations)
    # One policy may be listed twice, as a user's own and as its boundary; pages repeat the list.
    every = {(p.uri, p.type, p.targets): p for page in pages for p in page.policies}
    policies = tuple(every.values())
    return Record(
        context=pages[0].request_context,
        evaluations=evaluations,
        policies=policies,
        documents=documents,
        is_whole=any(not page.next_token for page in pages),
        notes=(*_field_notes(strange), *_value_notes(evaluations, policies)),
    )


def read_document(name: str, text: str) -> Document:
    """A file's document: the policy itself, or the answer of `GetRequestAuthorizationPolicy`.

    Raises `Unreadable` for what is no JSON.
    """
    root = _json(name, text)
    if isinstance(root, dict) and "policyDocument" in root:
        return _document_at(name, text, ("policyDocument",))
    return Document(text=text, file=name)


def with_documents(record: Record, documents: Mapping[str, Document]) -> Record:
    """The record holding these too, by uri; they win over those that it held."""
    return replace(record, documents={**record.documents, **documents})


def _raw_pages(name: str, text: str) -> Iterator[tuple[Path, JsonValue]]:
    root = _json(name, text)
    if not isinstance(root, list):
        yield (), root
        return
    if not root:
        raise Unreadable(name, "has no page")
    for n, page in enumerate(root):
        yield (n,), page


def _json(name: str, text: str) -> JsonValue:
    try:
        return read(text)
    except NotJson as error:
        place = position_at(text, error.offset)
        raise Unreadable(name, error.why, line=place.line, column=place.column) from error


def _page(name: str, raw: JsonValue) -> _Page:
    try:
        return msgspec.convert(raw, _Page)
    except msgspec.ValidationError as error:
        missing = isinstance(raw, dict) and not {"requestContext", "policies"} <= raw.keys()
        why = f"is no record of an authorization: {error}"
        failure = Unreadable(name, why)
        failure.hint = _NO_PAGINATE if missing else ""
        raise failure from error


def _documents(name: str, text: str, path: Path, page: _Page) -> dict[str, Document]:
    return {
        one.uri: _document_at(name, text, (*path, "policies", n, "policyDocument"))
        for n, one in enumerate(page.policies)
        if one.uri and one.policy_document is not None
    }


def _document_at(name: str, text: str, path: Path) -> Document:
    start = offset_of(text, path)
    _, end = json.JSONDecoder().raw_decode(text, start)
    return Document(text=text[start:end], file=name, start=position_at(text, start))


def _strange_fields(value: JsonValue, kind: type[Struct], path: str) -> Iterator[str]:
    """Fields that AWS has and these structs have not, each once, without the numbers of lists."""
    if not isinstance(value, dict):
        return
    known = {one.encode_name for one in msgspec.structs.fields(kind)}
    for name, inside in value.items():
        here = f"{path}.{name}" if path else name
        if name not in known and name not in _NOT_OURS:
            yield here
        if (part := _PARTS.get(kind, {}).get(name)) and isinstance(inside, list):
            for one in inside:
                yield from _strange_fields(one, part, here)


def _field_notes(strange: Iterable[str]) -> Iterator[str]:
    yield from (f"the record has a field that idkeep does not know: {one}" for one in strange)


def _value_notes(evaluations: Iterable[Evaluation], policies: Iterable[PolicyInfo]) -> list[str]:
    known: dict[str, frozenset[str]] = {
        "policy type": frozenset(PolicyType),
        "check": frozenset(Check),
        "effect": frozenset(CheckEffect),
    }
    found = [("policy type", one.type) for one in policies]
    for evaluation in evaluations:
        found += [("effect", evaluation.evaluated_effect)] if evaluation.evaluated_effect else []
        for check in evaluation.checks or ():
            found += [("check", check.check_type), ("effect", check.evaluated_effect)]
    strange = dict.fromkeys(pair for pair in found if pair[1] not in known[pair[0]])
    return [
        f"the record has a {what} that idkeep does not know: {value}" for what, value in strange
    ]
