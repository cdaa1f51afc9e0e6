"""Checks on who a user is: person or machine, still here, answered for, known to be leaked."""

import re
from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.ages import age, days, last_use
from idkeep.checks.declare import (
    Example,
    Remedy,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    known,
    passes,
)
from idkeep.checks.policies.samples import READ_ONLY, attached, user
from idkeep.checks.samples import ANA, NO_REPORT, ago, deny, key, managed, password
from idkeep.config import Settings
from idkeep.model import Gap, NotApplicable, NotAsked, Problem, Severity, Unknown, User

_QUARANTINE = ":iam::aws:policy/AWSCompromisedKeyQuarantine"
LEAKED = managed("AWSCompromisedKeyQuarantineV3", deny("iam:*"), by_aws=True)


@check(
    User,
    severity=Severity.CRITICAL,
    controls=("compromised-credentials",),
    reads=("attached_policies", "access_keys"),
    remedy=Remedy(
        do="Make its keys inactive now (`aws iam update-access-key --user-name USER "
        "--access-key-id KEY_ID --status Inactive`), see in CloudTrail what they did "
        "since they leaked, undo it, answer AWS's support case, then delete the keys "
        "(`aws iam delete-access-key --user-name USER --access-key-id KEY_ID`) and "
        "detach the policy: `aws iam detach-user-policy --user-name USER --policy-arn "
        "POLICY_ARN`.",
        may_stop="What signs with the keys stops working at once, the thief's work too.",
    ),
    examples=(
        fails(
            user("bot", attached_policies=attached(LEAKED), access_keys=(key(),)),
            "has a key that AWS found in public (AWSCompromisedKeyQuarantineV3 is attached)",
        ),
        fails(
            user("bot", attached_policies=attached(LEAKED), access_keys=(key(active=False),)),
            "has a key that AWS found in public (AWSCompromisedKeyQuarantineV3 is attached)",
        ),
        Example(
            subject=user("bot", attached_policies=attached(LEAKED), access_keys=NO_REPORT),
            problems=(
                "has a key that AWS found in public (AWSCompromisedKeyQuarantineV3 is attached)",
            ),
            unknown=str(NO_REPORT),
        ),
        passes(user("bot", access_keys=(key(),))),
        passes(user("bot", access_keys=NO_REPORT)),
        # Nothing is needed to say that no such policy is attached.
        passes(user("bot", attached_policies=attached(managed("AWSCompromisedKeyQuarantine")))),
    ),
)
def key_found_in_public(user: User, _: Estate) -> Iterator[Said]:
    """AWS found an access key of a user in public, and put it in quarantine.

    The policy that AWS attaches denies a few costly actions and no more: the key goes on working
    for everything else, for whoever found it. Source:
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html
    """
    names = [one.name for one in user.attached_policies if _QUARANTINE in one.arn]
    if not names:
        return
    keys = user.access_keys
    if isinstance(keys, Gap | NotAsked):
        yield Unknown(str(keys))
        dead = False
    else:
        dead = not any(one.active for one in keys)
    yield Problem(
        f"has a key that AWS found in public ({names[0]} is attached)",
        severity=Severity.MEDIUM if dead else None,
        because="no key of it is active any more" if dead else "",
    )


_OWN_POLICIES = "gets its permissions by policies of its own: see policies-on-user"


@check(
    User,
    severity=Severity.LOW,
    controls=("user-lifecycle",),
    reads=("groups", "inline_policies", "attached_policies"),
    remedy=Remedy(
        do="Put it in the group of those who do the same work: `aws iam add-user-to-group "
        "--group-name GROUP --user-name USER`. Where nobody works with it, delete it: `aws iam "
        "delete-user --user-name USER`, after its password and keys.",
        may_stop="Nothing stops by a group. A deleted user can't be brought back, though resource "
        "policies of this or other accounts may have named it.",
    ),
    examples=(
        fails(user("ana"), "is in no group"),
        passes(user("ana", groups=("Engineers",))),
        does_not_apply(user("ana", READ_ONLY), _OWN_POLICIES),
    ),
)
def user_in_no_group(user: User, _: Estate) -> Iterator[Said]:
    """A user is in no group, and holds no policy of its own either.

    Nobody said whose work it does: it was left over, or is to get its permissions one by one.
    Where it has policies of its own, the same is said by the check on those.
    """
    if user.groups:
        return
    if user.inline_policies or user.attached_policies:
        yield NotApplicable(_OWN_POLICIES)
    else:
        yield Problem("is in no group")


_NOTHING = "has neither a password nor an access key"


@check(
    User,
    severity=Severity.LOW,
    controls=("unused-users",),
    reads=("password", "access_keys"),
    settings=("user_unused_after",),
    remedy=Remedy(
        do="Ask its owner; if nobody answers, make the keys inactive and remove the "
        "password (`aws iam update-access-key --user-name USER --access-key-id KEY_ID "
        "--status Inactive`, `aws iam delete-login-profile --user-name USER`), wait for "
        "somebody to miss it, then delete the user: `aws iam delete-user --user-name "
        "USER`.",
        may_stop="A job that runs once a quarter or a year stops working, and shows only then; "
        "inactive keys can be made active again, a deleted user can't be brought back.",
    ),
    examples=(
        fails(
            replace(ANA, password=password(used=200), access_keys=(key(used=91),)),
            "was not used for 91 days",
        ),
        fails(
            replace(ANA, access_keys=(key(used=None), key(2, used=None))),
            "was never used since it was made 800 days ago",
        ),
        passes(replace(ANA, password=password(used=200), access_keys=(key(used=90),))),
        passes(replace(ANA, created=ago(20), access_keys=(key(used=None),))),
        does_not_apply(ANA, _NOTHING),
        cannot_tell(replace(ANA, password=NO_REPORT), str(NO_REPORT)),
        cannot_tell(replace(ANA, access_keys=NO_REPORT), str(NO_REPORT)),
    ),
)
def dormant_user(user: User, estate: Estate) -> Iterator[Said]:
    """Neither the password nor a key of a user was used for a long time.

    Its owner moved on, and nobody would see it come back to life. Git over SSH and API keys of
    single services leave no mark that counts here.
    """
    secret, keys = known(user.password), known(user.access_keys)
    if secret is None and not keys:
        yield NotApplicable(_NOTHING)
        return
    uses = [one.last_used for one in keys] + [secret.last_used if secret else None]
    last = max((one for one in uses if one), default=None)
    if age(estate, last or user.created) <= estate.settings.user_unused_after:
        return
    if last:
        yield Problem(f"was not used for {days(estate, last)}")
    else:
        yield Problem(f"was never used since it was made {days(estate, user.created)} ago")


@check(
    User,
    severity=Severity.LOW,
    controls=("temporary-credentials",),
    reads=("password", "access_keys"),
    remedy=Remedy(
        do="Give the workload a role: of its instance, function or container inside AWS, by "
        "OIDC in a build system, by IAM Roles Anywhere elsewhere; then make the key "
        "inactive: `aws iam update-access-key --user-name USER --access-key-id KEY_ID "
        "--status Inactive`.",
        may_stop="The workload stops working if it still signs with the key: whoever runs it has "
        "to change first where it has its credentials from.",
    ),
    examples=(
        fails(
            replace(
                ANA,
                access_keys=(
                    replace(key(), last_used_service="s3", last_used_region="eu-north-1"),
                ),
            ),
            "is a machine with a key, last used 1 day ago by s3 in eu-north-1",
        ),
        passes(replace(ANA, access_keys=(key(used=None),))),
        passes(replace(ANA, access_keys=(key(active=False),))),
        passes(replace(ANA, password=password(), access_keys=(key(),))),
        passes(ANA),
        cannot_tell(replace(ANA, password=NO_REPORT, access_keys=(key(),)), str(NO_REPORT)),
        cannot_tell(replace(ANA, access_keys=NO_REPORT), str(NO_REPORT)),
    ),
)
def machine_with_a_key(user: User, estate: Estate) -> Iterator[Said]:
    """A machine works with the long-lived key of a user, where a role would do.

    That it is a machine is told by what it does: it signs requests and has no password. A role's
    credentials end by themselves within hours; a key is what is found years later.
    """
    used = [one for one in known(user.access_keys) if one.active and one.last_used]
    if not used or known(user.password) is not None:
        return
    last = max(used, key=lambda one: one.last_used or user.created)
    where = f" in {last.last_used_region}" if last.last_used_region else ""
    yield Problem(f"is a machine with a key, {last_use(estate, last)}{where}")


@check(
    User,
    severity=Severity.LOW,
    controls=("federation",),
    reads=("password",),
    remedy=Remedy(
        do="Let the person come through IAM Identity Center or your identity provider, then "
        "remove the password: `aws iam delete-login-profile --user-name USER`. For "
        "break-glass users agree to it: suppress the finding with the reason.",
        may_stop="The person can no longer sign in as the user; what they need has to be given to "
        "them where they sign in then.",
    ),
    examples=(
        fails(replace(ANA, password=password()), "is a person who signs in as a user of IAM"),
        passes(ANA),
        cannot_tell(replace(ANA, password=NO_REPORT), str(NO_REPORT)),
    ),
)
def person_as_iam_user(user: User, _: Estate) -> Iterator[Said]:
    """A person signs in as a user of this account, and not by way of a directory.

    Whoever leaves is taken from the directory on the day, and from accounts when somebody thinks
    of it. AWS asks for people to come by federation:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
    """
    if known(user.password) is not None:
        yield Problem("is a person who signs in as a user of IAM")


_OWNED = Settings(owner_tag="Owner")


@check(
    User,
    severity=Severity.LOW,
    controls=("users-have-owners",),
    reads=("tags",),
    settings=("owner_tag",),
    remedy=Remedy(
        do="Find out whose it is (its last use tells where to ask), and tag it: `aws iam "
        "tag-user --user-name USER --tags Key=KEY,Value=OWNER`.",
        may_stop="Nothing stops, unless a policy decides by that tag.",
    ),
    examples=(
        fails(user("bot"), "has no tag Owner", settings=_OWNED),
        fails(user("bot", tags={"Owner": " "}), "has no tag Owner", settings=_OWNED),
        passes(user("bot", tags={"owner": "Platform"}), settings=_OWNED),
        does_not_apply(user("bot"), "the settings name no tag for owners"),
    ),
)
def user_without_owner(user: User, estate: Estate) -> Iterator[Said]:
    """Nobody is named who answers for a user.

    There is nobody to ask whether it may go, so it stays.
    """
    wanted = estate.settings.owner_tag
    if not wanted:
        yield NotApplicable("the settings name no tag for owners")
    elif not any(k.lower() == wanted.lower() and v.strip() for k, v in user.tags.items()):
        yield Problem(f"has no tag {wanted}")


_ELSE = replace(ANA, id="AIDAEXAMPLEOTHER", name="ana.admin", created=ago(80), password=password())
_FIRST = replace(ANA, password=password())
# What stands beside a person's name in that of their other user.
_BESIDE = frozenset(
    {"adm", "admin", "administrator", "api", "aws", "cli", "console", "dev", "iam", "new", "old"}
) | {"ops", "prod", "production", "root", "su", "temp", "test", "tmp", "user"}


@check(
    User,
    severity=Severity.LOW,
    controls=("one-user-each",),
    reads=("password", "tags"),
    remedy=Remedy(
        do="Keep one user and let the person take a role for what the other is for; then "
        "remove the other's password and keys: `aws iam delete-login-profile --user-name "
        "USER`, `aws iam delete-access-key --user-name USER --access-key-id KEY_ID`.",
        may_stop="What signs in or signs with the other user stops working; the person has to "
        "learn to switch to the role.",
    ),
    examples=(
        fails(_ELSE, "is a second user of the person of user ana", users=(_FIRST,)),
        fails(
            replace(_ELSE, name="alm", tags={"Email": "ana@example.com"}),
            "is a second user of the person of user ana",
            users=(replace(_FIRST, tags={"email": "Ana@example.com"}),),
        ),
        passes(_FIRST, users=(_ELSE,)),
        passes(replace(_ELSE, name="bob"), users=(_FIRST,)),
        passes(replace(_ELSE, name="dev"), users=(replace(_FIRST, name="admin"),)),
        does_not_apply(replace(_ELSE, password=None), "is no person: it has no password"),
        cannot_tell(replace(_ELSE, password=NO_REPORT), str(NO_REPORT), users=(_FIRST,)),
    ),
)
def person_has_two_users(user: User, estate: Estate) -> Iterator[Said]:
    """One person has two users who sign in.

    Two passwords, two MFA devices and two departures to think of. It is told by the names, less
    words such as `admin`, and by tags that hold the same mail address.
    """
    if known(user.password) is None:
        yield NotApplicable("is no person: it has no password")
        return
    known_as = estate.once(_people)
    before = [
        next((one for one in known_as[name] if one[1:3] < (user.created, user.id)), None)
        for name in _person(user)
    ]
    if found := min((one for one in before if one), default=None):
        yield Problem(f"is a second user of the person of user {found[3]}")


def _people(estate: Estate) -> dict[str, list[tuple[int, datetime, str, str]]]:
    """Who signs in, by each name that the person is known by: place, made when, id and name."""
    found: dict[str, list[tuple[int, datetime, str, str]]] = {}
    for place, one in enumerate(estate.snapshot.users):
        if one.password is not None:
            for name in _person(one):
                found.setdefault(name, []).append((place, one.created, one.id, one.name))
    return found


def _person(user: User) -> set[str]:
    """By what a person is known: the name's words in any order, and their mail."""
    words = sorted(set(re.findall(r"[^\W_]+", user.name.partition("@")[0].lower())) - _BESIDE)
    mail = {
        value.lower()
        for value in user.tags.values()
        if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value)
    }
    return mail | ({" ".join(words)} if words and not all(map(str.isdigit, words)) else set())


CHECKS = (
    key_found_in_public,
    user_in_no_group,
    dormant_user,
    machine_with_a_key,
    person_as_iam_user,
    user_without_owner,
    person_has_two_users,
)
