"""What AWS says when it denies a request, in each of its wordings."""

import pytest

from idkeep.access.denials import decoded_denial, denial_in, is_encoded
from idkeep.access.events import action_of, recorded
from idkeep.policy.decision import Check

from .small_accounts import catalog

JOHN = "arn:aws:iam::123456789012:user/John"
SCP = "arn:aws:organizations::987654321098:policy/o-a/service_control_policy/p-2kgnabcd"


@pytest.mark.parametrize(
    ("context", "layer", "explicit"),
    [
        (
            "because no service control policy allows the a:B action",
            "SERVICE_CONTROL_POLICY",
            False,
        ),
        ("with an explicit deny in a service control policy", "SERVICE_CONTROL_POLICY", True),
        ("with an explicit deny in a resource control policy", "RESOURCE_CONTROL_POLICY", True),
        ("because no VPC endpoint policy allows the a:B action", "VPC_ENDPOINT", False),
        ("with an explicit deny in a VPC endpoint policy", "VPC_ENDPOINT", True),
        ("because no permissions boundary allows the a:B action", "PERMISSIONS_BOUNDARY", False),
        ("with an explicit deny in a permissions boundary", "PERMISSIONS_BOUNDARY", True),
        ("because no session policy allows the a:B action", "SESSION", False),
        ("with an explicit deny in a session policy", "SESSION", True),
        ("because no resource-based policy allows the a:B action", "RESOURCE", False),
        ("with an explicit deny in a resource-based policy", "RESOURCE", True),
        ("because no identity-based policy allows the a:B action", "PRINCIPAL", False),
        ("with an explicit deny in an identity-based policy", "PRINCIPAL", True),
        ("because no role trust policy allows the sts:AssumeRole action", "RESOURCE", False),
        ("with an explicit deny in the role trust policy", "RESOURCE", True),
    ],
)
def test_the_kind_of_policy_is_read(context: str, layer: str, *, explicit: bool) -> None:
    found = denial_in(f"User: {JOHN} is not authorized to perform: a:B on resource: * {context}")
    assert found
    assert (found.principal, found.action, found.resource) == (JOHN, "a:B", "*")
    assert (found.layer, found.explicit) == (Check(layer), explicit)


def test_the_policys_arn_is_read_since_aws_tells_it() -> None:
    found = denial_in(
        "An error occurred (AccessDenied) when calling the ListRoles operation: "
        f"User: {JOHN} is not authorized to perform: iam:ListRoles on resource: "
        f"arn:aws:iam::123456789012:role/* with an explicit deny in a service control policy: {SCP}"
    )
    assert found
    assert found.policy == SCP
    assert found.resource == "arn:aws:iam::123456789012:role/*"


def test_a_full_stop_belongs_to_the_sentence_and_the_authorization_id_is_kept() -> None:
    found = denial_in(
        f"User: {JOHN} is not authorized to perform: a:B on resource: arn:aws:a::1:b/c with an "
        "explicit deny in an identity-based policy: arn:aws:iam::123456789012:policy/Deny. Go to "
        "https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1#/authorization-details/"
        "EXAMPLE1a2b for more"
    )
    assert found
    assert found.policy == "arn:aws:iam::123456789012:policy/Deny"
    assert found.authorization == "EXAMPLE1a2b"


def test_s3_puts_quotes_around_the_resource() -> None:
    found = denial_in(
        f'User: {JOHN} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::b" '
        "because no resource-based policy allows the s3:ListBucket action"
    )
    assert found
    assert found.resource == "arn:aws:s3:::b"


def test_lines_may_be_broken_anywhere_between_words() -> None:
    found = denial_in(
        f"denied: User: {JOHN}\nis not authorized to perform: ecr:PutImage on resource:\n"
        "arn:aws:ecr:us-west-2:1:repository/a\nwith an explicit deny in a VPC endpoint policy"
    )
    assert found
    assert found.resource == "arn:aws:ecr:us-west-2:1:repository/a"
    assert found.layer is Check.VPC_ENDPOINT


def test_iams_older_names_are_read() -> None:
    found = denial_in(
        f"User: {JOHN} is not authorized to perform: iam:DeleteUser on resource: user ana because "
        "no identity-based policy allows the iam:DeleteUser action"
    )
    assert found
    assert found.resource == "user/ana"


def test_what_is_silent_about_policies_stays_open() -> None:
    found = denial_in(f"User: {JOHN} is not authorized to perform: sts:AssumeRole")
    assert found
    assert (found.layer, found.explicit, found.resource) == (None, None, "")


@pytest.mark.parametrize("text", ["Access Denied", "is not authorized to perform", "", "{}"])
def test_other_texts_tell_of_no_denial(text: str) -> None:
    assert denial_in(text) is None


def test_an_encoded_message_is_known_as_one() -> None:
    text = (
        f"User: {JOHN} is not authorized to perform: a:B. Encoded authorization failure message: x"
    )
    found = denial_in(text)
    assert found
    assert found.encoded
    assert is_encoded("You are not authorized. Encoded authorization failure message: x")


DECODED = {
    "allowed": False,
    "explicitDeny": True,
    "matchedStatements": {"items": []},
    "failures": {"items": []},
    "context": {
        "principal": {"id": "AIDA", "name": "John", "arn": JOHN},
        "action": "ec2:StopInstances",
        "resource": "arn:aws:ec2:eu-west-1:123456789012:instance/i-1",
        "conditions": {
            "items": [
                {"key": "aws:Region", "values": {"items": [{"value": "eu-west-1"}]}},
                {"key": "unkeyed", "values": {"items": []}},
            ]
        },
    },
}


def test_a_decoded_message_tells_the_keys_of_the_request() -> None:
    found = decoded_denial(DECODED)
    assert found
    assert (found.principal, found.action, found.explicit) == (JOHN, "ec2:StopInstances", True)
    assert found.context == {"aws:Region": ("eu-west-1",)}


@pytest.mark.parametrize(
    "told", [{}, {"explicitDeny": True}, {"explicitDeny": True, "context": {}}]
)
def test_what_is_no_decoded_message_is_none(told: dict[str, object]) -> None:
    assert decoded_denial(told) is None


@pytest.mark.parametrize(
    ("source", "name", "action"),
    [
        ("iam.amazonaws.com", "CreateUser", "iam:CreateUser"),
        ("s3.amazonaws.com", "ListBuckets", "s3:ListAllMyBuckets"),
        ("s3.amazonaws.com", "HeadObject", "s3:GetObject"),
        ("lambda.amazonaws.com", "CreateFunction20150331", "lambda:CreateFunction"),
        ("lambda.amazonaws.com", "UpdateFunctionCode20150331v2", "lambda:UpdateFunctionCode"),
        ("lambda.amazonaws.com", "Invoke", "lambda:InvokeFunction"),
        ("monitoring.amazonaws.com", "PutMetricAlarm", "cloudwatch:PutMetricAlarm"),
        ("signin.amazonaws.com", "ConsoleLogin", ""),
        ("nothing.amazonaws.com", "Do", ""),
    ],
)
def test_the_permission_behind_an_event_is_named_or_left_unknown(
    source: str, name: str, action: str
) -> None:
    assert action_of(source, name, catalog()) == action


def event(who: dict[str, object], **more: object) -> dict[str, object]:
    return {
        "userIdentity": who,
        "eventSource": "iam.amazonaws.com",
        "eventName": "DeleteUser",
        "eventTime": "2026-11-01T00:00:00Z",
        **more,
    }


@pytest.mark.parametrize(
    ("who", "principal"),
    [
        (
            {"type": "Root", "arn": "arn:aws:iam::123456789012:root"},
            "arn:aws:iam::123456789012:root",
        ),
        ({"type": "IAMUser", "arn": JOHN}, JOHN),
        (
            {"type": "AssumedRole", "arn": "arn:aws:sts::123456789012:assumed-role/r/s"},
            "arn:aws:sts::123456789012:assumed-role/r/s",
        ),
        (
            {"type": "FederatedUser", "arn": "arn:aws:sts::123456789012:federated-user/x"},
            "arn:aws:sts::123456789012:federated-user/x",
        ),
        ({"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}, "ec2.amazonaws.com"),
        ({"type": "AWSService", "invokedBy": "AWS Internal"}, ""),
        (
            {"type": "WebIdentityUser", "identityProvider": "accounts.google.com"},
            "accounts.google.com",
        ),
        ({"type": "AWSAccount", "accountId": "123456789012", "principalId": "AIDA"}, ""),
        ({"type": "IdentityCenterUser", "onBehalfOf": {"userId": "1"}}, ""),
        ({"type": "Unknown"}, ""),
    ],
)
def test_who_asked_is_read_from_every_type_of_identity(
    who: dict[str, object], principal: str
) -> None:
    found = recorded(event(who), catalog())
    assert found.principal == principal
    assert bool(found.why_not) is not bool(principal)


def test_saml_names_its_provider_in_the_parameters() -> None:
    provider = "arn:aws:iam::123456789012:saml-provider/idp"
    found = recorded(
        event(
            {"type": "SAMLUser", "userName": "x"},
            eventSource="sts.amazonaws.com",
            eventName="AssumeRoleWithSAML",
            requestParameters={
                "principalArn": provider,
                "roleArn": "arn:aws:iam::123456789012:role/r",
            },
        ),
        catalog(),
    )
    assert (found.principal, found.action) == (provider, "sts:AssumeRoleWithSAML")
    assert found.resources == ("arn:aws:iam::123456789012:role/r",)


def test_the_events_keys_are_told_and_those_of_no_session_are_absent() -> None:
    found = recorded(
        event({"type": "IAMUser", "arn": JOHN}, sourceIPAddress="198.51.100.7"), catalog()
    )
    assert found.context["aws:SourceIp"] == ("198.51.100.7",)
    assert found.context["aws:MultiFactorAuthPresent"] == ()
    inside = event(
        {"type": "IAMUser", "arn": JOHN}, sourceIPAddress="10.0.0.1", vpcEndpointId="vpce-1"
    )
    told = recorded(inside, catalog()).context
    assert (told["aws:SourceIp"], told["aws:VpcSourceIp"]) == ((), ("10.0.0.1",))
    by_service = event({"type": "IAMUser", "arn": JOHN}, sourceIPAddress="athena.amazonaws.com")
    assert "aws:SourceIp" not in recorded(by_service, catalog()).context


@pytest.mark.parametrize(
    ("code", "denied"),
    [
        ("AccessDenied", True),
        ("AccessDeniedException", True),
        ("Client.UnauthorizedOperation", True),
        ("", False),
        ("NoSuchEntityException", None),
    ],
)
def test_only_some_errors_are_denials(code: str, *, denied: bool | None) -> None:
    made = event({"type": "IAMUser", "arn": JOHN}, **({"errorCode": code} if code else {}))
    assert recorded(made, catalog()).denied is denied


def test_an_object_is_asked_about_and_not_its_bucket() -> None:
    found = recorded(
        event(
            {"type": "IAMUser", "arn": JOHN},
            eventSource="s3.amazonaws.com",
            eventName="GetObject",
            resources=[{"ARN": "arn:aws:s3:::b"}, {"ARN": "arn:aws:s3:::b/k"}],
        ),
        catalog(),
    )
    assert found.resources == ("arn:aws:s3:::b/k",)


def test_what_is_no_event_is_refused() -> None:
    with pytest.raises(ValueError, match="no CloudTrail event"):
        recorded({"eventName": "x"}, catalog())


def test_a_bucket_is_of_the_partition_of_who_asked() -> None:
    caller = "arn:aws-us-gov:iam::123456789012:user/John"
    event = {
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "userIdentity": {"type": "IAMUser", "arn": caller, "accountId": "123456789012"},
        "requestParameters": {"bucketName": "logs", "key": "today"},
    }
    assert recorded(event, catalog()).resources == ("arn:aws-us-gov:s3:::logs/today",)
