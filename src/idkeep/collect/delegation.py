"""Requests of product providers for temporary access.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListDelegationRequests.html
"""

from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import Answer, Collector, Pages
from idkeep.collect.times import maybe_utc
from idkeep.model import DelegationRequest, Unread


def _requests(pages: Pages) -> tuple[DelegationRequest, ...]:
    """With the text of their permissions in the place of its digest."""
    return tuple(_request(one) for page in pages for one in page["DelegationRequests"])


def _request(told: Answer) -> DelegationRequest:
    return DelegationRequest(
        id=told["DelegationRequestId"],
        state=told["State"],
        requestor=told.get("RequestorId"),
        requestor_name=told.get("RequestorName"),
        approver=told.get("ApproverId"),
        template=told.get("Permissions", {}).get("PolicyTemplateArn"),
        permissions=told.get("PermissionPolicy"),
        created=maybe_utc(told.get("CreateDate")),
        expires=maybe_utc(told.get("ExpirationTime")),
        session_seconds=told.get("SessionDuration"),
    )


DELEGATION_REQUESTS = Collector(service="iam", operation="ListDelegationRequests", build=_requests)


def kept(
    ask: Ask, requests: tuple[DelegationRequest, ...] | Unread
) -> tuple[DelegationRequest, ...] | Unread:
    """The requests, their texts kept where all texts are."""
    if not isinstance(requests, tuple):
        return requests
    return tuple(
        replace(one, permissions=None if one.permissions is None else ask.keep(one.permissions))
        for one in requests
    )
