"""SNS topics.

Source: https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html
"""

from idkeep.collect.ask import Ask
from idkeep.collect.declare import AnyCollector, Collector, Pages
from idkeep.collect.resources.kind import AnyKind, Kind, Place, costing, in_regions, kept
from idkeep.model.resources import Topic


def _arns(pages: Pages) -> tuple[str, ...]:
    return tuple(one["TopicArn"] for page in pages for one in page["Topics"])


TOPICS = Collector(service="sns", operation="ListTopics", build=_arns, regional=True)


def _policy(pages: Pages) -> str:
    """The text, empty where there is none; the topic's ARN proves that the answer is of a topic."""
    [answer] = pages
    if "TopicArn" not in answer["Attributes"]:
        raise KeyError("TopicArn")
    policy: str = answer["Attributes"].get("Policy", "")
    return policy


TOPIC = Collector(service="sns", operation="GetTopicAttributes", build=_policy, regional=True)

COLLECTORS: tuple[AnyCollector, ...] = (TOPICS, TOPIC)


def _topic(ask: Ask, place: Place, arn: str) -> Topic:
    told = ask.sure(TOPIC, region=place.region, TopicArn=arn)
    return Topic(**place.here(arn), policy=kept(ask, told))


KINDS: tuple[AnyKind, ...] = (
    Kind(
        field="topics",
        model=Topic,
        lists=lambda ask: in_regions(ask, TOPICS),
        calls=costing(1),
        read=_topic,
    ),
)
