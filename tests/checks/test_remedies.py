"""Every remedy: commands that the AWS CLI would take, actions that IAM knows, what may stop."""

import re

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.model import OperationModel, Shape

from idkeep.api.catalog import load_catalog
from idkeep.checks import ALL, AnyCheck
from idkeep.checks.commands import Command, commands, made_in, needs

CHECK_IDS = [check.id for check in ALL]
# What the CLI calls otherwise than botocore does: services, and options of operations.
# https://docs.aws.amazon.com/cli/latest/reference/
SERVICES = {"s3api": "s3", "configservice": "config"}
OPTIONS = {
    ("sns", "subscribe"): {"notification-endpoint": "endpoint"},
    ("configservice", "put-configuration-recorder"): {"recording-group": "configuration-recorder"},
}
# Options that every command takes.
EVERYWHERE = {"region"}
# Actions of operations that the SDK has and AWS's list of actions does not yet.
NOT_LISTED = {"secretsmanager:DisassociateCrossAccountReplica"}

session = botocore.session.get_session()


def operation_of(command: Command) -> OperationModel:
    model = session.get_service_model(SERVICES.get(command.service, command.service))
    names = {xform_name(one, "-"): one for one in model.operation_names}
    assert command.operation in names, f"{command.service} has no {command.operation}"
    return model.operation_model(names[command.operation])


def given(command: Command, members: dict[str, Shape]) -> set[str]:
    renamed = OPTIONS.get((command.service, command.operation), {})
    found = set()
    for word in command.words:
        if word.startswith("--"):
            name = renamed.get(word[2:], word[2:])
            is_no = name.startswith("no-") and name[3:] in members
            found.add(name[3:] if is_no and members[name[3:]].type_name == "boolean" else name)
    return found


def faults(command: Command) -> list[str]:
    """What the AWS CLI would say of it; nothing where it would send the request."""
    try:
        shape = operation_of(command).input_shape
    except (UnknownServiceError, AssertionError) as error:
        return [str(error)]
    members = {xform_name(n, "-"): one for n, one in shape.members.items()} if shape else {}
    required = {xform_name(name, "-") for name in shape.required_members} if shape else set()
    options = given(command, members)
    return [
        *(f"unknown option --{one}" for one in sorted(options - set(members) - EVERYWHERE)),
        *(f"required: --{one}" for one in sorted(required - options)),
        *(f"what is {one}?" for one in stray(command, members)),
        *not_offered(command, members),
    ]


def stray(command: Command, members: dict[str, Shape]) -> list[str]:
    """Words that belong to no option: the CLI takes none for these operations."""
    found, taking = [], False
    for word in command.words:
        if word.startswith("--"):
            name = word[2:]
            flag = name in members and members[name].type_name == "boolean"
            taking = not flag and not name.startswith("no-")
        elif not taking:
            found.append(word)
    return found


def not_offered(command: Command, members: dict[str, Shape]) -> list[str]:
    """Values that are none of those AWS lists for an option; TYPE stands for any of them."""
    pairs = zip(command.words, command.words[1:], strict=False)
    offered = {word[2:]: (value, members.get(word[2:])) for word, value in pairs}
    return [
        f"--{name} {value}"
        for name, (value, shape) in offered.items()
        if (enum := getattr(shape, "enum", None)) and value not in {*enum, "TYPE"}
    ]


@pytest.mark.parametrize("check", ALL, ids=CHECK_IDS)
def test_its_commands_are_whole(check: AnyCheck) -> None:
    text = f"{check.remedy.do} {check.remedy.may_stop} {check.remedy.by}"
    assert text.count("`") % 2 == 0
    assert "and the like" not in text
    spans = re.findall(r"`(aws [^`]*)`", text)
    told = list(commands(text))
    by_hand = [one for one in spans if one.startswith(("aws login", "aws sso login"))]
    assert len(told) == len(spans) - len(by_hand)
    assert {one: faults(one) for one in told if faults(one)} == {}
    assert all("…" not in word and "..." not in word for one in told for word in one.words)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("`aws iam delete-acess-key --access-key-id KEY_ID`", "iam has no delete-acess-key"),
        ("`aws iam delete-access-key`", "required: --access-key-id"),
        ("`aws iam delete-user --user USER`", "unknown option --user"),
        ("`aws iam delete-user USER --user-name USER`", "what is USER?"),
        ("`aws accessanalyzer create-analyzer --analyzer-name N --type ACC`", "--type ACC"),
        ("`aws s3 rb`", "s3 has no rb"),
        ("`aws s4 rb`", "Unknown service: 's4'"),
    ],
)
def test_a_command_that_the_cli_would_refuse_is_found(text: str, fault: str) -> None:
    (command,) = commands(text)
    assert any(one.startswith(fault) for one in faults(command))


@pytest.mark.parametrize("check", ALL, ids=CHECK_IDS)
def test_what_it_needs_are_actions_of_iam(check: AnyCheck) -> None:
    catalog = load_catalog()
    for action in check.remedy.needs:
        found = catalog.action(action)
        assert found is not None or action in NOT_LISTED, action
        assert found is None or found.name == action.partition(":")[2]


@pytest.mark.parametrize("check", ALL, ids=CHECK_IDS)
def test_it_says_who_can_make_the_change(check: AnyCheck) -> None:
    remedy = check.remedy
    assert remedy.needs or remedy.by, "no command tells who: say so in words"
    assert set(remedy.only or ()) <= set(needs(remedy.do)), "an action that no command needs"


@pytest.mark.parametrize("check", ALL, ids=CHECK_IDS)
def test_it_says_what_may_stop(check: AnyCheck) -> None:
    remedy = check.remedy
    assert remedy.do.endswith(".")
    assert remedy.may_stop.endswith(".")
    assert not remedy.by or remedy.by.endswith(".")
    nothing = re.match(r"Nothing[^.:;,]* stops?\b[^.:;,]*", remedy.may_stop)
    assert not nothing or len(remedy.may_stop) > len(nothing[0]) + 1, "say why nothing stops"
    for old in ("Nothing stops", "stops working", "Whoever may", "can do that"):
        assert old not in remedy.do, "it has a field of its own"


@pytest.mark.parametrize(
    ("command", "actions"),
    [
        ("aws iam deactivate-mfa-device --serial-number S", ("iam:DeactivateMFADevice",)),
        ("aws s3api put-public-access-block --bucket B", ("s3:PutBucketPublicAccessBlock",)),
        ("aws s3control put-public-access-block", ("s3:PutAccountPublicAccessBlock",)),
        ("aws configservice put-delivery-channel", ("config:PutDeliveryChannel",)),
        ("aws accessanalyzer create-analyzer", ("access-analyzer:CreateAnalyzer",)),
        (
            "aws cloudtrail update-trail --cloud-watch-logs-role-arn ROLE_ARN",
            ("cloudtrail:UpdateTrail", "iam:PassRole"),
        ),
        ("aws iam list-users", ()),
    ],
)
def test_a_command_tells_the_actions_it_needs(command: str, actions: tuple[str, ...]) -> None:
    assert needs(f"Then `{command}`.") == actions


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("organizations:MoveAccount", "the management account"),
        ("sso:ProvisionPermissionSet", "the management account or Identity Center"),
        ("organizations:AcceptHandshake", ""),
        ("iam:DeleteUser", ""),
    ],
)
def test_what_only_another_account_can_do_is_known(action: str, words: str) -> None:
    where = made_in(action)
    assert (where.words if where else "").startswith(words)
    assert bool(where) == bool(words)
