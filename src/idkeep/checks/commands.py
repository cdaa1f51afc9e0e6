"""The commands of the AWS CLI in a remedy, and the IAM actions that they need.

A command's name is that of the operation, hyphenated, and an action's is mostly the operation's:
https://docs.aws.amazon.com/cli/latest/reference/ and
https://docs.aws.amazon.com/service-authorization/latest/reference/. What differs is in tables.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

_COMMAND = re.compile(r"`(aws (?!login|sso login)[^`]+)`")
# Whose actions have another prefix than the command's name.
_PREFIXES = {
    "s3api": "s3",
    "s3control": "s3",
    "configservice": "config",
    "elbv2": "elasticloadbalancing",
    "sso-admin": "sso",
    "accessanalyzer": "access-analyzer",
    "bedrock-agentcore-control": "bedrock-agentcore",
}
# Words that an operation's name writes otherwise than with one capital.
_SPELLINGS = {
    "iam": {"mfa": "MFA", "saml": "SAML", "ssh": "SSH", "id": "ID"},
    "organizations": {"aws": "AWS"},
    "shield": {"drt": "DRT"},
}
_NAMED_OTHERWISE = {
    ("s3api", "put-public-access-block"): ("s3:PutBucketPublicAccessBlock",),
    ("s3control", "put-public-access-block"): ("s3:PutAccountPublicAccessBlock",),
    ("apigateway", "update-rest-api"): ("apigateway:PATCH", "apigateway:UpdateRestApiPolicy"),
    ("apigateway", "create-deployment"): ("apigateway:POST",),
}
# Options by which a role is handed on.
_PASSED = re.compile(r"(?i)^--(.*-)?role-arn$|\broleArn=")
# What looks or begins a session, and changes nothing.
_READING = ("list-", "get-", "describe-", "lookup-", "generate-service-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The accounts that alone can make a change, in words.

    `service` is the principal by which Organizations knows the service whose delegated
    administrator can, "" where none can; `management` is whether the management account can.
    """

    words: str
    service: str = ""
    management: bool = True


_MANAGEMENT = Elsewhere(words="the management account")
_POLICIES = Elsewhere(
    words="the management account, or an account that its delegation policy lets write policies"
)
_CENTER = Elsewhere(
    words="the management account or Identity Center's delegated administrator",
    service="sso.amazonaws.com",
)
_ROOT_ACCESS = Elsewhere(
    words="the management account or the delegated administrator for IAM",
    service="iam.amazonaws.com",
)
_EMAIL = Elsewhere(
    words="the management account or the delegated administrator for account management",
    service="account.amazonaws.com",
)
# The first that an action begins with; None is the account itself. Sources:
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html,
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html
_MADE_IN: tuple[tuple[str, Elsewhere | None], ...] = (
    ("organizations:AcceptHandshake", None),
    ("organizations:DeclineHandshake", None),
    ("organizations:CreatePolicy", _POLICIES),
    ("organizations:UpdatePolicy", _POLICIES),
    ("organizations:AttachPolicy", _POLICIES),
    ("organizations:DetachPolicy", _POLICIES),
    ("organizations:DeletePolicy", _POLICIES),
    ("organizations:", _MANAGEMENT),
    ("guardduty:EnableOrganizationAdminAccount", _MANAGEMENT),
    ("securityhub:EnableOrganizationAdminAccount", _MANAGEMENT),
    (
        "guardduty:UpdateOrganizationConfiguration",
        Elsewhere(
            words="the account of GuardDuty's delegated administrator",
            service="guardduty.amazonaws.com",
            management=False,
        ),
    ),
    (
        "guardduty:CreateMembers",
        Elsewhere(
            words="the account of GuardDuty's delegated administrator",
            service="guardduty.amazonaws.com",
            management=False,
        ),
    ),
    (
        "securityhub:UpdateOrganizationConfiguration",
        Elsewhere(
            words="the account of Security Hub's delegated administrator",
            service="securityhub.amazonaws.com",
            management=False,
        ),
    ),
    (
        "config:PutConfigurationAggregator",
        Elsewhere(
            words="the management account or AWS Config's delegated administrator",
            service="config.amazonaws.com",
        ),
    ),
    (
        "fms:PutPolicy",
        Elsewhere(
            words="the account of Firewall Manager's administrator",
            service="fms.amazonaws.com",
            management=False,
        ),
    ),
    ("iam:EnableOrganizations", _ROOT_ACCESS),
    ("sts:AssumeRoot", _ROOT_ACCESS),
    # Of one account alone, and so that account's.
    ("sso:DeleteInstance", None),
    ("sso:", _CENTER),
    ("identitystore:", _CENTER),
    ("account:StartPrimaryEmailUpdate", _EMAIL),
    ("account:AcceptPrimaryEmailUpdate", _EMAIL),
)


def made_in(action: str) -> Elsewhere | None:
    """Which other account alone can do it; None where the account of the finding can."""
    return next((where for begin, where in _MADE_IN if action.startswith(begin)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`aws SERVICE OPERATION` with its words as a shell would part them."""

    service: str
    operation: str
    words: tuple[str, ...]

    @property
    def reads(self) -> bool:
        """It looks, and changes nothing."""
        return self.operation.startswith(_READING)

    @property
    def actions(self) -> tuple[str, ...]:
        """The IAM actions that whoever runs it has to be allowed."""
        named = _NAMED_OTHERWISE.get((self.service, self.operation)) or (self._action,)
        passes = any(_PASSED.search(word) for word in self.words)
        return (*named, "iam:PassRole") if passes else named

    @property
    def _action(self) -> str:
        spelled = _SPELLINGS.get(self.service, {})
        words = (spelled.get(word, word.capitalize()) for word in self.operation.split("-"))
        return f"{_PREFIXES.get(self.service, self.service)}:{''.join(words)}"


def commands(text: str) -> Iterator[Command]:
    """Those that stand in backticks, in order. Raises `ValueError` for one no shell would take."""
    for found in _COMMAND.findall(text):
        _, service, operation, *words = shlex.split(found)
        yield Command(service=service, operation=operation, words=tuple(words))


def needs(text: str) -> tuple[str, ...]:
    """The IAM actions of all changes that a text names, each once, in order."""
    return tuple(
        dict.fromkeys(action for one in commands(text) if not one.reads for action in one.actions)
    )
