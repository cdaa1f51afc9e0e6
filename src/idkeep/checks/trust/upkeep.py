"""Checks on what roles are left with: dead trust, disuse, long sessions, templates."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.attachments import attached_to
from idkeep.access.trust import Kind
from idkeep.checks.ages import age, how_long_ago
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
from idkeep.checks.edits import TRUST, WRITE_SCP, of_principal
from idkeep.checks.membership import PROJECT
from idkeep.checks.policies.samples import (
    EVERYTHING,
    HEAD,
    LOST,
    LOST_WHY,
    READ_ONLY,
    role,
    user,
)
from idkeep.checks.policies.words import kept_in_project, listed, owned_by_aws, reserved, unread
from idkeep.checks.samples import ACCOUNT, ago, inline
from idkeep.checks.trust.samples import (
    GITHUB,
    LOST_TRUST,
    LOST_TRUST_WHY,
    from_github,
    linked,
    trusting,
    trusts,
)
from idkeep.checks.trust.words import is_administrator, raised, read_trust
from idkeep.model import (
    Gap,
    InstanceProfile,
    NotApplicable,
    OidcDetails,
    OidcProvider,
    Problem,
    Providers,
    Role,
    RoleTemplate,
    ServiceAccess,
    Severity,
    User,
)


def _kept(role: Role, estate: Estate) -> str:
    """Why its upkeep is nobody's here; "" where it is."""
    if why := owned_by_aws(role):
        return why
    if reserved(role):
        return _CENTER
    return PROJECT if kept_in_project(role, estate) else ""


_OWNED = "belongs to an AWS service, and nobody in the account can change it"
_CENTER = "is written by Identity Center alone"
_PROJECT = replace(
    ACCOUNT, contact=Gap("account:GetContactInformation", "AccessDenied", elsewhere=True)
)
_ROLES_REFUSED = Gap("iam:ListRoles", "AccessDenied")
_GITHUB_PROVIDER = OidcProvider(
    arn=f"{HEAD}:oidc-provider/{GITHUB}", details=OidcDetails(url=f"https://{GITHUB}")
)
_NO_PROVIDERS = Providers(saml=(), oidc=())


@check(
    Role,
    severity=Severity.LOW,
    controls=("trust-policies", "policy-hygiene"),
    reads=("trust",),
    remedy=Remedy(
        do=f"Take the id or the provider out of the trust policy ({TRUST}); if nobody is "
        "left, delete the role: `aws iam delete-role --role-name ROLE`.",
        may_stop="Nothing stops by that: nobody can use what is taken out. A role that is deleted "
        "takes its policies with it.",
    ),
    examples=(
        fails(
            trusting("old", trusts({"AWS": ["AIDAQ3EGRJVXLARKGONE1"]})),
            "trusts AIDAQ3EGRJVXLARKGONE1, a user who was deleted",
        ),
        fails(
            trusting("ci", from_github()),
            f"trusts {GITHUB}, a provider that the account does not have",
            providers=_NO_PROVIDERS,
        ),
        passes(
            trusting("ci", from_github()),
            providers=replace(_NO_PROVIDERS, oidc=(_GITHUB_PROVIDER,)),
        ),
        passes(trusting("new", trusts({"AWS": "111122223333"}))),
        does_not_apply(linked(trusting("old", trusts({"AWS": ["AIDAQ3EGRJVXLARKGONE1"]}))), _OWNED),
        cannot_tell(
            trusting("ci", from_github()),
            "iam:ListOpenIDConnectProviders: AccessDenied",
            providers=replace(
                _NO_PROVIDERS, oidc=Gap("iam:ListOpenIDConnectProviders", "AccessDenied")
            ),
        ),
        cannot_tell(role("demo", trust=LOST_TRUST), LOST_TRUST_WHY),
    ),
)
def role_trusts_what_is_gone(role: Role, estate: Estate) -> Iterator[Said]:
    """A role trusts a user, a role or a provider that is no more.

    AWS shows a deleted principal's unique id in place of its ARN, and nobody can have that id
    again; it is no stranger, only somebody whom nobody cleared away. A provider can be made again
    by whoever may, and then gets in:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    trust = yield from read_trust(role, estate)
    if trust is None:
        return
    for unique_id, _ in trust.deleted:
        yield Problem(f"trusts {unique_id}, {_what(unique_id)} who was deleted", at=unique_id)
    providers = estate.snapshot.providers
    for kind, listing in ((Kind.OIDC, "oidc"), (Kind.SAML, "saml")):
        named = [one for one in trust.of(kind) if one.provider.startswith("arn:")]
        if named:
            have = {one.arn.lower() for one in known(getattr(providers, listing))}
            for one in named:
                if one.provider.lower() not in have:
                    name = one.provider.partition("-provider/")[2]
                    yield Problem(
                        f"trusts {name}, a provider that the account does not have",
                        at=one.provider,
                    )


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
def _what(unique_id: str) -> str:
    return {"AIDA": "a user", "AROA": "a role"}.get(unique_id[:4], "a principal")


@check(
    Role,
    severity=Severity.LOW,
    controls=("unused-roles",),
    reads=("last_used", "instance_profiles", "created", "inline_policies", "attached_policies"),
    settings=("role_unused_after",),
    remedy=Remedy(
        do="Ask its owner, deny its sessions for a while (`aws iam put-role-policy "
        "--role-name ROLE --policy-name DenyAll --policy-document "
        "file://deny-all.json`), then delete it: `aws iam delete-role --role-name ROLE`, "
        "after its policies and instance profiles.",
        may_stop="A job that runs once a quarter or a year stops working, and shows only then.",
    ),
    examples=(
        fails(role("old", READ_ONLY, last_used=ago(200)), "was last used 200 days ago"),
        fails(role("old", READ_ONLY, last_used=None), "has no use on record in 400 days"),
        fails(
            role("server", READ_ONLY, last_used=ago(200), instance_profiles=("server",)),
            "was last used 200 days ago; it stands in instance profile server",
        ),
        passes(role("new", READ_ONLY, created=ago(20), last_used=None)),
        passes(role("busy", READ_ONLY, last_used=ago(3))),
        does_not_apply(linked(role("old", READ_ONLY)), _OWNED),
        does_not_apply(
            role("managed/Old", READ_ONLY, last_used=ago(200)), PROJECT, account=_PROJECT
        ),
        fails(role("managed/Old", READ_ONLY, last_used=ago(200)), "was last used 200 days ago"),
    ),
)
def dormant_role(role: Role, estate: Estate) -> Iterator[Said]:
    """Nobody has used a role for long, though somebody still may.

    Its last use decides, whatever it is attached to: a function that never runs does not use its
    role. What it is attached to is said, for whoever deletes it. AWS remembers 400 days:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_manage_delete.html
    """
    if why := _kept(role, estate):
        yield NotApplicable(why)
        return
    limit = estate.settings.role_unused_after
    since = role.last_used or role.created
    if age(estate, since) <= limit:
        return
    words = "has no use on record"
    if role.last_used:
        words = f"was last used {how_long_ago(estate, role.last_used)}"
    elif age(estate, role.created) > _REMEMBERED:
        words += f" in {_REMEMBERED} days"
    else:
        words += f" since it was made, {how_long_ago(estate, role.created)}"
    held = attached_to(estate.snapshot, role)
    severity, because = raised(role, estate, Severity.MEDIUM)
    if held:
        words += f"; it stands in {listed(held)}"
    yield Problem(words, severity=severity, because=because)


_REMEMBERED = 400
"""Days that AWS keeps a role's last use."""


PROFILE = InstanceProfile(
    arn=f"{HEAD}:instance-profile/web",
    id="AIPAEXAMPLEWEB",
    name="web",
    created=ago(400),
    roles=(f"{HEAD}:role/web",),
)


@check(
    InstanceProfile,
    severity=Severity.LOW,
    controls=("unused-roles",),
    reads=("roles",),
    remedy=Remedy(
        do="See that no instance has it (`aws ec2 describe-iam-instance-profile-associations`, in "
        "each region), then delete it: `aws iam delete-instance-profile "
        "--instance-profile-name PROFILE`.",
        may_stop="A launch template or an Auto Scaling group that still names it starts no more "
        "instances. What ran with it had no role, and misses nothing.",
    ),
    examples=(
        fails(replace(PROFILE, roles=()), "has no role"),
        passes(PROFILE),
    ),
)
def instance_profile_without_role(profile: InstanceProfile, _: Estate) -> Iterator[Said]:
    """An instance profile has no role in it, as is left behind when a role is deleted.

    It gives instances nothing, until somebody puts a role into it: whoever may do that
    (`iam:AddRoleToInstanceProfile` and `iam:PassRole`) arms every instance that has it, without
    touching one of them.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html
    """
    if not profile.roles:
        yield Problem("has no role")


@check(
    Role,
    severity=Severity.LOW,
    controls=("session-length",),
    reads=("max_session_seconds", "inline_policies", "attached_policies"),
    settings=("max_session_hours", "max_administrator_session_hours"),
    remedy=Remedy(
        do="Shorten it: `aws iam update-role --role-name ROLE --max-session-duration 3600`.",
        may_stop="Whoever asks for longer sessions is refused, and asks anew every hour; running "
        "sessions go on.",
    ),
    examples=(
        fails(role("long", max_session_seconds=43200), "has sessions of up to 12 hours"),
        fails(
            role("deploy", EVERYTHING, max_session_seconds=6 * 3600),
            "is an administrator with sessions of up to 6 hours",
        ),
        passes(role("six", max_session_seconds=6 * 3600)),
        passes(role("short", max_session_seconds=3600)),
        does_not_apply(linked(role("x", max_session_seconds=43200)), _OWNED),
        does_not_apply(role("managed/Full", max_session_seconds=43200), PROJECT, account=_PROJECT),
        cannot_tell(role("six", attached_policies=(LOST,), max_session_seconds=6 * 3600), LOST_WHY),
        cannot_tell(role("x", max_session_seconds=_ROLES_REFUSED), str(_ROLES_REFUSED)),
    ),
)
def role_session_too_long(role: Role, estate: Estate) -> Iterator[Said]:
    """Sessions of a role may last longer than agreed.

    Stolen credentials of a session work until it ends, and nothing but a denial of old sessions
    ends it sooner. Those of administrators are to be shorter than others'.
    """
    if why := _kept(role, estate):
        yield NotApplicable(why)
        return
    hours = known(role.max_session_seconds) / 3600
    if hours > estate.settings.max_session_hours:
        severity, because = raised(role, estate, Severity.MEDIUM)
        yield Problem(f"has sessions of up to {hours:g} hours", severity=severity, because=because)
    elif hours > estate.settings.max_administrator_session_hours:
        gaps = tuple(unread(estate, role))
        yield from gaps
        if not gaps and is_administrator(role, estate):
            yield Problem(f"is an administrator with sessions of up to {hours:g} hours")


_TEMPLATE = RoleTemplate(arn="arn:aws:iam::aws:role-template/x/PowerUser", minor_version=1)
_ADMIN = {"inline_policies": (inline(EVERYTHING),)}


@check(
    Role,
    severity=Severity.HIGH,
    controls=("role-creation", "least-privilege-administrators"),
    reads=("template", "inline_policies", "attached_policies", "boundary"),
    remedy=Remedy(
        do="Replace it by a role with what is used, delete it (`aws iam delete-role "
        "--role-name ROLE`), and deny the template to everybody by a condition on "
        f"`iam:RoleTemplateARN` in a service control policy: {WRITE_SCP}. A switch of Role "
        "Manager alone does not stop `AcquireRole`.",
        may_stop="What runs with the role loses what the new one leaves out, and consoles can't "
        "make this role again.",
    ),
    examples=(
        fails(
            role("power", template=_TEMPLATE, **_ADMIN),
            "is an administrator that Role Manager made from the template PowerUser",
        ),
        passes(role("small", READ_ONLY, template=_TEMPLATE)),
        passes(role("own", template=None, **_ADMIN)),
        cannot_tell(role("x", template=_ROLES_REFUSED, **_ADMIN), str(_ROLES_REFUSED)),
    ),
)
def administrator_from_a_template(role: Role, estate: Estate) -> Iterator[Said]:
    """Role Manager made an administrator from one of AWS's templates.

    `AcquireRole` makes a role with its policies in one call, so nobody who watches CreateRole and
    AttachRolePolicy saw it come:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_role-manager.html
    """
    if not is_administrator(role, estate):
        return
    template = known(role.template)
    if template:
        name = template.arn.rpartition("/")[2]
        yield Problem(f"is an administrator that Role Manager made from the template {name}")


_NO_LAST = Gap("iam:GetServiceLastAccessedDetails", "AccessDenied")


def _unused(kind: type[Role | User], namespace: str, name: str) -> AnyCheck:
    """The check that a principal that may use a service does."""
    word = kind.__name__.lower()
    limit = f"{word}_unused_after"

    def judged(principal: Role | User, estate: Estate) -> Iterator[Said]:
        if isinstance(principal, Role) and (why := owned_by_aws(principal)):
            yield NotApplicable(why)
            return
        days = getattr(estate.settings, limit)
        for one in known(principal.last_accessed):
            if one.service != namespace:
                continue
            if one.last is None:
                if age(estate, principal.created) > days:
                    yield Problem(f"may use {name} and has not in {_REMEMBERED} days")
            elif age(estate, one.last) > days:
                yield Problem(f"may use {name} and last did {how_long_ago(estate, one.last)}")

    judged.__name__ = f"{word}_access_to_{namespace}_unused"
    judged.__doc__ = (
        f"A {word} may use {name} and does not.\n\n"
        "Models cost money by the request, so it is what stolen credentials are tried on first.\n"
        "What no use is on record of is only the service as a whole: AWS does not tell of each\n"
        "action. `idkeep scan --facts last-accessed` reads it:\n"
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html"
    )
    make = role if kind is Role else user

    def using(last: float | None, made: float = 500) -> Role | User:
        when = None if last is None else ago(last)
        accesses = (ServiceAccess(service=namespace, last=when),)
        return make("app", READ_ONLY, last_accessed=accesses, created=ago(made))

    owned = using(None)
    return check(
        kind,
        severity=Severity.LOW,
        controls=("unused-permissions",),
        reads=("last_accessed", "created"),
        settings=(limit,),
        remedy=Remedy(
            do=f"Take {name} from its policies (`aws iam detach-{word}-policy --{word}-name "
            f"{word.upper()} --policy-arn POLICY_ARN`): {of_principal(word)}.",
            may_stop=f"What uses {name} seldom is refused: use that is older than AWS remembers "
            "doesn't show.",
        ),
        examples=(
            fails(using(91), f"may use {name} and last did 91 days ago"),
            fails(using(None), f"may use {name} and has not in 400 days"),
            passes(using(90)),
            passes(using(None, made=10)),
            passes(make("app", READ_ONLY, last_accessed=())),
            cannot_tell(make("app", last_accessed=_NO_LAST), str(_NO_LAST)),
            cannot_tell(make("app"), "not read: --facts last-accessed"),
            *((does_not_apply(linked(owned), _OWNED),) if isinstance(owned, Role) else ()),
        ),
    )(judged)


CHECKS: tuple[AnyCheck, ...] = (
    _unused(Role, "bedrock", "Bedrock"),
    _unused(Role, "sagemaker", "SageMaker"),
    _unused(User, "bedrock", "Bedrock"),
    _unused(User, "sagemaker", "SageMaker"),
    role_trusts_what_is_gone,
    dormant_role,
    instance_profile_without_role,
    role_session_too_long,
    administrator_from_a_template,
)
