"""Documents longer than their kind may be. The limits are dated data of the catalog."""

from collections.abc import Iterator

from idkeep.catalog import Facts, Quota
from idkeep.policy.document import PolicyKind, Statement
from idkeep.policy.linting.codes import Category
from idkeep.policy.linting.finding import Remark, Subject, path_of
from idkeep.policy.sizes import over_quota, quota_of, size

_CODES = {
    PolicyKind.IDENTITY: "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",
    PolicyKind.BOUNDARY: "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",
    PolicyKind.TRUST: "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA",
    PolicyKind.SCP: "POLICY_SIZE_EXCEEDS_SCP_QUOTA",
    PolicyKind.RCP: "POLICY_SIZE_EXCEEDS_RCP_QUOTA",
    PolicyKind.SESSION: "POLICY_SIZE_EXCEEDS_SESSION_POLICY_QUOTA",
    PolicyKind.VPC_ENDPOINT: "POLICY_SIZE_EXCEEDS_ENDPOINT_POLICY_QUOTA",
}
_QUEUE = "sqs-queue"


def quotas(subject: Subject) -> Iterator[Remark]:
    facts = subject.catalog.facts
    if quota := quota_of(subject.kind, facts):
        yield from _too_long(quota, _CODES[subject.kind], subject)
    elif subject.kind is PolicyKind.RESOURCE and _of_queue(subject):
        yield from _too_long(
            facts.quota(_QUEUE, "bytes"), "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA", subject
        )
        yield from _slots(facts, subject)


def _too_long(quota: Quota, code: str, subject: Subject) -> Iterator[Remark]:
    text = subject.policy.text
    over = over_quota([text], quota)
    if over is False:
        return
    length = size(text, quota)
    said = f"{length:,}" if length is not None else "with its white space more than"
    raised = f", {quota.maximum:,} if raised" if quota.maximum > quota.default else ""
    message = f"{said} {quota.unit}, of {quota.default:,}{raised} ({quota.page.read})"
    yield Remark(code, message, (), category=Category.NOTE if over is None else None)


def _of_queue(subject: Subject) -> bool:
    patterns = [one for s in subject.policy.statements for one in s.action.patterns]
    return bool(patterns) and all(one.lower().startswith("sqs:") for one in patterns)


def _slots(facts: Facts, subject: Subject) -> Iterator[Remark]:
    statements = subject.policy.statements
    for what, many in (
        ("statements", len(statements)),
        ("principals", sum(len(one.principal.named) for one in statements if one.principal)),
        ("conditions", sum(len(one.conditions) for one in statements)),
    ):
        limit = facts.quota(_QUEUE, what).default
        if many > limit:
            message = f"{many} {what}; a queue's policy has {limit} at most"
            yield Remark("POLICY_OVER_QUOTA", message, ("Statement",))
    yield from (found for one in statements for found in _actions(facts, one))


def _actions(facts: Facts, statement: Statement) -> Iterator[Remark]:
    limit = facts.quota(_QUEUE, "actions in a statement").default
    many = len(statement.action.patterns)
    if many > limit:
        message = f"{many} actions; a statement of a queue's policy has {limit} at most"
        yield Remark("POLICY_OVER_QUOTA", message, path_of(statement, "Action"))
