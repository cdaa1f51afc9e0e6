"""The form of an ARN: each field by itself, and together against the shapes that the catalog has.

AWS's codes: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
"""

import re
from collections.abc import Iterator

from idkeep.catalog import Catalog
from idkeep.policy.linting.codes import Category
from idkeep.policy.linting.finding import Remark
from idkeep.policy.linting.globs import may_meet
from idkeep.policy.linting.known import literal, near, shapes
from idkeep.policy.pattern import ARN_FIELDS
from idkeep.policy.source import Path
from idkeep.policy.variables import Version

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns and
# botocore's partitions.json.
PARTITIONS = frozenset(
    {"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"}
)
REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d{1,2}", re.ASCII)
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_WORD = re.compile(r"/?[^/:*?$]*")
_REGION, _OWNER, _NAME = 3, 4, 5


def meets(pattern: str, shape: str, version: Version) -> bool:
    """`may_meet`, where what AWS owns has a Region and no account, as `arn:aws:ssm:*::document/…`.

    AWS does not list which services have such resources.
    """
    if may_meet(pattern, shape, version):
        return True
    fields = pattern.split(":", ARN_FIELDS - 1)
    if len(fields) < ARN_FIELDS or fields[_OWNER] or not fields[_REGION]:
        return False
    return may_meet(_with(fields, {_OWNER: "?*"}), shape, version)


def arn_faults(pattern: str, version: Version, at: Path, catalog: Catalog) -> Iterator[Remark]:
    """The first thing wrong with one entry of a `Resource`; what is no ARN is the grammar's."""
    fields = pattern.split(":", ARN_FIELDS - 1)
    if pattern == "*" or fields[0] != "arn":
        return
    if len(fields) < ARN_FIELDS:
        message = f"{pattern} has {len(fields)} of the six fields of an ARN"
        yield Remark("MISSING_ARN_FIELD", message, at)
        return
    fault = _field(fields, at) or _owner(fields, at, catalog) or _service(fields[2], at, catalog)
    if fault:
        yield fault
        return
    shaped = shapes(catalog).get(fields[2])
    if shaped and not any(may_meet(pattern, shape, version) for shape in shaped):
        yield _misplaced(fields, shaped, version, at) or _unknown(fields, shaped, at, catalog)


def _field(fields: list[str], at: Path) -> Remark | None:
    """What is wrong whatever the service."""
    _, partition, service, region, _, _ = fields
    if _fixed(partition) and partition not in PARTITIONS:
        message = f"there is no partition {partition!r}: {', '.join(sorted(PARTITIONS))}"
        return Remark("INVALID_PARTITION", message, at)
    if not literal(service):
        message = f"{service!r} also means services to come; name the service"
        return Remark("WILDCARD_IN_SERVICE_NAME", message, at)
    if region and _fixed(region) and not REGION.fullmatch(region) and "global" not in region:
        return Remark("INVALID_ARN_REGION", f"{region!r} is no Region", at)
    return None


def _owner(fields: list[str], at: Path, catalog: Catalog) -> Remark | None:
    service, account = fields[2], fields[_OWNER]
    known = shapes(catalog)
    if service not in known and service.lower() in known:
        message = f"an ARN's service is in small letters: {service.lower()}"
        return Remark("INVALID_ARN_SERVICE_CASE", message, at)
    if not account or not _fixed(account) or _ACCOUNT.fullmatch(account) or account == "aws":
        return None
    if any(f":{account}:" in shape for shape in known.get(service, ())):
        return None
    message = f"{account!r} is no account: an account's id has 12 digits"
    return Remark("INVALID_ARN_ACCOUNT", message, at)


def _service(name: str, at: Path, catalog: Catalog) -> Remark | None:
    """A service that the catalog has neither resources nor actions of."""
    known = frozenset((*shapes(catalog), *catalog.services))
    if not _fixed(name) or name in known:
        return None
    slip = near(name, known)
    hint = f"; did you mean {slip}?" if slip else ""
    message = f"the catalog of {catalog.date} has no service {name!r} with resources{hint}"
    return Remark("INVALID_SERVICE", message, at, category=None if slip else Category.NOTE)


def _misplaced(  # noqa: PLR0911 -- the first that fits says it
    fields: list[str], shaped: tuple[str, ...], version: Version, at: Path
) -> Remark | None:
    """Whether Region and account keep an ARN from every shape of its service."""
    service, region, account = fields[2], fields[_REGION], fields[_OWNER]

    def fits(changes: dict[int, str]) -> bool:
        return any(may_meet(_with(fields, changes), shape, version) for shape in shaped)

    kind = f"an ARN of this kind in {service}"
    if region and fits({_REGION: ""}):
        return Remark("ARN_REGION_NOT_ALLOWED", f"{kind} has no Region", at)
    if account and fits({_OWNER: ""}):
        return Remark("ARN_ACCOUNT_NOT_ALLOWED", f"{kind} has no account", at)
    if region and account and fits({_REGION: "", _OWNER: ""}):
        return Remark("ARN_REGION_NOT_ALLOWED", f"{kind} has no Region, nor an account", at)
    if not region and fits({_REGION: "?*"}):
        return Remark("MISSING_ARN_REGION", f"{kind} has a Region", at)
    if not account and fits({_OWNER: "?*"}):
        message = f"{kind} has an account" + (", but for what AWS owns" if region else "")
        return Remark(
            "MISSING_ARN_ACCOUNT", message, at, category=Category.NOTE if region else None
        )
    if not region and not account and fits({_REGION: "?*", _OWNER: "?*"}):
        return Remark("MISSING_ARN_REGION", f"{kind} has a Region and an account", at)
    return None


def _unknown(fields: list[str], shaped: tuple[str, ...], at: Path, catalog: Catalog) -> Remark:
    """A kind of resource that may be newer than the catalog, or one it has in another form."""
    service = fields[2]
    word = _first_word(fields[_NAME])
    words = frozenset(_first_word(one.split(":", ARN_FIELDS - 1)[-1]) for one in shaped)
    same = [one for one in shaped if word and f":{word.lower()}" in one.lower()]
    if not word or same or near(word, words):
        message = f"no resource of {service} has such an ARN: {few(tuple(same) or shaped)}"
        return Remark("INVALID_ARN_RESOURCE", message, at)
    message = f"the catalog of {catalog.date} has no such ARN of {service}: {few(shaped)}"
    return Remark("INVALID_ARN_RESOURCE", message, at, category=Category.NOTE)


def few(shaped: tuple[str, ...]) -> str:
    """The first shapes, in words."""
    shown = ", ".join(one.replace("?*", "*") for one in shaped[:3])
    return f"{shown} …" if len(shaped) > 3 else shown  # noqa: PLR2004 -- as many as are shown


def _first_word(name: str) -> str:
    found = _WORD.match(name)
    return found[0] if found else ""


def _with(fields: list[str], changes: dict[int, str]) -> str:
    return ":".join(changes.get(n, field) for n, field in enumerate(fields))


def _fixed(field: str) -> bool:
    return literal(field) and "${" not in field
