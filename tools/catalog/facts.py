"""The hand-kept facts: TOML beside this module, with AWS's page and the day it was read."""

import json
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from idkeep.catalog import (
    CoveredByRcps,
    Facts,
    GlobalKey,
    OwnAccountOnly,
    Quota,
    RootTask,
    SharedIssuer,
)

HERE = Path(__file__).parent


def facts() -> Facts:
    """Raises `msgspec.ValidationError` for a row that does not fit."""
    return Facts(
        rcps=msgspec.convert(_table("rcps"), CoveredByRcps),
        global_keys=tuple(msgspec.convert(one, GlobalKey) for one in _rows("global_keys", "key")),
        quotas=tuple(msgspec.convert(one, Quota) for one in _rows("quotas", "quota")),
        root_tasks=tuple(_root_task(one) for one in _rows("root_tasks", "task")),
        own_account_only=tuple(
            msgspec.convert(one, OwnAccountOnly) for one in _rows("own_account_only", "service")
        ),
        shared_issuers=tuple(
            msgspec.convert(one, SharedIssuer) for one in _rows("shared_issuers", "issuer")
        ),
    )


def _root_task(row: dict[str, Any]) -> RootTask:
    """The document is checked to be JSON and loses its white space."""
    compact = json.dumps(json.loads(row["document"]), separators=(",", ":"))
    return msgspec.convert({**row, "document": compact}, RootTask)


def _rows(name: str, kind: str) -> list[dict[str, Any]]:
    """Rows, each with its page; what the file says above them holds where a row says nothing."""
    table = _table(name)
    rows = table.pop(kind)
    return [_row({**table, **row}) for row in rows]


def _row(told: dict[str, Any]) -> dict[str, Any]:
    page = {"url": told.pop("page"), "read": told.pop("read"), "note": told.pop("note", "")}
    return {**told, "page": page}


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))
