"""Applications of an Identity Center: for whom they are, and what the customer's own may ask for.

Source: https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListApplications.html
"""

from typing import Any

from msgspec.structs import replace

from idkeep.collect.ask import Ask
from idkeep.collect.declare import AnyCollector, Collector, Pages
from idkeep.model import (
    ApplicationAssignment,
    ApplicationScope,
    Arn,
    CenterApplication,
    CenterInstance,
    Gap,
    Unread,
)

_SIZE = {"MaxResults": 100}
# `applicationProvider/custom` speaks OAuth 2.0, `applicationProvider/custom-saml` SAML.
# https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreateApplication.html
_OWN = "applicationProvider/custom"


def _applications(pages: Pages) -> tuple[CenterApplication, ...]:
    """Without their scopes."""
    return tuple(
        CenterApplication(
            arn=one["ApplicationArn"],
            name=one.get("Name", ""),
            provider=one["ApplicationProviderArn"],
            account=one.get("ApplicationAccount", ""),
            status=one.get("Status", ""),
        )
        for page in pages
        for one in page["Applications"]
    )


APPLICATIONS = Collector(
    service="sso-admin",
    operation="ListApplications",
    action="sso:ListApplications",
    build=_applications,
    params=_SIZE,
    regional=True,
)


def _scopes(pages: Pages) -> tuple[ApplicationScope, ...]:
    return tuple(
        ApplicationScope(name=one["Scope"], targets=tuple(one.get("AuthorizedTargets", ())))
        for page in pages
        for one in page["Scopes"]
    )


SCOPES = Collector(
    service="sso-admin",
    operation="ListApplicationAccessScopes",
    action="sso:ListApplicationAccessScopes",
    build=_scopes,
    regional=True,
)


def _required(pages: Pages) -> bool:
    [answer] = pages
    required: bool = answer["AssignmentRequired"]
    return required


REQUIRED = Collector(
    service="sso-admin",
    operation="GetApplicationAssignmentConfiguration",
    action="sso:GetApplicationAssignmentConfiguration",
    build=_required,
    regional=True,
)


def _assigned(pages: Pages) -> tuple[ApplicationAssignment, ...]:
    return tuple(
        ApplicationAssignment(principal_type=one["PrincipalType"], principal=one["PrincipalId"])
        for page in pages
        for one in page["ApplicationAssignments"]
    )


ASSIGNED = Collector(
    service="sso-admin",
    operation="ListApplicationAssignments",
    action="sso:ListApplicationAssignments",
    build=_assigned,
    params=_SIZE,
    regional=True,
)


def _background(pages: Pages) -> str | None:
    [answer] = pages
    return answer.get("UserBackgroundSessionApplicationStatus")


SESSIONS = Collector(
    service="sso-admin",
    operation="GetApplicationSessionConfiguration",
    action="sso:GetApplicationSessionConfiguration",
    build=_background,
    absent=frozenset({"ResourceNotFoundException"}),
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (APPLICATIONS, SCOPES, REQUIRED, ASSIGNED, SESSIONS)


def read(ask: Ask, instance: CenterInstance) -> tuple[CenterApplication, ...] | Unread:
    """Three calls for each application, and one more for each that is the customer's own."""
    listed = ask.sure(APPLICATIONS, region=instance.region, InstanceArn=instance.arn)
    if not isinstance(listed, tuple):
        return listed
    found = ask.each(listed, lambda one: _read(ask, instance, one))
    return tuple(
        _unread(one, read) if isinstance(read, Gap) else read
        for one, read in zip(listed, found, strict=True)
    )


def _read(ask: Ask, instance: CenterInstance, one: CenterApplication) -> CenterApplication:
    of: dict[str, Any] = {"region": instance.region, "ApplicationArn": one.arn}
    is_own = Arn.parse(one.provider).resource.startswith(_OWN)
    return replace(
        one,
        scopes=ask.sure(SCOPES, **of) if is_own else None,
        assignment_required=ask.sure(REQUIRED, **of),
        assigned=ask.sure(ASSIGNED, **of),
        background_sessions=ask(SESSIONS, **of),
    )


def _unread(one: CenterApplication, gap: Gap) -> CenterApplication:
    return replace(one, scopes=gap, assignment_required=gap, assigned=gap, background_sessions=gap)
