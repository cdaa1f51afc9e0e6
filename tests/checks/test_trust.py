"""How bad a trust is follows from the role and from who is known."""

from msgspec.structs import replace

from idkeep.checks.organization.samples import RCP, ROOT_ID, UNIT, member, organization, policy
from idkeep.checks.policies.samples import EVERYTHING
from idkeep.checks.samples import ACCOUNT, allow, deny, inline, text
from idkeep.checks.trust.samples import GITHUB, PARTNER, from_github, trusting, trusts
from idkeep.model import Organization, Role, Severity, Status

from .judging import judged, messages

ADMIN = {"inline_policies": (inline(EVERYTHING),)}
UNKNOWN_ACCOUNT = "role-trusts-unknown-account"
SIBLING = "222233334444"
NEAR = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}


def severity(check: str, role: Role) -> tuple[Severity, str]:
    [found] = judged(check, role).findings
    return found.severity, found.because


def test_an_administrator_raises_the_severity_and_says_so() -> None:
    everybody = trusts({"AWS": "*"})
    assert severity("role-open-to-anybody", trusting("x", everybody)) == (Severity.HIGH, "")
    assert severity("role-open-to-anybody", trusting("x", everybody, **ADMIN)) == (
        Severity.CRITICAL,
        "the role is an administrator",
    )
    audience = {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}}
    open_ = trusting("ci", from_github(audience), **ADMIN)
    assert severity("role-open-to-an-issuer", open_)[0] is Severity.CRITICAL


def test_a_condition_on_where_from_lowers_it_and_is_said() -> None:
    found = severity("role-open-to-anybody", trusting("x", trusts({"AWS": "*"}, NEAR), **ADMIN))
    assert found == (Severity.MEDIUM, "a condition on aws:SourceIp narrows who")


def test_one_repository_is_less_than_all_of_an_organization() -> None:
    def wide(subject: str) -> Severity:
        held = {"StringLike": {f"{GITHUB}:sub": subject}}
        return severity("oidc-subject-too-wide", trusting("ci", from_github(held)))[0]

    assert wide("repo:larkfield/*") is Severity.MEDIUM
    assert wide("repo:larkfield/shop:*") is Severity.LOW


def standing(*statements: dict[str, object]) -> Organization:
    """The example account as a member, as the scan of an organisation hands it down."""
    own = member(ACCOUNT.id, path=(ROOT_ID, UNIT))
    here = organization(policy("OnlyOurs", *statements), kind=RCP)
    return replace(here, management_account="999988887777", accounts=(own,))


def test_in_a_scan_of_an_organization_every_account_is_known() -> None:
    both = trusting("x", trusts({"AWS": [PARTNER, SIBLING]}))
    here = standing(deny("a4b:ApproveSkill", Principal="*"))
    alone = judged(UNKNOWN_ACCOUNT, both, organization=here)
    assert alone.status is Status.UNKNOWN
    together = judged(
        UNKNOWN_ACCOUNT, both, siblings=frozenset({ACCOUNT.id, SIBLING}), organization=here
    )
    assert messages(together) == ("lets account 444455556666 become it",)


def test_an_rcp_that_keeps_strangers_out_is_believed() -> None:
    ours = {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorg1"}}
    kept = standing(deny("sts:AssumeRole", Principal="*", Condition=ours))
    vendor = trusting("x", trusts({"AWS": PARTNER}))
    siblings = frozenset({ACCOUNT.id, SIBLING})
    one = judged(UNKNOWN_ACCOUNT, vendor, siblings=siblings, organization=kept)
    assert one.status is Status.PASS
    sibling = trusting("x", trusts({"AWS": SIBLING}))
    whole = judged("role-trusts-whole-account", sibling, siblings=siblings, organization=kept)
    assert whole.status is Status.FAIL


def test_a_finding_names_the_statement_that_lets_in() -> None:
    role = trusting("x", trusts({"Service": "ec2.amazonaws.com"}), trusts({"AWS": PARTNER}))
    [found] = judged(UNKNOWN_ACCOUNT, role).findings
    [place] = found.statements
    assert (place.statement, place.policy) == (1, f"trust policy of {role.arn}")


def test_an_unread_trust_policy_is_unknown_for_every_check_of_roles_trust() -> None:
    lost = trusting("x", trusts({"AWS": PARTNER}), trust="0" * 64)
    for check in (UNKNOWN_ACCOUNT, "role-open-to-anybody", "role-open-to-an-issuer"):
        assert judged(check, lost).status is Status.UNKNOWN
    broken = text(allow("sts:AssumeRole", None, Principal={"AWS": "nobody"}))
    odd = trusting("x", trusts({"AWS": PARTNER}), trust=broken)
    assert judged(UNKNOWN_ACCOUNT, odd).status in {Status.UNKNOWN, Status.PASS}
