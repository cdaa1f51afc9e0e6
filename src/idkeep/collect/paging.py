"""How an operation pages, from botocore's own paginator model or from its shapes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.exceptions import DataNotFoundError, UnknownServiceError
from botocore.loaders import create_loader
from botocore.model import OperationModel

from idkeep.collect.declare import Answer
from idkeep.collect.failures import NotAws

# Tokens as AWS names them, for operations that botocore has no paginator for.
_TOKENS = ("Marker", "NextToken", "nextToken", "NextMarker", "Token", "Position")
_MORE = ("IsTruncated", "isTruncated", "Truncated")
# As many as a page of an IAM listing can have; it may have fewer, and has 100 unless it is asked.
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html, MaxItems
MOST_ITEMS = {"MaxItems": 1000}


@dataclass(frozen=True, slots=True)
class Paging:
    """`output` members of an answer become `input` members of the next request.

    `more` is the member that says whether there is a next page, "" where the token alone tells.
    `always` is whether every answer has it.
    """

    input: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    more: str = ""
    always: bool = False

    def check(self, answer: Answer) -> None:
        """Raises `NotAws` for an answer that could be any part of the whole."""
        if self.always and not isinstance(_member(answer, self.more), bool):
            raise NotAws("it does not say whether there is more")

    def next(self, answer: Answer) -> Mapping[str, Any]:
        """The parameters of the next request; empty after the last page.

        Raises `NotAws` for an answer that promises more and does not lead on.
        """
        flag = _member(answer, self.more) if self.more else None
        if flag is False:
            return {}
        tokens = {
            name: token
            for name, path in zip(self.input, self.output, strict=True)
            if (token := _member(answer, path))
        }
        if flag and not tokens:
            raise NotAws("its pages do not lead on")
        return tokens


def paging(service: str, operation: OperationModel) -> Paging:
    """The paging of an operation; a `Paging` without tokens for one that answers whole."""
    if known := _paginators(service).get(operation.name):
        return Paging(
            input=_names(known["input_token"]),
            output=_names(known["output_token"]),
            more=known.get("more_results", ""),
            always="more_results" in known,
        )
    asked, told = _members(operation.input_shape), _members(operation.output_shape)
    tokens = tuple(name for name in _TOKENS if name in asked and name in told)[:1]
    more = next((name for name in _MORE if tokens and name in told), "")
    return Paging(input=tokens, output=tokens, more=more)


@cache
def _paginators(service: str) -> Mapping[str, Any]:
    try:
        told = create_loader().load_service_model(service, "paginators-1")
    except (DataNotFoundError, UnknownServiceError):
        return {}
    found: Mapping[str, Any] = told["pagination"]
    return found


def _names(told: str | list[str]) -> tuple[str, ...]:
    """Members, or paths of them. botocore's few other expressions belong to none of our reads."""
    names = (told,) if isinstance(told, str) else tuple(told)
    if odd := [name for name in names if not name.replace(".", "").isidentifier()]:
        raise ValueError(f"paging by {odd[0]!r} is not understood")
    return names


def _member(answer: Any, path: str) -> Any:  # noqa: ANN401 -- what AWS sent
    for name in path.split("."):
        answer = answer.get(name) if isinstance(answer, Mapping) else None
    return answer


def _members(shape: Any) -> frozenset[str]:  # noqa: ANN401 -- botocore's
    return frozenset(shape.members) if shape is not None else frozenset()
