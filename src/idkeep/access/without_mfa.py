"""What a user may do without MFA: by decision, not by the look of the policy that asks for it.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
(a session of the console carries `aws:MultiFactorAuthPresent`, a request signed with an access key
does not) and reference_policies_examples_aws_my-sec-creds-self-manage.html (what one needs to
register a device).
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from idkeep.access.answer import Says
from idkeep.access.asking import keys_of
from idkeep.access.engine import ANYTHING, EVERYTHING, Engine
from idkeep.access.holder import Holder
from idkeep.access.somewhere import may_somewhere
from idkeep.model import User
from idkeep.policy import Context, Effect, Policy, all_hold
from idkeep.policy.compiled import Caller, WhatCan

T = TypeVar("T")

_PRESENT, _AGE = "aws:MultiFactorAuthPresent", "aws:MultiFactorAuthAge"
# What no denial takes is worked out for every action at once. That one of them is allowed on some
# resource is then sought action by action, in the catalog's order, and the first that is found
# proves the finding. Each search costs a walk over the resources that the policies name, so it ends
# after twelve: where none of them had a resource and more are left, the verdict is unknown.
_TRIED = 12
_KEPT = 500
# Needed to register a device and to sign in, or open to everybody.
_HARMLESS = frozenset(
    f"iam:{name}"
    for name in (
        "ChangePassword",
        "CreateVirtualMFADevice",
        "EnableMFADevice",
        "GetAccountPasswordPolicy",
        "GetAccountSummary",
        "GetLoginProfile",
        "GetMFADevice",
        "GetUser",
        "ListAccountAliases",
        "ListMFADevices",
        "ListUsers",
        "ListVirtualMFADevices",
        "ResyncMFADevice",
    )
) | {"signin:Authenticate", "sts:GetCallerIdentity", "sts:GetSessionToken"}


class By(StrEnum):
    CONSOLE = "console"
    KEY = "key"


_CONTEXTS = {
    By.CONSOLE: ANYTHING.told({_PRESENT: "false", _AGE: ()}),
    By.KEY: ANYTHING.told({_PRESENT: (), _AGE: ()}),
}
_WITH = ANYTHING.told({_PRESENT: "true", _AGE: "60"})


class WithoutMfa(Struct, frozen=True, kw_only=True):
    """`actions` are left without MFA; `asked` is whether MFA makes any difference at all.

    `proviso` is what the first of them hangs on; `unknown` says why there may be more.
    """

    actions: tuple[str, ...] = ()
    asked: bool = False
    proviso: str = ""
    unknown: str = ""


def without_mfa(engine: Engine, user: User, by: By) -> WithoutMfa:
    holder = engine.holder(user)
    context = _CONTEXTS[by]
    left = _left(engine, holder, context)
    asked = len(left) < len(_left(engine, holder, _WITH))
    if not left:
        return WithoutMfa(asked=asked)
    unknown = ""
    for action in left[:_TRIED]:
        found = may_somewhere(engine, user, action, context)
        if found.says in {Says.YES, Says.DEPENDS} and found.answer:
            return WithoutMfa(actions=left, asked=asked, proviso=found.answer.proviso)
        if found.says is Says.UNKNOWN:
            unknown = found.why
    if len(left) > _TRIED:
        unknown = unknown or f"no resource was found for {left[0]}, and none is ruled out"
    return WithoutMfa(asked=asked, unknown=unknown)


def _left(engine: Engine, holder: Holder, context: Context) -> tuple[str, ...]:
    """Actions that some statement allows in such a request, and no denial takes from it."""
    return engine.once(_Left).of(holder, context)


class _Left:
    """What is left to the users that were asked about last.

    Users with the same documents are alike in all that these do not look at, nor the resource
    control policies around; and all are who may do everything, but for the documents that deny or
    limit.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._site = engine.about("*")
        levels = self._site.target.rcp or ()
        self._around = tuple(one for level in levels for one in level.policies)
        self._left: dict[object, tuple[str, ...]] = {}
        self._undenied: dict[object, WhatCan] = {}

    def of(self, holder: Holder, context: Context) -> tuple[str, ...]:
        caller = holder.caller
        known = context.completed({**caller.keys, **caller.requester.derived()})
        alike = self._alike(caller, known)
        return _kept(self._left, alike, lambda: self._make(caller, context, known))

    def _make(self, caller: Caller, context: Context, known: Context) -> tuple[str, ...]:
        engine, meant = self._engine, 0
        for policy in caller.identity:
            for one in policy.statements:
                held = all_hold(one.conditions, one.version, known)
                if one.effect is Effect.ALLOW and held is not False:
                    meant |= engine.vocabulary.meant(one.action)
        if not meant:
            return ()
        denying = (one for one in caller.identity if _denies(one))
        most = replace(caller, identity=(EVERYTHING, *denying))
        may = _kept(
            self._undenied,
            self._alike(most, known),
            lambda: engine.compile((most,)).what_can(
                most.name, self._site.target, context.completed(self._site.keys)
            ),
        )
        return may.possible(meant & ~engine.once(_harmless))

    def _alike(self, caller: Caller, known: Context) -> tuple[object, ...]:
        documents = tuple(caller.documents())
        looked_at = sorted(set[str]().union(*map(keys_of, (*documents, *self._around))))
        return (
            tuple(map(id, documents)),  # which the engine holds
            caller.boundary is None,
            caller.management_account,
            tuple(map(known.get, looked_at)),
        )


def _kept(some: dict[object, T], key: object, make: Callable[[], T]) -> T:
    if key not in some:
        if len(some) >= _KEPT:
            some.clear()
        some[key] = make()
    return some[key]


def _denies(policy: Policy) -> bool:
    return any(one.effect is Effect.DENY for one in policy.statements)


def _harmless(engine: Engine) -> int:
    return engine.vocabulary.lanes(_HARMLESS)
