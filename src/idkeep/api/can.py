"""One question to the engine: whether a principal may do something, by policy files."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from idkeep.api.catalog import load_catalog
from idkeep.api.files import read_text
from idkeep.errors import IdkeepError, Unreadable
from idkeep.policy import Context, Policy, PolicyError, PolicyKind, parse
from idkeep.policy.decision import Decision, Matched
from idkeep.policy.evaluate import evaluate
from idkeep.policy.layers import Level, Policies, Request
from idkeep.policy.requester import Requester


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFiles:
    """Where each layer's documents are; a layer without files is not there.

    Each of `scp` and `rcp` is a level of its own, from the organisation's root down.
    """

    identity: tuple[Path, ...] = ()
    boundary: Path | None = None
    session: tuple[Path, ...] = ()
    resource: tuple[Path, ...] = ()
    scp: tuple[Path, ...] = ()
    rcp: tuple[Path, ...] = ()
    endpoint: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """The decision, and the file behind each document that it names."""

    request: Request
    decision: Decision
    files: Mapping[str, tuple[Path, Policy]]

    def place(self, matched: Matched) -> str:
        """`file:line:column` of a statement."""
        path, policy = self.files[matched.document]
        position = policy.position(matched.statement.index)
        return f"{path}:{position.line}:{position.column}"


def can(  # noqa: PLR0913 -- the parts of a request, all by name
    principal: str,
    action: str,
    resource: str = "*",
    *,
    files: PolicyFiles,
    resource_account: str = "",
    context: Mapping[str, str] | None = None,
    unknown: Iterable[str] = (),
) -> Ruling:
    """What AWS would answer by these files alone. Raises `IdkeepError`."""
    try:
        requester = Requester.parse(principal)
    except ValueError as error:
        raise IdkeepError(
            str(error), hint="a principal is an ARN, a service such as lambda.amazonaws.com, or *"
        ) from error
    if ":" not in action or "*" in action:
        raise IdkeepError(f"{action!r} is not one action", hint="an action is s3:GetObject")
    request = Request(
        principal=requester,
        action=action,
        resource=resource,
        resource_account=resource_account,
        context=Context(dict(context or {}), tuple(unknown)),
    )
    loaded: dict[str, tuple[Path, Policy]] = {}
    policies = _policies(files, loaded)
    decision = evaluate(request, policies, rcps_reach=load_catalog().facts.rcps)
    return Ruling(request=request, decision=decision, files=loaded)


def _policies(files: PolicyFiles, loaded: dict[str, tuple[Path, Policy]]) -> Policies:
    """Loaded under the names by which the engine speaks of documents."""

    def read(layer: str, paths: tuple[Path, ...], kind: PolicyKind) -> tuple[Policy, ...]:
        made = tuple(_read(path, kind) for path in paths)
        loaded.update(
            {f"{layer}[{n}]": pair for n, pair in enumerate(zip(paths, made, strict=True))}
        )
        return made

    def levels(layer: str, paths: tuple[Path, ...], kind: PolicyKind) -> tuple[Level, ...] | None:
        return (
            tuple(
                Level(target=str(path), policies=read(f"{layer}[{n}]", (path,), kind))
                for n, path in enumerate(paths)
            )
            or None
        )

    boundary = read("boundary", (files.boundary,), PolicyKind.BOUNDARY) if files.boundary else ()
    return Policies(
        identity=read("identity", files.identity, PolicyKind.IDENTITY),
        boundary=boundary[0] if boundary else None,
        session=read("session", files.session, PolicyKind.SESSION) or None,
        resource=read("resource", files.resource, PolicyKind.RESOURCE) or None,
        scp=levels("scp", files.scp, PolicyKind.SCP),
        rcp=levels("rcp", files.rcp, PolicyKind.RCP),
        endpoint=read("endpoint", files.endpoint, PolicyKind.VPC_ENDPOINT) or None,
    )


def _read(path: Path, kind: PolicyKind) -> Policy:
    text = read_text(path)
    try:
        return parse(text, kind)
    except PolicyError as error:
        raise Unreadable(
            str(path), error.problems[0].message, line=error.line, column=error.column
        ) from error
