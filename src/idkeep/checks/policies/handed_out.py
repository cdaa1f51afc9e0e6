"""Checks on what resources hand to services, to other accounts, and to all but a few."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
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
from idkeep.checks.policies.outsiders import known_accounts
from idkeep.checks.policies.resource_kinds import bucket, kms_key
from idkeep.checks.policies.words import listed
from idkeep.checks.samples import ORGANIZATION, allow, deny, text
from idkeep.config import Settings, TrustedAccount
from idkeep.model import Arn, Gap, NotApplicable, Problem, Severity, Unknown, Unlisted
from idkeep.model.resources import (
    AwsManaged,
    CrossAccountReplica,
    GrantConstraints,
    KmsGrant,
    KmsKey,
    Resources,
    Secret,
    SecretReplication,
)
from idkeep.policy import Effect, NotPrincipal

_NO_QUEUES = Gap("sqs:ListQueues", "AccessDenied")
_GRANTS = Gap("kms:ListGrants", "AccessDeniedException")
_SERVICE = KmsGrant(
    grant_id="1", grantee_service_principal="backup.amazonaws.com", operations=("Decrypt",)
)
_BOUND = GrantConstraints(source_arn="arn:aws:backup:eu-north-1:111122223333:backup-vault:shop")
_STRANGE = GrantConstraints(source_arn="arn:aws:backup:eu-north-1:444455556666:backup-vault:x")
_OTHERS = "belongs to account {0}, whose own scan judges it"
_PARTNER = Settings(trusted_accounts=(TrustedAccount(id="444455556666", name="Partner"),))


@check(
    KmsKey,
    severity=Severity.MEDIUM,
    controls=("confused-deputy", "known-accounts-only"),
    reads=("grants",),
    settings=("trusted_accounts",),
    remedy=Remedy(
        do="Make the grant anew with the constraint SourceArn (`aws kms create-grant "
        "--key-id KEY_ID --grantee-principal PRINCIPAL --operations Decrypt "
        "--constraints SourceArn=ARN`), then take this one back: `aws kms revoke-grant "
        "--key-id KEY_ID --grant-id GRANT_ID`.",
        may_stop="Nothing stops in this order for the resource that the new grant names; for "
        "others the service loses the key.",
    ),
    examples=(
        fails(
            kms_key(None, grants=(_SERVICE,)),
            "lets backup.amazonaws.com do Decrypt for any account",
        ),
        fails(
            kms_key(None, grants=(replace(_SERVICE, constraints=_STRANGE),)),
            "lets backup.amazonaws.com do Decrypt for account 444455556666",
        ),
        passes(kms_key(None, grants=(replace(_SERVICE, constraints=_BOUND),))),
        passes(kms_key(None, grants=(replace(_SERVICE, constraints=_STRANGE),)), settings=_PARTNER),
        does_not_apply(
            kms_key(AwsManaged(), grants=AwsManaged()),
            "belongs to an AWS service, and nobody in the account can change it",
        ),
        cannot_tell(kms_key(None, grants=_GRANTS), str(_GRANTS)),
    ),
)
def kms_grant_to_a_service(key: KmsKey, estate: Estate) -> Iterator[Said]:
    """A grant lets an AWS service use a key on behalf of anybody's account.

    Grants to services came in 2026, and SourceArn says for what of whose the service may use the
    key: https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
    """
    if key.account != estate.snapshot.account.id:
        yield NotApplicable(_OTHERS.format(key.account))
        return
    grants = known(key.grants)
    if isinstance(grants, AwsManaged):
        yield NotApplicable("belongs to an AWS service, and nobody in the account can change it")
        return
    trusted = known_accounts(estate)
    for one in grants or ():
        if not one.grantee_service_principal:
            continue
        source = one.constraints.source_arn
        account = Arn.parse(source).account if source.startswith("arn:") else ""
        if account in trusted.accounts:
            continue
        if account and trusted.unread is not None:
            yield Unknown(f"whether {account} is of the organisation: {trusted.unread}")
            continue
        whom = f"account {account}" if account else "any account"
        doing = listed(one.operations) or "nothing"
        yield Problem(
            f"lets {one.grantee_service_principal} do {doing} for {whom}", at=one.grant_id
        )


_SECRET_REFUSED = Gap("secretsmanager:DescribeSecret", "AccessDeniedException")


def _secret(*accounts: str, role: str = "") -> Secret:
    return Secret(
        arn="arn:aws:secretsmanager:eu-north-1:111122223333:secret:shop/payment-AbCdEf",
        account="111122223333",
        region="eu-north-1",
        policies=(),
        replication=SecretReplication(
            replicas=tuple(
                CrossAccountReplica(
                    arn=f"arn:aws:secretsmanager:eu-north-1:{one}:secret:shop/payment-GhIjKl",
                    role=role,
                )
                for one in accounts
            )
        ),
    )


@check(
    Secret,
    severity=Severity.HIGH,
    controls=("known-accounts-only", "data-exfiltration"),
    reads=("replication",),
    settings=("trusted_accounts",),
    remedy=Remedy(
        do="Ask whose account it is. Take the copy back (`aws secretsmanager "
        "disassociate-cross-account-replica --secret-id SECRET "
        "--cross-account-replica-arn REPLICA_ARN`), change the secret (where it has a "
        "rotation, `aws secretsmanager rotate-secret --secret-id SECRET`), and ask for "
        "ReplicaRestriction SameOrg when it is copied again.",
        may_stop="Who reads the copy stops working, and so does what still has the old secret "
        "once it is changed.",
    ),
    examples=(
        fails(_secret("444455556666"), "is copied to account 444455556666"),
        passes(_secret("999988887777"), organization=ORGANIZATION),
        passes(_secret("444455556666"), settings=_PARTNER),
        passes(_secret()),
        cannot_tell(replace(_secret(), replication=_SECRET_REFUSED), str(_SECRET_REFUSED)),
    ),
)
def secret_copied_to_unknown_account(secret: Secret, estate: Estate) -> Iterator[Said]:
    """A secret is copied to an account that nobody vouches for.

    The copy follows every change of the secret, and its own account decides who reads it. Whether
    a copy had to stay in the organisation is asked once, when it is made.
    """
    if secret.account != estate.snapshot.account.id:
        yield NotApplicable(_OTHERS.format(secret.account))
        return
    trusted = known_accounts(estate)
    for one in known(secret.replication).replicas:
        account = Arn.parse(one.arn).account
        if account in trusted.accounts:
            continue
        if trusted.unread is not None:
            yield Unknown(f"whether {account} is of the organisation: {trusted.unread}")
        else:
            yield Problem(f"is copied to account {account}", at=one.arn)


def _excepting(effect: str) -> str:
    who = {"AWS": "arn:aws:iam::111122223333:role/app"}
    make = allow if effect == "Allow" else deny
    return text(make("s3:GetObject", "arn:aws:s3:::larkfield/*", NotPrincipal=who))


def _holding(policy: object) -> Resources:
    return Resources(buckets=(bucket(policy),), account_public_access_block=None)


@check(
    Resources,
    severity=Severity.MEDIUM,
    controls=("policy-hygiene",),
    reads=(),
    remedy=Remedy(
        do="Turn it round: name who is let in as Principal, and to keep others out deny "
        "Principal `*` with a condition ArnNotEquals on `aws:PrincipalArn` (for a bucket "
        "`aws s3api put-bucket-policy --bucket BUCKET --policy file://policy.json`; "
        "other services have their own command). Try it on a copy.",
        may_stop="A denial that forgets somebody locks them out, you among them; an Allow that "
        "names principals turns away whoever is not named.",
    ),
    examples=(
        fails(
            _holding(_excepting("Allow")),
            "arn:aws:s3:::larkfield lets everybody in but those it lists (NotPrincipal)",
        ),
        fails(
            _holding(_excepting("Deny")),
            "arn:aws:s3:::larkfield denies everybody but those it lists (NotPrincipal)",
        ),
        passes(_holding(text(allow("s3:GetObject", "*", Principal={"AWS": "111122223333"})))),
        cannot_tell(_holding("0" * 64), ": the snapshot lacks the policy's text"),
        cannot_tell(
            Resources(unlisted=(Unlisted("Queue", _NO_QUEUES),)), "sqs:ListQueues: AccessDenied"
        ),
    ),
)
def policies_name_the_excepted(resources: Resources, estate: Estate) -> Iterator[Said]:
    """A resource's policy names whom it does not mean.

    With Allow, NotPrincipal lets in everybody else, accounts that are not made yet among them.
    With Deny it spares a session only if account, role and session are all listed, which nobody
    gets right for long:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    engine = estate.engine
    for one in resources.unlisted:
        yield Unknown(str(one.gap))
    for site in engine.sites.values():
        if ":iam:" in site.arn:
            continue
        for gap in dict.fromkeys(site.unread):
            yield Unknown(str(gap))
        effects = {
            one.effect
            for policy in site.target.policies or ()
            for one in policy.statements
            if isinstance(one.principal, NotPrincipal)
        }
        if Effect.ALLOW in effects:
            yield Problem(
                f"{site.arn} lets everybody in but those it lists (NotPrincipal)", at=site.arn
            )
        elif effects:
            yield Problem(
                f"{site.arn} denies everybody but those it lists (NotPrincipal)",
                at=site.arn,
                severity=Severity.LOW,
                because="it opens nothing",
            )


CHECKS = (
    kms_grant_to_a_service,
    secret_copied_to_unknown_account,
    policies_name_the_excepted,
)
