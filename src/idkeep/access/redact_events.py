"""The words of CloudTrail's events, in selectors and filters, where names are exchanged."""

import re
from functools import cached_property

from idkeep.access.event_pattern import rewritten as rewritten_event_pattern
from idkeep.access.filter_pattern.rewrite import rewritten
from idkeep.access.pseudonyms import Pseudonyms
from idkeep.catalog import Catalog

# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
# and the events that are no action of a policy.
_WORDS = frozenset(
    {
        "AssumedRole", "AWSAccount", "AWSService", "FederatedUser", "IAMUser", "IdentityCenterUser",
        "Root", "SAMLUser", "WebIdentityUser",
        "AwsApiCall", "AwsConsoleAction", "AwsConsoleSignIn", "AwsServiceEvent", "AwsVpceEvent",
        "Data", "Insight", "Management", "NetworkActivity", "true", "false",
        "AccessDenied", "AccessDeniedException", "Client.UnauthorizedOperation",
        "UnauthorizedOperation", "VpceAccessDenied",
        "ConsoleLogin", "Failed authentication", "Failure", "No", "Success", "Yes",
        "DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketReplication", "HeadBucket",
        "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication",
        "delivery.logs.amazonaws.com",
        "AWS API Call via CloudTrail", "AWS Console Action via CloudTrail",
        "AWS Console Sign In via CloudTrail", "AWS Service Event via CloudTrail",
    }
)  # fmt: skip
_TYPE = re.compile("AWS::[A-Za-z0-9]+::[A-Za-z0-9]+")
_SOURCE = re.compile(r"aws\.[a-z0-9-]*")
_NUMBER = re.compile(r"[+-]?\d{1,11}(\.\d+)?")


class EventWords:
    """A word of AWS's stays, with the asterisks around it; the rest is exchanged."""

    def __init__(self, names: Pseudonyms, catalog: Catalog) -> None:
        self._names = names
        self._catalog = catalog

    def word(self, text: str) -> str:
        return text if self._is_kept(text.strip("*")) else self._names.text(text)

    def pattern(self, text: str) -> str:
        """A filter pattern: its selectors name fields of events, its values are words."""
        return rewritten(text, self.word)

    def rule(self, text: str) -> str:
        """An event pattern: its fields and operators are AWS's, its values are words.

        The beginning or end of a call's name stays too, for patterns often say no more.
        """
        return rewritten_event_pattern(text, self._word_or_part)

    def _word_or_part(self, text: str) -> str:
        part = text.strip("*")
        ends = any(one.startswith(part) or one.endswith(part) for one in self._calls | _WORDS)
        return text if ends or _SOURCE.fullmatch(part) else self.word(text)

    def _is_kept(self, word: str) -> bool:
        return (
            not word.strip()
            or word in _WORDS
            or word in self._calls
            or self._names.words.is_name(word)
            or bool(_TYPE.fullmatch(word) or _NUMBER.fullmatch(word))
        )

    @cached_property
    def _calls(self) -> frozenset[str]:
        """The actions' names, which most events bear."""
        return frozenset(one.partition(":")[2] for one in self._catalog.expand("*"))
