"""A difference in words: a sign, a verb, and what it is about. Nothing is told by colour alone."""

from collections.abc import Iterable, Iterator

from msgspec import Struct

from idkeep.access import Change, Difference

MINUS = "\N{MINUS SIGN}"
_SIGNS = {
    Change.ADDED: ("+", "added"),
    Change.REMOVED: (MINUS, "removed"),
    Change.CHANGED: ("~", "changed"),
    Change.UNKNOWN: ("?", "now unknown"),
    Change.KNOWN: ("?", "now known"),
}
SUBJECT_WORDS = {**_SIGNS, Change.ADDED: ("+", "appeared"), Change.REMOVED: (MINUS, "vanished")}
_PARTS = {
    "access_keys": "access key",
    "attached_policies": "attached policy",
    "boundary": "permissions boundary",
    "document": "policy text",
    "groups": "group",
    "has_access_keys": "access keys",
    "has_certificates": "signing certificates",
    "has_mfa": "MFA",
    "has_password": "password",
    "inline_policies": "inline policy",
    "instance_profiles": "instance profile",
    "listed": "whether it is still there",
    "mfa_active": "MFA",
    "roles": "role",
    "tags": "tag",
    "trust": "trust policy",
    "versions": "version",
    "virtual_mfa": "authenticator app",
}
# Facts that are there or not, by their field: what it means when they come and go.
_GAINED = {"has_access_keys", "has_certificates", "has_mfa", "has_password", "mfa_active"}
_SHOWN = 4


class Line(Struct, frozen=True):
    """`depth` counts from 0; `why` stands apart, for it may be long."""

    depth: int
    sign: str
    word: str
    text: str


def lines(parts: Iterable[Difference], depth: int = 0) -> Iterator[Line]:
    """Each difference, and what is in it a step further in; what is unread in one line a reason."""
    unread: dict[tuple[Change, str], list[str]] = {}
    for one in parts:
        if one.change in (Change.UNKNOWN, Change.KNOWN):
            unread.setdefault((one.change, one.why), []).append(thing(one))
        else:
            yield from _lines(one, depth)
    for (change, why), things in unread.items():
        yield Line(depth, *_SIGNS[change], f"{', '.join(things)} ({why})")


def thing(one: Difference) -> str:
    """What a difference is about."""
    part = _PARTS.get(one.part, one.part.replace("_", " "))
    return f"{part} {one.name}" if one.name else part


def _lines(one: Difference, depth: int) -> Iterator[Line]:
    sign, word = _SIGNS[one.change]
    match one:
        case Difference(part="id"):
            text = f"made anew under the same name: {one.before} → {one.after}"
            yield Line(depth, "~", "replaced", text)
        case Difference(part="access_keys" | "password", change=Change.CHANGED):
            yield from _credential(one, depth)
        case Difference(part=part, after=bool(has)) if part in _GAINED:
            yield Line(depth, *(("+", "gained") if has else (MINUS, "lost")), thing(one))
        case Difference(part="statement", change=Change.ADDED | Change.REMOVED):
            yield Line(depth, sign, word, f"{thing(one)}: {_statement(one)}")
        case Difference(parts=(Difference(part="document") as text,)):
            yield Line(depth, sign, word, thing(one))
            yield from lines(text.parts, depth + 1)
        case _:
            yield Line(depth, sign, word, _told(one))
            yield from lines(one.parts, depth + 1)


def _told(one: Difference) -> str:
    """With its values, where they are."""
    values = [_value(value) for value in (one.before, one.after) if value is not None]
    return f"{thing(one)}: {' → '.join(values)}" if values else thing(one)


def _value(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case str() if len(value) == len("2026-01-01T00:00:00Z") and value.endswith("Z"):
            return value[:16].replace("T", " ")
        case _:
            return str(value)


def _credential(one: Difference, depth: int) -> Iterator[Line]:
    changed = {part.part: part for part in one.parts}
    active = changed.pop("active", None)
    if active is not None:
        words = ("+", "activated") if active.after else (MINUS, "deactivated")
        yield Line(depth, *words, thing(one))
    for name, word in (("rotated", "rotated"), ("changed", "changed")):
        if (part := changed.pop(name, None)) is not None and part.change is Change.CHANGED:
            when = f": {_value(part.before)} → {_value(part.after)}"
            yield Line(depth, "~", word, thing(one) + when)
        elif part is not None:
            changed[name] = part
    if changed:
        yield Line(depth, "~", "changed", thing(one))
        yield from lines(changed.values(), depth + 1)


def _statement(one: Difference) -> str:
    """`Allow s3:GetObject on *, if …`: an element by an element, few of each."""
    said: dict[str, list[str]] = {}
    for part in one.parts:
        values = [part.name, part.before, part.after]
        said.setdefault(part.part, []).extend(str(v) for v in values if v not in ("", None))
    effect = " ".join(said.pop("Effect", ["?"]))
    order = (
        ("Action", ""), ("NotAction", "all but "), ("Resource", "on "),
        ("NotResource", "on all but "), ("Principal", "to "), ("NotPrincipal", "to all but "),
        ("Condition", "if "),
    )  # fmt: skip
    words = [f"{before}{_few(said[name])}" for name, before in order if name in said]
    return " ".join([effect, *words])


def _few(values: list[str]) -> str:
    left = len(values) - _SHOWN
    return ", ".join([*values[:_SHOWN], f"{left} more"] if left > 0 else values)
