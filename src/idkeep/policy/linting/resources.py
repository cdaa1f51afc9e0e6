"""Resources that no action of their statement reaches, and that say the same twice.

Which ARNs an action takes is the catalog's:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Iterator

from idkeep.policy.document import NotResource, Statement
from idkeep.policy.linting.arns import arn_faults, few, meets
from idkeep.policy.linting.finding import Remark, Subject, path_of
from idkeep.policy.linting.globs import redundant, resource_within
from idkeep.policy.linting.known import meant, targets
from idkeep.policy.pattern import ARN_FIELDS
from idkeep.policy.variables import Version

_SERVICE = 2


def resources(subject: Subject) -> Iterator[Remark]:
    for statement in subject.statements:
        if statement.resource is None:
            continue
        name = "NotResource" if isinstance(statement.resource, NotResource) else "Resource"
        patterns = statement.resource.patterns
        for n, pattern in enumerate(patterns):
            at = path_of(statement, name, n)
            yield from arn_faults(pattern, statement.version, at, subject.catalog)
        for n, wide in redundant_resources(patterns, statement.version).items():
            message = f"{patterns[n]} is within {patterns[wide]}, which is listed too"
            yield Remark("REDUNDANT_RESOURCE", message, path_of(statement, name, n))
        if name == "Resource":
            yield from _meeting(statement, subject)


def redundant_resources(patterns: tuple[str, ...], version: Version) -> dict[int, int]:
    """As `redundant_actions`."""
    return redundant(patterns, lambda one, other: resource_within(one, other, version))


def _meeting(statement: Statement, subject: Subject) -> Iterator[Remark]:
    """Actions that no resource of the statement fits, and resources that no action does."""
    assert statement.resource is not None
    patterns = statement.resource.patterns
    named = meant(statement, subject.catalog)
    if not patterns or not named or "*" in patterns:
        return
    reached = {name: targets(subject.catalog, name) for name in named}
    if None in reached.values() and all(one is None for one in reached.values()):
        return
    version = statement.version
    used: set[str] = set()
    alive: set[str] = set()
    for name, shaped in reached.items():
        for pattern in patterns:
            if shaped is None or _reaches(pattern, name, shaped, version):
                used.add(pattern)
                alive.add(name)
    if not alive:
        message = "none of its actions can be asked for on any of its resources"
        yield Remark("STATEMENT_HAS_NO_EFFECT", message, path_of(statement))
        return
    yield from _dead_actions(statement, subject, alive)
    for n, pattern in enumerate(patterns):
        if pattern not in used and pattern.startswith("arn:"):
            message = f"no action of the statement can be asked for on {pattern}"
            at = path_of(statement, "Resource", n)
            yield Remark("ACTION_AND_RESOURCE_NEVER_MEET", message, at)


def _reaches(pattern: str, action: str, shaped: tuple[str, ...], version: Version) -> bool:
    """An action that takes no ARN is asked for on `*`.

    Some services ask on all of theirs: AWS's examples grant s3:ListAllMyBuckets on arn:aws:s3:::*.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_s3_rw-bucket-console.html
    """
    if shaped:
        return any(meets(pattern, shape, version) for shape in shaped)
    fields = pattern.split(":", ARN_FIELDS - 1)
    return fields[-1] == "*" and action.partition(":")[0] in ("", *fields[_SERVICE : _SERVICE + 1])


def _dead_actions(statement: Statement, subject: Subject, alive: set[str]) -> Iterator[Remark]:
    for n, pattern in enumerate(statement.action.patterns):
        named = subject.catalog.expand(pattern)
        if not named or not alive.isdisjoint(named):
            continue
        shaped = dict.fromkeys(s for name in named for s in targets(subject.catalog, name) or ())
        takes = few(tuple(shaped)) if shaped else "only the resource *"
        message = f"{pattern} meets no resource of the statement: it takes {takes}"
        at = path_of(statement, "Action", n)
        yield Remark("ACTION_AND_RESOURCE_NEVER_MEET", message, at)
