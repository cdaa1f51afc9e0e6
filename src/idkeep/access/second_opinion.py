"""What IAM Access Analyzer says of a resource, beside what the engine says.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html
"""

import json
from collections.abc import Iterator

from idkeep.access.answer import Says
from idkeep.access.engine import ANYTHING, Engine
from idkeep.access.openings import CALLERS_OWN
from idkeep.access.targets import Site
from idkeep.access.trust import Probe, probes
from idkeep.model.services import ExternalFinding
from idkeep.policy import PolicyKind, parse

_INSIDE = "x"


def lets_in(engine: Engine, site: Site, finding: ExternalFinding) -> Says | None:
    """Whether by the engine too the finding's principal may do some of what it tells.

    None for a principal of another kind than accounts, users and roles.
    """
    if set(finding.principal) != {"AWS"}:
        return None
    said = {
        engine.outsider_at(
            site,
            probe.requester,
            action,
            resource,
            ANYTHING.told({**CALLERS_OWN, **probe.keys, **finding.condition}),
        ).says
        for probe in _who(engine, site, finding)
        for action in finding.actions
        for resource in _what(site.arn)
    }
    for one in (Says.YES, Says.DEPENDS, Says.UNKNOWN):
        if one in said:
            return one
    return Says.NO if said else None


def _who(engine: Engine, site: Site, finding: ExternalFinding) -> Iterator[Probe]:
    """The principal, and of its account whomever the resource's own policies mean."""
    named = {"Effect": "Allow", "Principal": finding.principal, "Action": list(finding.actions)}
    text = json.dumps({"Version": "2012-10-17", "Statement": [{**named, "Resource": "*"}]})
    try:
        meant = tuple(probes(engine, parse(text, PolicyKind.RESOURCE)))
    except ValueError:
        return
    yield from meant
    accounts = {one.account for one in meant if one.account}
    for policy in site.target.policies or ():
        yield from (one for one in probes(engine, policy) if one.account in accounts)


def _what(arn: str) -> tuple[str, ...]:
    """The thing, and something in it: of a bucket's actions most are about objects."""
    return (arn, f"{arn}/{_INSIDE}") if ":s3:" in arn else (arn,)
