"""What AWS documents outside the service reference and changes from time to time: dated data."""

from enum import StrEnum

from msgspec import Struct

from idkeep.catalog.values import KeyType, key_matches


class Page(Struct, frozen=True, kw_only=True):
    """Where a fact was read and when (ISO date). `note` says what is second-hand or doubtful."""

    url: str
    read: str
    note: str = ""


class KeyCategory(StrEnum):
    """Whose property a global key is, in AWS's own headings."""

    PRINCIPAL = "principal"
    SESSION = "session"
    NETWORK = "network"
    RESOURCE = "resource"
    REQUEST = "request"


class GlobalKey(Struct, frozen=True, kw_only=True):
    """A condition key that is not one service's own.

    `services`: the prefixes that supply the key, where AWS lists them; None where it does not,
    and then nothing may be concluded. `except_actions` are actions of those services that do
    not supply it. AWS sees no valid use of wildcards in the value of a `sensitive` key.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
    """

    name: str
    type: KeyType
    category: KeyCategory
    page: Page
    multivalued: bool = False
    sensitive: bool = False
    services: tuple[str, ...] | None = None
    except_actions: tuple[str, ...] = ()

    def matches(self, name: str) -> bool:
        return key_matches(self.name, name)

    def supplied_by(self, action: str) -> bool | None:
        """Whether requests for `service:Action` can carry the key; None where AWS doesn't say."""
        if self.services is None:
            return None
        folded = action.lower()
        if folded in (one.lower() for one in self.except_actions):
            return False
        return folded.partition(":")[0] in self.services


class CoveredByRcps(Struct, frozen=True, kw_only=True):
    """The services whose actions resource control policies reach, and actions they don't."""

    page: Page
    services: tuple[str, ...]
    except_actions: tuple[str, ...]

    def __contains__(self, action: str) -> bool:
        folded = action.lower()
        exempt = folded in (one.lower() for one in self.except_actions)
        return not exempt and folded.partition(":")[0] in self.services


class OwnAccountOnly(Struct, frozen=True, kw_only=True):
    """Actions that a service honours only from the resource's own account."""

    page: Page
    actions: tuple[str, ...]


class Quota(Struct, frozen=True, kw_only=True):
    """A limit that a policy or its attachment must keep.

    `of` names what is limited (`scp`, `role-inline` …), `unit` what is counted. `maximum` is
    what an account may ask for; equal to `default` where AWS raises it for nobody.
    `white_space`: whether white space outside strings counts; None where it has no meaning.
    """

    of: str
    unit: str
    default: int
    maximum: int
    page: Page
    white_space: bool | None = None


class RootTask(Struct, frozen=True, kw_only=True):
    """A policy that `sts:AssumeRoot` takes; `document` is its JSON text.

    The documents deny all but the task: what the session may do is what they do not deny.
    """

    arn: str
    version: str
    document: str
    page: Page


class SharedIssuer(Struct, frozen=True, kw_only=True):
    """An OIDC issuer that serves many tenants. `issuer` has no scheme.

    IAM accepts a trust policy for it only if a condition looks at one of `keys`, whole
    condition keys.
    """

    issuer: str
    title: str
    keys: tuple[str, ...]
    page: Page


class Facts(Struct, frozen=True, kw_only=True):
    rcps: CoveredByRcps
    global_keys: tuple[GlobalKey, ...]
    quotas: tuple[Quota, ...]
    root_tasks: tuple[RootTask, ...]
    shared_issuers: tuple[SharedIssuer, ...]
    own_account_only: tuple[OwnAccountOnly, ...] = ()

    def denied_across_accounts(self) -> frozenset[str]:
        """Those actions in lower case."""
        return frozenset(
            action.lower() for service in self.own_account_only for action in service.actions
        )

    def quota(self, of: str, unit: str) -> Quota:
        """Raises `KeyError` for one that is not in the table."""
        for one in self.quotas:
            if (one.of, one.unit) == (of, unit):
                return one
        raise KeyError(of, unit)
