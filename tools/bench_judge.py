"""Measure all checks over one account of many principals.

Method: an account made from a seed, like those that grew: two users to three roles, groups, one
managed policy to twenty principals with a few wide ones among them, inline policies of one role
each, boundaries, roles that services, the account and others take, and resources with policies.
Each size is judged in a process of its own, whose peak memory is told; as in a scan, no verdict
stays in memory. Times are of one core, what other processes take left out. What it takes to read as
many from a server is `make bench-scan`'s.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from random import Random
from typing import Any

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.api.catalog import load_catalog
from idkeep.checks import ALL, run_each
from idkeep.checks.samples import ACCOUNT, ANA, ROOT, ago, key, password
from idkeep.config import Settings
from idkeep.model import (
    AttachedPolicy,
    Group,
    InlinePolicy,
    ManagedPolicy,
    PolicyVersion,
    Role,
    Snapshot,
    User,
)
from idkeep.model.resources import Bucket, LambdaFunction, Resources
from tools.peak import peak_memory

SIZES = (300, 3_000, 10_000)
MB = 1_000_000
Row = Callable[[str, str, str], None]
_HEAD = f"arn:aws:iam::{ACCOUNT.id}"
_REGION = "eu-west-1"
_OF = f"{_REGION}:{ACCOUNT.id}"
_ASSUME = "sts:AssumeRole"
_SERVICES = ("ec2", "lambda", "ecs-tasks", "states", "codebuild", "glue", "cloudformation")
_WORK = (
    (["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::{name}/*"),
    (["s3:ListBucket"], "arn:aws:s3:::{name}"),
    (["dynamodb:*"], f"arn:aws:dynamodb:{_OF}:table/{{name}}*"),
    (["sqs:SendMessage", "sqs:ReceiveMessage"], f"arn:aws:sqs:{_OF}:{{name}}"),
    (["logs:CreateLogStream", "logs:PutLogEvents"], f"arn:aws:logs:{_OF}:log-group:/{{name}}:*"),
    (["kms:Decrypt"], f"arn:aws:kms:{_OF}:key/{{name}}"),
    (["secretsmanager:GetSecretValue"], f"arn:aws:secretsmanager:{_OF}:secret:{{name}}/*"),
    (["ec2:Describe*", "cloudwatch:Get*", "cloudwatch:List*"], "*"),
    (["lambda:InvokeFunction"], f"arn:aws:lambda:{_OF}:function:{{name}}-*"),
    (["sts:AssumeRole"], f"{_HEAD}:role/{{name}}-*"),
)
_POWERS = (
    (["lambda:CreateFunction", "lambda:InvokeFunction", "lambda:UpdateFunctionCode"], "*"),
    (["iam:PassRole"], f"{_HEAD}:role/{{name}}-*"),
    (["iam:CreateAccessKey", "iam:DeleteAccessKey"], f"{_HEAD}:user/${{aws:username}}"),
    (["ec2:RunInstances", "ec2:StartInstances", "ec2:CreateTags"], "*"),
    (["cloudformation:*"], f"arn:aws:cloudformation:{_OF}:stack/{{name}}*/*"),
    (["ssm:SendCommand", "ssm:StartSession"], "*"),
    (["iam:Get*", "iam:List*", "iam:PutRolePolicy"], f"{_HEAD}:role/app/{{name}}*"),
    (["glue:*", "codebuild:StartBuild"], "*"),
)
_CONDITIONS: tuple[dict[str, Any], ...] = (
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"StringEquals": {"aws:RequestedRegion": [_REGION, "us-east-1"]}},
    {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}},
)
_BY_AWS: dict[str, dict[str, Any]] = {
    "AdministratorAccess": {"Action": "*"},
    "PowerUserAccess": {"NotAction": ["iam:*", "organizations:*", "account:*"]},
    "ReadOnlyAccess": {"Action": ["s3:Get*", "s3:List*", "ec2:Describe*", "iam:Get*", "iam:List*"]},
}
_APART = 20
"""Principals to a managed policy, and to a bucket."""


class Grown:
    """Everything comes from one stream of dice."""

    def __init__(self, principals: int) -> None:
        self.dice = Random(principals)
        self.texts: dict[str, str] = {}
        count = max(10, principals // _APART)
        own = [self._managed(f"team-{n}", self._statements(f"team-{n}")) for n in range(count)]
        by_aws = [
            self._managed(name, [{"Effect": "Allow", "Resource": "*", **told}], "aws")
            for name, told in _BY_AWS.items()
        ]
        self.policies = (*own, *by_aws)
        self.attached = [AttachedPolicy(one.name, one.arn) for one in own]
        self.wide = [AttachedPolicy(one.name, one.arn) for one in by_aws]
        users = principals * 2 // 5
        self.groups = tuple(self._group(n) for n in range(max(3, users // 50)))
        self.users = tuple(self._user(n) for n in range(users))
        self.roles = tuple(self._role(n) for n in range(principals - users))

    def snapshot(self) -> Snapshot:
        return Snapshot(
            taken=ago(0),
            region=_REGION,
            account=ACCOUNT,
            root=ROOT,
            organization=None,
            users=self.users,
            groups=self.groups,
            roles=self.roles,
            policies=self.policies,
            resources=self._resources(),
            documents=self.texts,
        )

    def _text(self, statements: list[dict[str, Any]]) -> str:
        made = json.dumps({"Version": "2012-10-17", "Statement": statements})
        digest = sha256(made.encode()).hexdigest()
        self.texts[digest] = made
        return digest

    def _statements(self, name: str, many: int = 4) -> list[dict[str, Any]]:
        some = self.dice.sample(_WORK, many)
        some += self.dice.sample(_POWERS, self.dice.choice((0, 0, 1, 2)))
        made = []
        for actions, form in some:
            told: dict[str, Any] = {
                "Effect": "Allow",
                "Action": actions,
                "Resource": form.replace("{name}", name),
            }
            if self._one_in(7):
                told["Condition"] = self.dice.choice(_CONDITIONS)
            made.append(told)
        return made

    def _managed(
        self, name: str, told: list[dict[str, Any]], owner: str = ACCOUNT.id
    ) -> ManagedPolicy:
        version = PolicyVersion(
            id="v1", document=self._text(told), is_default=True, created=ago(400)
        )
        return ManagedPolicy(
            arn=f"arn:aws:iam::{owner}:policy/{name}",
            id=f"ANPA{name.upper():X>16}",
            name=name,
            created=ago(400),
            default_version="v1",
            versions=(version,),
            attachments=_APART,
        )

    def _some(self) -> tuple[AttachedPolicy, ...]:
        """Of a principal: some of the account's, and a wide one of AWS's here and there."""
        rare = zip(self.wide, (100, 50, 5), strict=True)
        wide = (one for one, times in rare if self._one_in(times))
        return (*self.dice.sample(self.attached, self.dice.randint(1, 3)), *wide)

    def _one_in(self, times: int) -> bool:
        return not self.dice.randrange(times)

    def _group(self, n: int) -> Group:
        return Group(
            arn=f"{_HEAD}:group/g{n}",
            id=f"AGPA{n:016}",
            name=f"g{n}",
            created=ago(700),
            attached_policies=self._some(),
        )

    def _user(self, n: int) -> User:
        dice = self.dice
        own = (InlinePolicy("own", self._text(self._statements(f"u{n}", 1))),)
        return replace(
            ANA,
            id=f"AIDA{n:016}",
            name=f"u{n}",
            arn=f"{_HEAD}:user/u{n}",
            created=ago(n % 900),
            password=password(age=n % 800) if n % 3 else None,
            access_keys=(key(1, age=n % 400),) if n % 2 else (),
            groups=tuple(one.name for one in dice.sample(self.groups, dice.randint(1, 3))),
            inline_policies=own if n % 10 == 0 else (),
            attached_policies=(dice.choice(self.attached),) if n % 5 == 0 else (),
            boundary=self.attached[n % 4].arn if n % 9 == 0 else None,
            tags={"team": dice.choice(("red", "blue"))},
        )

    def _role(self, n: int) -> Role:
        dice = self.dice
        name = f"team-{n % len(self.attached)}-r{n}"
        own = (InlinePolicy("own", self._text(self._statements(name, 2))),)
        return Role(
            arn=f"{_HEAD}:role/app/{name}",
            id=f"AROA{n:016}",
            name=name,
            created=ago(n % 900),
            trust=self._trust(n),
            inline_policies=own if n % 3 == 0 else (),
            attached_policies=self._some(),
            boundary=self.attached[n % 4].arn if n % 7 == 0 else None,
            last_used=ago(n % 400),
            tags={"team": dice.choice(("red", "blue"))},
        )

    def _trust(self, n: int) -> str:
        dice = self.dice
        who: dict[str, Any] = {"Service": f"{dice.choice(_SERVICES)}.amazonaws.com"}
        if n % 5 == 0:
            who = {"AWS": f"{_HEAD}:root"}
        elif n % 17 == 0:
            who = {"AWS": f"arn:aws:iam::{444400000000 + n % 40}:role/deploy"}
        return self._text([{"Effect": "Allow", "Principal": who, "Action": _ASSUME}])

    def _resources(self) -> Resources:
        count = len(self.roles) // _APART
        return Resources(
            account_public_access_block=None,
            buckets=tuple(self._bucket(n) for n in range(count)),
            functions=tuple(
                LambdaFunction(
                    arn=f"arn:aws:lambda:{_OF}:function:team-{n}-f",
                    account=ACCOUNT.id,
                    region=_REGION,
                    role=self.roles[n * 7 % len(self.roles)].arn,
                    policy=None,
                    urls=(),
                )
                for n in range(count)
            ),
        )

    def _bucket(self, n: int) -> Bucket:
        arn = f"arn:aws:s3:::team-{n}"
        told = {
            "Effect": "Allow",
            "Principal": {"AWS": self.roles[n].arn},
            "Action": "s3:GetObject",
            "Resource": f"{arn}/*",
        }
        return Bucket(
            arn=arn,
            account=ACCOUNT.id,
            region=_REGION,
            policy=self._text([told]) if n % 2 else None,
            public_access_block=None,
            object_ownership="BucketOwnerEnforced",
            abac_status="Disabled",
            acl=None,
        )


def judged(principals: int) -> tuple[float, int]:
    """The seconds that all checks take, and the process's peak memory in bytes."""
    snapshot = Grown(principals).snapshot()
    catalog = load_catalog()
    begun = time.process_time()
    verdicts = sum(
        len(one.verdicts) for one in run_each(ALL, Estate(snapshot, Settings(), catalog))
    )
    took = time.process_time() - begun
    assert verdicts
    return took, peak_memory()


def bench_judge(row: Row) -> None:
    before = 0.0
    for principals in SIZES:
        told = subprocess.run(
            [sys.executable, "-m", "tools.bench_judge", str(principals)],
            check=True,
            capture_output=True,
            text=True,
        )
        took, peak = json.loads(told.stdout)
        each = took / principals * 1000
        ratio = f"; {each / before:.1f} times that of the size before" if before else ""
        row(
            f"{len(ALL)} checks over {principals:,} principals",
            f"{took:.1f} s",
            f"{each:.1f} ms a principal{ratio}; the process took {peak / MB:.0f} MB at most",
        )
        before = each


if __name__ == "__main__":
    print(json.dumps(judged(int(sys.argv[1]))))
