"""Principals that are nobody: who holds one policy alone, or all there is.

They answer what a policy allows by itself, and how much a principal could ever be given.
"""

from collections.abc import Iterable

from idkeep.access.engine import ANYTHING, Engine
from idkeep.access.sources import Granted
from idkeep.policy import Decision, Policy, PolicyKind, parse
from idkeep.policy.compiled import Caller, CompiledEstate
from idkeep.policy.context import Context
from idkeep.policy.requester import Requester

EVERYTHING = parse(
    '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}',
    PolicyKind.IDENTITY,
)
"""What an administrator's policy says."""


class Alone:
    """A user for each policy text, who holds it and nothing else, under no limit.

    `groups` are such users too, who hold all that a group grants; their key is the group's ARN. A
    policy that could not be read, or a group with one, is not here.
    """

    def __init__(self, engine: Engine) -> None:
        snapshot = engine.snapshot
        held: dict[str, tuple[Policy, ...]] = {}
        for digest in _digests(engine):
            read = engine.documents.policy(digest, PolicyKind.IDENTITY)
            if isinstance(read, Policy):
                held[digest] = (read,)
        for group in snapshot.groups:
            granted = engine.of_group(group)
            if all(isinstance(one, Granted) and one.digest in held for one in granted):
                held[group.arn] = tuple(
                    held[one.digest][0] for one in granted if isinstance(one, Granted)
                )
        account = snapshot.account
        head = f"arn:{account.partition}:iam::{account.id}:user/idkeep"
        names = {key: f"{head}/{n}" for n, key in enumerate(held)}
        self.keys = {name: key for key, name in names.items()}
        self.estate = engine.compile(
            Caller(requester=Requester.parse(names[key]), identity=policies)
            for key, policies in held.items()
        )
        self.names = names
        self.policies = tuple(dict.fromkeys(one for some in held.values() for one in some))

    def __contains__(self, key: str) -> bool:
        return key in self.names

    def decide(self, key: str, action: str, resource: str, context: Context = ANYTHING) -> Decision:
        """Raises `KeyError` for a text that is not here."""
        return self.estate.decide(self.names[key], action, resource, context)


def alone(engine: Engine) -> Alone:
    return engine.once(Alone)


def by_policy(engine: Engine) -> CompiledEstate:
    """Every principal without its boundary and the organisation's policies."""
    return engine.once(_by_policy)


def ceilings(engine: Engine) -> CompiledEstate:
    """Every principal as if it was allowed everything: what its limits alone leave."""
    return engine.once(_ceilings)


def _by_policy(engine: Engine) -> CompiledEstate:
    return engine.compile(
        Caller(requester=one.caller.requester, identity=one.caller.identity, keys=one.caller.keys)
        for one in engine.holders.values()
    )


def _ceilings(engine: Engine) -> CompiledEstate:
    return engine.compile(
        Caller(
            requester=one.caller.requester,
            identity=(EVERYTHING,),
            boundary=one.caller.boundary,
            scp=one.caller.scp,
            management_account=one.caller.management_account,
            keys=one.caller.keys,
        )
        for one in engine.holders.values()
    )


def _digests(engine: Engine) -> Iterable[str]:
    """Of every inline policy, and of every managed policy's version in force."""
    snapshot = engine.snapshot
    inline = (
        *(one.inline_policies for one in snapshot.users),
        *(one.inline_policies for one in snapshot.groups),
        *(one.inline_policies for one in snapshot.roles),
    )
    found = {policy.document: None for some in inline for policy in some}
    for managed in snapshot.policies:
        found |= {v.document: None for v in managed.versions if v.is_default}
    return found
