"""Who can make a change, as lines of Markdown."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from idkeep.access.changers import Changer, Changers
from idkeep.checks.changing import Change
from idkeep.report.printable import printable

_MOST = 8
_Key = tuple[str, str, Changers | None]


def changers_told(changes: Sequence[Change], account: str) -> Iterator[str]:
    """Who may do what, the same list of principals once; `account` is the finding's own."""
    groups: dict[_Key, list[str]] = {}
    for one in changes:
        same = replace(one.who, on="") if one.who else None
        groups.setdefault((one.account, one.why, same), []).append(_actions(one))
    for (where, why, who), actions in groups.items():
        head = "; ".join(actions)
        if who is None:
            yield f"{head}: {printable(why)}.\n"
            continue
        away = f", in account {where}" if where != account else ""
        note = f" ({printable(why)})" if why else ""
        yield f"{head}{away}{note}:\n"
        yield from _who(who)
        yield ""


def _actions(one: Change) -> str:
    """The actions, and on what they were asked."""
    actions = ", ".join(f"`{action}`" for action in one.actions)
    match one.who.on if one.who else "*":
        case "*":
            return actions
        case "":
            return f"{actions} on some resource"
        case arn:
            return f"{actions} on {printable(arn)}"


def _who(who: Changers) -> Iterator[str]:
    if not (who.may or who.perhaps or who.unknown):
        yield "- nobody of the account"
    yield from _cut([_changer(one) for one in who.may], "")
    yield from _cut([_changer(one) for one in who.perhaps], " under conditions")
    yield from _cut([f"not known: {printable(one)}" for one in who.unknown], " not known")
    yield from (f"- some may be missing: {printable(why)}" for why in who.unlisted)


def _cut(lines: list[str], what: str) -> Iterator[str]:
    yield from (f"- {line}" for line in lines[:_MOST])
    if (left := len(lines) - _MOST) > 0:
        yield f"- and {left} more{what}"


def _changer(one: Changer) -> str:
    by = f", by {', '.join(map(printable, one.by))}" if one.by else ""
    people = ""
    if one.people is not None:
        more = f" and {len(one.people) - _MOST} more" if len(one.people) > _MOST else ""
        shown = ", ".join(map(printable, one.people[:_MOST])) or "nobody has it here"
        people = f" ({shown}{more})"
    proviso = f"; {printable(one.proviso)}" if one.proviso else ""
    return f"**{printable(one.name)}**{people}{by}{proviso}"
