"""Checks on managed policies as things to look after: attachments, versions, what they say."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.administrators import Rule, administering, powers
from idkeep.access.engine import Engine
from idkeep.access.holder import default_document
from idkeep.access.more import in_words
from idkeep.checks.declare import Remedy, Said, cannot_tell, check, does_not_apply, fails, passes
from idkeep.checks.edits import NEW_VERSION
from idkeep.checks.policies.samples import EVERYTHING, READ_ONLY, user
from idkeep.checks.policies.words import NO_DEFAULT, ONLY_BOUNDARY, listed, statements
from idkeep.checks.samples import ago, allow, deny, managed, text
from idkeep.model import (
    ManagedPolicy,
    NotApplicable,
    PolicyVersion,
    Problem,
    Root,
    Severity,
    Unknown,
)
from idkeep.policy import Action, Effect, Policy, PolicyKind, Statement, matches_action
from idkeep.policy.symbolic import Nothing, Undecided, Witness, exceeds

_STEPS = 50_000
_AWS = "is AWS's own, and nobody in the account can change it"
_ADMINISTRATORS = "makes administrators: see policy-makes-administrators"


def _with_old(policy: ManagedPolicy, *older: dict[str, object]) -> ManagedPolicy:
    old = PolicyVersion(id="v0", document=text(*older), is_default=False, created=ago(700))
    return replace(policy, versions=(old, *policy.versions))


OLD_RIGHTS = _with_old(managed("Deploy", READ_ONLY), EVERYTHING)
SWITCHER = user("ana", allow("iam:SetDefaultPolicyVersion"))


@check(
    ManagedPolicy,
    severity=Severity.LOW,
    controls=("unused-policies",),
    reads=("attachments", "boundary_uses"),
    remedy=Remedy(
        do="Delete it (`aws iam delete-policy --policy-arn POLICY_ARN`, its other versions "
        "first by `aws iam delete-policy-version --policy-arn POLICY_ARN --version-id "
        "VERSION`), or attach it where it was meant to be.",
        may_stop="Nothing stops: nobody holds it. A template or pipeline that attaches it by name "
        "fails the next time.",
    ),
    examples=(
        fails(managed("Old", READ_ONLY, attachments=0), "is attached to nobody"),
        passes(managed("Used", READ_ONLY)),
        passes(replace(managed("Limit", READ_ONLY, attachments=0), boundary_uses=1)),
        does_not_apply(replace(managed("ReadOnlyAccess", by_aws=True), attachments=0), _AWS),
    ),
)
def unattached_policy(policy: ManagedPolicy, _: Estate) -> Iterator[Said]:
    """A managed policy of the account is attached to nobody, and limits nobody.

    It is one more thing to attach by mistake, and nobody reviews what nobody uses.
    """
    if ":iam::aws:" in policy.arn:
        yield NotApplicable(_AWS)
    elif not policy.attachments and not policy.boundary_uses:
        yield Problem("is attached to nobody")


@check(
    ManagedPolicy,
    severity=Severity.LOW,
    controls=("policy-hygiene",),
    reads=("versions",),
    remedy=Remedy(
        do="`idkeep lint` says which name or ARN matches nothing. Correct it "
        f"({NEW_VERSION}), or delete the policy where nobody holds it: `aws iam "
        "delete-policy --policy-arn POLICY_ARN`.",
        may_stop="Nothing stops: it allows nothing today. Corrected, it gives its holders what "
        "was meant.",
    ),
    examples=(
        fails(managed("Typo", allow("s3:GetObjekt")), "allows no action that AWS knows"),
        fails(
            managed("Undone", allow("s3:GetObject"), deny("s3:*")),
            "grants nothing: what it allows, it denies",
        ),
        passes(managed("Fine", READ_ONLY)),
        passes(managed("Guard", deny("s3:DeleteBucket"))),
        does_not_apply(managed("Typo", allow("s3:GetObjekt"), by_aws=True), _AWS),
        cannot_tell(replace(managed("Fine"), versions=()), NO_DEFAULT),
    ),
)
def policy_that_grants_nothing(policy: ManagedPolicy, estate: Estate) -> Iterator[Said]:
    """A policy is there to allow something, and allows nothing.

    Somebody believes that it works. What is missing is then given by a broader one.
    """
    if ":iam::aws:" in policy.arn:
        yield NotApplicable(_AWS)
        return
    read = _default(policy, estate)
    if not isinstance(read, Policy):
        yield Unknown(read)
        return
    allows = [one for one in read.statements if one.effect is Effect.ALLOW]
    if not allows:
        return
    if not any(estate.engine.vocabulary.meant(one.action) for one in allows):
        yield Problem("allows no action that AWS knows")
        return
    found = exceeds(read, (), steps=_STEPS)
    if isinstance(found, Nothing):
        yield Problem("grants nothing: what it allows, it denies")
    elif isinstance(found, Undecided):
        yield Unknown(f"whether anything is left to allow: {found.why}")


@check(
    ManagedPolicy,
    severity=Severity.LOW,
    controls=("policy-hygiene", "no-privilege-escalation"),
    reads=("versions",),
    remedy=Remedy(
        do="Delete the version: `aws iam delete-policy-version --policy-arn POLICY_ARN "
        "--version-id VERSION`. Its text stays in idkeep's snapshots.",
        may_stop="Nothing stops: the version is not in force. The way back to it by a single call "
        "is lost.",
    ),
    examples=(
        fails(OLD_RIGHTS, "version v0 allows more than the version in force"),
        fails(
            OLD_RIGHTS,
            "version v0 allows more than the version in force; "
            "user ana may make it the one in force",
            users=(SWITCHER,),
        ),
        passes(_with_old(managed("Grown", EVERYTHING), READ_ONLY)),
        fails(
            _with_old(managed("Shop", READ_ONLY), allow("iam:PassRole", "arn:aws:iam::*:role/a")),
            "version v0 allows iam:PassRole on arn:aws:iam::111122223333:role/a, which the "
            "version in force does not",
        ),
        passes(managed("One", READ_ONLY)),
        does_not_apply(replace(OLD_RIGHTS, arn="arn:aws:iam::aws:policy/Deploy"), _AWS),
        cannot_tell(replace(managed("One"), versions=()), NO_DEFAULT),
    ),
)
def old_version_allows_more(policy: ManagedPolicy, estate: Estate) -> Iterator[Said]:
    """An old version of a policy allows what the version in force no longer does.

    `iam:SetDefaultPolicyVersion` brings it back in one call that writes no new text, so what was
    taken away on paper is still one step off.
    """
    if ":iam::aws:" in policy.arn:
        yield NotApplicable(_AWS)
        return
    now = _default(policy, estate)
    if not isinstance(now, Policy):
        yield Unknown(now)
        return
    for version in policy.versions:
        if version.is_default:
            continue
        old = estate.engine.documents.policy(version.document, PolicyKind.IDENTITY)
        if not isinstance(old, Policy):
            yield Unknown(f"version {version.id}: {old}")
            continue
        found = exceeds(old, now, steps=_STEPS)
        if isinstance(found, Undecided):
            yield Unknown(f"whether version {version.id} allows more: {found.why}")
        elif isinstance(found, Witness):
            yield _returns(policy, version.id, found, estate)


def _returns(policy: ManagedPolicy, version: str, found: Witness, estate: Estate) -> Problem:
    """Administrators need no old version; whom it matters for is everybody else."""
    engine = estate.engine
    power = powers(engine)
    answers = [
        one
        for one in engine.who_can("iam:SetDefaultPolicyVersion", policy.arn)
        if one.holder
        and not isinstance(one.holder.identity, Root)
        and power[one.holder.arn].rule is Rule.NO
        and not one.why_unknown
    ]
    who = [
        f"{type(one.holder.identity).__name__.lower()} {one.holder.identity.name}"
        for one in answers
        if one.holder
    ]
    what = in_words(engine, found.request)
    words = (
        f"version {version} allows {what}, which the version in force does not"
        if what
        else f"version {version} allows more than the version in force"
    )
    may = f"; {listed(who)} may make it the one in force" if who else ""
    return Problem(
        words + may,
        at=version,
        severity=Severity.HIGH if who and policy.attachments else None,
        because="somebody who is no administrator can bring it back"
        if who and policy.attachments
        else "",
        statements=statements(estate, answers),
    )


def _default(policy: ManagedPolicy, estate: Estate) -> Policy | str:
    """The version in force, or why it is not known."""
    document = default_document(policy)
    if document is None:
        return NO_DEFAULT
    read = estate.engine.documents.policy(document, PolicyKind.IDENTITY)
    return read if isinstance(read, Policy) else str(read)


@check(
    ManagedPolicy,
    severity=Severity.LOW,
    controls=("actions-by-name",),
    reads=("versions", "attachments", "boundary_uses"),
    remedy=Remedy(
        do="See what its holders use of the service (`aws iam "
        "generate-service-last-accessed-details --arn POLICY_ARN --granularity ACTION_LEVEL`), "
        "and list that in the place of the "
        f"wildcard: {NEW_VERSION}.",
        may_stop="What nobody listed stops working, actions that AWS adds later among them.",
    ),
    examples=(
        fails(managed("Wide", allow("s3:*")), "allows every action of s3"),
        fails(
            managed("Mixed", allow(["ec2:Describe*", "ses:**", "S3:*"], "arn:aws:s3:::one/*")),
            "allows every action of s3, ses",
        ),
        passes(managed("Reads", allow(["s3:Get*", "s3:List*"]))),
        passes(managed("Guard", deny("s3:*"))),
        passes(managed("Other", {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})),
        does_not_apply(managed("Wide", allow("s3:*"), by_aws=True), _AWS),
        does_not_apply(managed("God", EVERYTHING), _ADMINISTRATORS),
        does_not_apply(
            replace(managed("Limit", allow("s3:*"), attachments=0), boundary_uses=1), ONLY_BOUNDARY
        ),
        cannot_tell(replace(managed("Wide"), versions=()), NO_DEFAULT),
    ),
)
def policy_with_a_whole_service(policy: ManagedPolicy, estate: Estate) -> Iterator[Said]:
    """A managed policy of the account allows every action of a service by a wildcard.

    Whoever holds it can do what AWS adds to the service from its first day, and deleting and
    sharing come with reading. What a statement with NotAction allows is the matter of another
    check: https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-21
    """
    if ":iam::aws:" in policy.arn:
        yield NotApplicable(_AWS)
        return
    read = _default(policy, estate)
    if not isinstance(read, Policy):
        yield Unknown(read)
    elif policy.boundary_uses and not policy.attachments:
        yield NotApplicable(ONLY_BOUNDARY)
    elif administering(estate.engine).get(default_document(policy) or "", Rule.NO) is not Rule.NO:
        yield NotApplicable(_ADMINISTRATORS)
    else:
        known = estate.engine.once(_services)
        whole = {one for each in read.statements for one in _whole_services(each, known)}
        if whole:
            yield Problem(f"allows every action of {listed(sorted(whole))}")


# No action is called so: what matches it matches whatever AWS adds to the service.
_TO_COME = "AnActionThatIsYetToCome"


def _services(engine: Engine) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.partition(":")[0] for one in engine.vocabulary.lowered))


def _whole_services(statement: Statement, known: Sequence[str]) -> Iterator[str]:
    """Services all of whose actions a statement allows by name, those to come too."""
    if statement.effect is not Effect.ALLOW or not isinstance(statement.action, Action):
        return
    for pattern in statement.action.patterns:
        service = pattern.partition(":")[0].lower()
        named = known if set(service) & set("*?") else (service,)
        for one in named:
            if matches_action(Action((pattern,)), f"{one}:{_TO_COME}"):
                yield one


CHECKS = (
    unattached_policy,
    policy_that_grants_nothing,
    old_version_allows_more,
    policy_with_a_whole_service,
)
