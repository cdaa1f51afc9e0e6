"""What AWS takes, what it refuses, and what it leaves open; each rule has its page (`Rule.page`)."""

# ruff: noqa: E501 -- one case a line

import json
from typing import Any

import pytest

from idkeep.policy import (
    Action,
    AwsAccount,
    AwsArn,
    AwsUniqueId,
    CanonicalUser,
    Effect,
    EveryAws,
    Everyone,
    Federated,
    NotAction,
    NotPrincipal,
    NotResource,
    Policy,
    PolicyError,
    PolicyKind,
    Position,
    Principal,
    Resource,
    Rule,
    Service,
    Version,
    parse,
)

IDENTITY, TRUST, RESOURCE = PolicyKind.IDENTITY, PolicyKind.TRUST, PolicyKind.RESOURCE
SCP, RCP, ENDPOINT = PolicyKind.SCP, PolicyKind.RCP, PolicyKind.VPC_ENDPOINT
SIGNIN, BOUNDARY = PolicyKind.SIGNIN_RESOURCE, PolicyKind.BOUNDARY
SESSION, INLINE = PolicyKind.SESSION, PolicyKind.PERMISSION_SET_INLINE
LIKE_IDENTITY = (IDENTITY, BOUNDARY, SESSION, INLINE)

ALLOW: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
DENY: dict[str, Any] = {**ALLOW, "Effect": "Deny"}
TRUSTING: dict[str, Any] = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Principal": {"AWS": "111122223333"},
}


def document(*statements: Any, **elements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", **elements, "Statement": list(statements)})


def without(statement: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in statement.items() if name not in names}


def conditional(block: Any) -> str:
    return document({**ALLOW, "Condition": block})


def noted(policy: Policy) -> set[Rule]:
    return {note.rule for note in policy.notes}


TAKEN: tuple[tuple[str, PolicyKind, str], ...] = (
    ("one statement that is no list", IDENTITY, json.dumps({"Statement": ALLOW})),
    ("lists", IDENTITY, document({**ALLOW, "Action": ["s3:*", "ec2:*"], "Resource": ["*"]})),
    ("star for an action", IDENTITY, document({**ALLOW, "Action": "*"})),
    ("NotAction with Allow", IDENTITY, document({**without(ALLOW, "Action"), "NotAction": "iam:*"})),
    ("NotResource", IDENTITY, document({**without(DENY, "Resource"), "NotResource": "arn:aws:s3:::b"})),
    ("an empty Sid twice", IDENTITY, document({**ALLOW, "Sid": ""}, {**DENY, "Sid": ""})),
    ("a boundary", BOUNDARY, document(ALLOW)),
    ("a session policy", SESSION, document(ALLOW)),
    ("an inline policy of a permission set", INLINE, document(ALLOW)),
    ("a trust policy", TRUST, document(TRUSTING)),
    ("anyone trusted", TRUST, document({**TRUSTING, "Principal": "*"})),
    ("a resource policy without Resource", RESOURCE, document({**TRUSTING, "Action": "ecr:*"})),
    ("a Sid with spaces, in S3", RESOURCE, document({**TRUSTING, "Sid": "Allow all of us"})),
    ("a resource policy with Id", RESOURCE, document(TRUSTING, Id="cd3ad3d9-2776")),
    ("NotPrincipal with Deny", RESOURCE, document({**without(TRUSTING, "Principal"), "Effect": "Deny", "NotPrincipal": {"AWS": "*"}})),
    ("the default endpoint policy", ENDPOINT, json.dumps({"Statement": [{**ALLOW, "Principal": "*", "Action": "*"}]})),
    ("a sign-in policy", SIGNIN, document({**ALLOW, "Principal": {"AWS": "*"}, "Action": "signin:Authenticate"})),
    ("SCP: Allow with a condition", SCP, document({**ALLOW, "Condition": {"Bool": {"aws:ViaAWSService": "true"}}})),
    ("SCP: Allow with an ARN", SCP, document({**ALLOW, "Resource": "arn:aws:s3:::b/*"})),
    ("SCP: NotAction with Allow", SCP, document({**without(ALLOW, "Action"), "NotAction": "iam:*"})),
    ("SCP: NotResource", SCP, document({**without(DENY, "Resource"), "NotResource": "arn:aws:s3:::b"})),
    ("SCP: a wildcard within", SCP, document({**DENY, "Action": "iam:*User"})),
    ("RCP", RCP, document({**DENY, "Principal": "*"})),
    ("RCP: NotResource", RCP, document({**without(DENY, "Resource"), "Principal": "*", "NotResource": "*"})),
    ("RCPFullAWSAccess", RCP, document({**ALLOW, "Action": "*", "Principal": "*"})),
    ("numbers and Booleans", IDENTITY, conditional({"NumericLessThan": {"s3:max-keys": 10}, "Bool": {"aws:SecureTransport": False}})),
    ("numbers and Booleans in a list", IDENTITY, conditional({"StringEquals": {"a:b": [1, 2.50, True, "x"]}})),
    ("a character beyond Latin-1, escaped", IDENTITY, conditional({"StringEquals": {"a:b": "\u4e16"}})),
    ("a character beyond Latin-1, in S3", RESOURCE, json.dumps({"Statement": TRUSTING, "Id": "\u4e16"}, ensure_ascii=False)),
    ("every kind of operator", IDENTITY, conditional({"ForAnyValue:StringLikeIfExists": {"a:b": "*"}, "Null": {"a:b": "true"}})),
    ("a byte order of elements of one's own", IDENTITY, '{"Statement":[{"Resource":"*","Action":"s3:*","Effect":"Allow"}],"Version":"2012-10-17"}'),
)  # fmt: skip

REFUSED: tuple[tuple[str, PolicyKind, str, Rule], ...] = (
    ("no JSON", IDENTITY, "{", Rule.JSON),
    ("nothing", IDENTITY, "", Rule.JSON),
    ("a comma too many", IDENTITY, '{"Statement": [],}', Rule.JSON),
    ("two documents", IDENTITY, "{} {}", Rule.JSON),
    ("NaN", IDENTITY, '{"Version": NaN}', Rule.JSON),
    ("single quotes", IDENTITY, "{'Statement': []}", Rule.JSON),
    ("nested without end", IDENTITY, "[" * 100_000, Rule.JSON),
    ("half of a surrogate pair, escaped", RESOURCE, document({**TRUSTING, "Sid": "\ud800"}), Rule.JSON),
    ("half of a surrogate pair", RESOURCE, document({**TRUSTING, "Sid": "x"}).replace("x", "\udc00"), Rule.JSON),
    ("a character beyond Latin-1", IDENTITY, '{"Statement": "\u4e16"}', Rule.CHARACTERS),
    ("a list", IDENTITY, "[]", Rule.DOCUMENT),
    ("a string", IDENTITY, '"x"', Rule.DOCUMENT),
    ("null", IDENTITY, "null", Rule.DOCUMENT),
    ("no statement", IDENTITY, "{}", Rule.STATEMENT),
    ("a null statement", IDENTITY, '{"Statement": null}', Rule.ELEMENT_TYPE),
    ("a string for a statement", IDENTITY, '{"Statement": ["x"]}', Rule.ELEMENT_TYPE),
    ("an element of one's own", IDENTITY, document({**ALLOW, "Comment": "x"}), Rule.ELEMENT),
    ("an element above", IDENTITY, document(ALLOW, Name="x"), Rule.ELEMENT),
    ("a small letter", IDENTITY, document({**without(ALLOW, "Effect"), "effect": "Allow"}), Rule.ELEMENT),
    ("a version of one's own", IDENTITY, document(ALLOW, Version="2012-10-18"), Rule.VERSION),
    ("a version that is no string", IDENTITY, document(ALLOW, Version=[]), Rule.ELEMENT_TYPE),
    ("no effect", IDENTITY, document(without(ALLOW, "Effect")), Rule.EFFECT_REQUIRED),
    ("a small effect", IDENTITY, document({**ALLOW, "Effect": "allow"}), Rule.EFFECT),
    ("no action", IDENTITY, document(without(ALLOW, "Action")), Rule.ACTION_REQUIRED),
    ("both actions", IDENTITY, document({**ALLOW, "NotAction": "s3:*"}), Rule.EXCLUSIVE),
    ("both resources", IDENTITY, document({**ALLOW, "NotResource": "*"}), Rule.EXCLUSIVE),
    ("both principals", RESOURCE, document({**TRUSTING, "NotPrincipal": "*"}), Rule.EXCLUSIVE),
    ("an object for an action", IDENTITY, document({**ALLOW, "Action": {}}), Rule.ELEMENT_TYPE),
    ("a list in a list", IDENTITY, document({**ALLOW, "Action": [["s3:*"]]}), Rule.ELEMENT_TYPE),
    ("no vendor", IDENTITY, document({**ALLOW, "Action": "GetObject"}), Rule.ACTION_FORM),
    ("two colons", IDENTITY, document({**ALLOW, "Action": "s3:Get:Object"}), Rule.ACTION_FORM),
    ("an empty action", IDENTITY, document({**ALLOW, "Action": ""}), Rule.ACTION_FORM),
    ("a wildcard vendor", IDENTITY, document({**ALLOW, "Action": "*:Get*"}), Rule.ACTION_VENDOR),
    ("half a vendor", IDENTITY, document({**ALLOW, "Action": "dynamodb*:Tag"}), Rule.ACTION_VENDOR),
    ("no ARN", IDENTITY, document({**ALLOW, "Resource": "bucket"}), Rule.RESOURCE_FORM),
    ("a Sid with a space", IDENTITY, document({**ALLOW, "Sid": "a b"}), Rule.SID_CHARACTERS),
    ("a Sid twice", IDENTITY, document({**ALLOW, "Sid": "a"}, {**DENY, "Sid": "a"}), Rule.SID_UNIQUE),
    ("a Sid twice in a trust policy", TRUST, document({**TRUSTING, "Sid": "a"}, {**TRUSTING, "Sid": "a"}), Rule.SID_UNIQUE),
    ("a trust policy with Resource", TRUST, document({**TRUSTING, "Resource": "*"}), Rule.TRUST_RESOURCE),
    ("a trust policy with NotResource", TRUST, document({**TRUSTING, "NotResource": "*"}), Rule.TRUST_RESOURCE),
    ("a trust policy for nobody", TRUST, document(without(TRUSTING, "Principal")), Rule.PRINCIPAL_REQUIRED),
    ("a trust policy with NotPrincipal", TRUST, document({**without(TRUSTING, "Principal"), "NotPrincipal": "*"}), Rule.NOT_PRINCIPAL),
    ("a trust policy with part of a name", TRUST, document({**TRUSTING, "Principal": {"AWS": "arn:aws:iam::111122223333:role/a*"}}), Rule.PRINCIPAL_WILDCARD),
    ("a resource policy for nobody", RESOURCE, document(ALLOW), Rule.PRINCIPAL_REQUIRED),
    ("an endpoint policy for nobody", ENDPOINT, document(ALLOW), Rule.PRINCIPAL_REQUIRED),
    ("a sign-in policy for nobody", SIGNIN, document(ALLOW), Rule.PRINCIPAL_REQUIRED),
    ("a principal without its type", TRUST, document({**TRUSTING, "Principal": "arn:aws:iam::111122223333:root"}), Rule.PRINCIPAL_FORM),
    ("a name for a principal", RESOURCE, document({**TRUSTING, "Principal": "ana"}), Rule.PRINCIPAL_FORM),
    ("a list of principals", RESOURCE, document({**TRUSTING, "Principal": ["*"]}), Rule.PRINCIPAL_FORM),
    ("a principal that is none", RESOURCE, document({**TRUSTING, "Principal": {"AWS": "ana"}}), Rule.PRINCIPAL_FORM),
    ("an account of 11 digits", RESOURCE, document({**TRUSTING, "Principal": {"AWS": "11112222333"}}), Rule.PRINCIPAL_FORM),
    ("a type of one's own", RESOURCE, document({**TRUSTING, "Principal": {"User": "ana"}}), Rule.PRINCIPAL_KEY),
    ("a small type", RESOURCE, document({**TRUSTING, "Principal": {"aws": "*"}}), Rule.PRINCIPAL_KEY),
    ("SCP with a principal", SCP, document({**DENY, "Principal": "*"}), Rule.PRINCIPAL_FORBIDDEN),
    ("SCP without Resource", SCP, document(without(DENY, "Resource")), Rule.SCP_RESOURCE),
    ("RCP without Resource", RCP, document({**without(DENY, "Resource"), "Principal": "*"}), Rule.RESOURCE_REQUIRED),
    ("RCP that allows", RCP, document({**ALLOW, "Principal": "*"}), Rule.RCP_EFFECT),
    ("RCP without a principal", RCP, document(DENY), Rule.PRINCIPAL_REQUIRED),
    ("RCP for one account", RCP, document({**DENY, "Principal": {"AWS": "111122223333"}}), Rule.RCP_PRINCIPAL),
    ("RCP for every AWS", RCP, document({**DENY, "Principal": {"AWS": "*"}}), Rule.RCP_PRINCIPAL),
    ("RCP with NotPrincipal", RCP, document({**DENY, "NotPrincipal": "*"}), Rule.RCP_PRINCIPAL),
    ("RCP with NotAction", RCP, document({**without(DENY, "Action"), "Principal": "*", "NotAction": "s3:*"}), Rule.RCP_ACTION),
    ("a string for conditions", IDENTITY, conditional("x"), Rule.CONDITION_FORM),
    ("a string for keys", IDENTITY, conditional({"Bool": "x"}), Rule.CONDITION_FORM),
    ("an object for a value", IDENTITY, conditional({"Bool": {"a:b": {}}}), Rule.CONDITION_FORM),
    ("null for a value", IDENTITY, conditional({"Bool": {"a:b": None}}), Rule.CONDITION_FORM),
    ("an operator of one's own", IDENTITY, conditional({"StringIs": {"a:b": "c"}}), Rule.OPERATOR),
    ("a small operator", IDENTITY, conditional({"stringEquals": {"a:b": "c"}}), Rule.OPERATOR),
    ("a set operator of one's own", IDENTITY, conditional({"ForSome:Bool": {"a:b": "c"}}), Rule.OPERATOR),
    ("NullIfExists", IDENTITY, conditional({"NullIfExists": {"a:b": "true"}}), Rule.NULL_IF_EXISTS),
    *((f"{kind} without Resource", kind, document(without(ALLOW, "Resource")), Rule.RESOURCE_REQUIRED) for kind in LIKE_IDENTITY),
    *((f"{kind} with a principal", kind, document({**ALLOW, "Principal": "*"}), Rule.PRINCIPAL_FORBIDDEN) for kind in LIKE_IDENTITY),
    *((f"{kind} with NotPrincipal", kind, document({**ALLOW, "NotPrincipal": "*"}), Rule.PRINCIPAL_FORBIDDEN) for kind in LIKE_IDENTITY),
)  # fmt: skip

NOTED: tuple[tuple[str, PolicyKind, str, Rule], ...] = (
    ("an Id in an identity policy", IDENTITY, document(ALLOW, Id="x"), Rule.ID),
    ("no statements at all", IDENTITY, document(), Rule.EMPTY),
    ("no actions at all", IDENTITY, document({**ALLOW, "Action": []}), Rule.EMPTY),
    ("no values at all", IDENTITY, conditional({"Bool": {"a:b": []}}), Rule.EMPTY),
    ("no conditions at all", IDENTITY, conditional({}), Rule.EMPTY),
    ("nobody at all", RESOURCE, document({**TRUSTING, "Principal": {}}), Rule.EMPTY),
    ("an ARN cut short", IDENTITY, document({**ALLOW, "Resource": "arn:aws:s3:*"}), Rule.RESOURCE_FORM),
    ("any service's resource", IDENTITY, document({**ALLOW, "Resource": "arn:aws:*:::b"}), Rule.RESOURCE_FORM),
    ("a bare name, in a service of its own rules", RESOURCE, document({**TRUSTING, "Resource": "b"}), Rule.RESOURCE_FORM),
    ("an action without a vendor, there", RESOURCE, document({**TRUSTING, "Action": "SendMessage"}), Rule.ACTION_FORM),
    ("a wildcard vendor in an SCP", SCP, document({**DENY, "Action": "*:Get*"}), Rule.ACTION_VENDOR),
    ("an SCP of the old version", SCP, json.dumps({"Statement": DENY}), Rule.VERSION_REQUIRED),
    ("part of a name", RESOURCE, document({**TRUSTING, "Principal": {"AWS": "arn:aws:iam::111122223333:role/a*"}}), Rule.PRINCIPAL_WILDCARD),
    ("a principal without its type, in S3", RESOURCE, document({**TRUSTING, "Principal": "arn:aws:iam::111122223333:root"}), Rule.PRINCIPAL_FORM),
    ("NotPrincipal with Allow", RESOURCE, document({**without(TRUSTING, "Principal"), "NotPrincipal": {"AWS": "*"}}), Rule.NOT_PRINCIPAL),
    ("a Sid twice, in S3", RESOURCE, document({**TRUSTING, "Sid": "a"}, {**TRUSTING, "Sid": "a"}), Rule.SID_UNIQUE),
    ("a key in two cases", IDENTITY, conditional({"Bool": {"a:b": "true", "A:B": "false"}}), Rule.KEY_CASE),
    ("a key without a vendor", IDENTITY, conditional({"Bool": {"b": "true"}}), Rule.KEY_FORM),
    ("a variable in the account", IDENTITY, document({**ALLOW, "Resource": "arn:aws:iam::${aws:PrincipalAccount}:user/x"}), Rule.VARIABLE_PLACE),
    ("a variable under Numeric", IDENTITY, conditional({"NumericEquals": {"a:b": "${a:c}"}}), Rule.VARIABLE_PLACE),
    ("a variable without its brace", IDENTITY, conditional({"StringEquals": {"a:b": "${a:c"}}), Rule.VARIABLE_FORM),
    ("a variable without its brace in a resource", IDENTITY, document({**ALLOW, "Resource": "arn:aws:s3:::${a:c"}), Rule.VARIABLE_FORM),
    ("a variable in the old version", IDENTITY, document({**ALLOW, "Resource": "arn:aws:s3:::${a:c}"}, Version="2008-10-17"), Rule.VARIABLE_VERSION),
    ("a variable in a condition of the old version", IDENTITY, json.dumps({"Statement": {**ALLOW, "Condition": {"StringEquals": {"a:b": "${a:c}"}}}}), Rule.VARIABLE_VERSION),
    ("an element twice", IDENTITY, '{"Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}', Rule.REPEATED_KEY),
    ("an operator twice", IDENTITY, '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"a:b":"true"},"Bool":{"a:c":"true"}}}}', Rule.REPEATED_KEY),
    ("a key twice", IDENTITY, '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"a:b":"true","a:b":"false"}}}}', Rule.REPEATED_KEY),
    ("a principal type twice", TRUST, '{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*","AWS":"*"}}}', Rule.REPEATED_KEY),
)  # fmt: skip


@pytest.mark.parametrize(("why", "kind", "text"), TAKEN, ids=[c[0] for c in TAKEN])
def test_taken_without_a_word(why: str, kind: PolicyKind, text: str) -> None:
    assert parse(text, kind).notes == ()


@pytest.mark.parametrize(("why", "kind", "text", "rule"), REFUSED, ids=[c[0] for c in REFUSED])
def test_refused(why: str, kind: PolicyKind, text: str, rule: Rule) -> None:
    with pytest.raises(PolicyError) as caught:
        parse(text, kind)
    assert rule in {problem.rule for problem in caught.value.problems}


@pytest.mark.parametrize(("why", "kind", "text", "rule"), NOTED, ids=[c[0] for c in NOTED])
def test_taken_with_a_note(why: str, kind: PolicyKind, text: str, rule: Rule) -> None:
    assert rule in noted(parse(text, kind))


def test_every_rule_has_a_page_of_aws() -> None:
    assert all(rule.page.startswith("https://docs.aws.amazon.com/") for rule in Rule)


def test_a_statement_holds_what_was_written() -> None:
    policy = parse(
        document(
            {
                "Sid": "Own",
                "Effect": "Deny",
                "NotAction": ["s3:*", "IAM:Get*"],
                "NotResource": "arn:aws:s3:::b",
                "Condition": {
                    "StringLike": {"aws:username": ["a*", "b*"], "aws:userid": "x"},
                    "Bool": {"aws:SecureTransport": True},
                    "NumericLessThan": {"s3:max-keys": 1.50},
                },
            }
        ),
        IDENTITY,
    )
    (statement,) = policy.statements
    assert (statement.index, statement.sid, statement.effect) == (0, "Own", Effect.DENY)
    assert statement.action == NotAction(("s3:*", "IAM:Get*"))
    assert statement.resource == NotResource(("arn:aws:s3:::b",))
    assert statement.principal is None
    assert [str(line) for line in statement.conditions] == [
        "StringLike aws:username [a*, b*]",
        "StringLike aws:userid x",
        "Bool aws:SecureTransport true",
        "NumericLessThan s3:max-keys 1.5",
    ]


@pytest.mark.parametrize(
    ("written", "version"),
    [({}, Version.OLD), ({"Version": "2008-10-17"}, Version.OLD), ({"Version": "2012-10-17"}, Version.CURRENT)],
)  # fmt: skip
def test_the_version_by_default_is_the_old_one(written: dict[str, str], version: Version) -> None:
    """Source: the page on the Version element."""
    policy = parse(json.dumps({**written, "Statement": ALLOW}), IDENTITY)
    assert policy.version is policy.statements[0].version is version


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("*", Everyone()),
        ({"AWS": "*"}, EveryAws()),
        ({"AWS": "111122223333"}, AwsAccount("111122223333")),
        ({"AWS": "arn:aws:iam::111122223333:root"}, AwsAccount("111122223333", "aws")),
        ({"AWS": "arn:aws-cn:iam::111122223333:root"}, AwsAccount("111122223333", "aws-cn")),
        ({"AWS": "arn:aws:iam::111122223333:user/Ana"}, AwsArn("arn:aws:iam::111122223333:user/Ana")),
        ({"AWS": "arn:aws:sts::111122223333:assumed-role/a/b"}, AwsArn("arn:aws:sts::111122223333:assumed-role/a/b")),
        ({"AWS": "AROAEXAMPLEEXAMPLE123"}, AwsUniqueId("AROAEXAMPLEEXAMPLE123")),
        ({"Service": "ec2.amazonaws.com"}, Service("ec2.amazonaws.com")),
        ({"Federated": "accounts.google.com"}, Federated("accounts.google.com")),
        ({"CanonicalUser": "79a59df900b949e55d96a1e698fbaced"}, CanonicalUser("79a59df900b949e55d96a1e698fbaced")),
    ],
)  # fmt: skip
def test_principals(written: Any, named: object) -> None:
    """Every form on the page on the Principal element."""
    policy = parse(document({**TRUSTING, "Principal": written}), RESOURCE)
    assert policy.statements[0].principal == Principal((named,))  # type: ignore[arg-type]
    denied = without({**TRUSTING, "Effect": "Deny", "NotPrincipal": written}, "Principal")
    policy = parse(document(denied), RESOURCE)
    assert policy.statements[0].principal == NotPrincipal((named,))  # type: ignore[arg-type]


def test_several_principals_of_several_types() -> None:
    policy = parse(
        document({**TRUSTING, "Principal": {"Service": ["a.b", "c.d"], "AWS": "*"}}), TRUST
    )
    assert policy.statements[0].principal == Principal((Service("a.b"), Service("c.d"), EveryAws()))


def test_two_cases_of_a_key_are_two_lines_which_both_must_hold() -> None:
    policy = parse(conditional({"Bool": {"a:b": "true", "A:B": "false"}}), IDENTITY)
    assert len(policy.statements[0].conditions) == 2


def test_what_is_repeated_counts_once_and_last() -> None:
    text = '{"Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}'
    policy = parse(text, IDENTITY)
    assert policy.statements[0].effect is Effect.ALLOW
    assert (policy.notes[0].line, policy.notes[0].column) == (1, text.rindex('"Allow"') + 1)


def test_every_fault_is_named_in_reading_order() -> None:
    text = """{
      "Version": "2013",
      "Statement": [
        {"Effect": "allow", "Action": "s3", "Resource": "x"}
      ]
    }"""
    with pytest.raises(PolicyError) as caught:
        parse(text, IDENTITY)
    error = caught.value
    assert [(p.rule, p.line, p.column) for p in error.problems] == [
        (Rule.VERSION, 2, 18),
        (Rule.EFFECT, 4, 20),
        (Rule.ACTION_FORM, 4, 39),
        (Rule.RESOURCE_FORM, 4, 57),
    ]
    assert (error.rule, error.line, error.column) == (Rule.VERSION, 2, 18)
    assert "2:18: no version '2013'" in error.message


def test_a_position_is_found_where_a_person_would_point() -> None:
    text = """{"Statement": {
  "Effect": "Allow", "Action": ["s3:Get*",
     "s3:Put*"], "Resource": "*",
  "Condition": {"Bool": {"aws:SecureTransport": "true"}}
}}"""
    policy = parse(text, IDENTITY)
    assert policy.position(0) == Position(1, 15)
    assert policy.position(0, "Action") == Position(2, 32)
    assert policy.position(0, "Action", 1) == Position(3, 6)
    assert policy.position(0, "Resource", 0) == Position(3, 30)
    assert policy.position(0, "Condition", "Bool", "aws:SecureTransport") == Position(4, 49)
    assert policy.position(0, "Condition", "Bool", "aws:none") == Position(4, 25)
    assert str(policy.position(0, "Action", 1)) == "3:6"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("{\n  x", 2, 3),
        ('{"a": tru}', 1, 7),
        ('{"a": NaN}', 1, 7),
        ('{"NaN": "NaN",\n "a": NaN}', 2, 7),
        ('{"a": "\\ud83d\\ude00",\n "b": "\\ud83d"}', 2, 7),
    ],
)
def test_a_json_error_has_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(PolicyError) as caught:
        parse(text, IDENTITY)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_every_one_of_many_faults_has_its_own_place() -> None:
    """Looked for one by one, they would take minutes."""
    text = '{"Statement": [\n' + ",\n".join(["{}"] * 3000) + "]}"
    with pytest.raises(PolicyError) as caught:
        parse(text, IDENTITY)
    faults = caught.value.problems
    assert [fault.line for fault in faults[::3]] == list(range(2, 3002))
    assert {fault.column for fault in faults} == {1}


def test_a_place_of_a_key_named_again_is_in_its_last_value() -> None:
    text = """{"Statement": {"Effect": "Allow", "Action": "*",
      "Condition": {"Bool": {"a:b": {}}},
      "Condition": {}, "Resource": 1,
      "Resource": ["arn:aws:s3:::b",
        "x"]}}"""
    with pytest.raises(PolicyError) as caught:
        parse(text, IDENTITY)
    assert [(p.rule, p.line, p.column) for p in caught.value.problems] == [
        (Rule.RESOURCE_FORM, 5, 9)
    ]


@pytest.mark.parametrize("depth", range(900, 1000))
def test_a_fault_around_what_is_nested_deeply_has_its_place(depth: int) -> None:
    """Python's own reader gives up somewhere here, and what looks for the place must not."""
    with pytest.raises(PolicyError) as caught:
        parse('{"Statement": ' + "[" * depth + "]" * depth + "}", IDENTITY)
    assert caught.value.rule in {Rule.JSON, Rule.ELEMENT_TYPE}


def test_the_text_is_kept() -> None:
    text = document(ALLOW)
    policy = parse(text, IDENTITY)
    assert policy.text == text
    assert policy.kind is IDENTITY
    assert policy.statements[0].action == Action(("s3:GetObject",))
    assert policy.statements[0].resource == Resource(("*",))


def test_everything_of_every_service_is_taken_with_a_note() -> None:
    read = parse(document({**ALLOW, "Action": "*:*"}), IDENTITY)
    assert [note.rule for note in read.notes] == [Rule.ACTION_VENDOR]
