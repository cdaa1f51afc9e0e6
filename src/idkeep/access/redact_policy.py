"""A policy text with pseudonyms in the place of names, and the same statements otherwise.

What is AWS's language stays: elements, actions, operators, condition keys, variables, wildcards.
The rest is names. Source of the grammar:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from idkeep.access.issuers import CLAIM_NAMES
from idkeep.access.pseudonyms import VARIABLES, Pseudonyms
from idkeep.policy import Operator

_Value: TypeAlias = "str | bool | list[_Value] | _Object | None"
_Redact: TypeAlias = Callable[[str], str]

_ACTION = re.compile(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]*")
_KEY_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_PRIVATE = re.compile(f"[{VARIABLES}]")
_FIRST_PRIVATE = 0xF0000
# What the values of some operators look like, by how the operator begins.
_SHAPES = (
    ("Date", re.compile(r"\d{4}(-\d\d(-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?)?)?|\d{1,11}")),
    ("Numeric", re.compile(r"[+-]?(\d{1,11}(\.\d+)?|\.\d+)")),
)
_WRITTEN_NUMBER = re.compile(r"-?\d{1,11}(\.\d+)?")
_SERVICE = re.compile(r"\*|[a-z0-9.-]+\.amazonaws\.com(\.cn)?|lambda\.alexa\.com")
_KINDS = ("aws", "canonicaluser", "federated", "service")
_VERSIONS = ("2008-10-17", "2012-10-17")
# Prefixes of keys that are no service's:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
_KEY_PREFIXES = frozenset(
    {
        "accounts.google.com", "aws", "cognito-identity.amazonaws.com", "graph.facebook.com",
        "identitystore", "saml", "www.amazon.com",
    }
)  # fmt: skip
_CLAIMS = CLAIM_NAMES | {"amr", "aud", "azp", "email", "iss"}
# Words with a meaning in the values of one key, by how the key ends in lower case.
_WORDS_OF_KEY: tuple[tuple[str, frozenset[str]], ...] = (
    # https://docs.github.com/actions/reference/security/oidc, https://docs.gitlab.com/ci/secrets/id_token_authentication/
    # https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/aws-configuration
    # https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
    (
        ":sub",
        frozenset(
            {
                "apply", "branch", "environment", "heads", "job_workflow_ref", "organization",
                "plan", "project", "project_path", "pull_request", "ref", "ref_type", "refs",
                "repo", "run_phase", "serviceaccount", "system", "tag", "tags", "workspace",
            }
        ),
    ),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principaltype
    (
        ":principaltype",
        frozenset({"Account", "Anonymous", "AssumedRole", "FederatedUser", "User"}),
    ),
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
    (
        ":x-amz-acl",
        frozenset(
            {
                "authenticated-read", "aws-exec-read", "bucket-owner-full-control",
                "bucket-owner-read", "log-delivery-write", "private", "public-read",
                "public-read-write",
            }
        ),
    ),
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html#API_PutObject_RequestSyntax
    (":x-amz-server-side-encryption", frozenset({"AES256", "aws", "kms", "dsse", "fsx"})),
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
    ("saml:aud", frozenset({"https", "signin.aws.amazon.com", "saml"})),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Object:
    """A JSON object: a key that comes twice stays twice."""

    pairs: Iterable[tuple[str, _Value]]  # read once


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


def redacted_policy(text: str, names: Pseudonyms, phrase: _Redact) -> str:
    """A text that is JSON stays JSON, another stays none.

    `phrase` decides on words that stay unless they hold one of the account's own names, such as
    a tag's key.
    """
    try:
        document: _Value = json.loads(
            text, object_pairs_hook=_Object, parse_int=_Number, parse_float=_Number
        )
    except (json.JSONDecodeError, RecursionError):
        return names.text(text)
    return _written(_Redaction(names, phrase).document(document))


class _Redaction:
    def __init__(self, names: Pseudonyms, phrase: _Redact) -> None:
        self._names = names
        self._phrase = phrase

    def document(self, value: _Value) -> _Value:
        return self._elements(
            value,
            {
                "version": lambda one: self._one_of(one, _VERSIONS),
                "statement": self._statements,
            },
        )

    def _statements(self, value: _Value) -> _Value:
        if isinstance(value, list):
            return [self._statement(one) for one in value]
        return self._statement(value)

    def _statement(self, value: _Value) -> _Value:
        elements: dict[str, Callable[[_Value], _Value]] = {
            "sid": self._plain,
            "effect": lambda one: self._one_of(one, ("Allow", "Deny")),
            "principal": self._principal,
            "action": lambda one: self._each(one, self._action),
            "resource": self._plain,
            "condition": self._conditions,
        }
        negated = {f"not{name}": elements[name] for name in ("principal", "action", "resource")}
        return self._elements(value, {**elements, **negated})

    def _elements(self, value: _Value, known: dict[str, Callable[[_Value], _Value]]) -> _Value:
        """Of an object; what AWS does not know of is names through and through."""
        if not isinstance(value, _Object):
            return self._plain(value)
        made: list[tuple[str, _Value]] = []
        for name, one in value.pairs:
            redact = known.get(name.lower())
            made.append((name, redact(one)) if redact else self._unknown(name, one))
        return _Object(made)

    def _unknown(self, name: str, value: _Value) -> tuple[str, _Value]:
        """`@@assign` and its like are the language of an organisation's other policies."""
        kept = name if name == "Id" or name.startswith("@@") else self._text(name)
        return kept, self._plain(value)

    def _plain(self, value: _Value) -> _Value:
        if isinstance(value, _Object):
            return _Object([self._unknown(name, one) for name, one in value.pairs])
        return self._each(value, self._text)

    def _each(self, value: _Value, redact: _Redact) -> _Value:
        match value:
            case _Object():
                return self._plain(value)
            case list():
                return [self._each(one, redact) for one in value]
            case _Number():
                return value if _WRITTEN_NUMBER.fullmatch(value) else _Number(self._account(value))
            case str():
                return redact(value)
            case True | False | None:
                return value

    def _account(self, number: str) -> str:
        """A number of twelve digits, and for safety any other as long, in the form of one."""
        return self._names.account(number)

    def _one_of(self, value: _Value, known: tuple[str, ...]) -> _Value:
        return self._each(value, lambda one: one if one in known else self._text(one))

    def _action(self, text: str) -> str:
        """One of a service that the catalog does not know may be new, or be nobody's but theirs."""
        if not _ACTION.fullmatch(text):
            return self._text(text)
        prefix = text.partition(":")[0]
        known = "*" in prefix or self._names.words.is_service(prefix.lower())
        return text if known else self._phrase(text)

    def _principal(self, value: _Value) -> _Value:
        if not isinstance(value, _Object):
            return self._plain(value)
        return _Object(
            [
                (kind, self._each(one, self._service if kind.lower() == "service" else self._text))
                if kind.lower() in _KINDS
                else self._unknown(kind, one)
                for kind, one in value.pairs
            ]
        )

    def _service(self, text: str) -> str:
        if not _SERVICE.fullmatch(text):
            return self._text(text)
        return text if self._names.words.is_name(text) else self._phrase(text)

    def _conditions(self, value: _Value) -> _Value:
        if not isinstance(value, _Object):
            return self._plain(value)
        return _Object(
            [
                (name, self._keys(one, operator))
                if (operator := Operator.parse(name))
                else self._unknown(name, one)
                for name, one in value.pairs
            ]
        )

    def _keys(self, value: _Value, operator: Operator) -> _Value:
        if not isinstance(value, _Object):
            return self._plain(value)
        return _Object(
            (self._key(key), self._each(one, self._value_of(operator, key)))
            for key, one in value.pairs
        )

    def _value_of(self, operator: Operator, key: str) -> _Redact:
        """What to do with a value: the operator says what it is, and for some the key."""
        folded = key.lower()
        if folded.endswith(":tagkeys"):
            return self._phrase
        kept = next((words for ending, words in _WORDS_OF_KEY if folded.endswith(ending)), None)
        if kept is not None:
            return lambda text: self._with_words(text, kept)
        shape = next((one for kind, one in _SHAPES if operator.base.startswith(kind)), None)
        if shape is not None:
            return lambda text: text if shape.fullmatch(text) else self._text(text)
        if folded.endswith("region"):
            regions = self._names.words.is_region
            return lambda text: text if regions(text) else self._text(text)
        return lambda text: text if text.lower() in ("true", "false") else self._text(text)

    def _with_words(self, text: str, kept: frozenset[str]) -> str:
        """Between colons and slashes some words stay: `repo:octo/*:ref:refs/heads/main`."""
        return (
            text
            if text in kept
            else "".join(
                part if part in kept else self._text(part) for part in re.split("([:/])", text)
            )
        )

    def _key(self, key: str) -> str:
        """A condition key; of a provider's own the issuer is a name, its claim is not."""
        prefix, _, name = key.partition(":")
        if prefix.lower() in _KEY_PREFIXES or self._names.words.is_service(prefix.lower()):
            own, slash, tag = name.partition("/")
            kept = own if _KEY_NAME.fullmatch(own) else self._text(own)
            return f"{prefix}:{kept}{slash}{self._phrase(tag)}"
        issuer, colon, claim = key.rpartition(":")
        return f"{self._text(issuer)}{colon}{claim if claim in _CLAIMS else self._text(claim)}"

    def _text(self, text: str) -> str:
        """Names in a text that may hold policy variables, which stand for none."""
        if "${" not in text or _PRIVATE.search(text):
            return self._names.text(_PRIVATE.sub("?", text))
        held: list[str] = []

        def hide(found: re.Match[str]) -> str:
            held.append(self._variable(found[1]))
            return chr(_FIRST_PRIVATE + len(held) - 1)

        made = self._names.text(_VARIABLE.sub(hide, text))
        return _PRIVATE.sub(lambda found: held[ord(found[0]) - _FIRST_PRIVATE], made)

    def _variable(self, inside: str) -> str:
        if inside in ("*", "?", "$"):
            return f"${{{inside}}}"
        key, comma, default = inside.partition(",")
        quoted = default.strip()
        other = f", '{self._names.text(quoted.strip(chr(39)))}'" if comma else ""
        return f"${{{self._key(key.strip())}{other}}}"


def _written(value: _Value) -> str:
    match value:
        case _Object():
            pairs = (f"{json.dumps(name)}: {_written(one)}" for name, one in value.pairs)
            return f"{{{', '.join(pairs)}}}"
        case list():
            return f"[{', '.join(_written(one) for one in value)}]"
        case _Number():
            return str(value)
        case str() | True | False | None:
            return json.dumps(value)
