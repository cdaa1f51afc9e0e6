"""A check on who may tag what tags give rights to."""

from collections.abc import Iterator

from idkeep.access import Estate
from idkeep.access.administrators import Rule, powers
from idkeep.access.answer import Answer, Says
from idkeep.checks.declare import (
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    known,
    passes,
)
from idkeep.checks.policies.resource_kinds import bucket
from idkeep.checks.policies.samples import EVERYTHING, READ_ONLY, role, user
from idkeep.checks.policies.words import listed, statements
from idkeep.checks.samples import allow
from idkeep.model import Gap, NotApplicable, Problem, Role, Severity, Unknown, User
from idkeep.model.resources import Bucket

_ABAC = Gap("s3:GetBucketAbac", "AccessDenied")
_TAGS = ("s3:TagResource", "s3:UntagResource")
_BY_TAG = bucket(None, abac_status="Enabled")


@check(
    Bucket,
    severity=Severity.LOW,
    controls=("no-privilege-escalation", "least-privilege"),
    reads=("abac_status",),
    remedy=Remedy(
        do="Leave `s3:TagResource` and `s3:UntagResource` to those who decide who gets at the "
        "bucket, or pin the tags that policies speak of by a condition on `aws:TagKeys`. Where no "
        "policy asks for its tags, switch it off: `aws s3api put-bucket-abac --bucket BUCKET "
        "--abac-status Status=Disabled`.",
        may_stop="Who is left out can no longer tag buckets, as tools do that tag all they make; "
        "switched off, policies that ask for the bucket's tags no longer let anybody in.",
    ),
    examples=(
        fails(
            _BY_TAG,
            "gives rights by its tags, and those who are no administrators may change these: "
            "user ana",
            users=(user("ana", allow("s3:*")),),
        ),
        passes(_BY_TAG, users=(user("ana", READ_ONLY),), roles=(role("boss", EVERYTHING),)),
        does_not_apply(
            bucket(None), "its tags count in no policy", users=(user("ana", allow("s3:*")),)
        ),
        cannot_tell(
            bucket(None, abac_status=""), "AWS does not tell whether its tags count in policies"
        ),
        cannot_tell(bucket(None, abac_status=_ABAC), str(_ABAC)),
    ),
)
def tags_are_rights(bucket: Bucket, estate: Estate) -> Iterator[Said]:
    """Somebody who is no administrator may change tags that give rights to a bucket.

    With attribute-based access control on, policies that ask for `aws:ResourceTag` count for the
    bucket, so whoever sets a tag there decides who gets in, themselves among them:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html
    """
    status = known(bucket.abac_status)
    if status != "Enabled":
        if status:
            yield NotApplicable("its tags count in no policy")
        else:
            yield Unknown("AWS does not tell whether its tags count in policies")
        return
    site = estate.engine.site(bucket)
    may: dict[str, Answer] = {}
    unknown: dict[str, None] = {}
    for action in _TAGS:
        for one in estate.engine.who_can(action, bucket.arn, site=site):
            who = _who(one)
            if not who or powers(estate.engine)[one.caller.name].rule is not Rule.NO:
                continue
            if one.says in {Says.YES, Says.DEPENDS}:
                may.setdefault(who, one)
            elif one.says is Says.UNKNOWN:
                unknown[one.why_unknown] = None
    if may:
        yield Problem(
            "gives rights by its tags, and those who are no administrators may change these: "
            f"{listed(tuple(may))}",
            statements=statements(estate, may.values()),
        )
        return
    yield from (Unknown(why) for why in unknown)
    for gap in dict.fromkeys((*estate.snapshot.missing(User), *estate.snapshot.missing(Role))):
        yield Unknown(str(gap))


def _who(one: Answer) -> str:
    """Nobody for root, who may do all anyway, and for the role of a service of AWS's."""
    identity = one.holder.identity if one.holder else None
    if not isinstance(identity, User | Role) or ":role/aws-service-role/" in identity.arn:
        return ""
    return f"{type(identity).__name__.lower()} {identity.name}"


CHECKS = (tags_are_rights,)
