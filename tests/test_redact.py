"""A redacted snapshot names nobody, says the same, and a pseudonym is the same everywhere."""

import json
import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from idkeep.access import Estate, redact
from idkeep.access.aws_words import AwsWords
from idkeep.access.pseudonyms import Pseudonyms
from idkeep.access.redact_fields import DECISIONS
from idkeep.api.catalog import load_catalog
from idkeep.api.demo import demo_scan
from idkeep.api.portable import export
from idkeep.checks import ALL, run
from idkeep.checks.samples import ACCOUNT, ANA, ROOT, snapshot_of
from idkeep.config import Settings
from idkeep.demo import DemoServer
from idkeep.errors import IdkeepError
from idkeep.model import (
    AlternateContact,
    AttachedPolicy,
    Gap,
    Group,
    InlinePolicy,
    ManagedPolicy,
    PolicyVersion,
    Role,
    Snapshot,
)
from idkeep.policy import (
    Allowed,
    Context,
    Policies,
    PolicyKind,
    Request,
    Requester,
    evaluate,
    parse,
)
from idkeep.store import snapshot_file
from idkeep.store.encoding import pack, unpack
from laws_profile import examples
from model_fields import text_fields
from strategies import FIELDS, PLAIN, gaps

KEY = b"a key for the tests of redaction"
CATALOG = load_catalog()
WORDS = AwsWords(CATALOG)
PRIVATE = [ip_network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


def redacted(snapshot: Snapshot, key: bytes = KEY) -> Snapshot:
    return redact(snapshot, key=key, catalog=CATALOG)


def pseudonyms() -> Pseudonyms:
    return Pseudonyms(KEY, WORDS)


def statuses(snapshot: Snapshot) -> list[list[str]]:
    outcomes = run(ALL, Estate(snapshot, Settings(), CATALOG))
    return [[verdict.status for verdict in one.verdicts] for one in outcomes]


def with_texts(**texts: str) -> Snapshot:
    """The sample user with an inline policy for each text, by its digest."""
    policies = tuple(InlinePolicy(name, name) for name in texts)
    return snapshot_of(replace(ANA, inline_policies=policies), documents=texts)


def text_of(snapshot: Snapshot, place: int = 0) -> str:
    return snapshot.documents[snapshot.users[0].inline_policies[place].document]


def test_somebody_has_decided_on_every_field_that_holds_text() -> None:
    assert text_fields() == set(DECISIONS)


# Names that no word of AWS's, of JSON's or of the model's holds, whatever stands around them.
real_names = st.text("qxzjwvkyQXZJWVK", min_size=4, max_size=9)
accounts = st.integers(10**11, 10**12 - 1).map(str)


@st.composite
def estates(draw: st.DrawFn) -> tuple[list[str], Snapshot]:
    """A snapshot, and all that it names."""
    user, group, role, policy, tag, bucket, host = draw(
        st.lists(real_names, min_size=7, max_size=7, unique_by=str.lower)
    )
    account, other = draw(st.lists(accounts, min_size=2, max_size=2, unique=True))
    sep = draw(st.sampled_from("-_.@/ ="))
    iam = f"arn:aws:iam::{account}"
    text = json.dumps(
        {
            "Version": "2012-10-17",
            "Id": policy,
            "Statement": [
                {
                    "Sid": f"Allow{user}",
                    "Effect": "Allow",
                    "Principal": {
                        "AWS": [f"{iam}:user/{user}", other, f"arn:aws:iam::{other}:root"]
                    },
                    "Action": ["s3:Get*", f"{tag} {user}"],
                    "Resource": [
                        f"arn:aws:s3:::{bucket}/*",
                        f"arn:aws:s3:::{user}${{aws:username}}",
                    ],
                    "Condition": {
                        "StringLike": {
                            f"aws:PrincipalTag/{user}": f"{user}{sep}{tag}",
                            f"{host}.example:sub": [f"repo:{group}/{bucket}:ref:refs/heads/{tag}"],
                            "aws:PrincipalOrgID": f"o-{user}",
                        },
                        user: {tag: host},
                        "ArnLike": {"aws:SourceArn": f"arn:aws:sns:us-east-1:{other}:{bucket}"},
                    },
                    host: {user: [tag, {bucket: group}]},
                }
            ],
        }
    )
    snapshot = Snapshot(
        taken=snapshot_of().taken,
        region="us-east-1",
        account=replace(
            ACCOUNT,
            id=account,
            caller=replace(
                ACCOUNT.caller, arn=f"arn:aws:sts::{account}:assumed-role/{role}/{user}"
            ),
            security_contact=AlternateContact(
                name=f"{user} {group}", email=f"{user}@{host}.example"
            ),
        ),
        root=replace(ROOT, arn=f"{iam}:root"),
        users=(
            replace(
                ANA,
                arn=f"{iam}:user/{group}/{user}",
                name=user,
                groups=(group,),
                inline_policies=(InlinePolicy(policy, "d1"), InlinePolicy(tag, "d2")),
                attached_policies=(
                    AttachedPolicy("ReadOnlyAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
                    AttachedPolicy(policy, f"{iam}:policy/{policy}"),
                ),
                tags={f"team{sep}{user}": tag, "Owner": f"{user}{sep}{group}"},
                mfa_active=draw(st.booleans() | gaps),
            ),
        ),
        groups=(Group(arn=f"{iam}:group/{group}", id="AGPA1", name=group, created=ANA.created),),
        roles=(
            Role(arn=f"{iam}:role/{role}", id="AROA1", name=role, created=ANA.created, trust="d1"),
        ),
        policies=(
            ManagedPolicy(
                arn=f"{iam}:policy/{policy}",
                id="ANPA1",
                name=policy,
                created=ANA.created,
                default_version="v1",
                versions=(
                    PolicyVersion(id="v1", document="d1", is_default=True, created=ANA.created),
                ),
            ),
        ),
        documents={"d1": text, "d2": f'{{"Statement": [{{"Sid": "{user}" oops {account}'},
        gaps=(
            Gap("iam:GetUser", "AccessDenied", f"User: {iam}:user/{user} is not authorized"),
            Gap("iam:GetRole", f"HTTP 503 for {user}"),
        ),
    )
    return [user, group, role, policy, tag, bucket, host, account, other, ANA.id], snapshot


@examples(60)
@given(estates())
def test_no_name_survives_anywhere_in_the_bytes(made: tuple[list[str], Snapshot]) -> None:
    originals, snapshot = made
    _, payload = unpack(pack(redacted(snapshot)).data)
    text = payload.decode(errors="replace").lower()
    assert [one for one in originals if one.lower() in text] == []


@examples(60)
@given(estates())
def test_statements_and_references_stay(made: tuple[list[str], Snapshot]) -> None:
    _, snapshot = made
    after = redacted(snapshot)
    before_text, text = snapshot.documents["d1"], text_of(after)
    [before_statement], [statement] = (json.loads(t)["Statement"] for t in (before_text, text))
    assert len(statement) == len(before_statement)
    assert statement["Effect"] == "Allow"
    assert statement["Action"][0] == "s3:Get*"
    assert {"StringLike", "ArnLike"} <= set(statement["Condition"])
    assert after.roles[0].trust == after.policies[0].versions[0].document in after.documents
    assert len(after.documents) == len(snapshot.documents)
    with pytest.raises(json.JSONDecodeError):
        json.loads(text_of(after, 1))
    assert statuses(after) == statuses(snapshot)


@given(st.data())
def test_every_verdict_is_what_it_was(data: st.DataObject) -> None:
    def drawn(kind: str) -> Any:
        fields = FIELDS[kind].items()
        values = {name: data.draw(value | gaps) for name, value in fields if name != "caller"}
        return replace(PLAIN[kind], **values)

    snapshot = snapshot_of(drawn("User"), drawn("Root"), drawn("Account"))
    assert statuses(redacted(snapshot)) == statuses(snapshot)


def test_the_demo_accounts_verdicts_are_what_they_were(server: DemoServer, tmp_path: Path) -> None:
    store = tmp_path / "s.db"
    demo_scan(server, store=store)
    for name, key in (("plain", None), ("red", KEY)):
        export("latest", tmp_path / name, store=store, redaction_key=key)
    plain, red = (snapshot_file.read(tmp_path / name).snapshot for name in ("plain", "red"))
    assert statuses(red) == statuses(plain)
    _, payload = unpack(pack(red).data)
    own = [user.name for user in plain.users if not WORDS.is_service(user.name)]
    assert [one for one in (*own, plain.account.id) if one.encode() in payload] == []


def test_what_tells_aws_s_own_provider_and_a_claim_s_name_stays() -> None:
    provider = "arn:aws:iam::100000000000:saml-provider/AWSSSO_6508a1b2c3d4e5f6_DO_NOT_DELETE"
    claim = "token.actions.githubusercontent.com:repository_owner_id"
    text = json.dumps(
        {
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Federated": provider},
                    "Action": "sts:AssumeRoleWithSAML",
                    "Condition": {"StringEquals": {claim: "4242"}},
                }
            ]
        }
    )
    [statement] = json.loads(text_of(redacted(with_texts(own=text), KEY)))["Statement"]
    name = statement["Principal"]["Federated"].rpartition("/")[2]
    assert re.fullmatch("AWSSSO_.+_DO_NOT_DELETE", name)
    assert "6508a1b2c3d4e5f6" not in name
    assert list(statement["Condition"]["StringEquals"]) == [claim]


def test_the_same_key_gives_the_same_pseudonyms_and_another_one_others() -> None:
    first, again, other = (redacted(snapshot_of(ANA), key) for key in (KEY, KEY, KEY[::-1]))
    assert first == again
    assert other.users[0].name != first.users[0].name
    assert other.account.id != first.account.id


def test_a_key_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(IdkeepError, match="at least 16 bytes"):
        redacted(snapshot_of(ANA), b"short")


@pytest.mark.parametrize(
    "kept",
    [
        "arn:aws:iam::aws:policy/job-function/Billing",
        "lambda.amazonaws.com",
        "token.actions.githubusercontent.com",
        "default",
        "*",
        "0.0.0.0/0",
        "::/0",
        "",
    ],
)
def test_what_is_awss_stays(kept: str) -> None:
    assert pseudonyms().text(kept) == kept


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("arn:aws:iam::111122223333:user/ana", r"arn:aws:iam::\d{12}:user/\w{10}"),
        ("arn:aws-cn:s3:::logs/*", r"arn:aws-cn:s3:::\w{10}/\*"),
        ("arn:aws:iam::*:role/Deploy*", r"arn:aws:iam::\*:role/[A-Z]\w{9}\*"),
        (
            "arn:aws:logs:eu-west-1:111122223333:log-group:x:*",
            r"arn:aws:logs:eu-west-1:\d{12}:log-group:\w{10}:\*",
        ),
        (
            "arn:aws:events:us-east-1:111122223333:event-bus/default",
            r"arn:aws:events:us-east-1:\d{12}:event-bus/default",
        ),
        ("arn:aws:s3", "arn:aws:s3"),
        ("ana@larkfield.example", r"\w{10}@\w{10}\.\w{10}"),
        ("o-a1b2c3d4e5", r"o-\w{10}"),
        ("AIDACKCEVSQ6C2EXAMPLE", "AIDA[A-Z0-9]{17}"),
        ("111122223333", r"[1-9]\d{11}"),
    ],
)  # fmt: skip
def test_the_form_of_a_name_stays(text: str, pattern: str) -> None:
    assert re.fullmatch(pattern, pseudonyms().text(text))


def test_a_service_linked_role_keeps_the_name_that_aws_gave_it() -> None:
    path = ":role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport"
    arn = f"arn:aws:iam::111122223333{path}"
    role = Role(arn=arn, id="AROA1", name="AWSServiceRoleForSupport", created=ANA.created, trust="")
    after = redacted(replace(snapshot_of(), roles=(role,))).roles[0]
    assert after.name == role.name
    assert after.arn.endswith(
        ":role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport"
    )


@given(st.ip_addresses(v=4), st.integers(0, 32), st.ip_addresses(v=4))
def test_a_range_holds_afterwards_what_it_held(one: Any, length: int, other: Any) -> None:
    names = pseudonyms()
    network = ip_network(f"{one}/{length}", strict=False)
    moved = ip_network(names.text(str(network)))
    for address in (one, other):
        shown = ip_address(names.text(str(address)))
        assert (shown in moved) == (address in network)
        assert [shown in one for one in PRIVATE] == [address in one for one in PRIVATE]


def allowed(text: str, resource: str, **context: str) -> bool:
    request = Request(
        principal=Requester.parse("arn:aws:iam::111122223333:user/ana"),
        action="s3:GetObject",
        resource=resource,
        context=Context({name.replace("_", ":", 1): value for name, value in context.items()}),
    )
    policies = Policies(identity=(parse(text, PolicyKind.IDENTITY),))
    return isinstance(evaluate(request, policies), Allowed)


@pytest.mark.parametrize("resource", ["arn:aws:s3:::shop-logs/today", "arn:aws:s3:::other/x"])
@pytest.mark.parametrize("address", ["10.1.2.3", "10.9.9.9"])
def test_a_decision_is_the_same_for_a_redacted_request(resource: str, address: str) -> None:
    text = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Action": "s3:Get*",
                "Resource": "arn:aws:s3:::shop-*",
                "Condition": {"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}},
            },
        }
    )
    names = pseudonyms()
    shown = text_of(redacted(with_texts(one=text)))
    before = allowed(text, resource, aws_SourceIp=address)
    assert before == ("shop" in resource and address == "10.1.2.3")
    assert allowed(shown, names.text(resource), aws_SourceIp=names.text(address)) == before


def test_keys_that_come_twice_numbers_and_variables_stay() -> None:
    text = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Effect": "Allow", "Action": '
        '"*", "Resource": "arn:aws:s3:::logs/${aws:username}/${*}", "Condition": {"NumericLessThan"'
        ': {"aws:MultiFactorAuthAge": 3600}, "StringEquals": {"aws:PrincipalAccount": 111122223333'
        '}}}]}'
    )  # fmt: skip
    shown = text_of(redacted(with_texts(one=text)))
    assert shown.count('"Effect"') == 2
    assert "/${aws:username}/${*}" in shown
    assert "3600" in shown
    assert f'"aws:PrincipalAccount": {pseudonyms().account("111122223333")}' in shown


def test_words_that_could_be_awss_go_where_they_hold_a_name() -> None:
    made = statement_of(
        Principal={"Service": ["new.amazonaws.com", "anavault.amazonaws.com", "s3.amazonaws.com"]},
        Action=["newsvc:Get*", "anasvc:Get", "s3:GetObject", "*"],
    )
    assert made["Principal"]["Service"][::2] == ["new.amazonaws.com", "s3.amazonaws.com"]
    assert made["Action"][::2] == ["newsvc:Get*", "s3:GetObject"]
    assert "ana" not in json.dumps(made)


def test_a_providers_subject_keeps_its_form_and_agrees_with_the_provider() -> None:
    issuer = "idp.larkfield.example"
    made = statement_of(
        Principal={"Federated": f"arn:aws:iam::111122223333:oidc-provider/{issuer}"},
        Condition={
            "StringLike": {
                f"{issuer}:aud": "sts.amazonaws.com",
                f"{issuer}:sub": "repo:octo/shop:ref:refs/heads/*",
                "token.actions.githubusercontent.com:sub": "repo:octo/*:environment:prod",
            }
        },
    )
    shown = made["Principal"]["Federated"].partition("/")[2]
    values = made["Condition"]["StringLike"]
    assert shown != issuer
    assert values[f"{shown}:aud"] == "sts.amazonaws.com"
    assert re.fullmatch(r"repo:\w+/\w+:ref:refs/heads/\*", values[f"{shown}:sub"])
    github = values["token.actions.githubusercontent.com:sub"]
    assert re.fullmatch(r"repo:\w+/\*:environment:\w+", github)


def statement_of(**elements: Any) -> dict[str, Any]:
    """A statement as it comes out of a redacted policy of ana's."""
    text = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **elements}]})
    [made] = json.loads(text_of(redacted(with_texts(one=text))))["Statement"]
    return dict(made)
