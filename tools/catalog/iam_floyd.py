"""PyPI's `iam-floyd`, unpacked: its generated classes are read as text and never imported.

It does not say which resource types an action takes, and drops hyphens from action names.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from idkeep.catalog import (
    AccessLevel,
    Action,
    ConditionKey,
    KeyType,
    Origin,
    ResourceType,
    Service,
    Source,
)

_KNOWN_BY = (Source.IAM_FLOYD,)
_ARN_VARIABLES = {"partition": "Partition", "region": "Region", "account": "Account"}
_OPERATORS = {
    "String": KeyType.STRING,
    "Arn": KeyType.ARN,
    "Bool": KeyType.BOOL,
    "Numeric": KeyType.NUMERIC,
    "Date": KeyType.DATE,
    "IpAddress": KeyType.IP_ADDRESS,
    "Binary": KeyType.BINARY,
}
_SET = re.compile(r"^ForA(?:ny|ll)Values?:")
_RESOURCE = re.compile(r"Adds a resource of type (\S+) to the statement")


def origin(package: Path, date: str) -> Origin:
    """`date` is the upload's: the archive itself holds none."""
    found = re.search(r"^Version: (\S+)$", _text(package / "PKG-INFO"), re.MULTILINE)
    if found is None:
        raise ValueError(f"{package}: PKG-INFO names no version")
    return Origin(
        source=Source.IAM_FLOYD,
        version=found[1],
        date=date,
        licence="Apache-2.0",
        url="https://github.com/udondan/iam-floyd",
    )


def services(package: Path) -> dict[str, Service]:
    """Several of its classes may share a prefix; they are one service here."""
    shared = _keys(_methods(ast.parse(_text(package / "iam_floyd" / "_shared.py"))), "")
    found: dict[str, Service] = {}
    for path in sorted((package / "iam_floyd" / "statement").glob("_*.py")):
        if path.name == "__init__.py":
            continue
        one = _service(ast.parse(_text(path)), shared)
        before = found.get(one.prefix)
        found[one.prefix] = _joined(before, one) if before else one
    return found


def _service(module: ast.Module, shared: Mapping[str, ConditionKey]) -> Service:
    prefix = next(
        ast.literal_eval(node.value)
        for node in ast.walk(module)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "self.service_prefix"
    )
    methods = _methods(module)
    own = _keys(methods, prefix)
    keys = {**shared, **own}
    named = [method for method in methods if method.name.startswith(("to_", "on_"))]
    used = {key.name: key for method in named for key in _conditions(method, keys)}
    return Service(
        prefix=prefix,
        title=prefix,
        actions=tuple(_actions(methods, _levels(module), keys)),
        resource_types=tuple(_resource(one, keys) for one in methods if one.name.startswith("on_")),
        keys=tuple(({key.name: key for key in own.values()} | used).values()),
        sources=_KNOWN_BY,
    )


def _actions(
    methods: list[ast.FunctionDef],
    levels: Mapping[str, AccessLevel],
    keys: Mapping[str, ConditionKey],
) -> Iterator[Action]:
    for method in methods:
        if not method.name.startswith("to_"):
            continue
        name = ast.literal_eval(_returned(method).args[0])
        yield Action(
            name=name,
            level=levels[name],
            resources=None,
            keys=tuple(key.name for key in _conditions(method, keys)),
            dependent=(),
            sources=_KNOWN_BY,
        )


def _levels(module: ast.Module) -> dict[str, AccessLevel]:
    table = next(
        ast.literal_eval(node.value)
        for node in module.body
        if isinstance(node, ast.AnnAssign)
        and node.value is not None
        and ast.unparse(node.target) == "_ACCESS_LEVEL_LIST"
    )
    return {name: AccessLevel(level) for level, names in table.items() for name in names}


def _keys(methods: list[ast.FunctionDef], prefix: str) -> dict[str, ConditionKey]:
    """By the name of the method that adds the condition."""
    found = {}
    for method in methods:
        if not method.name.startswith("if_") or not _returns_call(method):
            continue
        call = _returned(method)
        name = _template(call.args[0])
        full = name if ":" in name else f"{prefix}:{name}"
        operator = ast.unparse(call.args[-1]).rpartition("else ")[2].strip("'")
        bare = _SET.sub("", operator)
        said = next((kind for start, kind in _OPERATORS.items() if bare.startswith(start)), None)
        found[method.name] = ConditionKey(
            name=full,
            type=said or KeyType.STRING,
            multivalued=bare != operator,
            sources=_KNOWN_BY,
        )
    return found


def _resource(method: ast.FunctionDef, keys: Mapping[str, ConditionKey]) -> ResourceType:
    said = _RESOURCE.search(ast.get_docstring(method) or "")
    return ResourceType(
        said[1] if said else method.name.removeprefix("on_"),
        (_template(_returned(method).args[0]),),
        tuple(key.name for key in _conditions(method, keys)),
        _KNOWN_BY,
    )


def _conditions(
    method: ast.FunctionDef, keys: Mapping[str, ConditionKey]
) -> Iterator[ConditionKey]:
    """Those in the bullets of the docstring: `- .if_aws_resource_tag()`."""
    bullets = (ast.get_docstring(method) or "").partition("Possible conditions:\n\n")[2]
    for line in bullets.splitlines():
        if not line.startswith("- "):
            return
        key = keys.get(line.strip("- .()"))
        if key:
            yield key


def _template(node: ast.expr) -> str:
    """`f'arn:{partition …}:s3:::{bucket_name}'` → `arn:${Partition}:s3:::${BucketName}`."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(map(_template, parts))
        case ast.FormattedValue(value=value):
            return _template(value)
        case ast.BinOp(left=left, right=right):
            return _template(left) + _template(right)
        case ast.IfExp(body=body):
            return _template(body)
        case ast.Name(id=name):
            words = "".join(word.capitalize() for word in name.split("_"))
            return f"${{{_ARN_VARIABLES.get(name, words)}}}"
        case _:
            raise ValueError(f"not understood: {ast.unparse(node)}")


def _methods(module: ast.Module) -> list[ast.FunctionDef]:
    return [
        method
        for one in module.body
        if isinstance(one, ast.ClassDef)
        for method in one.body
        if isinstance(method, ast.FunctionDef)
    ]


def _returns_call(method: ast.FunctionDef) -> bool:
    last = method.body[-1]
    return (
        isinstance(last, ast.Return) and isinstance(last.value, ast.Call) and bool(last.value.args)
    )


def _returned(method: ast.FunctionDef) -> ast.Call:
    last = method.body[-1]
    if isinstance(last, ast.Return) and isinstance(last.value, ast.Call):
        return last.value
    raise ValueError(f"{method.name} does not end in a call")


def _joined(one: Service, other: Service) -> Service:
    return Service(
        prefix=one.prefix,
        title=one.title,
        actions=(*one.actions, *other.actions),
        resource_types=(*one.resource_types, *other.resource_types),
        keys=(*one.keys, *other.keys),
        sources=one.sources,
    )


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
