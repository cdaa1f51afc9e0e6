"""Decisions in bulk: one JSON object a line in, one a line out. The format is in docs/decide.md."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import lru_cache
from typing import Literal, TypeAlias, TypedDict, TypeVar

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import replace

from idkeep.policy.buckets import Bucket
from idkeep.policy.compiled.repeats import Repeats
from idkeep.policy.context import Context
from idkeep.policy.counterfactual import AddAllow, AssumeRoleIn, Change, changes_to_allow, rests_on
from idkeep.policy.decision import (
    Allowed,
    CheckEffect,
    CheckResult,
    Decision,
    Denied,
    Depends,
    Matched,
    Unknown,
)
from idkeep.policy.diagnostics import PolicyError
from idkeep.policy.document import Policy, PolicyKind
from idkeep.policy.evaluate import evaluate
from idkeep.policy.grants import Grant
from idkeep.policy.notes import Notes, no_notes
from idkeep.policy.parse import parse
from idkeep.policy.request import Actions, Level, Policies, Request
from idkeep.policy.requester import Requester, RequesterKind

T = TypeVar("T")
Scalar: TypeAlias = str | bool | int | float
Documents: TypeAlias = list[Raw]


_NONE = Raw(b"null")
# How many answers a batch remembers.
_KEPT = 65_536


class _Principal(Struct):
    type: Literal["Anonymous", "Service"]
    service: str = ""

    def __post_init__(self) -> None:
        if self.type == "Service" and not self.service:
            raise ValueError("a service needs its name: service")


class _Request(Struct):
    principal: str | _Principal
    action: str
    resource: str = "*"
    resource_account: str = ""
    context: dict[str, Scalar | list[Scalar]] | None = None
    unknown: Literal["*"] | list[str] | None = None


class _Level(Struct):
    policies: Documents
    target: str = ""


class _Policies(Struct):
    identity: Raw = _NONE
    boundary: Raw = _NONE
    session: Raw = _NONE
    resource: Raw = _NONE
    scp: list[_Level] | None = None
    rcp: list[_Level] | None = None
    endpoint: Raw = _NONE
    grants: list[Grant] | None = None
    bucket: Bucket | None = None


class _Case(Struct):
    request: _Request
    id: Raw = _NONE
    policies: Raw = _NONE
    management_account: bool | None = None


class _Told(Struct):
    policies: _Policies | None = None


class _Named(Struct):
    id: Raw = _NONE


class SaidStatement(Struct, frozen=True):
    document: str
    index: int
    sid: str


class SaidCheck(Struct, frozen=True):
    check: str
    effect: CheckEffect
    statements: list[SaidStatement]


Word: TypeAlias = Literal[
    "Allowed", "ExplicitlyDenied", "ImplicitlyDenied", "Depends", "Unknown", "Invalid"
]


class Answer(Struct, frozen=True, kw_only=True):
    """One line out. `id` is the case's own, of whatever JSON type."""

    id: Raw
    decision: Word
    checks: list[SaidCheck] = []
    residual: str = ""
    why: str = ""


_CASE = msgspec.json.Decoder(_Case)
_TOLD = msgspec.json.Decoder(_Told)
_NAMED = msgspec.json.Decoder(_Named)
_DOCUMENTS = msgspec.json.Decoder(list[Raw])
_LAYERS = msgspec.json.Decoder(dict[str, Raw] | None)
_SAY_NOTHING = (b"null", b"[]", b"{}")


class _Facts(TypedDict):
    """What `evaluate` takes of the catalog."""

    rcps_reach: Actions
    own_account_only: Actions


class SaidChange(Struct, frozen=True, kw_only=True):
    """A statement that must no longer deny, a layer that has to allow, an account to enter."""

    change: Literal["RemoveDeny", "AddAllow", "AssumeRoleIn"]
    check: str = ""
    layer: str = ""
    action: str = ""
    account: str = ""
    statement: SaidStatement | None = None


class Explained(Answer, frozen=True, kw_only=True):
    """An answer, and what it hangs on: statements by themselves, or the changes that turn it."""

    rests_on: list[SaidStatement] = []
    changes: list[list[SaidChange]] = []


def decide_lines(
    lines: Iterable[bytes],
    *,
    rcps_reach: Actions,
    own_account_only: Actions = frozenset(),
    notes: Notes = no_notes,
    explain: bool = False,
) -> Iterator[Answer]:
    """An answer for every line that is not blank; a line that is no case is `Invalid`."""
    repeated = _Repeated(Repeats(rcps_reach, own_account_only), notes)
    facts: _Facts = {"rcps_reach": rcps_reach, "own_account_only": own_account_only}
    return (
        _decide_line(line, repeated.answer, facts if explain else None)
        for line in lines
        if line and not line.isspace()
    )


def decide_line(
    line: bytes,
    *,
    rcps_reach: Actions,
    own_account_only: Actions = frozenset(),
    notes: Notes = no_notes,
    explain: bool = False,
) -> Answer:
    """`notes` tells what is odd about a case, for `why`; `explain` makes it `Explained`."""
    facts: _Facts = {"rcps_reach": rcps_reach, "own_account_only": own_account_only}

    def alone(ident: Raw, request: Request, policies: Policies) -> Answer:
        return answer(ident, evaluate(request, policies, **facts), notes(request, policies))

    return _decide_line(line, alone, facts if explain else None)


class _Repeated:
    """Answers a batch's cases; what is the same for several is made once.

    Policies and decisions are told apart by identity, and so are kept with what was made of them.
    """

    def __init__(self, repeats: Repeats, notes: Notes) -> None:
        self._repeats = repeats
        self._notes = notes
        self._noted: dict[Hashable, tuple[Policies, tuple[str, ...]]] = {}
        self._answers: dict[Hashable, tuple[Decision, Answer]] = {}

    def answer(self, ident: Raw, request: Request, policies: Policies) -> Answer:
        decision = self._repeats.decide(request, policies)
        told = self._noted_of(request, policies)
        key = (id(decision), told)
        found = self._answers.get(key)
        if found is None:
            if len(self._answers) > _KEPT:
                self._answers.clear()
            found = self._answers[key] = (decision, answer(_NONE, decision, told))
        return replace(found[1], id=ident)

    def _noted_of(self, request: Request, policies: Policies) -> tuple[str, ...]:
        """Notes look at nothing else of a request."""
        key = (id(policies), request.action, request.principal.kind, request.context.given)
        found = self._noted.get(key)
        if found is None:
            if len(self._noted) > _KEPT:
                self._noted.clear()
            found = self._noted[key] = (policies, self._notes(request, policies))
        return found[1]


def _decide_line(
    line: bytes,
    answered: Callable[[Raw, Request, Policies], Answer],
    explaining: _Facts | None,
) -> Answer:
    try:
        # What is kept raw has to be UTF-8 too, which msgspec does not look at.
        case = _CASE.decode(line if line.isascii() else line.decode())
        request, policies = _request(case.request), _policies(case)
        said = answered(case.id, request, policies)
        if not explaining:
            return said
        needed = rests_on(request, policies, **explaining)
        return explained(said, needed, changes_to_allow(request, policies, **explaining))
    except (PolicyError, ValueError, msgspec.MsgspecError, RecursionError) as error:
        return Answer(id=_id(line), decision="Invalid", why=str(error) or type(error).__name__)


def answer(ident: Raw, decision: Decision, notes: Iterable[str] = ()) -> Answer:
    """A decision as a line says it."""
    word, residual, doubt = _said(decision)
    return Answer(
        id=ident,
        decision=word,
        checks=[_check(one) for one in decision.checks],
        residual=residual,
        why="; ".join(filter(None, (doubt, *decision.notes, *notes))),
    )


def explained(
    said: Answer, needed: Iterable[Matched], sets: Iterable[Iterable[Change]]
) -> Explained:
    """The answer with what it hangs on."""
    return Explained(
        **{name: getattr(said, name) for name in said.__struct_fields__},
        rests_on=[_statement(matched) for matched in needed],
        changes=[[_change(one) for one in some] for some in sets],
    )


def _change(one: Change) -> SaidChange:
    if isinstance(one, AddAllow):
        return SaidChange(change="AddAllow", check=one.check, layer=one.layer, action=one.action)
    if isinstance(one, AssumeRoleIn):
        return SaidChange(change="AssumeRoleIn", account=one.account, action=one.action)
    return SaidChange(change="RemoveDeny", statement=_statement(one.matched))


def _said(decision: Decision) -> tuple[Word, str, str]:
    match decision:
        case Allowed():
            return "Allowed", "", ""
        case Denied(by=()):
            return "ImplicitlyDenied", "", ""
        case Denied():
            return "ExplicitlyDenied", "", ""
        case Depends(residual=residual):
            return "Depends", str(residual), ""
        case Unknown(why=why):
            return "Unknown", "", why


def _check(one: CheckResult) -> SaidCheck:
    return SaidCheck(one.check, one.effect, [_statement(matched) for matched in one.statements])


def _statement(matched: Matched) -> SaidStatement:
    return SaidStatement(matched.document, matched.statement.index, matched.statement.sid)


def _id(line: bytes) -> Raw:
    """Of a line that may be anything. msgspec leaves what it keeps raw unread."""
    try:
        return _NAMED.decode(line.decode()).id.copy()
    except (ValueError, msgspec.MsgspecError, RecursionError):
        return _NONE


def _request(told: _Request) -> Request:
    return Request(
        principal=_requester(told.principal),
        action=told.action,
        resource=told.resource,
        resource_account=told.resource_account,
        context=Context(
            {key: _values(value) for key, value in (told.context or {}).items()},
            told.unknown or (),
        ),
    )


def _requester(told: str | _Principal) -> Requester:
    if isinstance(told, str):
        return _parsed_requester(told)
    if told.type == "Service":
        return Requester(RequesterKind.SERVICE, told.service)
    return Requester(RequesterKind.ANONYMOUS, "")


_parsed_requester = lru_cache(maxsize=4096)(Requester.parse)


def _values(value: Scalar | list[Scalar]) -> tuple[str, ...]:
    return tuple(map(_text, value)) if isinstance(value, list) else (_text(value),)


def _text(value: Scalar) -> str:
    """As AWS writes booleans and numbers in a context."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _policies(case: _Case) -> Policies:
    who = case.request.principal
    federated = isinstance(who, str) and ":federated-user/" in who
    return _read_policies(bytes(case.policies), federated, bool(case.management_account))


# The same policies come again and again in a batch.
@lru_cache(maxsize=1024)
def _read_policies(
    text: bytes,
    federated: bool,  # noqa: FBT001 -- a key of the cache
    management_account: bool,  # noqa: FBT001
) -> Policies:
    # With its name around it, which messages tell.
    told = _TOLD.decode(b'{"policies":%b}' % text).policies or _NOTHING
    _refuse_other_layers(text)
    return Policies(
        identity=_documents(told.identity, "identity", PolicyKind.IDENTITY) or (),
        boundary=_boundary(told.boundary),
        session=_session(told.session, federated=federated),
        resource=_documents(told.resource, "resource", PolicyKind.RESOURCE),
        scp=_levels(told.scp, "scp", PolicyKind.SCP),
        rcp=_levels(told.rcp, "rcp", PolicyKind.RCP),
        endpoint=_documents(told.endpoint, "endpoint", PolicyKind.VPC_ENDPOINT),
        management_account=management_account,
        grants=tuple(told.grants or ()),
        bucket=told.bucket,
    )


_NOTHING = _Policies()


def _refuse_other_layers(text: bytes) -> None:
    """A layer that nobody here knows is not left out in silence: it might be what denies."""
    for name, given in (_LAYERS.decode(text) or {}).items():
        if name not in _Policies.__struct_fields__ and bytes(given) not in _SAY_NOTHING:
            known = ", ".join(_Policies.__struct_fields__)
            raise ValueError(f"policies: there is no {name!r}, but {known}")


def _document(document: Raw, name: str, kind: PolicyKind) -> Policy:
    try:
        return _parsed(bytes(document).decode(), kind)
    except PolicyError as error:
        raise ValueError(f"{name}: {error}") from error


# So do documents, within other policies.
_parsed = lru_cache(maxsize=4096)(parse)


def _listed(given: Raw) -> list[Raw]:
    """One document is a list of one; none at all, like an empty list, is a layer without any."""
    text = bytes(given)
    if text == b"null":
        return []
    return _DOCUMENTS.decode(text) if text.lstrip().startswith(b"[") else [given]


def _documents(given: Raw, name: str, kind: PolicyKind) -> tuple[Policy, ...] | None:
    several = _listed(given)
    made = tuple(_document(one, f"{name}[{n}]", kind) for n, one in enumerate(several))
    return made or None


def _boundary(given: Raw) -> Policy | None:
    several = _listed(given)
    if len(several) > 1:
        raise ValueError("boundary: a principal has at most one")
    return _document(several[0], "boundary[0]", PolicyKind.BOUNDARY) if several else None


def _session(given: Raw, *, federated: bool) -> tuple[Policy, ...] | None:
    """A federated user's session that was made without policies has no permissions: [].

    Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
    """
    made = _documents(given, "session", PolicyKind.SESSION)
    return () if made is None and federated and bytes(given) != b"null" else made


def _levels(levels: list[_Level] | None, name: str, kind: PolicyKind) -> tuple[Level, ...] | None:
    if not levels:
        return None
    return tuple(
        Level(
            target=one.target,
            policies=tuple(
                _document(document, f"{name}[{n}][{m}]", kind)
                for m, document in enumerate(one.policies)
            ),
        )
        for n, one in enumerate(levels)
    )
