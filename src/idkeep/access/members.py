"""What the organisation leaves to an administrator of one of its accounts.

Asked of a snapshot that holds the organisation's facts: the account itself need not be scanned.
"""

import re

from msgspec.structs import replace

from idkeep.access.answer import Answer, Says
from idkeep.access.engine import ANYTHING, EVERYTHING, Engine
from idkeep.access.fitting import STRANGER
from idkeep.access.guardrails import Guardrails
from idkeep.access.holder import Holder
from idkeep.access.principal_keys import organization_keys
from idkeep.access.sources import Granted
from idkeep.model import MemberAccount, NotEnabled, Organization, Role
from idkeep.model.partitions import far
from idkeep.policy import Context, PolicyKind
from idkeep.policy.compiled import Caller
from idkeep.policy.requester import Requester

# What may tell one account from another: its number, or a variable.
_TELLING = re.compile(r"\d{12}|\$\{")
_HEAD = "arn:{partition}:"
_AT = ":{region}:{account}:"
# What no member needs: to leave, to stop its record and its alarms, to work where nobody looks.
_KEPT: tuple[tuple[str, str, str], ...] = (
    ("leaving", "organizations:LeaveOrganization", "*"),
    ("closing itself", "account:CloseAccount", "*"),
    ("stopping its trail", "cloudtrail:StopLogging", f"{_HEAD}cloudtrail{_AT}trail/{{any}}"),
    ("stopping its trail", "cloudtrail:DeleteTrail", f"{_HEAD}cloudtrail{_AT}trail/{{any}}"),
    (
        "stopping GuardDuty",
        "guardduty:DeleteDetector",
        f"{_HEAD}guardduty{_AT}detector/{{any}}",
    ),
    ("stopping Config", "config:StopConfigurationRecorder", "*"),
    ("stopping Security Hub", "securityhub:DisableSecurityHub", "*"),
    ("making users", "iam:CreateUser", f"{_HEAD}iam::{{account}}:user/{{any}}"),
    ("making access keys", "iam:CreateAccessKey", f"{_HEAD}iam::{{account}}:user/{{any}}"),
    ("opening its buckets", "s3:PutAccountPublicAccessBlock", "*"),
)


class Members:
    """The imagined administrators of the organisation's accounts, by number.

    Accounts under the same policies at the same place are asked about once, unless a policy tells
    them apart.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._holders: dict[str, Holder] = {}
        self._answers: dict[tuple[object, ...], Answer] = {}
        self._alike: dict[object, MemberAccount] = {}
        self._first: dict[str, MemberAccount] = {}
        self._standing = _standing(engine.snapshot.organization)

    def administrator(self, member: MemberAccount) -> Holder:
        """Somebody of the account who has every permission, under its SCPs alone.

        It may be the one of an account that is in the same case.
        """
        if member.id not in self._first:
            self._first[member.id] = self._like(member)
        like = self._first[member.id]
        if like.id not in self._holders:
            self._holders[like.id] = self._made(like)
        return self._holders[like.id]

    def _like(self, member: MemberAccount) -> MemberAccount:
        """The first account that was asked about under the same policies."""
        if self._standing is None or not isinstance(member.path, tuple):
            return member
        levels = tuple(self._standing.get(target, ()) for target in (*member.path, member.id))
        texts = self._engine.snapshot.documents
        if any(_TELLING.search(texts.get(digest, "")) for some in levels for digest in some):
            return member
        organization = self._engine.snapshot.organization
        manages = (
            isinstance(organization, Organization) and organization.management_account == member.id
        )
        return self._alike.setdefault((member.path, levels, manages), member)

    def _made(self, member: MemberAccount) -> Holder:
        snapshot = self._engine.snapshot
        account = replace(snapshot.account, id=member.id)
        there = replace(snapshot, account=account)
        scps = Guardrails(there, self._engine.documents, PolicyKind.SCP)
        arn = f"arn:{account.partition}:iam::{member.id}:role/{STRANGER}"
        caller = Caller(
            requester=Requester.parse(arn),
            identity=(EVERYTHING,),
            scp=scps.levels,
            management_account=scps.is_management,
            keys=organization_keys(there, member.id, "aws:Principal"),
        )
        imagined = Role(
            arn=arn, id="AROAIDKEEPSTRANGER", name=STRANGER, created=snapshot.taken, trust=""
        )
        return Holder(
            identity=imagined,
            caller=caller,
            granted=(Granted(name="everything", digest=""),),
            scps=scps.named,
            guardrails=scps.unread,
        )

    def may(
        self, member: MemberAccount, action: str, resource: str = "*", context: Context = ANYTHING
    ) -> Answer:
        """Whether the SCPs leave it to an administrator of the account."""
        holder = self.administrator(member)
        there = resource.replace(member.id, holder.caller.requester.account)
        told = tuple((key, context.get(key)) for key in sorted(context.mentioned))
        key = (holder.arn, action, there, told)
        if key not in self._answers:
            everywhere = self._engine.about("*")
            self._answers[key] = self._engine.decide_at(holder, everywhere, action, there, context)
        return self._answers[key]

    def kept_from(self, member: MemberAccount) -> tuple[str, ...]:
        """Which of the things that nobody in a member should do its SCPs deny, in words."""
        snapshot = self._engine.snapshot
        filled = {
            "partition": snapshot.account.partition,
            "account": member.id,
            "region": snapshot.some_region,
            "any": STRANGER,
        }
        found: dict[str, None] = {}
        for words, action, form in _KEPT:
            if self.may(member, action, form.format(**filled)).says is Says.NO:
                found[words] = None
        for region in far(snapshot.account.partition):
            there = ANYTHING.told({"aws:RequestedRegion": region})
            if self.may(member, "ec2:RunInstances", "*", there).says is Says.NO:
                found["other regions"] = None
        return tuple(found)


def _standing(organization: object) -> dict[str, tuple[str, ...]] | None:
    """The digests of the SCPs that stand on each target; None where that is not known."""
    types = organization.policy_types if isinstance(organization, Organization) else None
    if not isinstance(types, tuple):
        return None
    policies = next((one.policies for one in types if one.name == "SERVICE_CONTROL_POLICY"), ())
    if not isinstance(policies, tuple):
        return {} if isinstance(policies, NotEnabled) else None
    found: dict[str, tuple[str, ...]] = {}
    for policy in policies:
        if not isinstance(policy.targets, tuple) or not isinstance(policy.document, str):
            return None
        for target in policy.targets:
            found[target] = (*found.get(target, ()), policy.document)
    return found


def members(engine: Engine) -> Members:
    return engine.once(Members)
