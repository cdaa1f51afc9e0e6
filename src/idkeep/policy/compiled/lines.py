"""Whether conditions hold and resources are covered, for all principals of an account at once.

What looks at nothing but fixed keys of the principal is decided once for each value there is, and
kept; what looks at the request, with it; what looks at both, for each value with each request.
"""

from collections.abc import Iterable

from idkeep.policy.compiled.asked import Asked
from idkeep.policy.compiled.keys import FixedKeys, Group
from idkeep.policy.compiled.lanes import NOWHERE, Lanes, both, either, same
from idkeep.policy.compiled.rules import Body, Line, head_of
from idkeep.policy.condition import holds
from idkeep.policy.context import Context, NotKnown
from idkeep.policy.document import Resource
from idkeep.policy.expression import Open, Truth, Undocumented
from idkeep.policy.pattern import ARN_FIELDS
from idkeep.policy.statement_match import matches_resource
from idkeep.policy.variables import Variable, Version, template

_ANYTHING = Context(unknown="*")
_MOOT = Open(Undocumented("an empty list of actions"))
# A single value that begins otherwise than theirs makes them false.
_BY_HEAD = frozenset({"StringEquals", "StringLike", "ArnEquals", "ArnLike"})


class Lines:
    """`kept` holds what no request changes, by line and whether unknown keys are all others."""

    def __init__(self, fixed: FixedKeys, everywhere: int) -> None:
        self._fixed = fixed
        self._everywhere = everywhere
        self._kept: dict[tuple[Line, bool], Lanes] = {}

    def applies(self, body: Body, asked: Asked) -> Lanes:
        """Where the statement's resource and conditions match; what `reaches` says of each."""
        target = self._covers(body, asked)
        if body.moot:
            target = both(target, same(_MOOT, self._everywhere))
        for line in body.lines:
            if not target.possible:
                break
            target = both(target, self._holds(line, asked))
        return target

    def _holds(self, line: Line, asked: Asked) -> Lanes:
        found = asked.seen.get(line)
        if found is None:
            found = asked.seen[line] = self._find(line, asked)
        return found

    def _find(self, line: Line, asked: Asked) -> Lanes:
        fixed = line.keys & self._fixed.names
        if not fixed:
            return same(holds(line.condition, line.version, asked.context), self._everywhere)
        if fixed != line.keys or asked.hides_keys or not fixed.isdisjoint(asked.mentioned):
            return _joined(
                (one, holds(line.condition, line.version, asked.context_of(one.first)))
                for one in self._fixed.groups(fixed)
            )
        key = (line, asked.all_unknown)
        if key not in self._kept:
            self._kept[key] = self._by_principal(line, all_unknown=asked.all_unknown)
        return self._kept[key]

    def _by_principal(self, line: Line, *, all_unknown: bool) -> Lanes:
        names = sorted(line.keys)

        def truth(group: Group) -> Truth:
            told = dict(zip(names, group.values, strict=True))
            known = {name: v for name, v in told.items() if not isinstance(v, NotKnown)}
            context = Context(known, unknown="*" if all_unknown else ())
            return holds(line.condition, line.version, context)

        return _joined((one, truth(one)) for one in self._in_question(line))

    def _in_question(self, line: Line) -> Iterable[Group]:
        """The groups for which the condition may not be false."""
        condition, operator = line.condition, line.condition.operator
        plain = operator.base in _BY_HEAD and not operator.set_operator and not operator.if_exists
        if not (plain and condition.values and len(line.keys) == 1):
            return self._fixed.groups(line.keys)
        # Under StringEquals a wildcard is itself, and no less behind what stands before it.
        heads = {head_of(value, line.version) for value in condition.values}
        values = self._fixed.values(condition.key.lower())
        hits = (one for head in heads for one in values.beginning(head))
        return {one.first: one for one in (*hits, *values.odd)}.values()

    def _covers(self, body: Body, asked: Asked) -> Lanes:
        element, version, resource = body.resource, body.version, asked.resource
        possible = matches_resource(element, version, resource, _ANYTHING)
        if not isinstance(possible, Open) or not body.keys:
            return same(possible, self._everywhere)
        fixed = body.keys & self._fixed.names
        if not fixed:
            covered = matches_resource(element, version, resource, asked.context)
            return same(covered, self._everywhere)
        return _joined(
            (one, matches_resource(element, version, resource, asked.context_of(one.first)))
            for one in self._who_may_be_covered(body, fixed, asked)
        )

    def _who_may_be_covered(
        self, body: Body, fixed: frozenset[str], asked: Asked
    ) -> Iterable[Group]:
        """The groups for which the resource may be covered.

        Where a single pattern has a single variable behind a literal beginning, those whose value
        stands there in the resource: a few of thousands.
        """
        told = asked.hides_keys or not fixed.isdisjoint(asked.mentioned)
        variable = None if told or fixed != body.keys else _only_variable(body)
        if not variable:
            return self._fixed.groups(fixed)
        values = self._fixed.values(variable.key.lower())
        return (*values.begun_by(asked.resource[len(body.marks[0].head) :]), *values.odd)


def _only_variable(body: Body) -> Variable | None:
    """None too for a variable before the resource part of an ARN, whose meaning is in doubt."""
    if not isinstance(body.resource, Resource) or len(body.resource.patterns) != 1:
        return None
    if len(body.keys) != 1:
        return None
    if body.marks[0].head.count(":") < ARN_FIELDS - 1:
        return None
    parts = template(body.resource.patterns[0], Version.CURRENT)
    behind = next((part for part in parts if not isinstance(part, str)), None)
    return behind if isinstance(behind, Variable) else None


def _joined(truths: Iterable[tuple[Group, Truth]]) -> Lanes:
    found = NOWHERE
    for group, truth in truths:
        found = either(found, same(truth, group.lanes))
    return found
