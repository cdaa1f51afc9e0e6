"""The condition keys that every request of a principal carries, as far as a snapshot tells.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
("Properties of the principal").
"""

import re
from typing import TypeAlias

from idkeep.access.documents import Documents
from idkeep.model import Gap, NotAsked, Organization, Role, Root, Snapshot, User
from idkeep.policy import Effect, Policy, PolicyKind, matches_action
from idkeep.policy.context import Given
from idkeep.policy.requester import Requester

Identity: TypeAlias = User | Role | Root

_TAG = "aws:PrincipalTag/"
# "Requests that are made using the AWS account root user or IAM roles do not include this key."
_NO_USER: dict[str, Given] = {"aws:username": ()}
_NAMED_TAG = re.compile(r'aws:principaltag/([^"}\s,]+)', re.IGNORECASE)


class PrincipalKeys:
    """A key that a principal surely lacks is told as absent; what is not sure is not told.

    Tags that no policy of the snapshot names are left out.
    """

    def __init__(self, snapshot: Snapshot, documents: Documents) -> None:
        self._documents = documents
        self._organization = organization_keys(snapshot, snapshot.account.id, "aws:Principal")
        texts = documents.texts()
        # A name written with escapes is not found as text; then nothing is told for sure.
        self._plain = not any("\\u" in one for one in texts)
        named = {name for one in texts for name in _NAMED_TAG.findall(one)}
        self._tags = {name.lower(): name for name in named}
        self._userid = any("aws:userid" in one.lower() for one in texts)
        self._takes_tags: dict[str, bool] = {}

    def of(self, identity: Identity) -> dict[str, Given]:
        keys = dict(self._organization)
        match identity:
            case User():
                keys["aws:PrincipalArn"] = identity.arn
                keys["aws:userid"] = identity.id
                keys |= self._tags_of(identity.tags)
            case Role():
                keys["aws:PrincipalArn"] = identity.arn
                keys |= _NO_USER
                linked = Requester.parse(identity.arn).is_service_linked
                if linked or not self._session_tags(identity.trust):
                    keys |= self._tags_of(identity.tags)
                if self._plain and not self._userid:
                    # Nobody looks at the session's name: enough to tell whose session it is.
                    keys["aws:userid"] = f"{identity.id}:session"
            case Root():
                keys |= self._tags_of({}) | _NO_USER
        return keys

    def _tags_of(self, tags: dict[str, str]) -> dict[str, Given]:
        """Those it has, and as absent those that policies name and it lacks."""
        own: dict[str, Given] = {f"{_TAG}{name}": value for name, value in tags.items()}
        if not self._plain:
            return own
        has = {name.lower() for name in tags}
        return own | {f"{_TAG}{n}": () for low, n in self._tags.items() if low not in has}

    def _session_tags(self, trust: str) -> bool:
        """Whether a session may bring tags, which go before the role's own of the same name.

        They take sts:TagSession in the trust policy.
        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
        """
        if trust not in self._takes_tags:
            read = self._documents.policy(trust, PolicyKind.TRUST)
            self._takes_tags[trust] = not isinstance(read, Policy) or any(
                one.effect is Effect.ALLOW and matches_action(one.action, "sts:TagSession")
                for one in read.statements
            )
        return self._takes_tags[trust]


def organization_keys(snapshot: Snapshot, account: str, head: str) -> dict[str, Given]:
    """`…OrgID` and `…OrgPaths` of an account, behind `aws:Principal` or `aws:Resource`.

    Absent for the snapshot's own account where that is in no organisation; nothing is told of
    accounts that the organisation's list, as far as it was read, does not have. A path are the
    ids from the root down, each with a slash behind it.
    """
    organization = snapshot.organization
    own = account == snapshot.account.id
    if organization is None:
        return {f"{head}OrgID": (), f"{head}OrgPaths": ()} if own else {}
    if isinstance(organization, Gap | NotAsked):
        return {}
    found = _member(organization, account)
    if found is None and not own:
        return {}
    keys: dict[str, Given] = {f"{head}OrgID": organization.id}
    if found:
        keys[f"{head}OrgPaths"] = (found,)
    return keys


def _member(organization: Organization, account: str) -> str | None:
    """Where in the tree it is, "" where that was not read; None for an account not listed."""
    accounts = organization.accounts if isinstance(organization.accounts, tuple) else ()
    for one in accounts:
        if one.id == account:
            path = one.path
            return "/".join((organization.id, *path)) + "/" if isinstance(path, tuple) else ""
    return None
