"""Checks on what outsiders may do to a bucket that is worse than reading it."""

from collections.abc import Iterable, Iterator
from functools import partial

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.openings import Opening, openings
from idkeep.access.trust import Kind
from idkeep.checks.declare import Remedy, Said, cannot_tell, check, does_not_apply, fails, passes
from idkeep.checks.policies.doors import READING, acl_lets_anybody
from idkeep.checks.policies.open_resources import (
    bucket_lets_anybody_do,
    not_ours,
    unread_of,
    writes,
)
from idkeep.checks.policies.outsiders import known_accounts
from idkeep.checks.policies.resource_kinds import bucket
from idkeep.checks.policies.words import listed, statements, with_proviso
from idkeep.checks.samples import allow, text
from idkeep.config import Settings, TrustedAccount
from idkeep.model import Gap, NotApplicable, Problem, Severity, Unknown
from idkeep.model.resources import AclGrant, Bucket, Resources

# What Security Hub calls risky in other accounts' hands:
# https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-6
_RULING = frozenset(
    {
        "s3:DeleteBucketPolicy",
        "s3:PutBucketAcl",
        "s3:PutBucketPolicy",
        "s3:PutEncryptionConfiguration",
        "s3:PutObjectAcl",
    }
)
_ANYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"
_OBJECTS = "arn:aws:s3:::larkfield/*"
_OPEN_ACCOUNT = Resources(account_public_access_block=None)
_PARTNER = {"AWS": "arn:aws:iam::444455556666:root"}
_TRUSTING = Settings(trusted_accounts=(TrustedAccount(id="444455556666", name="Partner"),))
_DENIED = Gap("s3:GetBucketPolicy", "AccessDenied")
_EDIT = "`aws s3api put-bucket-policy --bucket BUCKET --policy file://policy.json`"


@check(
    Bucket,
    severity=Severity.CRITICAL,
    controls=("no-buckets-written-by-public",),
    reads=("policy", "acl", "object_ownership", "public_access_block"),
    remedy=Remedy(
        do="Block public access, and name in the policy who may write: `aws s3api "
        "put-public-access-block --bucket BUCKET --public-access-block-configuration "
        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,"
        f"RestrictPublicBuckets=true`, then {_EDIT}. Go through what was written since.",
        may_stop="Whoever writes without signing in is refused: look at the bucket's data events "
        "first.",
    ),
    examples=(
        fails(
            bucket(text(allow("s3:PutObject", _OBJECTS, Principal="*"))),
            "lets anybody do s3:PutObject",
            resources=_OPEN_ACCOUNT,
        ),
        fails(
            bucket(
                None,
                object_ownership="ObjectWriter",
                acl=(AclGrant(grantee=_ANYBODY, permission="WRITE"),),
            ),
            "lets anybody WRITE by its ACL",
            resources=_OPEN_ACCOUNT,
        ),
        passes(
            bucket(text(allow("s3:GetObject", _OBJECTS, Principal="*"))), resources=_OPEN_ACCOUNT
        ),
        passes(
            bucket(
                None,
                object_ownership="ObjectWriter",
                acl=(AclGrant(grantee=_ANYBODY, permission="READ"),),
            ),
            resources=_OPEN_ACCOUNT,
        ),
        passes(
            bucket(text(allow("s3:PutObject", _OBJECTS, Principal=_PARTNER))),
            resources=_OPEN_ACCOUNT,
        ),
        does_not_apply(
            bucket(None, account="444455556666"),
            "belongs to account 444455556666, whose own scan judges it",
        ),
        cannot_tell(bucket(_DENIED), str(_DENIED), resources=_OPEN_ACCOUNT),
    ),
)
def bucket_written_by_anybody(one: Bucket, estate: Estate) -> Iterator[Said]:
    """Anybody may write into a bucket, or delete from it.

    What is read from there, by programs and by people, is then anybody's word; and whoever pays
    for the bucket pays for what strangers keep in it. Its policy and its ACL are asked, with what
    blocks public access.
    """
    if why := not_ours(one, estate):
        yield NotApplicable(why)
        return
    by_policy = bucket_lets_anybody_do(one, estate, partial(writes, estate))
    yield from _within("bucket-open-to-anybody", by_policy)
    yield from _within("bucket-acl-for-anybody", acl_lets_anybody(one, estate, but=READING))


def _within(check: str, said: Iterable[Said]) -> Iterator[Said]:
    """What another check tells as part of more."""
    for one in said:
        yield replace(one, within=check) if isinstance(one, Problem) else one


@check(
    Bucket,
    severity=Severity.MEDIUM,
    controls=("buckets-ruled-at-home",),
    reads=("policy", "public_access_block"),
    settings=("trusted_accounts",),
    remedy=Remedy(
        do=f"Take these actions out of what the policy gives to others: {_EDIT}. Objects that "
        "others write belong to the bucket's owner without any ACL once ACLs are off: `aws s3api "
        "put-bucket-ownership-controls --bucket BUCKET --ownership-controls "
        "Rules=[{ObjectOwnership=BucketOwnerEnforced}]`.",
        may_stop="Whoever sets ACLs as it writes is refused until it leaves them away.",
    ),
    examples=(
        fails(
            bucket(text(allow(["s3:PutObject", "s3:PutObjectAcl"], _OBJECTS, Principal=_PARTNER))),
            "lets account 444455556666 do s3:PutObjectAcl",
            resources=_OPEN_ACCOUNT,
        ),
        fails(
            bucket(text(allow("s3:PutObjectAcl", _OBJECTS, Principal=_PARTNER))),
            "lets account 444455556666 do s3:PutObjectAcl",
            settings=_TRUSTING,
            resources=_OPEN_ACCOUNT,
        ),
        passes(
            bucket(text(allow("s3:PutObject", _OBJECTS, Principal=_PARTNER))),
            resources=_OPEN_ACCOUNT,
        ),
        passes(
            bucket(text(allow("s3:*", _OBJECTS, Principal={"AWS": "111122223333"}))),
            resources=_OPEN_ACCOUNT,
        ),
        does_not_apply(
            bucket(None, account="444455556666"),
            "belongs to account 444455556666, whose own scan judges it",
        ),
        cannot_tell(bucket(_DENIED), str(_DENIED), resources=_OPEN_ACCOUNT),
    ),
)
def bucket_ruled_from_outside(one: Bucket, estate: Estate) -> Iterator[Said]:
    """Another account may change a bucket's policy, encryption or ACLs.

    Whoever may do that decides who gets in, and needs no other permission. A partner who writes
    objects needs none of it since owners take what is written:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
    """
    if why := not_ours(one, estate):
        yield NotApplicable(why)
        return
    yield from unread_of(one, estate)
    for each in openings(estate.engine, estate.engine.site(one), ("s3",), _RULING.__contains__):
        yield _ruling(each, estate)


def _ruling(one: Opening, estate: Estate) -> Problem | Unknown:
    who = one.name
    if one.kind is Kind.ANYONE:
        who = "anybody" if one.is_anonymous else "anybody with an AWS account"
    elif one.kind is Kind.ACCOUNT:
        who = f"account {one.name}"
    elif one.kind is Kind.ORGANIZATION:
        who = f"the whole organisation {one.name}"
    if one.answer.why_unknown:
        return Unknown(f"whether {who} gets in: {one.answer.why_unknown}")
    known = known_accounts(estate)
    ours = one.account in known.accounts or one.name == known.organization
    # Else the check on strangers says that it does not know whether it is one.
    is_told = known.unread is None or bool(one.kind is Kind.ORGANIZATION and known.organization)
    is_told = is_told or one.kind is Kind.ANYONE
    return Problem(
        with_proviso(f"lets {who} do {listed(one.actions)}", one.answer.proviso),
        at=who,
        severity=Severity.LOW if ours else None,
        because="it is of the organisation or trusted by the settings" if ours else "",
        statements=statements(estate, (one.answer,)),
        within=_WHOLE[one.kind is Kind.ANYONE] if is_told and not ours else "",
    )


_WHOLE = {True: "bucket-open-to-anybody", False: "bucket-open-to-unknown-accounts"}


CHECKS = (bucket_written_by_anybody, bucket_ruled_from_outside)
