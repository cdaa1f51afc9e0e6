"""DynamoDB tables.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetResourcePolicy.html
"""

from idkeep.collect.ask import Ask
from idkeep.collect.declare import AnyCollector, Collector, Pages
from idkeep.collect.resources.kind import AnyKind, Kind, Place, costing, in_regions, kept
from idkeep.model.resources import Table


def _names(pages: Pages) -> tuple[str, ...]:
    return tuple(one for page in pages for one in page["TableNames"])


TABLES = Collector(service="dynamodb", operation="ListTables", build=_names, regional=True)


def _policy(pages: Pages) -> str:
    [answer] = pages
    policy: str = answer["Policy"]
    return policy


TABLE_POLICY = Collector(
    service="dynamodb",
    operation="GetResourcePolicy",
    build=_policy,
    absent=frozenset({"PolicyNotFoundException"}),
    regional=True,
)

COLLECTORS: tuple[AnyCollector, ...] = (TABLES, TABLE_POLICY)


def _table(ask: Ask, place: Place, name: str) -> Table:
    arn = place.arn("dynamodb", f"table/{name}")
    policy = ask(TABLE_POLICY, region=place.region, ResourceArn=arn)
    return Table(**place.here(arn), policy=kept(ask, policy))


KINDS: tuple[AnyKind, ...] = (
    Kind(
        field="tables",
        model=Table,
        lists=lambda ask: in_regions(ask, TABLES),
        calls=costing(1),
        read=_table,
    ),
)
