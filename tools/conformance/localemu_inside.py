"""Cases set up and called in localemu, inside a network namespace that has no way out.

Run by tools.conformance.localemu, which says what a line in and a line out are. localemu binds
every interface of this machine, so it gets one with a loopback only.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from tools.conformance.cases import Case, documents
from tools.conformance.vocabulary import HOME

URL = "http://127.0.0.1:4566"
REGION = "eu-west-1"
ACCOUNT = "000000000000"
# A name, not a secret: localemu lets this one pass, and nothing else knows it.
ADMIN = "AKIACONFORMANCEADMIN"
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError", "403"})
PATIENCE = 90
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"

Keys = dict[str, str]


@contextmanager
def running(command: str) -> Iterator[None]:
    """Start it with enforcement on; its files are gone afterwards."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ending:
        home = {"HOME": folder, "TMPDIR": folder, "PATH": os.environ["PATH"]}
        environment = home | {"IAM_ENFORCEMENT": "1", "ROOT_ACCESS_KEYS": ADMIN}
        log = ending.enter_context((Path(folder) / "log").open("wb"))
        server = subprocess.Popen(
            [command, "start"], env=environment, cwd=folder, stdout=log, stderr=log
        )
        ending.callback(server.wait, 30)
        ending.callback(server.terminate)
        _wait(server)
        yield


def _wait(server: subprocess.Popen[bytes]) -> None:
    for _ in range(PATIENCE):
        if server.poll() is not None:
            raise ChildProcessError(f"localemu ended with {server.returncode}")
        with suppress(OSError), urllib.request.urlopen(f"{URL}/_localemu/health", timeout=5):
            return
        time.sleep(1)
    raise TimeoutError(f"localemu did not answer in {PATIENCE} s")


def client(service: str, keys: Keys) -> Any:  # noqa: ANN401 -- boto3 makes its clients at run time
    return boto3.client(
        service,
        endpoint_url=URL,
        region_name=REGION,
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        **keys,
    )


class Account:
    """A user, a role, a bucket, a queue and a table, whose policies each case sets anew."""

    def __init__(self) -> None:
        admin = {"aws_access_key_id": ADMIN, "aws_secret_access_key": "none"}
        self.iam = client("iam", admin)
        self.sts = client("sts", admin)
        self.s3 = client("s3", admin)
        self.sqs = client("sqs", admin)
        self.iam.create_user(UserName="ana")
        made = self.iam.create_access_key(UserName="ana")["AccessKey"]
        self.ana = _keys(made)
        anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        trust = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
        self.app = self.iam.create_role(RoleName="app", AssumeRolePolicyDocument=trust)["Role"]
        place = {"LocationConstraint": REGION}
        self.s3.create_bucket(Bucket="bucket", CreateBucketConfiguration=place)
        self.s3.put_object(Bucket="bucket", Key="ana/x.txt", Body=b"")
        self.queue = self.sqs.create_queue(QueueName="queue")["QueueUrl"]
        client("dynamodb", admin).create_table(
            TableName="t",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        )

    def answer(self, case: Case) -> str:
        """What the call of the case comes to, with its policies attached as long as it lasts."""
        with ExitStack() as undo:
            try:
                keys = self._attach(case, undo)
            except ClientError as error:
                return f"refused: {error.response['Error']['Code']}"
            try:
                self._call(case["request"]["action"], keys)
            except ClientError as error:
                code = error.response["Error"]["Code"]
                return "Denied" if code in DENIED else f"refused: {code}"
            return "Allowed"

    def _attach(self, case: Case, undo: ExitStack) -> Keys:
        role = ":assumed-role/" in case["request"]["principal"]
        kind, name = ("role", "app") if role else ("user", "ana")
        whose = {"RoleName" if role else "UserName": name}
        for n, document in enumerate(documents(case, "identity")):
            policy = whose | {"PolicyName": f"p{n}"}
            self._iam(f"put_{kind}_policy", **policy, PolicyDocument=json.dumps(document))
            undo.callback(self._iam, f"delete_{kind}_policy", **policy)
        for document in documents(case, "boundary"):
            text = json.dumps(document)
            self.iam.create_policy(PolicyName="boundary", PolicyDocument=text)
            undo.callback(self.iam.delete_policy, PolicyArn=BOUNDARY)
            self._iam(f"put_{kind}_permissions_boundary", **whose, PermissionsBoundary=BOUNDARY)
            undo.callback(self._iam, f"delete_{kind}_permissions_boundary", **whose)
        for document in documents(case, "resource"):
            self._own_policy(case["request"]["action"], json.dumps(document), undo)
        if not role:
            return self.ana
        given = case["policies"].get("session")
        session = {"Policy": json.dumps(given)} if given else {}
        assumed = self.sts.assume_role(RoleArn=self.app["Arn"], RoleSessionName="one", **session)
        return _keys(assumed["Credentials"])

    def _iam(self, operation: str, **parameters: str) -> None:
        getattr(self.iam, operation)(**parameters)

    def _own_policy(self, action: str, document: str, undo: ExitStack) -> None:
        if action.startswith("s3:"):
            self.s3.put_bucket_policy(Bucket="bucket", Policy=document)
            undo.callback(self.s3.delete_bucket_policy, Bucket="bucket")
        else:
            setting: Callable[..., None] = self.sqs.set_queue_attributes
            setting(QueueUrl=self.queue, Attributes={"Policy": document})
            undo.callback(setting, QueueUrl=self.queue, Attributes={"Policy": ""})

    def _call(self, action: str, keys: Keys) -> None:
        match action:
            case "s3:GetObject":
                client("s3", keys).get_object(Bucket="bucket", Key="ana/x.txt")
            case "s3:PutObject":
                client("s3", keys).put_object(Bucket="bucket", Key="y", Body=b"")
            case "sqs:SendMessage":
                client("sqs", keys).send_message(QueueUrl=self.queue, MessageBody="m")
            case _:
                client("dynamodb", keys).get_item(TableName="t", Key={"k": {"S": "v"}})


def _keys(made: dict[str, str]) -> Keys:
    keys = {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretAccessKey"],
    }
    token = {"aws_session_token": made["SessionToken"]} if "SessionToken" in made else {}
    return keys | token


def main() -> None:
    with running(sys.argv[1]):
        account = Account()
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            case = json.loads(line.replace(HOME, ACCOUNT))
            print(json.dumps({"answer": account.answer(case)}), flush=True)


if __name__ == "__main__":
    main()
