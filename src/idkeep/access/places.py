"""Where a statement stands that an answer rests on."""

from idkeep.access.answer import Answer
from idkeep.access.engine import Engine
from idkeep.model import PolicyPlace
from idkeep.policy import Matched


def place(engine: Engine, answer: Answer, matched: Matched) -> PolicyPlace:
    """Whose policy the statement is of, and where it begins in the text.

    `matched` is one of the answer's. A document that is in no snapshot (the text of a session
    policy) keeps the engine's name for it, and no line.
    """
    source = answer.origin(matched)
    statement = matched.statement
    if source is None:
        return PolicyPlace(policy=matched.document, statement=statement.index, sid=statement.sid)
    at = engine.documents.position(source.digest, source.kind, statement.index)
    return PolicyPlace(
        policy=str(source),
        arn=source.arn,
        digest=source.digest,
        statement=statement.index,
        sid=statement.sid,
        line=at.line if at else 0,
        column=at.column if at else 0,
    )


def places(engine: Engine, answer: Answer) -> tuple[PolicyPlace, ...]:
    """Every statement that allows or denies; each once."""
    return tuple(dict.fromkeys(place(engine, answer, one) for one in answer.by))
