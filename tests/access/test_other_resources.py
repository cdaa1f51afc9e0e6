"""Resources of which only the policy is read: whom it lets in, and what is said without it."""

from typing import Any

import pytest
from msgspec.structs import replace

from idkeep.access.answer import Says
from idkeep.access.somewhere import may_somewhere
from idkeep.checks.samples import allow, deny, text
from idkeep.model import Gap, NotAsked, Snapshot, Unlisted
from idkeep.model.facts import Family
from idkeep.model.other_resources import MoreResources, OtherResource, StandingPolicy

from .small_accounts import AWAY, HOME, account, engine, user

LISTS, READS = "backup:ListBackupVaults", "backup:GetBackupVaultAccessPolicy"
VAULT = f"arn:aws:backup:eu-west-1:{HOME}:backup-vault:shop"
COPY = "backup:CopyIntoBackupVault"
ANA = user()


def vault(policies: Any, **facts: Any) -> OtherResource:
    made = {
        "type": "backup:backupVault",
        "arn": VAULT,
        "account": HOME,
        "region": "eu-west-1",
        "policies": policies,
        **facts,
    }
    return OtherResource(**made)


def standing(*statements: dict[str, object]) -> tuple[StandingPolicy, ...]:
    return (StandingPolicy(policy=text(*statements)),)


def with_(*others: OtherResource, unlisted: tuple[Unlisted, ...] = ()) -> Snapshot:
    return account(ANA, more_resources=MoreResources(others=others, unlisted=unlisted))


def test_a_resources_policy_lets_a_principal_of_the_account_in() -> None:
    to_ana = allow(COPY, Principal={"AWS": ANA.arn})
    asked = engine(with_(vault(standing(to_ana))))
    assert asked.decide(ANA, COPY, VAULT).says is Says.YES
    found = may_somewhere(asked, ANA, COPY)
    assert (found.says, found.resource) == (Says.YES, VAULT)


def test_all_of_its_policies_count_together() -> None:
    away = f"arn:aws:iam::{AWAY}:role/partner"
    grant = StandingPolicy(name="a", policy=text(allow(COPY, Principal={"AWS": away})))
    both = (grant, StandingPolicy(name="b", policy=text(deny(COPY, Principal="*"))))
    assert engine(with_(vault((grant,)))).outsider(away, COPY, VAULT).says is Says.YES
    assert engine(with_(vault(both))).outsider(away, COPY, VAULT).says is Says.NO


def test_a_policy_that_was_refused_is_unknown() -> None:
    asked = engine(with_(vault(Gap(READS, "AccessDenied"))))
    assert asked.decide(ANA, COPY, VAULT).why_unknown == f"{READS}: AccessDenied"
    assert may_somewhere(asked, ANA, COPY).says is Says.UNKNOWN


def test_a_list_that_was_refused_leaves_its_type_unknown_and_no_other() -> None:
    gap = Unlisted("OtherResource", Gap(LISTS, "AccessDenied"))
    asked = engine(with_(unlisted=(gap,)))
    assert asked.decide(ANA, COPY, VAULT).says is Says.UNKNOWN
    stream = f"arn:aws:kinesis:eu-west-1:{HOME}:stream/clicks"
    assert asked.decide(ANA, "kinesis:GetRecords", stream).says is Says.NO


def test_a_family_that_nobody_asked_for_is_told_with_the_answer() -> None:
    bare = account(ANA)
    assert bare.more_resources == NotAsked(Family.MORE_RESOURCES)
    answer = engine(bare).decide(ANA, COPY, VAULT)
    assert answer.says is Says.NO
    assert answer.notes == (f"a policy on {VAULT} itself is not read: --facts more-resources",)
    refused = replace(bare, more_resources=Gap("--facts more-resources", "needs 9 calls"))
    assert engine(refused).decide(ANA, COPY, VAULT).says is Says.UNKNOWN


@pytest.mark.parametrize(
    ("type_", "end", "part"),
    [
        ("kinesis:stream", "stream/clicks", "/consumer/app:1"),
        ("s3tables:TableBucket", "bucket/lake", "/table/1"),
    ],
)
def test_what_is_in_a_resource_may_have_a_policy_of_its_own(
    type_: str, end: str, part: str
) -> None:
    service = type_.partition(":")[0]
    arn = f"arn:aws:{service}:eu-west-1:{HOME}:{end}"
    asked = engine(with_(vault((), type=type_, arn=arn)))
    action = {"kinesis": "kinesis:SubscribeToShard", "s3tables": "s3tables:GetTableData"}[service]
    assert asked.decide(ANA, action, arn).says is Says.NO
    assert asked.decide(ANA, action, arn + part).says is Says.UNKNOWN


def test_a_part_of_a_resource_is_spoken_of_by_its_policy() -> None:
    catalog = f"arn:aws:glue:eu-west-1:{HOME}:catalog"
    table = f"arn:aws:glue:eu-west-1:{HOME}:table/shop/orders"
    to_ana = allow("glue:GetTable", table, Principal={"AWS": ANA.arn})
    one = vault(standing(to_ana), type="glue:rootcatalog", arn=catalog)
    assert engine(with_(one)).decide(ANA, "glue:GetTable", table).says is Says.YES
