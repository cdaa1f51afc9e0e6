"""A request through an S3 access point, which the bucket behind it must allow too.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html ("both
the access point and the underlying bucket must permit the request").
"""

from msgspec.structs import replace

from idkeep.access.targets import Site
from idkeep.access.whereabouts import parsed
from idkeep.model import Gap, Unread
from idkeep.model.resources import AccessPoint
from idkeep.policy import Allowed, Decision, Denied, Matched
from idkeep.policy.compiled import Question
from idkeep.policy.decision import together

BEHIND = "bucket"
"""How documents of the bucket's are named in the answer, in the place of `resource`."""


def bucket_behind(site: Site) -> str:
    """The bucket's ARN; "" for what is no access point of a bucket."""
    point = site.resource
    if not isinstance(point, AccessPoint) or point.data_source or not point.bucket:
        return ""
    arn = parsed(point.arn)
    return f"arn:{arn.partition}:s3:::{point.bucket}" if arn else ""


def unread_behind(site: Site, bucket: Site | None) -> tuple[Unread, ...]:
    """Why the bucket's side is not known."""
    point = site.resource
    if not isinstance(point, AccessPoint):
        return ()
    if bucket is None:
        return (Gap("", f"what {point.arn} stands on is not read", elsewhere=True),)
    return bucket.unread


def question_behind(asked: Question, site: Site, bucket: Site) -> Question:
    """The same request as the bucket sees it."""
    point = site.resource
    if not isinstance(point, AccessPoint):
        raise TypeError("no access point")
    _, inside, key = asked.resource.partition("/object/")
    seen = {"s3:DataAccessPointArn": point.arn, "s3:DataAccessPointAccount": point.account}
    return replace(
        asked,
        resource=f"{bucket.arn}/{key}" if inside else bucket.arn,
        target=bucket.target,
        context=asked.context.completed({**bucket.keys, **seen}),
    )


def both(asked: Question, through: Decision, behind: Decision, bucket: Site) -> Decision:
    """Allowed where the access point and the bucket allow."""
    named = _renamed(behind)
    if isinstance(through, Allowed) and isinstance(named, Allowed):
        return replace(
            through, by=(*through.by, *named.by), checks=(*through.checks, *named.checks)
        )
    sides = {f"{asked.action} on {asked.resource}": through, f"that on {bucket.arn}": named}
    return together(sides)


def _renamed(decision: Decision) -> Decision:
    checks = tuple(
        replace(one, statements=tuple(map(_name, one.statements))) for one in decision.checks
    )
    if isinstance(decision, Allowed | Denied):
        return replace(decision, by=tuple(map(_name, decision.by)), checks=checks)
    return replace(decision, checks=checks)


def _name(matched: Matched) -> Matched:
    return replace(matched, document=matched.document.replace("resource[", f"{BEHIND}["))
