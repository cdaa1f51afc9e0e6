"""Checks on each trail of the account's own."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.logged import trails_owner
from idkeep.checks.ages import how_long_ago
from idkeep.checks.declare import (
    CannotTell,
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    known,
    passes,
)
from idkeep.checks.logging.samples import DENIED, STATUS, THEIRS, TRAIL
from idkeep.checks.samples import ago
from idkeep.model import Gap, NotApplicable, NotToldHere, Problem, Severity
from idkeep.model.logging import Trail, TrailStatus

# CloudTrail delivers within minutes, and digests each hour.
# https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html
_LATE = timedelta(days=1)
_ELSEWHERE = "belongs to account 999988887777, whose own scan judges it"


def _not_ours(trail: Trail, estate: Estate) -> str:
    owner = trails_owner(trail)
    if owner == estate.snapshot.account.id:
        return ""
    return f"belongs to account {owner}, whose own scan judges it"


def _status(trail: Trail) -> TrailStatus:
    """Ends the check where it was not read."""
    if isinstance(trail.status, NotToldHere):  # of another account's, which is not judged here
        raise CannotTell(Gap("cloudtrail:GetTrailStatus", trail.status.code, elsewhere=True))
    return known(trail.status)


_STOPPED = replace(STATUS, logging=False, stopped=ago(210))
_THEIRS = does_not_apply(THEIRS, _ELSEWHERE)


def _said(**facts: object) -> Trail:
    return replace(TRAIL, status=replace(STATUS, **facts))


@check(
    Trail,
    severity=Severity.MEDIUM,
    controls=("trail-delivers",),
    reads=("status",),
    remedy=Remedy(
        do="Find out who stopped it and why. Start it again (`aws cloudtrail start-logging "
        "--name TRAIL`), or delete it if another trail took its place: `aws cloudtrail "
        "delete-trail --name TRAIL`.",
        may_stop="Nothing stops by starting it: a trail only writes down. What reads the bucket "
        "of a deleted trail gets nothing new.",
    ),
    examples=(
        fails(replace(TRAIL, status=_STOPPED), "writes nothing down, and was stopped 210 days ago"),
        fails(_said(logging=False), "writes nothing down"),
        passes(TRAIL),
        _THEIRS,
        cannot_tell(replace(TRAIL, status=DENIED), str(DENIED)),
    ),
)
def trail_switched_off(trail: Trail, estate: Estate) -> Iterator[Said]:
    """A trail is there, and logging is off.

    Stopping the trail is what an intruder does first, and a trail that is listed looks as if it
    logged.
    """
    if why := _not_ours(trail, estate):
        yield NotApplicable(why)
        return
    status = _status(trail)
    if not status.logging:
        since = (
            f", and was stopped {how_long_ago(estate, status.stopped)}" if status.stopped else ""
        )
        yield Problem(f"writes nothing down{since}")


@check(
    Trail,
    severity=Severity.MEDIUM,
    controls=("trail-delivers",),
    reads=("status", "log_group"),
    remedy=Remedy(
        do="See the last error (`aws cloudtrail get-trail-status --name TRAIL`) and mend "
        "what it names: the bucket's policy (`aws s3api put-bucket-policy --bucket "
        "BUCKET --policy file://policy.json`), its KMS key's policy (`aws kms "
        "put-key-policy --key-id KEY_ID --policy file://policy.json`), or the role that "
        "writes to the log group.",
        may_stop="Nothing stops if the policy keeps what it allowed; events of the last days are "
        "delivered again.",
    ),
    examples=(
        fails(
            _said(delivery_error="NoSuchBucket", delivered=ago(210)),
            "cannot deliver to its bucket: NoSuchBucket",
        ),
        fails(
            _said(logs_delivery_error="AccessDenied"),
            "cannot deliver to its log group: AccessDenied",
        ),
        fails(
            _said(digest_delivery_error="AccessDenied"),
            "cannot deliver digests to its bucket: AccessDenied",
        ),
        fails(_said(delivered=ago(3)), "delivered to its bucket 3 days ago, and not since"),
        fails(_said(logs_delivered=ago(3)), "delivered to its log group 3 days ago, and not since"),
        fails(_said(logs_delivered=None), "never delivered to its log group"),
        passes(TRAIL),
        passes(replace(_said(logs_delivered=None), log_group=None)),
        passes(_said(delivered=None, logs_delivered=None, started=ago(0.1))),
        does_not_apply(_said(logging=False), "is switched off: see trail-switched-off"),
        _THEIRS,
        cannot_tell(replace(TRAIL, status=DENIED), str(DENIED)),
    ),
)
def trail_cannot_deliver(trail: Trail, estate: Estate) -> Iterator[Said]:
    """What a trail logs does not arrive.

    The trail is on, and its bucket or log group gets nothing: the last delivery failed or is more
    than a day old. Alarms on the log group are silent for that long.
    """
    if why := _not_ours(trail, estate):
        yield NotApplicable(why)
        return
    status = _status(trail)
    if not status.logging:
        yield NotApplicable("is switched off: see trail-switched-off")
        return
    # A digest's own time is not judged: it comes with log file validation alone.
    targets = [("to its bucket", status.delivered, status.delivery_error)]
    if trail.log_group:
        targets.append(("to its log group", status.logs_delivered, status.logs_delivery_error))
    for where, at, error in targets:
        if error:
            yield Problem(f"cannot deliver {where}: {error}", at=where)
        elif late := _late(at, status.started, estate):
            yield Problem(late.format(where=where), at=where)
    if status.digest_delivery_error:
        where = "digests to its bucket"
        yield Problem(f"cannot deliver {where}: {status.digest_delivery_error}", at=where)


def _late(at: datetime | None, started: datetime | None, estate: Estate) -> str:
    now = estate.snapshot.taken
    if at is None:
        return "never delivered {where}" if started is None or now - started > _LATE else ""
    if now - at > _LATE:
        return f"delivered {{where}} {how_long_ago(estate, at)}, and not since"
    return ""


@check(
    Trail,
    severity=Severity.LOW,
    controls=("trail-log-file-validation",),
    reads=("validates_log_files",),
    remedy=Remedy(
        do="Switch them on: `aws cloudtrail update-trail --name TRAIL "
        "--enable-log-file-validation`.",
        may_stop="Nothing stops: digests are files besides, and cost next to nothing.",
    ),
    examples=(
        fails(replace(TRAIL, validates_log_files=False), "writes no digests of its log files"),
        passes(TRAIL),
        _THEIRS,
    ),
)
def trail_without_digests(trail: Trail, estate: Estate) -> Iterator[Said]:
    """A trail writes no digests, so nobody can prove that its log files are whole.

    Whoever may write to the bucket can take lines out. Each hour's digest, signed by AWS, names
    the files and their hashes.
    """
    if why := _not_ours(trail, estate):
        yield NotApplicable(why)
    elif not trail.validates_log_files:
        yield Problem("writes no digests of its log files")


@check(
    Trail,
    severity=Severity.LOW,
    controls=("trail-encrypted",),
    reads=("kms_key",),
    remedy=Remedy(
        do="Make a KMS key whose policy lets CloudTrail encrypt for this trail "
        "(aws:SourceArn), then `aws cloudtrail update-trail --name TRAIL --kms-key-id "
        "KEY_ID`.",
        may_stop="Who reads the logs is refused without kms:Decrypt on the key: give it to them "
        "first.",
    ),
    examples=(
        fails(replace(TRAIL, kms_key=None), "is not encrypted with a KMS key"),
        passes(TRAIL),
        _THEIRS,
    ),
)
def trail_without_kms_key(trail: Trail, estate: Estate) -> Iterator[Said]:
    """A trail's log files are encrypted with S3's own key alone.

    Then whoever may read the bucket may read the logs. With a key of yours, reading needs a
    second permission, and each use of it is logged.
    """
    if why := _not_ours(trail, estate):
        yield NotApplicable(why)
    elif trail.kms_key is None:
        yield Problem("is not encrypted with a KMS key")


@check(
    Trail,
    severity=Severity.LOW,
    controls=("trail-to-log-group",),
    reads=("log_group",),
    remedy=Remedy(
        do="Give it a log group and a role that may write there: `aws cloudtrail "
        "update-trail --name TRAIL --cloud-watch-logs-log-group-arn LOG_GROUP_ARN "
        "--cloud-watch-logs-role-arn ROLE_ARN`.",
        may_stop="Nothing stops: the bucket gets its files as before. CloudWatch Logs charges for "
        "what it takes in.",
    ),
    examples=(
        fails(replace(TRAIL, log_group=None), "delivers to no log group"),
        passes(TRAIL),
        _THEIRS,
    ),
)
def trail_without_log_group(trail: Trail, estate: Estate) -> Iterator[Said]:
    """A trail delivers to no log group, so no alarm can ring on its events.

    In the bucket an event is found by who looks for it. Metric filters and their alarms need a
    log group.
    """
    if why := _not_ours(trail, estate):
        yield NotApplicable(why)
    elif trail.log_group is None:
        yield Problem("delivers to no log group")


@check(
    Trail,
    severity=Severity.LOW,
    controls=("trail-logs-itself",),
    reads=("recursive_logging",),
    remedy=Remedy(
        do="Set RecursiveLogging to true again: `aws cloudtrail update-trail --name TRAIL "
        "--recursive-logging`.",
        may_stop="Nothing stops: the trail writes a few events more.",
    ),
    examples=(
        fails(
            replace(TRAIL, recursive_logging=False),
            "leaves CloudTrail's own deliveries out of the log",
        ),
        passes(TRAIL),
        passes(replace(TRAIL, recursive_logging=None)),
        _THEIRS,
    ),
)
def trail_hides_deliveries(trail: Trail, estate: Estate) -> Iterator[Said]:
    """A trail leaves out what CloudTrail itself writes to its bucket.

    RecursiveLogging is on unless somebody switched it off. Where AWS tells nothing of it, it is
    on.
    """
    if why := _not_ours(trail, estate):
        yield NotApplicable(why)
    elif trail.recursive_logging is False:
        yield Problem("leaves CloudTrail's own deliveries out of the log")


CHECKS = (
    trail_switched_off,
    trail_cannot_deliver,
    trail_without_digests,
    trail_without_kms_key,
    trail_without_log_group,
    trail_hides_deliveries,
)
