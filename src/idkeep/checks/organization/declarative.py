"""Checks on policies of the organisation that are no permissions: tags, opt-outs, effects."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.opt_outs import DEFAULT, opt_outs
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
from idkeep.checks.edits import WRITE_OPT_OUT, WRITE_SCP, WRITE_TAG_POLICY
from idkeep.checks.organization.samples import (
    RCP,
    REFUSED,
    ROOT_ID,
    SCP,
    SHOP,
    member,
    organization,
    policy,
)
from idkeep.checks.organization.words import NOT_HERE, of_member, text_of, type_of, whole
from idkeep.checks.policies.words import listed
from idkeep.checks.samples import ORGANIZATION, deny, document
from idkeep.model import (
    Gap,
    InvalidEffectivePolicy,
    MemberAccount,
    NotApplicable,
    NotAsked,
    Organization,
    OrganizationPolicy,
    PolicyError,
    PolicyType,
    Problem,
    Severity,
    Unknown,
    policy_levels,
)

_LEFT_OVER = "was written by AWS while it ran the organisation"
_SPARES = "names the role by which AWS ran the organisation"
_TAGS, _OPT_OUT = "TAG_POLICY", "AISERVICES_OPT_OUT_POLICY"
_READS = ("path", "state")
_OWNER = policy("Owner", document=document({"tags": {"Owner": {"tag_key": {"@@assign": "Owner"}}}}))


def _opting(value: str, service: str = DEFAULT, *, for_good: bool = False) -> str:
    closed = {"@@operators_allowed_for_child_policies": ["@@none"]} if for_good else {}
    said = {"opt_out_policy": {"@@assign": value, **closed}}
    return document({"services": {service: said}})


_OUT = policy("Out", document=_opting("optOut"), targets=("r-lark",))
_IN = policy("In", document=_opting("optIn", "lex"))
_OUT_FOR_GOOD = policy(
    "Out",
    document=_opting("optOut", for_good=True),
    targets=("r-lark",),
)
_IN_BY_DEFAULT = policy("In", document=_opting("optIn"))


@check(
    MemberAccount,
    severity=Severity.LOW,
    controls=("ai-opt-out",),
    reads=_READS,
    remedy=Remedy(
        do="Attach an opt-out policy to the root that says optOut by default and forbids "
        f"policies below to change it: {WRITE_OPT_OUT}.",
        may_stop="Nothing stops: the services work as before, and AWS deletes what it kept of the "
        "content.",
    ),
    examples=(
        fails(
            SHOP,
            "lets AWS's AI services keep its content",
            organization=organization(policy_types=()),
        ),
        fails(
            SHOP,
            "lets AWS's AI services keep its content of lex",
            organization=organization(_OUT, _IN, kind=_OPT_OUT),
        ),
        fails(
            SHOP,
            "lets AWS's AI services keep its content",
            organization=organization(_OUT, _IN_BY_DEFAULT, kind=_OPT_OUT),
        ),
        passes(SHOP, organization=organization(_OUT, kind=_OPT_OUT)),
        passes(SHOP, organization=organization(_OUT_FOR_GOOD, _IN_BY_DEFAULT, kind=_OPT_OUT)),
        cannot_tell(SHOP, str(REFUSED), organization=organization(policy_types=REFUSED)),
    ),
)
def ai_services_keep_content(member: MemberAccount, estate: Estate) -> Iterator[Said]:
    """AWS may keep what an account gives to its AI services, to improve them.

    Texts, voices and pictures of customers are then kept elsewhere too. Policies of the
    organisation opt out, and what they come to on the way down to the account decides:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ai-opt-out.html
    """
    found = yield from of_member(member, estate, limited=False)
    if found is None:
        return
    levels = policy_levels(found, member.id, _OPT_OUT)
    if isinstance(levels, Gap | NotAsked):
        yield Unknown(str(levels))
        return
    texts = estate.snapshot.documents
    written = [tuple(texts.get(one, "") for one in level.documents) for level in levels or ()]
    said = opt_outs(written)
    if said is None:
        yield Unknown("an opt-out policy that idkeep can't read")
        return
    if said.get(DEFAULT) != "optOut":
        yield Problem("lets AWS's AI services keep its content")
    elif kept := sorted(name for name, value in said.items() if value != "optOut"):
        yield Problem(f"lets AWS's AI services keep its content of {listed(kept)}")


@check(
    MemberAccount,
    severity=Severity.LOW,
    controls=("tag-policies",),
    reads=_READS,
    remedy=Remedy(
        do="Write down which tags there are and attach it to the root or the OU: "
        f"{WRITE_TAG_POLICY}.",
        may_stop="Nothing stops unless the policy enforces for a service: then tags that don't "
        "fit are refused there.",
    ),
    examples=(
        fails(SHOP, "has no tag policy over it", organization=organization(policy_types=())),
        fails(
            SHOP,
            "has no tag policy over it",
            organization=organization(replace(_OWNER, targets=()), kind=_TAGS),
        ),
        passes(SHOP, organization=organization(_OWNER, kind=_TAGS)),
        does_not_apply(
            SHOP,
            NOT_HERE.format(ORGANIZATION.management_account),
            organization=replace(ORGANIZATION, accounts=(SHOP,), policy_types=()),
        ),
        cannot_tell(SHOP, str(REFUSED), organization=organization(policy_types=REFUSED)),
    ),
)
def account_without_tag_policy(member: MemberAccount, estate: Estate) -> Iterator[Said]:
    """No tag policy says how things in an account are tagged.

    Permissions that go by tags, and questions of who owns what, are worth as much as the tags.
    """
    found = yield from of_member(member, estate, limited=False)
    if found is None:
        return
    levels = policy_levels(found, member.id, _TAGS)
    if isinstance(levels, Gap | NotAsked):
        yield Unknown(str(levels))
    elif not any(level.documents for level in levels or ()):
        yield Problem("has no tag policy over it")


# The types of policy that switch security services on, and what each says of.
_SWITCH_ON = {
    "SECURITYHUB_POLICY": "Security Hub",
    "SECURITYHUB_CSPM_POLICY": "Security Hub CSPM",
    "INSPECTOR_POLICY": "Inspector",
    "GUARDDUTY_POLICY": "GuardDuty",
}
_WATCHED = policy("Watched", document=document({"inspector": {"enablement": {}}}))
_INSPECTOR = "INSPECTOR_POLICY"
_BESIDE = member("555566667777", path=(ROOT_ID, "ou-lark-lab"))


@check(
    MemberAccount,
    severity=Severity.LOW,
    controls=("central-security-policies",),
    reads=_READS,
    remedy=Remedy(
        do="Attach the policy that the others have to its OU, or to the root: `aws organizations "
        "attach-policy --policy-id POLICY_ID --target-id TARGET_ID`.",
        may_stop="Nothing stops: the service is switched on there, and paid for.",
    ),
    examples=(
        fails(
            _BESIDE,
            "is under no policy for Inspector, as others of the organisation are",
            organization=organization(_WATCHED, kind=_INSPECTOR, accounts=(SHOP, _BESIDE)),
        ),
        passes(SHOP, organization=organization(_WATCHED, kind=_INSPECTOR)),
        does_not_apply(
            SHOP,
            "the organisation sets no security service up by policies",
            organization=organization(replace(_WATCHED, targets=()), kind=_INSPECTOR),
        ),
        does_not_apply(
            SHOP,
            "the organisation sets no security service up by policies",
            organization=organization(_OWNER, kind=_TAGS),
        ),
        cannot_tell(SHOP, str(REFUSED), organization=organization(policy_types=REFUSED)),
        cannot_tell(
            SHOP,
            str(REFUSED),
            organization=organization(replace(_WATCHED, targets=REFUSED), kind=_INSPECTOR),
        ),
    ),
)
def account_beside_security_policies(member: MemberAccount, estate: Estate) -> Iterator[Said]:
    """Policies of the organisation set a security service up, and an account is under none of them.

    It looks as though the service were on everywhere, and nobody misses what it does not say. These
    policies reach the management account too:
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies.html
    """
    found = yield from of_member(member, estate, limited=False)
    if found is None:
        return
    types = known(found.policy_types)
    if not (used := [one for one in types if one.name in _SWITCH_ON and _is_used(one)]):
        yield NotApplicable("the organisation sets no security service up by policies")
    for kind in used:
        levels = policy_levels(found, member.id, kind.name)
        if isinstance(levels, Gap | NotAsked):
            yield Unknown(str(levels))
        elif not any(level.documents for level in levels or ()):
            service = _SWITCH_ON[kind.name]
            yield Problem(
                f"is under no policy for {service}, as others of the organisation are", at=kind.name
            )


def _is_used(kind: PolicyType) -> bool:
    """Whether some policy of the type is attached, or may be."""
    if isinstance(kind.policies, Gap | NotAsked):
        return True
    policies = kind.policies if isinstance(kind.policies, tuple) else ()
    return any(not isinstance(one.targets, tuple) or one.targets for one in policies)


_BROKEN = InvalidEffectivePolicy(
    account=SHOP.id, errors=(PolicyError(code="ELEMENTS_TOO_MANY", message="x", at="tags/owner"),)
)


def _tagging(invalid: object) -> Organization:
    kind = PolicyType(name=_TAGS, status="ENABLED", policies=(_OWNER,), invalid=invalid)  # type: ignore[arg-type]
    return organization(policy_types=(kind,))


@check(
    MemberAccount,
    severity=Severity.MEDIUM,
    controls=("policies-in-effect",),
    reads=_READS,
    remedy=Remedy(
        do="Correct the policies that the finding names: `aws organizations "
        "list-effective-policy-validation-errors --account-id ACCOUNT --policy-type "
        "TYPE` tells more, `aws organizations update-policy --policy-id POLICY_ID "
        "--content file://policy.json` mends. Until then AWS goes on with the last "
        "policy that was whole.",
        may_stop="What the mended policy asks takes effect in the account, and may refuse what is "
        "done there today.",
    ),
    examples=(
        fails(
            SHOP,
            "does not take the TAG_POLICY: ELEMENTS_TOO_MANY at tags/owner",
            organization=_tagging((_BROKEN,)),
        ),
        passes(SHOP, organization=_tagging(())),
        passes(SHOP, organization=organization()),
        cannot_tell(SHOP, str(REFUSED), organization=_tagging(REFUSED)),
    ),
)
def policy_takes_no_effect(member: MemberAccount, estate: Estate) -> Iterator[Said]:
    """A policy of the organisation does not take effect in an account.

    Merged with those above and below it is wrong or too long, and AWS leaves it out. Somebody
    believes that it holds:
    https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccountsWithInvalidEffectivePolicy.html
    """
    found = yield from of_member(member, estate, limited=False)
    if found is None:
        return
    types = found.policy_types
    if isinstance(types, Gap | NotAsked):
        yield Unknown(str(types))
        return
    for kind in types:
        if isinstance(kind.invalid, Gap | NotAsked):
            yield Unknown(str(kind.invalid))
            continue
        for one in kind.invalid or ():
            if one.account == member.id:
                yield Problem(_broken(kind.name, one), at=kind.name)


def _broken(kind: str, one: InvalidEffectivePolicy) -> str:
    errors = one.errors if isinstance(one.errors, tuple) else ()
    said = [f"{each.code} at {each.at}" if each.at else each.code for each in errors]
    return f"does not take the {kind}" + (f": {listed(said)}" if said else "")


@check(
    OrganizationPolicy,
    severity=Severity.LOW,
    controls=("policy-hygiene",),
    reads=("targets", "aws_managed"),
    remedy=Remedy(
        do="Attach it where it was meant to be (`aws organizations attach-policy "
        "--policy-id POLICY_ID --target-id TARGET_ID`), or delete it: `aws organizations "
        "delete-policy --policy-id POLICY_ID`.",
        may_stop="Nothing stops by a deletion: it binds nobody today. Attached, it binds every "
        "account below.",
    ),
    examples=(
        fails(
            policy("Old", document=_opting("optOut"), targets=()),
            "is attached to nothing",
            organization=organization(),
        ),
        passes(policy("Used", document=_opting("optOut")), organization=organization()),
        does_not_apply(
            replace(policy("Full", document=_opting("optOut"), targets=()), aws_managed=True),
            "is AWS's own",
            organization=organization(),
        ),
        cannot_tell(
            replace(
                policy("Old", document=_opting("optOut")),
                targets=Gap("organizations:ListTargetsForPolicy", "AccessDeniedException"),
            ),
            "organizations:ListTargetsForPolicy: AccessDeniedException",
            organization=organization(),
        ),
    ),
)
def organization_policy_unattached(policy: OrganizationPolicy, estate: Estate) -> Iterator[Said]:
    """A policy of the organisation is attached to nothing.

    It reads like a rule that holds.
    """
    organization = estate.snapshot.organization
    if not isinstance(organization, Organization):
        return
    if not (yield from whole(organization, estate)):
        return
    if policy.aws_managed:
        yield NotApplicable("is AWS's own")
    elif isinstance(policy.targets, Gap | NotAsked):
        yield Unknown(str(policy.targets))
    elif not policy.targets:
        yield Problem("is attached to nothing")


# As organisations that were handed over have them; AWS's page has the texts and no names.
_BY_AWS = frozenset(
    {
        "ManagedAccountSecurityControlPolicy",
        "AdvancedModeRegionRestrictionSecurityControlPolicy",
        "ManagedAccountResourceControlPolicy",
    }
)
# The role by which AWS keeps those accounts; nobody else has a reason to name it in a policy.
_KEEPER = "role/managed/AWSManagedAccountManagementAccessRole"
_FROM_AWS = policy(
    "Renamed",
    deny(
        "iam:PutRolePolicy",
        "arn:*:iam::*:role/managed/*",
        Condition={"StringNotLike": {"aws:PrincipalArn": f"arn:*:iam::*:{_KEEPER}"}},
    ),
)
_FLOOR = policy("AdvancedModeRegionRestrictionSecurityControlPolicy", deny("a4b:*"))
_OWN = policy("Stay", deny("organizations:LeaveOrganization"))
_NO_TEXT = Gap("organizations:DescribePolicy", "AccessDeniedException")


@check(
    OrganizationPolicy,
    severity=Severity.LOW,
    controls=("guardrails-own",),
    reads=("name", "document"),
    remedy=Remedy(
        do="Decide of each statement whether it is what you want. Put a policy of your own in its "
        f"place ({WRITE_SCP}), and take AWS's off: `aws organizations detach-policy --policy-id "
        "POLICY_ID --target-id TARGET_ID`.",
        may_stop="What it denies alone is open once it is off: to leave the organisation, other "
        "regions, outsiders at the data. Attach your own first.",
    ),
    examples=(
        fails(_FLOOR, _LEFT_OVER, organization=organization(_FLOOR)),
        fails(_FROM_AWS, _SPARES, organization=organization(_FROM_AWS)),
        passes(_OWN, organization=organization(_OWN)),
        does_not_apply(_OWNER, "is a TAG_POLICY", organization=organization(_OWNER, kind=_TAGS)),
        cannot_tell(
            replace(_OWN, document=_NO_TEXT),
            str(_NO_TEXT),
            organization=organization(replace(_OWN, document=_NO_TEXT)),
        ),
        cannot_tell(
            replace(_OWN, document="lost"),
            "the snapshot lacks the policy's text",
            organization=organization(replace(_OWN, document="lost")),
        ),
    ),
)
def guardrail_left_by_aws(policy: OrganizationPolicy, estate: Estate) -> Iterator[Said]:
    """A policy is there that AWS wrote while it ran the organisation.

    When somebody takes over the organisation of AWS's new experience ("activates advanced
    features"), some of AWS's service and resource control policies stay: they keep accounts in one
    region, outsiders from all data, and roles of AWS's from everybody. They look like decisions of
    your own, and nobody looks after them:
    https://docs.aws.amazon.com/accounts/latest/reference/scps-and-rcps-for-projects.html
    """
    organization = estate.snapshot.organization
    if not isinstance(organization, Organization):
        return
    if not (yield from whole(organization, estate)):
        return
    kind = type_of(policy, organization)
    if kind not in {SCP, RCP}:
        yield NotApplicable(f"is a {kind}")
        return
    if policy.name in _BY_AWS:
        yield Problem(_LEFT_OVER)
    elif _KEEPER in ((yield from text_of(policy, estate)) or ""):
        yield Problem(_SPARES)


CHECKS = (
    guardrail_left_by_aws,
    account_beside_security_policies,
    ai_services_keep_content,
    account_without_tag_policy,
    policy_takes_no_effect,
    organization_policy_unattached,
)
