"""Checks on who is an administrator, by what their policies do."""

from collections.abc import Generator, Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.administrators import Rule, administering, administration, granting, powers
from idkeep.access.deputies import center_snapshots
from idkeep.access.holder import default_document
from idkeep.access.sources import Granted
from idkeep.access.trust import Kind, trust_of
from idkeep.access.workforce import people_behind
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
from idkeep.checks.edits import KEY_OFF, TRUST
from idkeep.checks.policies.samples import (
    EVERYTHING,
    LOST,
    LOST_WHY,
    READ_ONLY,
    attached,
    group,
    role,
    user,
)
from idkeep.checks.policies.words import (
    NO_DEFAULT,
    listed,
    owned_by_aws,
    reserved,
    statements,
    unread,
    with_proviso,
)
from idkeep.checks.samples import NO_REPORT, allow, key, managed, password
from idkeep.model import (
    Gap,
    Group,
    ManagedPolicy,
    NotApplicable,
    NotAsked,
    Problem,
    Role,
    Severity,
    Unknown,
    User,
)
from idkeep.policy import PolicyKind

ADMIN = managed("AdministratorAccess", EVERYTHING, by_aws=True)
BOUNDARY = managed("Boundary", allow(["s3:*", "ec2:*"]))
_GRANTS = ("inline_policies", "attached_policies")


@check(
    User,
    severity=Severity.HIGH,
    controls=("least-privilege-administrators",),
    reads=(*_GRANTS, "groups", "boundary", "password", "mfa_active", "virtual_mfa"),
    remedy=Remedy(
        do="Give people a role for the work at hand, in Identity Center or by a group with "
        "less (`aws iam add-user-to-group --group-name GROUP --user-name USER`), then "
        "take what makes it an administrator: `aws iam detach-user-policy --user-name "
        "USER --policy-arn POLICY_ARN`, or where a group gives it `aws iam "
        "remove-user-from-group --group-name GROUP --user-name USER`. Keep one or two "
        "break-glass users, with hardware MFA, and suppress this finding for them with "
        "the reason.",
        may_stop="Whoever works with the user loses what nobody thought of: look at its "
        "last-accessed services first (`idkeep scan --facts last-accessed`).",
    ),
    examples=(
        fails(user("ana", EVERYTHING), "is an administrator by inline policy own"),
        fails(
            user("ana", attached_policies=attached(ADMIN), password=password(), mfa_active=False),
            "is an administrator by policy AdministratorAccess",
            policies=(ADMIN,),
        ),
        fails(
            user("ana", groups=("Admins",)),
            "is an administrator by policy AdministratorAccess of group Admins",
            policies=(ADMIN,),
            groups=(group("Admins", attached_policies=attached(ADMIN)),),
        ),
        fails(
            user("ana", EVERYTHING, boundary=BOUNDARY.arn),
            "is an administrator by inline policy own, limited by permissions boundary Boundary",
            policies=(BOUNDARY,),
        ),
        passes(user("ana", READ_ONLY)),
        cannot_tell(user("ana", EVERYTHING, attached_policies=(LOST,)), LOST_WHY),
    ),
)
def user_is_administrator(user: User, estate: Estate) -> Iterator[Said]:
    """A user of IAM may do nearly everything, by whatever policies.

    Its password or key is worth the whole account, for as long as nobody takes it away. What
    counts is what its policies allow together, with its boundary and the organisation's policies.
    """
    if known_gaps := tuple(unread(estate, user)):
        yield from known_gaps
        return
    weak = isinstance(user.password, Gap | NotAsked) or user.password is not None
    weak = weak and user.mfa_active is False
    yield from _administrator(
        user, estate, Severity.CRITICAL if weak else None, "it signs in to the console without MFA"
    )


@check(
    Role,
    severity=Severity.MEDIUM,
    controls=("least-privilege-administrators",),
    reads=(*_GRANTS, "boundary", "trust"),
    remedy=Remedy(
        do="Replace its policies by what it uses, which `idkeep scan --facts last-accessed` "
        "reads (`aws iam attach-role-policy --role-name ROLE --policy-arn POLICY_ARN`, "
        "then `aws iam detach-role-policy --role-name ROLE --policy-arn POLICY_ARN`), or "
        f"narrow who may become it: {TRUST}. A role that starts with AWSReservedSSO is "
        "written by Identity Center: change its permission set.",
        may_stop="What runs with the role loses what nobody listed, and whoever the trust policy "
        "no longer names is turned away.",
    ),
    examples=(
        fails(role("deploy", EVERYTHING), "is an administrator by inline policy own"),
        fails(
            role("deploy", EVERYTHING, trusts={"AWS": "*"}),
            "is an administrator by inline policy own",
        ),
        passes(role("deploy", READ_ONLY)),
        cannot_tell(role("deploy", attached_policies=(LOST,)), LOST_WHY),
        does_not_apply(
            replace(
                role("AWSServiceRoleForX", EVERYTHING),
                arn="arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
            ),
            "belongs to an AWS service, and nobody in the account can change it",
        ),
    ),
)
def role_is_administrator(role: Role, estate: Estate) -> Iterator[Said]:
    """A role may do nearly everything, by whatever policies.

    Whoever becomes it owns the account, so what its trust policy lets in decides how bad it is.
    """
    if why := owned_by_aws(role):
        yield NotApplicable(why)
        return
    if known_gaps := tuple(unread(estate, role)):
        yield from known_gaps
        return
    moved, because = _exposure(role, estate)
    yield from _administrator(role, estate, moved, because)


@check(
    Group,
    severity=Severity.MEDIUM,
    controls=("least-privilege-administrators",),
    reads=_GRANTS,
    remedy=Remedy(
        do="Give its members roles for their work, then take the policy from the group: "
        "`aws iam detach-group-policy --group-name GROUP --policy-arn POLICY_ARN`, or "
        "`aws iam delete-group-policy --group-name GROUP --policy-name POLICY` for one "
        "of its own.",
        may_stop="Everybody in the group loses what only the group gave them.",
    ),
    examples=(
        fails(
            group("Admins", attached_policies=attached(ADMIN)),
            "makes administrators by policy AdministratorAccess; members: ana",
            policies=(ADMIN,),
            users=(user("ana", groups=("Admins",)),),
        ),
        passes(group("Readers", READ_ONLY)),
        cannot_tell(group("Admins", attached_policies=(LOST,)), LOST_WHY),
    ),
)
def group_makes_administrators(group: Group, estate: Estate) -> Iterator[Said]:
    """A group makes every member an administrator.

    Whoever may add a user to it, by `iam:AddUserToGroup`, hands out the whole account.
    """
    granted = estate.engine.of_group(group)
    for gap in (one for one in granted if not isinstance(one, Granted)):
        yield Unknown(str(gap))
    rules = administering(estate.engine)
    if rules.get(group.arn, Rule.NO) is Rule.NO:
        return
    names = [
        f"policy {one.name}" if one.arn else f"inline policy {one.name}"
        for one in granted
        if isinstance(one, Granted) and rules.get(one.digest, Rule.NO) is not Rule.NO
    ]
    members = sorted(u.name for u in estate.snapshot.users if group.name in u.groups)
    who = f"members: {listed(members)}" if members else "it has no members"
    yield Problem(f"makes administrators by {listed(names) or 'its policies together'}; {who}")


@check(
    ManagedPolicy,
    severity=Severity.HIGH,
    controls=("no-administrator-policies", "least-privilege-administrators"),
    reads=("versions", "attachments"),
    remedy=Remedy(
        do="See who holds it (`aws iam list-entities-for-policy --policy-arn POLICY_ARN`), "
        "give them what they use, and detach it: `aws iam detach-role-policy --role-name "
        "ROLE --policy-arn POLICY_ARN`, `aws iam detach-user-policy --user-name USER "
        "--policy-arn POLICY_ARN`, `aws iam detach-group-policy --group-name GROUP "
        "--policy-arn POLICY_ARN`.",
        may_stop="Its holders lose what nobody gave them otherwise.",
    ),
    examples=(
        fails(
            managed("God", {"Effect": "Allow", "NotAction": ["s3:Bogus"], "Resource": "*"}),
            "makes administrators of whom it is attached to: user ana",
            users=(user("ana", attached_policies=attached(managed("God"))),),
        ),
        passes(managed("Narrow", allow("*", "arn:aws:s3:::one/*"))),
        passes(managed("God", EVERYTHING, attachments=0)),
        cannot_tell(
            replace(ADMIN, versions=()),
            "iam:GetAccountAuthorizationDetails: the version in force is not in the snapshot",
        ),
    ),
)
def policy_makes_administrators(policy: ManagedPolicy, estate: Estate) -> Iterator[Said]:
    """A managed policy that is attached makes an administrator by itself.

    It is judged by what it allows, AWS's own policies and the account's alike.
    """
    rule = yield from _rule_of(policy, estate)
    if rule is Rule.NO or not policy.attachments:
        return
    holders = _holders_of(policy, estate)
    proviso = "" if rule is Rule.YES else ", under its conditions"
    yield Problem(
        f"makes administrators of whom it is attached to{proviso}: "
        + (listed(holders) or f"{policy.attachments} in all")
    )


@check(
    ManagedPolicy,
    severity=Severity.MEDIUM,
    controls=("unused-administrator-policies", "unused-policies"),
    reads=("versions", "attachments"),
    remedy=Remedy(
        do="Delete it (`aws iam delete-policy --policy-arn POLICY_ARN`, its other versions "
        "first) unless it serves as a permissions boundary.",
        may_stop="Nothing stops: nobody holds it. A template or pipeline that attaches it by name "
        "fails the next time.",
    ),
    examples=(
        fails(managed("God", EVERYTHING, attachments=0), "makes administrators of nobody yet"),
        passes(managed("God", EVERYTHING)),
        passes(managed("Small", READ_ONLY, attachments=0)),
        passes(replace(managed("God", EVERYTHING, attachments=0), boundary_uses=2)),
        does_not_apply(replace(ADMIN, attachments=0), "is AWS's own, which every account has"),
        cannot_tell(
            replace(managed("God"), versions=(), attachments=0),
            "iam:GetAccountAuthorizationDetails: the version in force is not in the snapshot",
        ),
    ),
)
def unattached_administrator_policy(policy: ManagedPolicy, estate: Estate) -> Iterator[Said]:
    """A policy of the account would make an administrator, and is attached to nobody.

    It waits for somebody who may attach policies, and looks harmless until then.
    """
    if ":iam::aws:" in policy.arn:
        yield NotApplicable("is AWS's own, which every account has")
        return
    rule = yield from _rule_of(policy, estate)
    if rule is not Rule.NO and not policy.attachments and not policy.boundary_uses:
        yield Problem("makes administrators of nobody yet")


@check(
    User,
    severity=Severity.CRITICAL,
    controls=("administrator-mfa",),
    reads=(*_GRANTS, "groups", "boundary", "password", "mfa_active", "virtual_mfa", "access_keys"),
    remedy=Remedy(
        do="Have the person register a passkey or a security key under Security credentials "
        "in the console, or register a token for them (`aws iam enable-mfa-device "
        "--user-name USER --serial-number SERIAL --authentication-code1 CODE1 "
        "--authentication-code2 CODE2`), and let a policy deny what is done without it. "
        "A user that only has access keys belongs in a role: once the work has moved, "
        f"{KEY_OFF}.",
        may_stop="Nothing stops by a device; with the policy, what the user's keys sign without a "
        "code is refused.",
        by="The person registers a passkey or security key, where policies let them.",
    ),
    examples=(
        fails(
            user("ana", EVERYTHING, password=password(), mfa_active=False),
            "is an administrator, signs in to the console and has no MFA device",
        ),
        fails(
            user("bot", EVERYTHING, access_keys=(key(),), mfa_active=False),
            "is an administrator by an access key alone and has no MFA device",
        ),
        passes(user("ana", EVERYTHING, password=password())),
        does_not_apply(user("ana", READ_ONLY, password=password()), "is no administrator"),
        does_not_apply(
            user("ana", EVERYTHING, mfa_active=False), "has neither a password nor an active key"
        ),
        cannot_tell(
            user("ana", EVERYTHING, password=NO_REPORT, mfa_active=NO_REPORT),
            "iam:GetCredentialReport: AccessDenied",
        ),
        cannot_tell(user("ana", attached_policies=(LOST,)), LOST_WHY),
    ),
)
def administrator_without_mfa(user: User, estate: Estate) -> Iterator[Said]:
    """A user who may do nearly everything has no MFA device.

    One stolen password or key is then the whole account.
    """
    if known_gaps := tuple(unread(estate, user)):
        yield from known_gaps
        return
    if powers(estate.engine)[user.arn].rule is Rule.NO:
        yield NotApplicable("is no administrator")
        return
    if user.mfa_active is True:
        return
    if known(user.password) is not None:
        if not known(user.mfa_active):
            yield Problem("is an administrator, signs in to the console and has no MFA device")
        return
    if not any(one.active for one in known(user.access_keys)):
        yield NotApplicable("has neither a password nor an active key")
    elif not known(user.mfa_active):
        yield Problem("is an administrator by an access key alone and has no MFA device")


def _administrator(
    principal: User | Role, estate: Estate, moved: Severity | None, because: str
) -> Iterator[Said]:
    engine = estate.engine
    power = powers(engine)[principal.arn]
    if power.by_policy is Rule.NO:
        return
    named = granting(engine, principal.arn)
    held = [str(one) for one in named or engine.holders[principal.arn].granted]
    words = f"is an administrator by {listed(held)}{'' if named else ' together'}"
    answers = administration(engine, principal.arn)
    if power.rule is Rule.NO:
        boundary = engine.holders[principal.arn].boundary
        limit = str(boundary) if boundary else "the organisation's service control policies"
        yield Problem(
            f"{words}, limited by {limit}",
            severity=Severity.LOW,
            because="its limits leave it less than an administrator",
            statements=statements(estate, answers),
        )
        return
    proviso = "" if power.rule is Rule.YES else answers[0].proviso if answers else ""
    if isinstance(principal, Role) and reserved(principal):
        words += f" (by a permission set of Identity Center{_who_has(principal, estate)})"
    yield Problem(
        with_proviso(words, proviso),
        severity=moved,
        because=because if moved else "",
        statements=statements(estate, answers),
    )


def _who_has(role: Role, estate: Estate) -> str:
    """The people who come to be a role by its permission set; "" where that was not read."""
    who = people_behind(role.name, estate.snapshot.account.id, center_snapshots(estate))
    if who is None:
        return ""
    return f": {'; '.join(who)}" if who else ", which is assigned to nobody here"


def _exposure(role: Role, estate: Estate) -> tuple[Severity | None, str]:
    trust = trust_of(estate.engine, role)
    if any(trust.of(Kind.ANYONE)):
        return Severity.CRITICAL, "anybody with an AWS account may become it"
    ours = estate.snapshot.account.id
    foreign = sorted(
        {one.account for one in trust.of(Kind.ACCOUNT, Kind.PRINCIPAL) if one.account != ours}
    )
    if foreign:
        return Severity.HIGH, f"accounts besides this one may become it: {listed(foreign)}"
    if outside := sorted({one.name for one in trust.of(Kind.OIDC)}):
        return Severity.HIGH, f"identities from outside AWS may become it: {listed(outside)}"
    return None, ""


def _rule_of(policy: ManagedPolicy, estate: Estate) -> Generator[Said, None, Rule]:
    """Whether the version in force makes administrators; says where that can't be told."""
    document = default_document(policy)
    if document is None:
        yield Unknown(NO_DEFAULT)
        return Rule.NO
    rule = administering(estate.engine).get(document)
    if rule is None:
        read = estate.engine.documents.policy(document, PolicyKind.IDENTITY)
        yield Unknown(str(read))
        return Rule.NO
    return rule


def _holders_of(policy: ManagedPolicy, estate: Estate) -> list[str]:
    snapshot = estate.snapshot
    holders: tuple[Group | Role | User, ...] = (
        *snapshot.groups,
        *snapshot.roles,
        *snapshot.users,
    )
    return [
        f"{type(one).__name__.lower()} {one.name}"
        for one in holders
        if any(each.arn == policy.arn for each in one.attached_policies)
    ]


CHECKS = (
    user_is_administrator,
    role_is_administrator,
    group_makes_administrators,
    policy_makes_administrators,
    unattached_administrator_policy,
    administrator_without_mfa,
)
