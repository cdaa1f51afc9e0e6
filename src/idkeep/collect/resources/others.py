"""Resources of many types, of which nothing is read but the policy.

One list call for each type in each region, whatever is there: about seven hundred and forty in an
account with seventeen regions, and for each resource that is found one call more. Only who asks for
this family pays them. No call of AWS would prove that an account has nothing of a type: the tagging
API leaves out what never had a tag, Resource Explorer needs an index in each region that somebody
made, and AWS Config a recorder that records the type. None of these readers has met AWS.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, AnyCollector, Collector, Pages
from idkeep.collect.regions import COLLECTORS as REGION_COLLECTORS
from idkeep.collect.resources.kind import (
    AnyKind,
    Found,
    Kind,
    Place,
    costing,
    gathered,
    in_region,
    where_it_is,
)
from idkeep.collect.resources.plan import Listed, Plan, estimate, listed, read_each
from idkeep.model import Arn, Gap
from idkeep.model.other_resources import MoreResources, OtherResource, StandingPolicy
from idkeep.model.other_type import ARN, OtherType
from idkeep.model.other_types import OTHER_TYPES

_NOTHING = "{}"


@dataclass(frozen=True, slots=True)
class _Told:
    """Policies with their names, and whether the resource answers within networks alone."""

    policies: tuple[tuple[str, str], ...]
    within: bool


@dataclass(frozen=True, slots=True)
class _Item:
    """One resource as its list call told it; of several lines about it there are `more`."""

    arn: str
    members: tuple[Answer, ...]


def _lister(kind: OtherType) -> Collector[tuple[Answer, ...]]:
    def build(pages: Pages) -> tuple[Answer, ...]:
        return tuple(_members(one) for page in pages for one in _list(page, kind.items))

    return Collector(
        service=kind.client,
        operation=kind.lists,
        action=kind.list_action,
        params=kind.given,
        build=build,
        regional=True,
    )


def _list(page: Answer, path: str) -> tuple[Any, ...]:
    """CloudFront leaves an empty list out, and no other part of the way to it."""
    *way, last = path.split(".")
    for name in way:
        page = page[name]
    return tuple(page.get(last, ()) if way else page[last])


def _members(item: object) -> Answer:
    return item if isinstance(item, Mapping) else {"Name": item}


def _reader(kind: OtherType) -> Collector[_Told]:
    def build(pages: Pages) -> _Told:
        return _told(kind, pages)

    return Collector(
        service=kind.client,
        operation=kind.reads,
        action=kind.read_action,
        params=kind.given,
        build=build,
        absent=frozenset(kind.absent),
        regional=True,
    )


def _told(kind: OtherType, answers: Pages) -> _Told:
    """Raises `KeyError` for answers without a policy, where AWS says that there is none otherwise.

    An object without statements grants nothing, and is how some services say so.
    """
    member, off = kind.off
    if member and any(answer.get(member) == off for answer in answers):
        return _Told((), any(_within(kind, answer) for answer in answers))
    found = tuple(one for answer in answers for one in _texts(kind, answer, kind.policy.split(".")))
    if not found and not kind.may_lack:
        raise KeyError(kind.policy)
    texts = tuple((name, text) for name, text in found if text.strip() not in ("", _NOTHING))
    return _Told(texts, any(_within(kind, answer) for answer in answers))


def _texts(
    kind: OtherType,
    value: Any,  # noqa: ANN401 -- what AWS sent
    way: list[str],
    name: str = "",
) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for one in value:
            yield from _texts(kind, one, way, one[kind.titled] if kind.titled else "")
    elif not way:
        yield name, value
    elif way[0] == "*":
        for key, one in value.items():
            yield from _texts(kind, one, way[1:], key)
    elif way[0] in value:
        yield from _texts(kind, value[way[0]], way[1:], name)


def _within(kind: OtherType, answer: Any) -> bool:  # noqa: ANN401 -- what AWS sent
    if kind.inside in ("", "always"):
        return bool(kind.inside)
    for name in kind.inside.split("."):
        answer = answer.get(name) or {}
    return bool(answer)


_LISTERS = {name: _lister(kind) for name, kind in OTHER_TYPES.items()}
_READERS = {name: _reader(kind) for name, kind in OTHER_TYPES.items() if kind.reads}
COLLECTORS: tuple[AnyCollector, ...] = (
    *REGION_COLLECTORS,
    *_LISTERS.values(),
    *_READERS.values(),
)


def _listed(kind: OtherType, ask: Ask) -> Found[_Item]:
    """The account's own; what others share with it, or AWS keeps in it, is theirs."""
    lister = _LISTERS[kind.name]
    if kind.anywhere:
        region = ask.aws.main_region
        found = gathered({region: in_region(ask, lister, region)})
    else:
        found = where_it_is(ask, lister)
    lines: dict[tuple[str, str], list[Answer]] = defaultdict(list)
    odd: list[Gap] = []
    for region, members in found.items:
        try:
            arn = _arn(kind, Place(ask.partition, region, ask.account), members)
        except (KeyError, ValueError) as error:
            odd.append(Gap(kind.list_action, f"an item is not understood: {error}", region=region))
            continue
        if Arn.parse(arn).account == ask.account:
            lines[region, arn].append(members)
    items = tuple((region, _Item(arn, tuple(one))) for (region, arn), one in lines.items())
    return Found(items, (*found.gaps, *odd), found.regions)


def _arn(kind: OtherType, place: Place, members: Answer) -> str:
    if kind.arn:
        return str(members[kind.arn])
    end = kind.form
    for name in kind.named:
        end = end.replace("*", members[name], 1)
    return place.arn(kind.prefix, end)


def _resource(kind: OtherType, ask: Ask, place: Place, item: _Item) -> OtherResource:
    told = _ask(kind, ask, place, item)
    return OtherResource(
        type=kind.name,
        arn=item.arn,
        account=place.account,
        region=Arn.parse(item.arn).region,
        within_networks=told.within
        if isinstance(told, _Told)
        else kind.inside == "always" or (told if kind.inside else False),
        policies=told
        if isinstance(told, Gap)
        else tuple(
            StandingPolicy(name=name, policy=ask.keep(text)) for name, text in told.policies
        ),
    )


def _ask(kind: OtherType, ask: Ask, place: Place, item: _Item) -> _Told | Gap:
    if not kind.reads:
        return _told(kind, item.members)
    members = item.members[0]
    given = {name: item.arn if one == ARN else members[one] for name, one in kind.by.items()}
    found = ask(_READERS[kind.name], region=place.region, **given)
    return _Told((), kind.inside == "always") if found is None else found


KINDS: tuple[AnyKind, ...] = tuple(
    Kind(
        field="others",
        model=OtherResource,
        lists=partial(_listed, kind),
        calls=costing(1 if kind.reads else 0),
        read=partial(_resource, kind),
    )
    for kind in OTHER_TYPES.values()
)


def plan(ask: Ask) -> Plan[MoreResources]:
    """Ask what there is, and say what reading it costs."""
    found = listed(ask, KINDS)
    return Plan(estimate(found), partial(_read, ask, found))


def _read(ask: Ask, found: Listed) -> MoreResources:
    read = read_each(ask, found)
    return MoreResources(
        others=tuple(item for one in read for item in one.items),
        unlisted=tuple(dict.fromkeys(gap for one in read for gap in one.unlisted)),
    )
