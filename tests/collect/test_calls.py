"""How many calls an account's identities take: by the page, never by the user."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from idkeep.collect import collect
from idkeep.model import Family, Snapshot

from .an_account import ANSWERS, TRUST, arn, detail, role
from .answers import NOW, Answers, ago, aws_of

DETAILS, ROLES = "iam:GetAccountAuthorizationDetails", "iam:ListRoles"
DEVICES = "iam:ListVirtualMFADevices"
TAGS = "resourcegroupstaggingapi:GetResources"
TEAM = {"Key": "team", "Value": "red"}
USUAL, MOST = 100, 1000
"""How many AWS puts on a page of these where nobody says how many, and at the most."""


class Pages:
    """A list as IAM hands it out: as many as are asked for, and never more than `most`."""

    def __init__(self, member: str, items: Sequence[Any], most: int) -> None:
        self.member, self.items, self.most = member, items, most

    def __call__(self, params: Mapping[str, Any]) -> dict[str, Any]:
        begin = int(params.get("Marker", 0))
        end = begin + min(params.get("MaxItems", USUAL), self.most)
        more = end < len(self.items)
        answer = self.of(self.items[begin:end])
        return answer | (
            {"IsTruncated": more, "Marker": str(end)} if more else {"IsTruncated": more}
        )

    def of(self, page: Sequence[Any]) -> dict[str, Any]:
        return {self.member: list(page)}


class Details(Pages):
    def of(self, page: Sequence[Any]) -> dict[str, Any]:
        kinds = {"UserName": "UserDetailList", "RoleName": "RoleDetailList"}
        answer: dict[str, Any] = {name: [] for name in (*kinds.values(), "Policies")}
        for one in page:
            name = next((kinds[key] for key in kinds if key in one), "Policies")
            answer[name].append(one)
        return answer


class Tagged(Pages):
    """What has tags, as the tagging API hands it out."""

    def __call__(self, params: Mapping[str, Any]) -> dict[str, Any]:
        token = params.get("PaginationToken") or "0"
        page = super().__call__({"Marker": token, "MaxItems": params["ResourcesPerPage"]})
        return {self.member: page[self.member], "PaginationToken": page.get("Marker", "")}


def _user(name: str) -> dict[str, Any]:
    template = ANSWERS[DETAILS]["UserDetailList"][0]
    return {**template, "UserName": name, "Arn": arn("user", name), "UserId": f"AIDA{name:A<17}"}


def _policy(name: str) -> dict[str, Any]:
    version = {"VersionId": "v1", "Document": TRUST, "IsDefaultVersion": True, "CreateDate": ago(9)}
    return {
        "PolicyName": name,
        "PolicyId": f"ANPA{name:A<17}",
        "Arn": arn("policy", name),
        "DefaultVersionId": "v1",
        "CreateDate": ago(9),
        "PolicyVersionList": [version],
    }


def _report(names: Sequence[str]) -> bytes:
    lines = ANSWERS["iam:GetCredentialReport"]["Content"].decode().split("\n")
    plain = next(line for line in lines if line.startswith("plain,"))
    return "\n".join([*lines[:2], *(plain.replace("plain", one) for one in names)]).encode()


def _scanned(users: int, *, most: int) -> tuple[Snapshot, Counter[str]]:
    """To three users two roles and one policy, as in the benchmarks; every other has an app."""
    names = [f"user{n:05}" for n in range(users)]
    roles = [f"role{n:05}" for n in range(users * 2 // 3)]
    policies = [_policy(f"policy{n:05}") for n in range(users // 3)]
    tagged = [{"ResourceARN": one["Arn"], "Tags": [TEAM]} for one in policies]
    devices = [
        {
            "SerialNumber": arn("mfa", name),
            "EnableDate": ago(5),
            "User": {key: value for key, value in _user(name).items() if key in _OF_A_USER},
        }
        for name in names[::2]
    ]
    extras = [{**role(one), "MaxSessionDuration": 3600} for one in roles]
    answers = Answers(
        {
            **ANSWERS,
            DETAILS: Details("", [*map(_user, names), *map(detail, roles), *policies], most),
            ROLES: Pages("Roles", extras, most),
            DEVICES: Pages("VirtualMFADevices", devices, most),
            TAGS: Tagged("ResourceTagMappingList", tagged, USUAL),
            "iam:GetCredentialReport": {"Content": _report(names), "GeneratedTime": ago(1 / 24)},
            "iam:GetAccountSummary": {
                "SummaryMap": {
                    **ANSWERS["iam:GetAccountSummary"]["SummaryMap"],
                    "Users": users,
                    "Groups": 0,
                }
            },
        }
    )
    snapshot = collect(aws_of(answers), now=lambda: NOW, families={Family.IDENTITY})
    return snapshot, Counter(answers.actions())


_OF_A_USER = {"Path", "UserName", "UserId", "Arn", "CreateDate"}


@pytest.mark.parametrize("most", [USUAL, MOST])
def test_an_account_of_300_users_200_roles_and_100_policies_takes_at_most_40_calls(
    most: int,
) -> None:
    snapshot, asked = _scanned(300, most=most)
    assert (len(snapshot.users), len(snapshot.roles)) == (300, 200)
    assert len(snapshot.policies) == 100
    assert not snapshot.gaps
    assert asked.total() <= 40
    assert sum(call.calls for call in snapshot.calls) == asked.total()


def test_ten_times_the_users_take_more_pages_and_nothing_else() -> None:
    few, some = _scanned(300, most=MOST)
    many, more = _scanned(3_000, most=MOST)
    assert (len(many.users), len(few.users)) == (3_000, 300)
    assert {action: more[action] for action in more if more[action] != some[action]} == {
        DETAILS: 20,  # 6,000 things by 300
        ROLES: 2,  # 2,000 by 1,000
        DEVICES: 2,  # 1,500 by 1,000
        TAGS: 10,  # 1,000 by 100
    }
    assert (some[DETAILS], some[ROLES], some[DEVICES]) == (2, 1, 1)
