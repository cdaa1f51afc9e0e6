"""Checks on what single policies allow, one for each power and each place a policy may stand in.

A policy that allows a power on anything gives it to whoever holds it, today or later.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.administrators import Rule, administering, powers
from idkeep.access.engine import Engine
from idkeep.access.holder import default_document
from idkeep.access.powers_of_texts import (
    Asked,
    condition_of,
    statements_that_allow,
    texts_that_allow,
)
from idkeep.checks.declare import (
    AnyCheck,
    Check,
    Example,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    passes,
)
from idkeep.checks.edits import BY_KIND
from idkeep.checks.policies.powers import POWERS, TextPower
from idkeep.checks.policies.samples import group, role, user
from idkeep.checks.policies.words import NO_DEFAULT, ONLY_BOUNDARY, owned_by_aws, unread
from idkeep.checks.samples import allow, managed
from idkeep.model import (
    Group,
    InlinePolicy,
    ManagedPolicy,
    NotApplicable,
    PolicyPlace,
    Problem,
    Role,
    Severity,
    Subject,
    Unknown,
    User,
)
from idkeep.policy import Policy, PolicyKind

_RULES = "it makes administrators, who may do that and all else"
LOST_TEXT = ": the snapshot lacks the policy's text"
_MAKES = "is AWS's own and makes administrators: see policy-makes-administrators"
_AWS = "is AWS's own, and nobody in the account can change it; its holders are judged"


class _Place(Struct, frozen=True):
    """Where a policy may stand, and the words for a check about that place."""

    kind: type[Subject]
    name: str
    words: str
    reads: tuple[str, ...]


_PLACES = (
    _Place(
        ManagedPolicy,
        "managed_policy",
        "A managed policy of the account",
        ("versions", "attachments", "boundary_uses"),
    ),
    _Place(User, "user_policy", "An inline policy of a user", ("inline_policies",)),
    _Place(Group, "group_policy", "An inline policy of a group", ("inline_policies",)),
    _Place(Role, "role_policy", "An inline policy of a role", ("inline_policies",)),
)


def _checks(power: TextPower) -> Iterator[AnyCheck]:
    for place in _PLACES:
        yield _check(power, place)


def _check(power: TextPower, place: _Place) -> Check[Any]:
    def body(subject: Any, estate: Estate) -> Iterator[Said]:  # noqa: ANN401 -- of each place's kind
        yield from _said(power, subject, estate)

    body.__name__ = f"{power.id}_in_{place.name}"
    body.__doc__ = f"{place.words} {power.allows}.\n\n{power.why}"
    return check(
        place.kind,
        severity=power.severity,
        controls=power.controls,
        reads=place.reads,
        remedy=dataclasses.replace(
            power.remedy, do=power.remedy.do.format(edit=BY_KIND[place.kind])
        ),
        examples=tuple(_examples(power, place)),
    )(body)


def _said(power: TextPower, subject: Any, estate: Estate) -> Iterator[Said]:  # noqa: ANN401
    if isinstance(subject, ManagedPolicy):
        yield from _managed(power, subject, estate)
        return
    if isinstance(subject, Role) and (why := owned_by_aws(subject)):
        yield NotApplicable(why)
        return
    whole = _administrator_check(subject, estate) if subject.inline_policies else ""
    for one in subject.inline_policies:
        yield from judged(power, one.document, estate.engine, name=one.name, whole=whole)


def _administrator_check(subject: User | Group | Role, estate: Estate) -> str:
    """The check that finds an administrator in the subject; "" where none does.

    With a Deny of its own it may be none, and what was not read leaves that open.
    """
    engine = estate.engine
    if isinstance(subject, Group):
        makes = administering(engine).get(subject.arn, Rule.NO) is not Rule.NO
        return "group-makes-administrators" if makes else ""
    if any(unread(estate, subject)) or powers(engine)[subject.arn].by_policy is Rule.NO:
        return ""
    return "user-is-administrator" if isinstance(subject, User) else "role-is-administrator"


def _managed(power: TextPower, policy: ManagedPolicy, estate: Estate) -> Iterator[Said]:
    if ":iam::aws:" in policy.arn and not power.of_aws_too:
        yield NotApplicable(_AWS)
        return
    if policy.boundary_uses and not policy.attachments:
        yield NotApplicable(ONLY_BOUNDARY)
        return
    document = default_document(policy)
    if document is None:
        yield Unknown(NO_DEFAULT)
        return
    engine = estate.engine
    if ":iam::aws:" in policy.arn and administering(engine).get(document) is Rule.YES:
        yield NotApplicable(_MAKES)
        return
    if policy.attachments:
        nobody, whole = "", "policy-makes-administrators"
    else:
        nobody, whole = "it is attached to nobody", "unattached-administrator-policy"
    yield from judged(power, document, engine, name="", arn=policy.arn, nobody=nobody, whole=whole)


def judged(  # noqa: PLR0913 -- what is known of a policy, all by name
    power: TextPower,
    digest: str,
    engine: Engine,
    *,
    name: str,
    arn: str = "",
    nobody: str = "",
    whole: str = "",
) -> Iterator[Said]:
    """`name` is an inline policy's, "" for a managed one; `nobody` says that none holds it.

    `whole` is the check that finds an administrator where the policy makes one, "" for none.
    """
    read = engine.documents.policy(digest, PolicyKind.IDENTITY)
    if not isinstance(read, Policy):
        yield Unknown(str(read))
        return
    numbers, proviso = _found_in(power, engine, digest, read)
    if not numbers:
        return
    words = f"{power.does}{proviso}"
    rules = administering(engine).get(digest) not in {None, Rule.NO}
    why_less = nobody or (_RULES if rules else "")
    moved = bool(why_less) and power.severity is not Severity.LOW
    whose = f"inline policy {name}" if name else "the policy"
    yield Problem(
        f"{whose} {words}" if name else words,
        at=name,
        severity=Severity.LOW if moved else None,
        because=why_less if moved else "",
        statements=tuple(_place(read, n, whose, arn, digest) for n in numbers),
        within=whole if rules else "",
    )


def _found_in(
    power: TextPower, engine: Engine, digest: str, read: Policy
) -> tuple[tuple[int, ...], str]:
    """The statements that give the power, none where it is not given; and what it hangs on."""
    if power.statement is not None:
        return tuple(one.index for one in read.statements if power.statement(one)), ""
    answers = engine.once(_Answers)
    found = ((way, answers.of(way).get(digest)) for way in power.ways)
    given = {way: sure for way, sure in found if sure is not None}
    if power.unless_conditional:
        given = {way: sure for way, sure in given.items() if sure}
    if not given:
        return (), ""
    surest = max(given, key=lambda way: given[way])
    proviso = "" if given[surest] else f", {condition_of(engine, digest, surest)}"
    numbers = [each for way in given for each in statements_that_allow(engine, digest, way)]
    return tuple(dict.fromkeys(numbers)), proviso


class _Answers:
    """What the texts of one estate were found to allow."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._found: dict[tuple[Asked, ...], Mapping[str, bool]] = {}

    def of(self, asks: tuple[Asked, ...]) -> Mapping[str, bool]:
        if asks not in self._found:
            self._found[asks] = texts_that_allow(self._engine, asks)
        return self._found[asks]


def _place(read: Policy, statement: int, name: str, arn: str, digest: str) -> PolicyPlace:
    at = read.position(statement)
    return PolicyPlace(
        policy=name,
        arn=arn,
        digest=digest,
        statement=statement,
        sid=read.statements[statement].sid,
        line=at.line,
        column=at.column,
    )


def _examples(power: TextPower, place: _Place) -> Iterator[Example]:
    gives, spares, narrow = statements_of(power)
    if place.kind is ManagedPolicy:
        yield fails(managed("Wide", gives), power.does)
        yield passes(managed("Small", spares))
        yield passes(managed("Narrow", narrow))
        yield cannot_tell(replace(managed("Wide"), versions=()), NO_DEFAULT)
        limit = replace(managed("Limit", gives, attachments=0), boundary_uses=1)
        yield does_not_apply(limit, ONLY_BOUNDARY)
        if power.of_aws_too:
            yield does_not_apply(managed("God", allow("*"), by_aws=True), _MAKES)
        else:
            yield does_not_apply(managed("Wide", gives, by_aws=True), _AWS)
        return
    make = {User: user, Group: group, Role: role}[place.kind]
    yield fails(make("ana", gives), f"inline policy own {power.does}")
    yield passes(make("ana", spares))
    yield passes(make("ana", narrow))
    lost = (InlinePolicy("own", "0" * 64),)
    yield cannot_tell(make("ana", inline_policies=lost), LOST_TEXT)


def statements_of(power: TextPower) -> tuple[dict[str, object], ...]:
    """For examples: one that gives the power, one that spares it, one that gives it nowhere."""
    gives = allow(list(power.gives))
    if power.statement:
        gives = {"NotAction": "s3:DeleteBucket", "Effect": "Allow", "Resource": "*"}
    narrow = allow(list(power.gives), "arn:aws:s3:::nothing-of-the-kind")
    return gives, allow(list(power.spares)), narrow


CHECKS: tuple[AnyCheck, ...] = tuple(one for power in POWERS for one in _checks(power))
