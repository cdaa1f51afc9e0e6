"""Verdicts about logging and services that scanners are known to have got wrong, by number."""

from typing import Any

import botocore.session
import pytest
from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.access.filter_pattern import decide
from idkeep.api.catalog import load_catalog
from idkeep.checks import ALL, run
from idkeep.checks.logging.samples import (
    GROUP,
    NOT_HERE,
    STATUS,
    THEIRS,
    TRAIL,
    logging,
    only,
    watching,
)
from idkeep.checks.logging.watched import ROLE, WATCHED, Watched, event, sign_in
from idkeep.checks.logging.watched import ROOT as ROOT_USER
from idkeep.checks.policies.samples import LOST, READ_ONLY, user
from idkeep.checks.samples import ACCOUNT, ANA, ORGANIZATION, allow, snapshot_of
from idkeep.checks.services.samples import ELSEWHERE, EXTERNAL, OURS, deputy, region, services
from idkeep.config import Settings
from idkeep.model import Gap, Snapshot, Status, Subject, User, Verdict, reference
from idkeep.model.logging import DataResources, EventSelector, EventSelectors

CATALOG = load_catalog()
BY_ID = {one.id: one for one in ALL}
FAMILIES = {one.name: one for one in WATCHED}
ROOT_USE = FAMILIES["root_use"].pattern
MANAGER = "999988887777"
IDS = [one.name for one in WATCHED]


def judged(check: str, subject: Subject, *others: Snapshot, **around: Any) -> Verdict:
    snapshot = snapshot_of(subject, **around)
    by_account = {one.account.id: one for one in others}
    estate = Estate(snapshot, Settings(), CATALOG, elsewhere=by_account.get)
    [outcome] = run([BY_ID[check]], estate)
    own = reference(subject, snapshot.account.id).id
    [one] = [one for one in outcome.verdicts if one.subject.id == own]
    return one


def messages(verdict: Verdict) -> tuple[str, ...]:
    return tuple(one.message for one in verdict.findings)


def told_of(watched: Watched, subject: Subject) -> Status:
    check = f"nobody-told-of-{watched.name.replace('_', '-')}"
    return judged(check, subject, organization=OURS).status


SHUFFLED = (
    '{ ( ( $.eventType != "AwsServiceEvent" ) && ( $.userIdentity.invokedBy NOT EXISTS ) ) '
    '&& ( $.userIdentity.type = "Root" ) }'
)


@pytest.mark.parametrize(
    "pattern",
    [
        ROOT_USE.replace('"', "").replace(" && ", "&&").replace("(", "").replace(")", ""),
        SHUFFLED,
        "{ $.userIdentity.type = Ro* && $.userIdentity.invokedBy NOT EXISTS }",
        '{ $.userIdentity.arn = "arn:aws:iam::111122223333:root" }',
        "{ $.userIdentity.type = %^Root$% }",
        "",
    ],
)
def test_wrong_verdict_67_the_same_filter_in_other_words_passes(pattern: str) -> None:
    assert told_of(FAMILIES["root_use"], watching(pattern)) is Status.PASS


@pytest.mark.parametrize("watched", WATCHED, ids=IDS)
def test_wrong_verdict_68_every_pattern_that_is_recommended_catches_its_own_events(
    watched: Watched,
) -> None:
    assert [decide(watched.pattern, one.json) for one in watched.required].count(True) == len(
        watched.required
    )
    assert not any(decide(watched.pattern, one.json) for one in watched.near)
    assert told_of(watched, watching(watched.pattern)) is Status.PASS


@pytest.mark.parametrize("watched", WATCHED, ids=IDS)
def test_wrong_verdict_69_a_filter_that_lacks_one_event_fails_and_names_it(
    watched: Watched,
) -> None:
    last = watched.required[-1]
    if " || ($.eventName" not in watched.pattern:
        return  # one condition for all: cut nothing out
    narrowed = watched.pattern.replace(f" || ($.eventName = {last.name})", "")
    assert narrowed != watched.pattern
    check = f"nobody-told-of-{watched.name.replace('_', '-')}"
    one = judged(check, watching(narrowed), organization=OURS)
    assert messages(one) == (f"tells nobody of {last.name}: no metric filter catches them",)


def manager(*, alarmed: bool) -> Snapshot:
    """The account that keeps the organisation's trail, its log group and its alarms."""
    group = GROUP.replace(ACCOUNT.id, MANAGER)
    own = replace(THEIRS, log_group=group)
    subject = watching(ROOT_USE if alarmed else "{ $.eventName = Nothing }", trail=own)
    [filters] = subject.log_groups
    facts = replace(subject, log_groups=(replace(filters, arn=group),))
    return snapshot_of(
        account=replace(ACCOUNT, id=MANAGER), logging=facts, organization=ORGANIZATION
    )


MEMBER = logging(
    replace(
        THEIRS,
        log_group=GROUP.replace(ACCOUNT.id, MANAGER),
        selectors=NOT_HERE,
        insights=NOT_HERE,
    )
)


def test_wrong_verdict_70_an_organization_trail_is_followed_to_its_account_or_unknown() -> None:
    check = "nobody-told-of-root-use"
    assert judged(check, MEMBER).status is Status.UNKNOWN
    assert judged(check, MEMBER, manager(alarmed=True)).status is Status.PASS
    lacking = judged(check, MEMBER, manager(alarmed=False))
    assert lacking.status is Status.FAIL
    assert messages(lacking) == (
        "tells nobody of the root user's acts: no metric filter catches them",
    )
    assert judged("management-events-not-logged", MEMBER).status is Status.UNKNOWN
    followed = judged("management-events-not-logged", MEMBER, manager(alarmed=True))
    assert followed.status is Status.PASS


def test_wrong_verdict_71_a_home_region_elsewhere_hides_no_trail() -> None:
    trail = replace(TRAIL, home="eu-north-1", arn=TRAIL.arn.replace("us-east-1", "eu-north-1"))
    assert judged("management-events-not-logged", logging(trail)).status is Status.PASS


def excluding(*sources: str) -> EventSelectors:
    one = EventSelector(read_write="All", management=True, excluded_sources=sources)
    return EventSelectors(classic=(one,))


def test_wrong_verdict_72_management_events_are_judged_by_all_trails_together() -> None:
    reads = replace(TRAIL, selectors=only(eventCategory="Management", readOnly="true"))
    writes = replace(
        TRAIL, arn=f"{TRAIL.arn}-2", selectors=only(eventCategory="Management", readOnly="false")
    )
    both = logging(reads, writes)
    assert judged("management-events-not-logged", both).status is Status.PASS
    quiet = replace(TRAIL, selectors=excluding("kms.amazonaws.com", "rdsdata.amazonaws.com"))
    assert messages(judged("management-events-not-logged", logging(quiet))) == (
        "logs no management events of kms.amazonaws.com",
        "logs no management events of rdsdata.amazonaws.com",
    )
    data = replace(TRAIL, arn=f"{TRAIL.arn}-2", selectors=only(eventCategory="Data"))
    assert judged("management-events-not-logged", logging(TRAIL, data)).status is Status.PASS


def test_wrong_verdict_73_a_trail_of_all_regions_is_one_trail_and_no_duplicate() -> None:
    subject = logging(TRAIL)
    outcomes = run(ALL, Estate(snapshot_of(subject), Settings(), CATALOG))
    judged_trails = {
        one.subject.arn for each in outcomes for one in each.verdicts if one.subject.kind == "Trail"
    }
    assert judged_trails == {TRAIL.arn}


def test_wrong_verdict_76_a_deputy_that_only_others_are_told_of_is_unknown_and_no_failure() -> None:
    member = replace(ORGANIZATION, delegated_administrators=ELSEWHERE)
    for check in BY_ID:
        if check.startswith("nobody-administers-"):
            assert judged(check, member).status is Status.UNKNOWN
    told = replace(ORGANIZATION, delegated_administrators=(deputy("guardduty.amazonaws.com"),))
    managing = snapshot_of(account=replace(ACCOUNT, id=MANAGER), organization=told)
    assert judged("nobody-administers-guardduty", member, managing).status is Status.PASS
    assert judged("nobody-administers-config", member, managing).status is Status.FAIL


@pytest.mark.parametrize("watched", WATCHED, ids=IDS)
def test_wrong_verdict_77_no_family_passes_by_its_neighbours_filter(watched: Watched) -> None:
    for other in WATCHED:
        if other is not watched:
            assert told_of(watched, watching(other.pattern)) is Status.FAIL, other.name


SAML_SIGN_IN = sign_in("Success", who={**ROLE, "type": "SAMLUser"})
CENTER_SIGN_IN = sign_in(
    "Success",
    who={
        **ROLE,
        "arn": "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/ana",
    },
)


def test_wrong_verdict_81_who_signs_in_by_a_provider_has_their_mfa_there() -> None:
    own = FAMILIES["sign_in_without_mfa"]
    for one in (SAML_SIGN_IN, CENTER_SIGN_IN):
        assert one.json["additionalEventData"]["MFAUsed"] == "No"
        assert decide(own.pattern, one.json) is False
    assert decide(own.pattern, sign_in("Success").json) is True
    # A filter that alarms for them too is noisy, and catches what it has to.
    wide = '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }'
    assert told_of(own, watching(wide)) is Status.PASS
    assert judged("console-user-without-mfa", ANA).status is Status.NOT_APPLICABLE


def test_wrong_verdict_82_what_a_service_does_is_not_roots_act() -> None:
    """AWS makes a service-linked role; the event names root, and AWS as who asked."""
    made = event(
        "iam.amazonaws.com",
        "CreateServiceLinkedRole",
        who={**ROOT_USER, "invokedBy": "support.amazonaws.com"},
    )
    by_aws = event(
        "iam.amazonaws.com", "CreateServiceLinkedRole", who=ROOT_USER, kind="AwsServiceEvent"
    )
    by_root = event("iam.amazonaws.com", "CreateServiceLinkedRole", who=ROOT_USER)
    said = [decide(ROOT_USE, one.json) for one in (made, by_aws, by_root)]
    assert said == [False, False, True]
    assert told_of(FAMILIES["root_use"], watching(ROOT_USE)) is Status.PASS


def test_wrong_verdict_87_what_was_examined_is_counted_by_subject() -> None:
    """A user with three bad statements is one that fails, and the counts add up."""
    wide = user("wide", allow("s3:*"), allow("ec2:*"), allow("*"))
    lost = user("lost", attached_policies=(LOST,))
    snapshot = snapshot_of(wide, lost, user("fine", READ_ONLY))
    for one in run(ALL, Estate(snapshot, Settings(), CATALOG)):
        names = [each.subject.id for each in one.verdicts]
        assert len(names) == len(set(names)), one.check
        if BY_ID[one.check].subject is User:
            assert len(names) == len(snapshot.users)
    [said] = run([BY_ID["user-is-administrator"]], Estate(snapshot, Settings(), CATALOG))
    assert {each.subject.name: each.status for each in said.verdicts} == {
        "wide": Status.FAIL,
        "lost": Status.UNKNOWN,
        "fine": Status.PASS,
    }


@pytest.mark.parametrize("watched", WATCHED, ids=IDS)
def test_wrong_verdict_83_every_event_is_a_call_that_exists(watched: Watched) -> None:
    session = botocore.session.get_session()
    for one in (*watched.required, *watched.near):
        service = {"monitoring": "cloudwatch"}.get(name := one.seen.source.partition(".")[0], name)
        if service != "signin":
            assert one.seen.name in session.get_service_model(service).operation_names


def test_an_analyzer_of_the_organization_covers_the_accounts_that_it_does_not_leave_out() -> None:
    whole = replace(EXTERNAL, type="ORGANIZATION", arn=EXTERNAL.arn.replace(ACCOUNT.id, MANAGER))
    member = replace(ORGANIZATION, delegated_administrators=ELSEWHERE)
    bare = services(region(analyzers=()))

    def status(analyzers: object) -> Status:
        told = replace(ORGANIZATION, delegated_administrators=())
        managing = snapshot_of(
            account=replace(ACCOUNT, id=MANAGER),
            organization=told,
            services=services(region(analyzers=analyzers)),
        )
        return judged("no-external-analyzer", bare, managing, organization=member).status

    assert status((whole,)) is Status.PASS
    assert status((EXTERNAL,)) is Status.FAIL
    assert status((replace(whole, excluded_accounts=(ACCOUNT.id,)),)) is Status.FAIL
    refused = Gap("access-analyzer:ListAnalyzers", "AccessDeniedException")
    assert status(refused) is Status.UNKNOWN


def test_a_trail_that_stopped_watches_nothing() -> None:
    stopped = replace(TRAIL, status=replace(STATUS, logging=False))
    assert told_of(FAMILIES["root_use"], watching(ROOT_USE, trail=stopped)) is Status.FAIL


def one_of(source: str, names: str) -> str:
    """As the CIS benchmark and AWS's own controls write a list of calls."""
    either = "||".join(f"($.eventName={name})" for name in names.split())
    return f"{{($.eventSource={source})&&({either})}}"


# As they are deployed by the thousand; each must count as what it is meant to be.
DEPLOYED = {
    "denied_calls": '{ ($.errorCode ="*UnauthorizedOperation") || ($.errorCode ="AccessDenied*") '
    '&& ($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket") }',
    "sign_in_without_mfa": '{ ($.eventName = "ConsoleLogin") && '
    '($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && '
    '($.responseElements.ConsoleLogin = "Success") }',
    "root_use": '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && '
    '$.eventType != "AwsServiceEvent" }',
    "policy_changes": "{($.eventName=DeleteGroupPolicy)||($.eventName=DeleteRolePolicy)||"
    "($.eventName=DeleteUserPolicy)||($.eventName=PutGroupPolicy)||($.eventName=PutRolePolicy)||"
    "($.eventName=PutUserPolicy)||($.eventName=CreatePolicy)||($.eventName=DeletePolicy)||"
    "($.eventName=CreatePolicyVersion)||($.eventName=DeletePolicyVersion)||"
    "($.eventName=AttachRolePolicy)||($.eventName=DetachRolePolicy)||"
    "($.eventName=AttachUserPolicy)||($.eventName=DetachUserPolicy)||"
    "($.eventName=AttachGroupPolicy)||($.eventName=DetachGroupPolicy)}",
    "trail_changes": "{ ($.eventName = CreateTrail) || ($.eventName = UpdateTrail) || "
    "($.eventName = DeleteTrail) || ($.eventName = StartLogging) || ($.eventName = StopLogging) }",
    "failed_sign_ins": "{ ($.eventName = ConsoleLogin) && "
    '($.errorMessage = "Failed authentication") }',
    "disabled_keys": one_of("kms.amazonaws.com", "DisableKey ScheduleKeyDeletion"),
    "bucket_policy_changes": one_of(
        "s3.amazonaws.com",
        "PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication "
        "DeleteBucketPolicy DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication",
    ),
    "vpc_changes": one_of(
        "ec2.amazonaws.com",
        "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection "
        "CreateVpcPeeringConnection DeleteVpcPeeringConnection RejectVpcPeeringConnection "
        "AttachClassicLinkVpc DetachClassicLinkVpc DisableVpcClassicLink EnableVpcClassicLink",
    ),
}


@pytest.mark.parametrize("name", DEPLOYED)
def test_the_filters_that_people_deploy_count(name: str) -> None:
    assert told_of(FAMILIES[name], watching(DEPLOYED[name])) is Status.PASS


def test_a_narrowing_by_a_field_that_users_lack_is_seen() -> None:
    """Its author meant to leave one role out, and left every user out."""
    narrowed = (
        "{ ($.eventName = DisableKey || $.eventName = ScheduleKeyDeletion) && "
        '($.userIdentity.sessionContext.sessionIssuer.userName != "janitor") }'
    )
    one = judged("nobody-told-of-disabled-keys", watching(narrowed))
    [message] = messages(one)
    assert message.startswith("tells nobody of KMS keys that are disabled or due for deletion by")
    assert "by a user: no metric filter catches them" in message


def test_a_filter_that_nobody_hears_of_need_not_be_understood() -> None:
    odd = watching("[ip, user, ...]", alarm=None)
    assert told_of(FAMILIES["root_use"], odd) is Status.FAIL
    assert told_of(FAMILIES["root_use"], watching("[ip, user, ...]")) is Status.UNKNOWN


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_objects_are_logged_by_the_arn_of_their_partition(partition: str) -> None:
    here = replace(ACCOUNT, partition=partition)
    for named in ("aws", "aws-cn", "aws-us-gov"):
        data = DataResources(type="AWS::S3::Object", values=(f"arn:{named}:s3",))
        selector = EventSelector(read_write="All", management=True, data=(data,))
        trail = replace(TRAIL, selectors=EventSelectors(classic=(selector,)))
        found = judged("object-writes-not-logged", logging(trail), account=here)
        assert found.status is (Status.PASS if named == partition else Status.FAIL)
