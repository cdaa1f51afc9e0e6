"""A region that does not speak costs one time-out, not one for each service."""

from typing import Any

from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError

from idkeep.collect.declare import Collector, Pages, fact
from idkeep.model import Gap

from .answers import REGION, Error, ask_of

FAR = "me-south-1"


def _count(pages: Pages) -> int:
    return len(pages)


QUEUES = Collector(service="sqs", operation="ListQueues", build=_count, regional=True)
TOPICS = Collector(service="sns", operation="ListTopics", build=_count, regional=True)
SILENT = ConnectTimeoutError(endpoint_url="https://sqs.me-south-1.amazonaws.com")
NOBODY = EndpointConnectionError(endpoint_url="https://sqs.me-south-1.amazonaws.com")


def test_a_region_that_lets_one_service_wait_is_left_by_the_others() -> None:
    ask, answers = ask_of({"sqs:ListQueues": SILENT, "sns:ListTopics": {}})
    for collector in (QUEUES, TOPICS):
        found = ask(collector, region=FAR)
        assert isinstance(found, Gap)
        assert found == Gap(collector.action, "no connection within the time limit", region=FAR)
    assert answers.actions() == ["sqs:ListQueues"]


def test_a_region_where_somebody_answered_is_asked_on() -> None:
    answers: tuple[Any, ...] = ({}, Error("AccessDenied"))
    for answer in answers:
        ask, _ = ask_of({"sqs:ListQueues": SILENT, "sns:ListTopics": (answer, {})})
        ask(TOPICS, region=FAR)
        assert isinstance(ask(QUEUES, region=FAR), Gap)
        assert fact(ask.reading(TOPICS, region=FAR), TOPICS) == 1


def test_a_service_that_is_not_in_a_region_says_nothing_of_the_others() -> None:
    ask, _ = ask_of({"sqs:ListQueues": NOBODY, "sns:ListTopics": {}})
    assert isinstance(ask(QUEUES, region=FAR), Gap)
    assert ask(TOPICS, region=FAR) == 1


def test_home_is_never_given_up() -> None:
    ask, _ = ask_of({"sqs:ListQueues": SILENT, "sns:ListTopics": {}})
    assert isinstance(ask(QUEUES, region=REGION), Gap)
    assert ask(TOPICS, region=REGION) == 1
