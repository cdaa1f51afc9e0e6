"""How an answer of the engine is shown: as text, as JSON, and as an exit code."""

from collections.abc import Iterable, Iterator

from msgspec import Raw, Struct, json, to_builtins

from idkeep.api.can import Ruling
from idkeep.errors import Exit
from idkeep.policy.batch import Explained, answer, explained
from idkeep.policy.counterfactual import Change, RemoveDeny
from idkeep.policy.decision import Allowed, Denied, Depends, Matched, Unknown
from idkeep.report import printable


class SaidPlace(Struct, frozen=True, kw_only=True):
    """Where a statement of the answer stands; `document` and `index` are as in the answer."""

    document: str
    index: int
    policy: str
    arn: str
    digest: str
    line: int
    column: int


class OfSnapshot(Explained, frozen=True, kw_only=True):
    """The answer of `idkeep decide`, with what only a snapshot tells. `hops` come before it."""

    principal: str = ""
    action: str = ""
    resource: str = ""
    places: tuple[SaidPlace, ...] = ()
    hops: tuple["OfSnapshot", ...] = ()


def as_json(ruling: Ruling, hops: Iterable[Ruling] = ()) -> str:
    """A policy file's answer as `idkeep decide` gives it; a snapshot's with its places."""
    told = _plain(ruling)
    if ruling.where is not None:
        told = of_snapshot(ruling, hops)
    return json.format(json.encode(told), indent=2).decode()


def code_of(ruling: Ruling, *, optimistic: bool) -> Exit:
    match ruling.decision:
        case Allowed():
            return Exit.OK
        case Depends() if optimistic:
            return Exit.OK
        case Unknown():
            return Exit.INCOMPLETE
        case _:
            return Exit.FINDINGS


def told(ruling: Ruling) -> Iterator[str]:
    """Line by line."""
    asked = ruling.request
    head = f"{asked.principal.name or 'anybody'} {asked.action} {asked.resource}"
    yield f"{_verdict(ruling):<8} {printable(head)}"
    match ruling.decision:
        case Depends(residual=residual):
            yield f"         if {printable(str(residual))}"
        case Unknown(why=why):
            yield f"         {printable(why)}"
        case Denied(by=()):
            yield "         too little allows it, and nothing denies it"
        case _:
            pass
    for check in ruling.decision.checks:
        yield f"\n  {check.check:<24} {check.effect}"
        for matched in check.statements:
            sid = f"  {printable(matched.statement.sid)}" if matched.statement.sid else ""
            yield f"    {matched.effect:<6} {printable(ruling.at(matched))}{sid}"
    yield from hangs_on(ruling)
    for note in ruling.notes:
        yield f"\n  Note: {printable(note)}"


def hangs_on(ruling: Ruling) -> Iterator[str]:
    """The statements that an allow can't do without; the changes that would turn a denial."""
    if ruling.rests_on:
        yield "\n  Without any one of these it would not be allowed:"
        yield from (f"    {printable(ruling.at(one))}" for one in ruling.rests_on)
    for n, some in enumerate(ruling.changes):
        yield "\n  It would no longer be denied by:" if n == 0 else "  or by:"
        for one in some:
            yield f"    {_change(one, ruling)}"


def _plain(ruling: Ruling) -> Explained:
    decision = ruling.decision
    said = answer(Raw(b"null"), decision, ruling.notes[len(decision.notes) :])
    return explained(said, ruling.rests_on, ruling.changes)


def of_snapshot(ruling: Ruling, hops: Iterable[Ruling] = ()) -> OfSnapshot:
    """With the place of every statement. Raises `ValueError` for an answer by policy files."""
    plain = _plain(ruling)
    fields = {name: getattr(plain, name) for name in plain.__struct_fields__}
    removed = (
        one.matched for some in ruling.changes for one in some if isinstance(one, RemoveDeny)
    )
    of_checks = (one for check in ruling.decision.checks for one in check.statements)
    matched = dict.fromkeys((*of_checks, *ruling.rests_on, *removed))
    return OfSnapshot(
        **fields,
        principal=ruling.request.principal.name,
        action=ruling.request.action,
        resource=ruling.request.resource,
        places=tuple(_place(ruling, one) for one in matched),
        hops=tuple(of_snapshot(one) for one in hops),
    )


def _place(ruling: Ruling, matched: Matched) -> SaidPlace:
    if ruling.where is None:
        raise ValueError("a policy file has no place in a snapshot")
    place = to_builtins(ruling.where(matched))
    names = ("policy", "arn", "digest", "line", "column")
    return SaidPlace(
        document=matched.document,
        index=matched.statement.index,
        **{name: place[name] for name in names},
    )


def _change(one: Change, ruling: Ruling) -> str:
    if isinstance(one, RemoveDeny):
        return f"no longer denying it in {printable(ruling.at(one.matched))}"
    return printable(str(one))


def _verdict(ruling: Ruling) -> str:
    match ruling.decision:
        case Allowed():
            return "ALLOWED"
        case Denied():
            return "DENIED"
        case Depends():
            return "DEPENDS"
        case _:
            return "UNKNOWN"
