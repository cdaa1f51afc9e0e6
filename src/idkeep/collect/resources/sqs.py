"""SQS queues.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
"""

from idkeep.collect.ask import Ask
from idkeep.collect.declare import AnyCollector, Collector, Pages
from idkeep.collect.resources.kind import AnyKind, Kind, Place, costing, in_regions, kept
from idkeep.model.resources import Queue


def _urls(pages: Pages) -> tuple[str, ...]:
    """An answer without queues has no list of them."""
    return tuple(one for page in pages for one in page.get("QueueUrls", ()))


# "You must set MaxResults to receive a value for NextToken in the response."
QUEUES = Collector(
    service="sqs", operation="ListQueues", params={"MaxResults": 1000}, build=_urls, regional=True
)


def _policy(pages: Pages) -> str:
    """The text, empty where there is none; the queue's ARN proves that the answer is of a queue."""
    [answer] = pages
    if "QueueArn" not in answer["Attributes"]:
        raise KeyError("QueueArn")
    policy: str = answer["Attributes"].get("Policy", "")
    return policy


QUEUE = Collector(
    service="sqs",
    operation="GetQueueAttributes",
    params={"AttributeNames": ["Policy", "QueueArn"]},
    build=_policy,
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (QUEUES, QUEUE)


def _queue(ask: Ask, place: Place, url: str) -> Queue:
    return Queue(
        **place.here(place.arn("sqs", url.rpartition("/")[2])),
        policy=kept(ask, ask.sure(QUEUE, region=place.region, QueueUrl=url)),
    )


KINDS: tuple[AnyKind, ...] = (
    Kind(
        field="queues",
        model=Queue,
        lists=lambda ask: in_regions(ask, QUEUES),
        calls=costing(1),
        read=_queue,
    ),
)
