"""The `Condition` element.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
"""

from collections.abc import Iterator

from idkeep.policy.condition import Condition
from idkeep.policy.diagnostics import Rule
from idkeep.policy.operators import MEANINGS, NULL, Operator
from idkeep.policy.report import Report
from idkeep.policy.source import JsonValue, Path
from idkeep.policy.variables import Malformed, Variable, Version, template


def conditions(
    found: dict[str, JsonValue], version: Version, path: Path, report: Report
) -> tuple[Condition, ...]:
    """Every key of every operator, in the document's order."""
    if "Condition" not in found:
        return ()
    at = (*path, "Condition")
    return tuple(_operators(found["Condition"], version, at, report))


def _operators(
    value: JsonValue, version: Version, path: Path, report: Report
) -> Iterator[Condition]:
    block = _object(value, path, report)
    for name, keys in block.items():
        at = (*path, name)
        operator = Operator.parse(name)
        if operator is None:
            report.refuse(Rule.OPERATOR, f"no condition operator {name!r}", at, key=True)
            continue
        if operator.base == NULL and operator.if_exists:
            report.refuse(Rule.NULL_IF_EXISTS, "Null has no IfExists", at, key=True)
            continue
        yield from _keys(operator, keys, version, at, report)


def _keys(
    operator: Operator, value: JsonValue, version: Version, path: Path, report: Report
) -> Iterator[Condition]:
    block = _object(value, path, report)
    cases: dict[str, str] = {}
    for key, given in block.items():
        at = (*path, key)
        if ":" not in key:
            # IAM: "Actions/Conditions must be prefaced by a vendor". Other services are unknown.
            report.note(Rule.KEY_FORM, f"{key!r} is not of the form service:key", at)
        if other := cases.get(key.lower()):
            report.note(Rule.KEY_CASE, f"{other} and {key} are one key; both must hold", at)
        cases[key.lower()] = key
        values = tuple(_values(given, at, report))
        _variable_faults(operator, values, version, at, report)
        yield Condition(operator, key, values)


def _object(value: JsonValue, path: Path, report: Report) -> dict[str, JsonValue]:
    if not isinstance(value, dict):
        report.refuse(Rule.CONDITION_FORM, f"{path[-1]} is a JSON object", path)
        return {}
    if not value:
        # Read as if it were not there. The validator says so ("this condition block is empty and it
        # does not affect the policy") and also that "the statement has no effect on the policy".
        report.note(Rule.EMPTY, f"{path[-1]} is empty", path)
    report.repeated(value, path)
    return value


def _values(value: JsonValue, path: Path, report: Report) -> Iterator[str]:
    """Strings, numbers as written, and `true` or `false`."""
    several = value if isinstance(value, list) else [value]
    if not several:
        report.note(Rule.EMPTY, f"{path[-1]} has no value", path)
    for n, item in enumerate(several):
        if isinstance(item, bool):
            yield "true" if item else "false"
        elif isinstance(item, str):
            yield str(item)
        else:
            report.refuse(
                Rule.CONDITION_FORM, "a condition value is a string, number or Boolean", (*path, n)
            )


def _variable_faults(
    operator: Operator, values: tuple[str, ...], version: Version, path: Path, report: Report
) -> None:
    takes = operator.base in MEANINGS and MEANINGS[operator.base].variables
    for n, value in enumerate(values):
        if "${" not in value:
            continue
        at = (*path, n)
        if version is Version.OLD:
            report.note(Rule.VARIABLE_VERSION, "Version 2008-10-17 has no variables", at)
            continue
        parts = template(value, version)
        if not takes and any(isinstance(part, Variable) for part in parts):
            report.note(Rule.VARIABLE_PLACE, f"{operator.base} takes no variable", at)
        for part in parts:
            if isinstance(part, Malformed):
                report.note(Rule.VARIABLE_FORM, f"{part.text}: {part.why}", at)
