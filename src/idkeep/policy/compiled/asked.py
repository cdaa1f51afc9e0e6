"""A question to all principals of one account, with what was found of it so far."""

from collections.abc import Sequence

from idkeep.policy.compiled.callers import Caller, Question, request_of
from idkeep.policy.compiled.lanes import Lanes
from idkeep.policy.compiled.rules import Line
from idkeep.policy.context import Context
from idkeep.policy.layers import Reader
from idkeep.policy.request import Policies


class Asked:
    """`context` is one caller's: it serves for keys that have the same value for all.

    `mentioned` are the keys that the request itself gives, denies or calls unknown, `seen` the
    conditions that were decided for it.
    """

    def __init__(self, question: Question, callers: Sequence[Caller]) -> None:
        self.question = question
        self.action = question.action.lower()
        self.resource = question.resource
        self._callers = callers
        self._only_bucket = Policies(bucket=question.target.bucket)
        context, bucket = question.context, question.target.bucket
        self.all_unknown = context.unknown == "*"
        self.mentioned = context.mentioned
        self.hides_keys = bucket is not None and bucket.seen_by_policies(context) is not context
        self.seen = dict[Line, Lanes]()
        first = self._reader(0)
        self.context, self.owner = first.context, first.owner

    def context_of(self, lane: int) -> Context:
        """The whole context of this caller's request, as the reference reads it."""
        return self._reader(lane).context

    def _reader(self, lane: int) -> Reader:
        return Reader(request_of(self._callers[lane], self.question), self._only_bucket)
