"""When each user and role last used each service: a job of IAM's for each, then its result.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html
"""

from typing import TypeVar

from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import AnyCollector, Collector, Pages
from idkeep.collect.failures import NOT_READY
from idkeep.collect.identity import Identity
from idkeep.collect.times import maybe_utc
from idkeep.model import Gap, Role, ServiceAccess, User

P = TypeVar("P", User, Role)

# A job takes seconds as a rule. Ten looks, each twice as far away as the last up to eight seconds.
_LOOKS = 10
_FIRST_WAIT = 0.25
_LONGEST_WAIT = 8.0
_RUNNING = "IN_PROGRESS"
_DONE = "COMPLETED"


def _job(pages: Pages) -> str:
    [answer] = pages
    job: str = answer["JobId"]
    return job


JOB = Collector(service="iam", operation="GenerateServiceLastAccessedDetails", build=_job)


def _accesses(pages: Pages) -> tuple[ServiceAccess, ...] | str:
    """The accesses, or the state of a job that has none to tell."""
    states = {page["JobStatus"] for page in pages}
    if states != {_DONE}:
        return str(next(iter(states - {_DONE})))
    return tuple(
        ServiceAccess(
            service=one["ServiceNamespace"],
            last=maybe_utc(one.get("LastAuthenticated")),
            region=one.get("LastAuthenticatedRegion"),
        )
        for page in pages
        for one in page["ServicesLastAccessed"]
    )


ACCESSES = Collector(service="iam", operation="GetServiceLastAccessedDetails", build=_accesses)
COLLECTORS: tuple[AnyCollector, ...] = (JOB, ACCESSES)


def add(ask: Ask, known: Identity) -> Identity:
    """Users and roles with their last accesses."""
    return replace(known, users=_all(ask, known.users), roles=_all(ask, known.roles))


def _all(ask: Ask, principals: tuple[P, ...]) -> tuple[P, ...]:
    found = ask.each(principals, lambda one: accesses(ask, one.arn))
    return tuple(
        replace(one, last_accessed=told) for one, told in zip(principals, found, strict=True)
    )


def accesses(ask: Ask, arn: str) -> tuple[ServiceAccess, ...] | Gap:
    job = ask.sure(JOB, Arn=arn)
    if isinstance(job, Gap):
        return job
    wait = _FIRST_WAIT
    for _ in range(_LOOKS):
        found = ask.sure(ACCESSES, JobId=job)
        if not isinstance(found, str):
            return found
        if found != _RUNNING:
            return Gap(ACCESSES.action, f"the job ended as {found}")
        ask.pause(wait)
        wait = min(wait * 2, _LONGEST_WAIT)
    return Gap(ACCESSES.action, f"{NOT_READY}half a minute")
