"""A check on who still takes sessions from the global endpoint of STS."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.declare import (
    AnyCheck,
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    known,
    passes,
)
from idkeep.checks.services.samples import services
from idkeep.model import Gap, NotApplicable, Problem, Severity, Unknown
from idkeep.model.logging import NotOffered
from idkeep.model.services import NotSubscribed, Recommendation, Services, TrustedAdvisor

# https://docs.aws.amazon.com/awssupport/latest/user/aws-trusted-advisor-change-log.html
_CHECK = "c15m0mgld3"
_SAYS = Recommendation(
    arn="arn:aws:trustedadvisor::111122223333:recommendation/2",
    name="AWS STS global endpoint usage across AWS Regions",
    status="warning",
    type="standard",
    source="ta_check",
    check=f"arn:aws:trustedadvisor:::check/{_CHECK}",
    warning=2,
)
_ADVISOR = Gap("trustedadvisor:ListRecommendations", "AccessDenied")
_PLAN = "has no support plan with Trusted Advisor's checks: see no-premium-support"
_NOT_THERE = "AWS does not offer Trusted Advisor to this account"
_SILENT = "Trusted Advisor has no recommendation on the global endpoint"


def _advised(*several: Recommendation) -> Services:
    return services(trusted_advisor=TrustedAdvisor(recommendations=several))


@check(
    Services,
    severity=Severity.LOW,
    controls=("regional-endpoints",),
    reads=("trusted_advisor",),
    remedy=Remedy(
        do="See from where (`aws trustedadvisor list-recommendation-resources "
        "--recommendation-identifier RECOMMENDATION`), and set `AWS_STS_REGIONAL_ENDPOINTS` to "
        "`regional` there, or take an SDK of 2025 or later, which asks the region's own endpoint "
        "by itself.",
        may_stop="Callers whose policies name us-east-1 in `aws:RequestedRegion` are judged by "
        "their own region from then on, and a network that lets `sts.amazonaws.com` alone out "
        "refuses them.",
        by="Whoever runs the software that asks: the setting is in its environment.",
    ),
    examples=(
        passes(_advised(replace(_SAYS, status="ok", warning=0))),
        fails(_advised(_SAYS), "still takes sessions from the global endpoint of STS"),
        does_not_apply(services(), _PLAN),
        does_not_apply(services(trusted_advisor=NotOffered(code="no endpoint")), _NOT_THERE),
        cannot_tell(_advised(), _SILENT),
        cannot_tell(
            _advised(replace(_SAYS, status="new-word")),
            "Trusted Advisor says new-word, a word that is not known here",
        ),
        cannot_tell(services(trusted_advisor=_ADVISOR), str(_ADVISOR)),
    ),
)
def global_sts_endpoint_used(subject: Services, _: Estate) -> Iterator[Said]:
    """Something in the account still takes its sessions from the global endpoint of STS.

    It lies in one region, and its events are written there whatever region asks, so that alarms on
    a region miss them; a session's `aws:RequestedRegion` says us-east-1 too. Trusted Advisor sees
    the use: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_region-endpoints.html
    """
    advisor = subject.trusted_advisor
    if isinstance(advisor, NotSubscribed):
        yield NotApplicable(_PLAN)
        return
    if isinstance(advisor, NotOffered):
        yield NotApplicable(_NOT_THERE)
        return
    about = [one for one in known(advisor).recommendations if one.check.endswith(f"/{_CHECK}")]
    if not about:
        yield Unknown(_SILENT)
    for one in about:
        if one.status in {"warning", "error"}:
            yield Problem("still takes sessions from the global endpoint of STS", at=one.arn)
        elif one.status != "ok":
            yield Unknown(f"Trusted Advisor says {one.status}, a word that is not known here")


CHECKS: tuple[AnyCheck, ...] = (global_sts_endpoint_used,)
