"""A check on the roles that Identity Center made of permission sets: whether they still agree."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.permission_sets import INLINE
from idkeep.access.provisioned import Drift, drift_of
from idkeep.access.workforce import set_behind
from idkeep.checks.center.samples import (
    ADMIN_ACCESS,
    DEVELOPER,
    NO_ACCOUNTS,
    NO_DETAILS,
    OTHER,
    SHOP,
    center,
)
from idkeep.checks.declare import Remedy, Said, cannot_tell, check, does_not_apply, fails, passes
from idkeep.checks.policies.samples import HEAD, role
from idkeep.checks.policies.words import listed, reserved
from idkeep.checks.samples import ACCOUNT, INSTANCE, ORGANIZATION, allow, inline, text
from idkeep.model import (
    AttachedPolicy,
    Gap,
    IdentityCenter,
    NotApplicable,
    NotAsked,
    PermissionSetBoundary,
    PermissionSetsOff,
    PolicyReference,
    Problem,
    Role,
    Severity,
    Unknown,
)
from idkeep.model.facts import Family

_NO_SETS = Gap("sso:ListPermissionSets", "AccessDeniedException")
_UNREAD = IdentityCenter(
    instances=(replace(INSTANCE, permission_sets=_NO_SETS),), account_access=()
)
_NO_CENTER = IdentityCenter(instances=(), account_access=())
_OWN = replace(INSTANCE, owner=ACCOUNT.id, permission_sets=PermissionSetsOff())
_NOT_HERE = (
    f"sso:ListPermissionSets: account {ORGANIZATION.management_account} was not scanned here"
)
_READS = allow("s3:Get*")
_QUEUE = allow("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:orders")
_SET = replace(
    DEVELOPER,
    inline_policy=text(_READS),
    customer_policies=(PolicyReference(name="Work", path="/team/"),),
    boundary=PermissionSetBoundary(managed="arn:aws:iam::aws:policy/PowerUserAccess"),
)
_NAME = "AWSReservedSSO_Developer_0123456789abcdef"


def _role(**facts: object) -> Role:
    made = replace(
        role(_NAME),
        arn=f"{HEAD}:role/aws-reserved/sso.amazonaws.com/eu-west-1/{_NAME}",
        inline_policies=(inline(_READS, name=INLINE),),
        attached_policies=(AttachedPolicy("Work", f"{HEAD}:policy/team/Work"),),
        boundary="arn:aws:iam::aws:policy/PowerUserAccess",
        max_session_seconds=43200,
    )
    return replace(made, **facts)


_ROLE = _role()


@check(
    Role,
    severity=Severity.MEDIUM,
    controls=("identity-center", "least-privilege"),
    reads=("attached_policies", "inline_policies", "boundary"),
    remedy=Remedy(
        do="Have Identity Center write the role anew from its set: `aws sso-admin "
        "provision-permission-set --instance-arn INSTANCE_ARN --permission-set-arn SET_ARN "
        "--target-type AWS_ACCOUNT --target-id ACCOUNT`. Where that fails, mend what it names "
        "(a policy that the account lacks) first. IAM lets nobody change such a role by hand: "
        "where its set is no more, delete the identity provider that it trusts (`aws iam "
        "delete-saml-provider --saml-provider-arn PROVIDER_ARN`) after a look at who else does.",
        may_stop="People lose at once what the role has beyond its set, in sessions that run too; "
        "without the provider nobody becomes any role that trusts it.",
    ),
    examples=(
        fails(
            _role(attached_policies=(*_ROLE.attached_policies, ADMIN_ACCESS)),
            "differs from permission set Developer: it has policy AdministratorAccess",
            center=center(_SET),
        ),
        fails(
            _role(inline_policies=(inline(allow("s3:*"), name=INLINE),)),
            "differs from permission set Developer: its inline policy allows more than the set's",
            center=center(_SET),
        ),
        fails(
            _role(inline_policies=(inline(_READS, _QUEUE, name=INLINE),)),
            "differs from permission set Developer: its inline policy allows more than the set's: "
            "sqs:SendMessage on arn:aws:sqs:eu-west-1:111122223333:orders",
            center=center(_SET),
        ),
        fails(
            _role(boundary=None, attached_policies=()),
            "differs from permission set Developer, of which it is an older state: it lacks "
            "boundary PowerUserAccess, it lacks policy Work",
            center=center(replace(_SET, provisioned=(), outdated=(SHOP,))),
        ),
        fails(
            _role(inline_policies=()),
            "differs from permission set Developer: it lacks the inline policy",
            center=center(_SET),
        ),
        fails(
            _ROLE,
            "is of permission set Developer, which is not in this account",
            center=center(replace(_SET, provisioned=(OTHER,))),
        ),
        fails(
            _ROLE,
            "is of permission set Developer, which no Identity Center here has",
            center=center(),
        ),
        passes(_ROLE, center=center(_SET)),
        passes(
            _role(inline_policies=(inline(allow(["s3:Get*"]), name=INLINE),)), center=center(_SET)
        ),
        does_not_apply(role("deploy"), "was not made by Identity Center"),
        cannot_tell(_ROLE, str(NO_DETAILS), center=center(replace(_SET, boundary=NO_DETAILS))),
        cannot_tell(
            _ROLE,
            str(NO_ACCOUNTS),
            center=center(replace(_SET, provisioned=NO_ACCOUNTS, outdated=NO_ACCOUNTS)),
        ),
        cannot_tell(_ROLE, str(_NO_SETS), center=_UNREAD),
        cannot_tell(_ROLE, "not read: --facts center", center=NotAsked(Family.CENTER)),
        cannot_tell(_ROLE, _NOT_HERE, center=_NO_CENTER, organization=ORGANIZATION),
        cannot_tell(
            _ROLE,
            _NOT_HERE,
            center=replace(_NO_CENTER, instances=(_OWN,)),
            organization=ORGANIZATION,
        ),
        cannot_tell(
            _ROLE,
            "not read: --facts organization",
            center=_NO_CENTER,
            organization=NotAsked(Family.ORGANIZATION),
        ),
        fails(
            _ROLE,
            "is of permission set Developer, which no Identity Center here has",
            center=_NO_CENTER,
            organization=None,
        ),
    ),
)
def role_differs_from_permission_set(role: Role, estate: Estate) -> Iterator[Said]:
    """A role that Identity Center made is not what its permission set says.

    Who looks at the set sees less than its people have, or more. A role is left behind where an
    edit could not be brought into the account, and where the account came from another
    organisation. The length of sessions is not compared: Identity Center gives each such role
    twelve hours, and keeps to the set's itself:
    https://docs.aws.amazon.com/singlesignon/latest/userguide/howtosessionduration.html
    """
    if not reserved(role) or not set_behind(role.name):
        yield NotApplicable("was not made by Identity Center")
        return
    drift = drift_of(estate, role)
    if isinstance(drift, Drift):
        yield from _said(drift)
    elif drift:
        yield from (Unknown(str(gap)) for gap in drift)
    else:
        name = set_behind(role.name)
        yield Problem(f"is of permission set {name}, which no Identity Center here has")


def _said(drift: Drift) -> Iterator[Said]:
    if not drift.is_given:
        yield Problem(f"is of permission set {drift.name}, which is not in this account")
        return
    if differing := (*drift.more, *drift.less):
        older = ", of which it is an older state" if drift.is_outdated else ""
        yield Problem(
            f"differs from permission set {drift.name}{older}: {listed(differing, most=5)}",
            severity=None if drift.more else Severity.LOW,
            because="" if drift.more else "it gives less than the set says",
        )
    yield from (Unknown(why) for why in drift.unknown)


CHECKS = (role_differs_from_permission_set,)
