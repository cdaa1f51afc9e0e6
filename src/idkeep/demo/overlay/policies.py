"""The managed policies that an estate uses: its own, and of AWS's only those it names."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, ManagedPolicy, PolicyVersion

from idkeep.demo.contradictions import attachments
from idkeep.demo.declared.account import Account, AccountEstate, Policy
from idkeep.demo.identifiers import unique_id
from idkeep.errors import IdkeepError


def managed_policies(estate: AccountEstate, now: datetime) -> dict[str, Any]:
    """Moto's policies by the reference that the estate gives them (`Deploy`, `aws:Billing`)."""
    found = {policy.name: _own(policy, estate.account, now) for policy in estate.policies}
    named = {ref for _, ref in attachments(estate) if ref.startswith("aws:")}
    # Only those named are decoded further: the whole is 1,600 documents.
    bundled = _bundled()
    for reference in named:
        name = reference.removeprefix("aws:")
        found[reference] = _aws(name, msgspec.json.decode(bundled[name]), estate.account)
    return found


def aws_policy(arn: str, account: Account) -> Any | None:  # noqa: ANN401 -- moto's
    """One of AWS's own, which every account may read; None for an ARN of none."""
    _, is_aws_s, path = arn.partition(":iam::aws:policy/")
    name = path.rpartition("/")[2]
    if not is_aws_s or name not in _bundled():
        return None
    return _aws(name, msgspec.json.decode(_bundled()[name]), account)


def check_names(accounts: Iterable[AccountEstate]) -> None:
    """Raises `IdkeepError` for an AWS policy that there is not, before an account is filled."""
    bundled = _bundled()
    for estate in accounts:
        for place, reference in attachments(estate):
            _, is_aws_s, name = reference.rpartition("aws:")
            if is_aws_s and name not in bundled:
                where = f"account {estate.account.id}, {place}"
                raise IdkeepError(f"{where}: AWS has no managed policy {name}")


@cache
def _bundled() -> dict[str, msgspec.Raw]:
    return msgspec.json.decode(aws_managed_policies_data, type=dict[str, msgspec.Raw])


def _own(policy: Policy, account: Account, now: datetime) -> Any:  # noqa: ANN401
    ages = [timedelta(days=version.created) for version in policy.versions]
    times = [(now - age).replace(microsecond=0) for age in ages]
    made = ManagedPolicy(
        policy.name,
        account_id=account.id,
        region=account.region,
        description=policy.description,
        document=policy.versions[0].document,
        path=policy.path,
        create_date=times[0],
        update_date=times[-1],
        tags={key: {"Key": key, "Value": value} for key, value in policy.tags.items()},
    )
    made.id = unique_id("ANPA", account.id, policy.name)
    made.versions = [
        PolicyVersion(made.arn, version.document, version_id=f"v{number}", create_date=time)
        for number, (version, time) in enumerate(zip(policy.versions, times, strict=True), start=1)
    ]
    made.versions[-1].is_default = True
    made.default_version_id = made.versions[-1].version_id
    made.next_version_num = len(made.versions) + 1
    return made


def _aws(name: str, data: dict[str, Any], account: Account) -> Any:  # noqa: ANN401
    made = AWSManagedPolicy.from_data(name, account.id, account.region, data)
    # AWS's own ids are the same in every account.
    made.id = unique_id("ANPA", "aws", name)
    made.create_date, made.update_date = (
        when.replace(tzinfo=None) for when in (made.create_date, made.update_date)
    )
    for version in made.versions:
        version.create_date = version.create_date.replace(tzinfo=None)
        # The version first, as everybody writes it; moto's data is sorted by key.
        document = {"Version": data["Document"]["Version"]} | data["Document"]
        version.document = msgspec.json.encode(document).decode()
    return made
