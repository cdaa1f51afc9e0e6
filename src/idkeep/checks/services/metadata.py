"""A check on how new instances of EC2 hand out their role's credentials."""

from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.declare import AnyCheck, Remedy, Said, cannot_tell, check, fails, passes
from idkeep.checks.policies.words import listed
from idkeep.checks.services.regions import told, unknown
from idkeep.checks.services.samples import NO_REGIONS, UNREAD, region, services
from idkeep.model import Gap, Problem, Severity
from idkeep.model.services import MetadataDefaults, Services

_DEFAULTS = Gap("ec2:GetInstanceMetadataDefaults", "UnauthorizedOperation")
_ENFORCED = MetadataDefaults(tokens="required", enforced="enabled")


def _having(tokens: str = "", enforced: str = "") -> Services:
    defaults = MetadataDefaults(tokens=tokens, enforced=enforced)
    return services(region(instance_metadata=defaults))


@check(
    Services,
    severity=Severity.MEDIUM,
    controls=("instance-metadata",),
    reads=("regions.instance_metadata",),
    remedy=Remedy(
        do="In each region: `aws ec2 modify-instance-metadata-defaults --http-tokens required "
        "--http-tokens-enforced enabled --http-put-response-hop-limit 2`, or for "
        "all accounts at once by a declarative policy for EC2 (`aws organizations create-policy "
        "--type DECLARATIVE_POLICY_EC2 --name NAME --description TEXT --content "
        "file://policy.json`).",
        may_stop="Software on new instances that reads metadata without a token gets no "
        "credentials, and a launch that asks for the old way fails where it is enforced. "
        "Instances that run keep their own settings: see how many ask without a token "
        "(CloudWatch metric MetadataNoToken) before.",
    ),
    examples=(
        passes(services(region(instance_metadata=_ENFORCED))),
        passes(
            services(region(instance_metadata=replace(_ENFORCED, managed_by="declarative-policy")))
        ),
        fails(
            _having(tokens="required", enforced="disabled"),
            "lets an instance be started that gives its role's credentials without a token in "
            "us-east-1",
        ),
        fails(
            _having(),
            "gives the role's credentials of new instances without a token, unless each asks for "
            "it, in us-east-1",
        ),
        fails(
            _having(tokens="optional"),
            "gives the role's credentials of new instances without a token, unless each asks for "
            "it, in us-east-1",
        ),
        fails(
            services(
                region(instance_metadata=_ENFORCED),
                region("eu-west-1", instance_metadata=MetadataDefaults()),
            ),
            "gives the role's credentials of new instances without a token, unless each asks for "
            "it, in eu-west-1",
        ),
        cannot_tell(
            services(region(instance_metadata=_DEFAULTS)),
            "ec2:GetInstanceMetadataDefaults: UnauthorizedOperation in us-east-1",
        ),
        cannot_tell(UNREAD, str(NO_REGIONS)),
    ),
)
def instances_give_credentials_away(subject: Services, _: Estate) -> Iterator[Said]:
    """New instances may give their role's credentials to whoever makes them fetch an address.

    Without a token (IMDSv2) a web server that can be talked into reading an address reads its own
    role's credentials out. The account's default says what instances do that say nothing; only
    `HttpTokensEnforced` keeps one from being started the old way:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
    """
    facts, unread = told(subject, lambda one: one.instance_metadata)
    optional = [name for name, one in facts.items() if one.tokens != "required"]
    open_ = [
        name
        for name, one in facts.items()
        if one.tokens == "required" and one.enforced != "enabled"
    ]
    if optional:
        yield Problem(
            "gives the role's credentials of new instances without a token, unless each asks for "
            f"it, in {listed(sorted(optional))}",
            at="default",
        )
    if open_:
        yield Problem(
            "lets an instance be started that gives its role's credentials without a token in "
            f"{listed(sorted(open_))}",
            at="enforced",
            severity=Severity.LOW,
            because="new instances ask for a token where nothing else is said",
        )
    yield from unknown(unread)


CHECKS: tuple[AnyCheck, ...] = (instances_give_credentials_away,)
