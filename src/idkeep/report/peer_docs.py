"""The page for people who come from another scanner."""

from collections.abc import Iterable

from idkeep.catalog import PeerCheck

_HEAD = """# Coming from another scanner

<!-- Written by `make generated` from src/idkeep/catalog/peer_checks.toml; edit that instead. -->

Which checks of idkeep's stand in for those of Prowler that are about identity, its logs and its
guards. They ask about the same thing; they need not give the same verdict: idkeep asks what is
allowed, not what a text looks like, and says *unknown* where a fact could not be read.

- **A mute list** becomes `[[suppressions]]` in the [settings](settings.md), with a reason, an owner
  and a last day.
- **A framework** is `idkeep report --framework` ([frameworks](frameworks.md)).
- **MANUAL** is *unknown* where a permission was missing, with the permission's name.
- **A severity** moves with exposure; `[[severities]]` sets another.
- **Exit codes**: 1 findings, 2 wrong use, 3 incomplete ([scanning](scan.md)).

Where the verdicts differ on purpose:

- A key or a password that was never used passes as "not unused". Ours: it fails once it is
  older than the settings' `unused_after`; younger ones pass.
- "hardware MFA" is asked of every user, also without a password. Ours: of users who sign in to
  the console; without a password it is *not applicable*.
- Keys and passwords may be unused for 45 days, keys 90 days old, root unused for a day. Ours:
  the same 45 and 90 days; root's window is `root_unused_for`, 90 days by default.
- Passwords run out within 90 days. Ours: `max_password_age` in the settings, a year by default,
  and *not applicable* where no user has a password.
- An administrator holds the policy named AdministratorAccess. Ours: whoever may do as much by
  any policies, after boundaries and service control policies.
- Administrators without MFA are sought in groups. Ours: among all users who may sign in,
  however they became administrators.
- Support and audit roles hold the policy of that name. Ours: somebody may do it: a role, a
  user, or a group with members. The scanner itself may audit.
- A SAML provider is there. Ours: asked only where people have passwords of IAM; the provider
  must be in force, and one that no role trusts is a finding.
- A trail that logs in the region is enough. Ours: all trails together are; a trail may leave
  out KMS, or reads.
- An alarm counts by the text of its filter. Ours: by the events that the filter catches; it
  must ring and somebody must hear.
- Each alarm of CloudWatch is to act, whatever it watches. Ours: those on the trails' events.
- Each log group is to keep its events a year. Ours: those that a trail delivers to; others are
  told where they keep them for ever.
- The policy named AWSCloudShellFullAccess is attached. Ours: any policy that gives a shell with
  file transfer.
- Whatever Trusted Advisor warns of counts. Ours: its pillar of security.
- Contact details are for a person to look at. Ours: whether the phone was verified, and whose
  root's mailbox is.
- Policies that allow escalation are sought one by one. Ours: also what all of a principal's
  policies allow together, and only where something can be reached by it.
- GuardDuty, AWS Config and others are on in each region that was asked. Ours: in each region
  that is enabled; what an account's administrator keeps for it is followed there.

| their check | ours |
|---|---|
"""


def peer_page(peers: Iterable[PeerCheck]) -> str:
    """A row for each of their checks."""
    return _HEAD + "".join(f"| `{one.id}` | {_ours(one)} |\n" for one in peers)


def _ours(one: PeerCheck) -> str:
    links = (f"[{check}](checks/{check}.md)" for check in one.checks)
    return ", ".join(links) or f"none: {one.why}"
