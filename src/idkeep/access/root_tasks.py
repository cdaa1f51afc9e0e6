"""Central root sessions: which tasks there are, who may begin one, and what stops one.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html and
security-iam-awsmanpol.html (the five task policies).
"""

from collections.abc import Iterator

from msgspec import Struct

from idkeep.access.answer import SUREST, Answer, Says
from idkeep.access.engine import ANYTHING, Engine
from idkeep.access.holder import Holder
from idkeep.model import Organization, Role, Snapshot, User
from idkeep.policy import Effect, Resource, matches_action

ASSUME_ROOT = "sts:AssumeRoot"
ASSUMED = "aws:AssumedRoot"
_TASK_POLICY = "sts:TaskPolicyArn"
_SOME_ACCOUNT = "999900009999"
_MOST_MEMBERS = 50


class Task(Struct, frozen=True):
    """`name` is that of its policy; without `actions` on `form`, nothing of it can be done."""

    name: str
    does: str
    actions: tuple[str, ...]
    form: str = "arn:{partition}:iam::{account}:root"

    def arn(self, partition: str) -> str:
        return f"arn:{partition}:iam::aws:policy/root-task/{self.name}"


TASKS = (
    Task("IAMAuditRootUserCredentials", "look at root's credentials", ("iam:GetLoginProfile",)),
    Task("IAMCreateRootUserPassword", "give root a password", ("iam:CreateLoginProfile",)),
    Task(
        "IAMDeleteRootUserCredentials",
        "delete root's credentials",
        ("iam:DeleteLoginProfile", "iam:DeleteAccessKey"),
    ),
    Task(
        "S3UnlockBucketPolicy",
        "unlock a bucket",
        ("s3:DeleteBucketPolicy",),
        "arn:{partition}:s3:::idkeep-named-nowhere",
    ),
    Task(
        "SQSUnlockQueuePolicy",
        "unlock a queue",
        ("sqs:SetQueueAttributes",),
        "arn:{partition}:sqs:{region}:{account}:idkeep-named-nowhere",
    ),
)


def left_to_root(engine: Engine) -> tuple[str, ...]:
    """What the organisation's policies leave root itself of the catalog's actions.

    Without those that everybody may do, whatever is denied.
    """
    arn = engine.snapshot.root.arn
    site = engine.about("*")
    context = ANYTHING.told({ASSUMED: ()}).completed(site.keys)
    found = engine.compiled.what_can(arn, site.target, context)
    return tuple(one for one in (*found.allowed, *found.undecided) if one not in _NOBODY_LACKS)


# They take no permission, so no policy denies them (see idkeep.policy.settled).
_NOBODY_LACKS = frozenset({"signin:Authenticate", "sts:GetCallerIdentity", "sts:GetSessionToken"})


def blocked_tasks(engine: Engine) -> tuple[tuple[Task, Answer], ...]:
    """The tasks of central sessions that the organisation's policies deny in this account."""
    holder = engine.holder(engine.snapshot.root)
    account = engine.snapshot.account
    context = ANYTHING.told({ASSUMED: "true"})
    found: list[tuple[Task, Answer]] = []
    for task in TASKS:
        arn = task.form.format(
            partition=account.partition, account=account.id, region=engine.snapshot.some_region
        )
        answers = [
            engine.decide_at(holder, engine.imagined(arn), action, arn, context)
            for action in task.actions
        ]
        if all(one.says is Says.NO for one in answers):
            found.append((task, answers[0]))
    return tuple(found)


def tasks_of(engine: Engine, principal: User | Role) -> tuple[tuple[Task, Answer], ...]:
    """The tasks for which a principal may take the root of some member account.

    Its own side is judged; that AWS takes the call only from the management account and from the
    one that IAM is delegated to is for the caller to know. An answer may say `UNKNOWN`.
    """
    holder = engine.holder(principal)
    roots = tuple(dict.fromkeys(_roots(engine.snapshot, holder)))
    partition = engine.snapshot.account.partition
    found: list[tuple[Task, Answer]] = []
    for task in TASKS:
        context = ANYTHING.told({_TASK_POLICY: task.arn(partition)})
        answers = (
            engine.decide_at(holder, engine.imagined(root), ASSUME_ROOT, root, context)
            for root in roots
        )
        best = min(answers, key=lambda one: SUREST.index(one.says), default=None)
        if best is not None and best.says is not Says.NO:
            found.append((task, best))
    return tuple(found)


def _roots(snapshot: Snapshot, holder: Holder) -> Iterator[str]:
    """Root users whom a statement of the principal's own may speak of."""
    head = f"arn:{snapshot.account.partition}:iam::"
    speaks = False
    for policy in holder.caller.identity:
        for one in policy.statements:
            if one.effect is not Effect.ALLOW or not matches_action(one.action, ASSUME_ROOT):
                continue
            speaks = True
            if isinstance(one.resource, Resource):
                yield from (p for p in one.resource.patterns if not set(p) & set("*?$"))
    if speaks:
        yield from (f"{head}{member}:root" for member in (*_members(snapshot), _SOME_ACCOUNT))


def _members(snapshot: Snapshot) -> Iterator[str]:
    organization = snapshot.organization
    accounts = organization.accounts if isinstance(organization, Organization) else ()
    for one in accounts[:_MOST_MEMBERS] if isinstance(accounts, tuple) else ():
        if one.id != snapshot.account.id:
            yield one.id
