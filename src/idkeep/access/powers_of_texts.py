"""What single policy texts allow on anything, asked of all of them at once."""

from collections.abc import Iterator

from msgspec import Struct

from idkeep.access.administrators import anything
from idkeep.access.asking import assuming, is_assuming
from idkeep.access.engine import ANYTHING, Engine
from idkeep.access.imagined import Alone, alone
from idkeep.policy import Context, Decision, Depends, Effect, Policy, PolicyKind, parse
from idkeep.policy.compiled import Target


class Asked(Struct, frozen=True, kw_only=True):
    """A request on something that no policy names. `form` is its ARN, as `anything` fills it.

    `told` are condition keys that it carries; the rest of the request stays open. `lets_in`: it is
    asked as if the trust policy there let the account in, so that only this side decides.
    """

    action: str
    form: str = "*"
    told: tuple[tuple[str, str], ...] = ()
    lets_in: bool = False


def texts_that_allow(engine: Engine, asked: tuple[Asked, ...]) -> dict[str, bool]:
    """The texts, by digest, that allow all of it alone; whether that is sure or conditional."""
    held: Alone = alone(engine)
    sure: dict[str, bool] = dict.fromkeys(held.names, True)
    for one in asked:
        answers = held.estate.who_can(one.action, _target(engine, one), _context(engine, one))
        allowed, undecided = set(answers.allowed), set(answers.undecided)
        sure = {
            key: is_sure and held.names[key] in allowed
            for key, is_sure in sure.items()
            if held.names[key] in allowed or held.names[key] in undecided
        }
    return sure


def condition_of(engine: Engine, digest: str, asked: tuple[Asked, ...]) -> str:
    """What the first of the requests that is not sure hangs on, as "if …"; "" for none."""
    for decision in _decisions(engine, digest, asked):
        if isinstance(decision, Depends):
            return f"if {decision.residual}"
    return ""


def statements_that_allow(engine: Engine, digest: str, asked: tuple[Asked, ...]) -> tuple[int, ...]:
    """The numbers of the text's statements that allow some of it."""
    return tuple(
        dict.fromkeys(
            matched.statement.index
            for decision in _decisions(engine, digest, asked)
            for check in decision.checks
            for matched in check.statements
            if matched.document == "identity[0]" and matched.effect is Effect.ALLOW
        )
    )


def _decisions(engine: Engine, digest: str, asked: tuple[Asked, ...]) -> Iterator[Decision]:
    held = alone(engine)
    for one in asked:
        context = _context(engine, one)
        yield held.estate.decide(held.names[digest], one.action, _target(engine, one), context)


def _context(engine: Engine, one: Asked) -> Context:
    """Whoever assumes a role need not send session tags, which take a permission of their own."""
    context = ANYTHING.told(dict(one.told))
    if not is_assuming(one.action):
        return context
    return assuming(context, alone(engine).policies, ())


def _target(engine: Engine, one: Asked) -> str | Target:
    arn = anything(engine, one.form)
    if not one.lets_in:
        return arn
    account = engine.snapshot.account.id
    return Target(arn=arn, account=account, policies=(engine.once(_trusting),))


def _trusting(engine: Engine) -> Policy:
    """A trust policy that leaves it to the account whom it lets in."""
    principal = f'{{"AWS": "{engine.snapshot.account.id}"}}'
    statement = f'{{"Effect": "Allow", "Principal": {principal}, "Action": "sts:AssumeRole"}}'
    return parse(f'{{"Version": "2012-10-17", "Statement": {statement}}}', PolicyKind.TRUST)
