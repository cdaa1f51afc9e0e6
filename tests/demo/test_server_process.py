"""The server starts light, says what is wrong, and goes when its parent does."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from idkeep.demo import running
from idkeep.demo.estate_file import load
from idkeep.demo.process import ESTATE
from idkeep.errors import IdkeepError, Unreadable
from surroundings import PATIENCE

ACCOUNT = '[account]\nid = "111111111111"\n'


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_server_dies_with_its_parent() -> None:
    script = (
        "import time\nfrom idkeep.demo import running\n"
        "with running() as server:\n    print(server.endpoint, flush=True)\n    time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        port = int(parent.stdout.readline().rpartition(b":")[2])
        assert is_open(port)
        parent.kill()
        parent.wait()
    until = time.monotonic() + PATIENCE
    while is_open(port) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_open(port)


def test_the_door_loads_neither_moto_nor_boto3() -> None:
    script = (
        "import sys, idkeep.demo\n"
        "print({'moto', 'boto3', 'botocore', 'flask', 'werkzeug'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert said.stdout.decode().strip() == "set()"


def test_without_moto_the_hint_says_what_to_install() -> None:
    script = (
        "import sys\nsys.modules['moto'] = None\n"
        "from idkeep.demo import running\nfrom idkeep.errors import IdkeepError\n"
        "try:\n    running().__enter__()\n"
        "except IdkeepError as error:\n    print(error.message, '|', error.hint)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert said.stdout.decode().strip() == "the demo needs moto | pip install 'idkeep[demo]'"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[account]\nid = "12"\n', "$.account.id"),
        (ACCOUNT + "[root]\nmfa = 'sms'\n", "$.root.mfa"),
        (ACCOUNT + '[[users]]\nname = "a b"\n', "$.users[0].name"),
        (ACCOUNT + '[[users]]\nname = "a"\ncolour = 1\n', "colour"),
        (ACCOUNT + '[[users]]\nname = "a"\ngroups = ["b"]\n', "users a: no group is named b"),
        (ACCOUNT + '[[users]]\nname = "a"\nboundary = "b"\n', "users a: boundary"),
        (ACCOUNT + '[[users]]\nname = "a"\n[[users]]\nname = "A"\n', "users: a is declared 2"),
        (ACCOUNT + '[[roles]]\nname = "a"\ntrust = "{"\n', "roles a: trust: not JSON"),
        (
            ACCOUNT
            + '[[roles]]\nname = "a"\ntrust = "{}"\ninstance_profile = true\n'
            + '[[instance_profiles]]\nname = "A"\n',
            "instance profiles: a is declared 2",
        ),
        ('[account]\nid = "111111111111\n', ":2:"),
    ],
)
def test_a_wrong_estate_file_is_refused_with_the_place(
    tmp_path: Path, text: str, place: str
) -> None:
    path = tmp_path / "estate.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Unreadable) as refused, running(path):
        pass
    assert place in str(refused.value)
    assert str(path) in str(refused.value)


ORGANIZATION = """
first = "111111111111"
[organization]
id = "o-example0001"
root = "r-exam"
management = "111111111111"
units = ["/A"]
members = [{ id = "111111111111", name = "One", email = "a@b.example", file = "one.toml" }]
"""


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (ORGANIZATION.replace('units = ["/A"]', 'units = ["/A/B"]'), "/A/B lies in /A"),
        (ORGANIZATION.replace('management = "1', 'management = "2'), "not among the members"),
        (ORGANIZATION.replace('first = "1', 'first = "2'), "no account 2"),
        (ORGANIZATION.replace('"one.toml"', '"two.toml"'), "two.toml"),
        (
            ORGANIZATION + "[[organization.policies]]\nname='p'\ntype='TAG_POLICY'\ncontent='{'\n",
            "policies p: not JSON",
        ),
        (
            ORGANIZATION + "[[organization.policies]]\nname='p'\ntype='TAG_POLICY'\ncontent='{}'\n"
            "attached=['/B']\n",
            "attached to /B, which is not there",
        ),
    ],
)
def test_a_wrong_organisation_is_refused_with_the_place(
    tmp_path: Path, wrong: str, place: str
) -> None:
    (tmp_path / "one.toml").write_text(ACCOUNT, encoding="utf-8")
    path = tmp_path / "organization.toml"
    path.write_text(ORGANIZATION, encoding="utf-8")
    load(path)
    path.write_text(wrong, encoding="utf-8")
    with pytest.raises(Unreadable) as refused:
        load(path)
    assert place in str(refused.value)


def test_a_missing_estate_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="nowhere"), running(tmp_path / "nowhere.toml"):
        pass


def test_a_policy_that_aws_does_not_have_is_named(tmp_path: Path) -> None:
    path = tmp_path / "estate.toml"
    path.write_text(ACCOUNT + '[[users]]\nname = "a"\nattached = ["aws:Nope"]\n', encoding="utf-8")
    with pytest.raises(IdkeepError, match="users a: attached: AWS has no managed policy Nope"):
        running(path).__enter__()


def test_what_is_wrong_in_a_later_account_is_said_at_the_start(tmp_path: Path) -> None:
    for file in ESTATE.parent.glob("*.toml"):
        text = file.read_text(encoding="utf-8")
        (tmp_path / file.name).write_text(
            text.replace("aws:AWSSupportAccess", "aws:Nope"), encoding="utf-8"
        )
    with pytest.raises(IdkeepError, match=r"account 888899990000, groups Support: .* policy Nope"):
        running(tmp_path / ESTATE.name).__enter__()
