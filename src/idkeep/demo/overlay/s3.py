"""Of a bucket: whether tags count in policies, where requests are logged, what deletes versions.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketAbac.html. Kinds, each with the
`Bucket`: abac (with its `Status`; a bucket without one has it disabled, as AWS makes them),
bucket-logging (`TargetBucket`), bucket-versioning (`Status`, `MFADelete`, which moto does not
know). Buckets themselves are moto's.
"""

from collections.abc import Mapping
from typing import Any

from moto.s3.models import s3_backends

from idkeep.demo.declared.account import Said
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Table


def _abac(asked: Asked) -> Mapping[str, Any]:
    name, state = asked.params["Bucket"], asked.state
    if name not in s3_backends[state.account][state.partition].buckets:
        raise Refused("NoSuchBucket", "The specified bucket does not exist")
    status = next(
        (one["Status"] for one in asked.things("abac") if one["Bucket"] == name), "Disabled"
    )
    return {"AbacStatus": {"Status": status}}


def _declared(asked: Asked, kind: str) -> Said | None:
    """What is declared of the bucket, without its name; None leaves it to moto."""
    for one in asked.things(kind):
        if one["Bucket"] == asked.params["Bucket"]:
            return {name: value for name, value in one.items() if name != "Bucket"}
    return None


def _logging(asked: Asked) -> Mapping[str, Any] | None:
    told = _declared(asked, "bucket-logging")
    return None if told is None else {"LoggingEnabled": {"TargetPrefix": "", **told}}


OPERATIONS: Table = {
    "GetBucketAbac": _abac,
    "GetBucketLogging": _logging,
    "GetBucketVersioning": lambda asked: _declared(asked, "bucket-versioning"),
}
