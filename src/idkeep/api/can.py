"""One question to the engine: whether a principal may do something, by policy files."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec import MsgspecError, Struct, json
from msgspec.structs import replace

from idkeep.api.catalog import load_catalog
from idkeep.api.files import read_text
from idkeep.errors import IdkeepError, Unreadable
from idkeep.model import PolicyPlace
from idkeep.policy import Context, Policy, PolicyError, PolicyKind, parse
from idkeep.policy.buckets import Bucket
from idkeep.policy.counterfactual import Change, changes_to_allow, rests_on
from idkeep.policy.decision import Decision, Matched
from idkeep.policy.evaluate import evaluate
from idkeep.policy.grants import Grant
from idkeep.policy.notes import catalog_notes
from idkeep.policy.request import Level, Policies, Request
from idkeep.policy.requester import Requester


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFiles:
    """Where each layer's documents are; a layer without files is not there.

    `scp` and `rcp` hold the files of each level, from the organisation's root down. `grants` is
    the answer of `kms:ListGrants` or its list alone, `bucket` the settings of docs/decide.md.
    """

    identity: tuple[Path, ...] = ()
    boundary: Path | None = None
    session: tuple[Path, ...] = ()
    resource: tuple[Path, ...] = ()
    scp: tuple[tuple[Path, ...], ...] = ()
    rcp: tuple[tuple[Path, ...], ...] = ()
    endpoint: tuple[Path, ...] = ()
    grants: Path | None = None
    bucket: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """The decision, and where each statement stands that it names.

    `rests_on` holds the statements that an allow can't do without, `changes` the smallest sets
    of changes that would turn a denial. `at` puts a statement's place into words; `where` is the
    place itself, None where the policies are files.
    """

    request: Request
    decision: Decision
    rests_on: tuple[Matched, ...]
    changes: tuple[tuple[Change, ...], ...]
    notes: tuple[str, ...]
    at: Callable[[Matched], str]
    where: Callable[[Matched], PolicyPlace] | None = None


def can(  # noqa: PLR0913 -- the parts of a request, all by name
    principal: str,
    action: str,
    resource: str = "*",
    *,
    files: PolicyFiles,
    resource_account: str = "",
    context: Mapping[str, Iterable[str]] | None = None,
    unknown: Iterable[str] = (),
    strict: bool = False,
    management_account: bool = False,
) -> Ruling:
    """What AWS would answer by these files alone.

    `strict` takes unknown keys as absent; "*" in `unknown` is every key not in the context.
    Raises `IdkeepError`.
    """
    try:
        requester = Requester.parse(principal)
    except ValueError as error:
        raise IdkeepError(
            str(error), hint="a principal is an ARN, a service such as lambda.amazonaws.com, or *"
        ) from error
    one_action(action)
    keys = tuple(unknown)
    request = Request(
        principal=requester,
        action=action,
        resource=resource,
        resource_account=resource_account,
        context=Context(dict(context or {}), "*" if "*" in keys else keys),
    )
    request = request.strict() if strict else request
    loaded: dict[str, tuple[Path, Policy]] = {}
    policies = replace(_policies(files, loaded), management_account=management_account)
    catalog = load_catalog()
    reach, own = catalog.facts.rcps, catalog.facts.denied_across_accounts()
    decision = evaluate(request, policies, rcps_reach=reach, own_account_only=own)
    return Ruling(
        request=request,
        decision=decision,
        rests_on=rests_on(request, policies, rcps_reach=reach, own_account_only=own),
        changes=changes_to_allow(request, policies, rcps_reach=reach, own_account_only=own),
        notes=(*decision.notes, *catalog_notes(catalog)(request, policies)),
        at=_in_files(loaded),
    )


def one_action(action: str) -> None:
    """Raises `IdkeepError` for what is a pattern, or no action."""
    if ":" not in action or "*" in action or "?" in action:
        raise IdkeepError(f"{action!r} is not one action", hint="an action is s3:GetObject")


def read_policy(path: Path, kind: PolicyKind) -> Policy:
    """Raises `IdkeepError`, with the place, for a file that AWS would not take."""
    text = read_text(path)
    try:
        return parse(text, kind)
    except PolicyError as error:
        raise Unreadable(
            str(path), error.problems[0].message, line=error.line, column=error.column
        ) from error


def _in_files(files: Mapping[str, tuple[Path, Policy]]) -> Callable[[Matched], str]:
    """`file:line:column` of a statement; a grant, which is in no policy, by its number."""

    def at(matched: Matched) -> str:
        if matched.document not in files:
            return matched.document
        path, policy = files[matched.document]
        return f"{path}:{policy.position(matched.statement.index)}"

    return at


def _policies(files: PolicyFiles, loaded: dict[str, tuple[Path, Policy]]) -> Policies:
    """Loaded under the names by which the engine speaks of documents."""

    def read(layer: str, paths: tuple[Path, ...], kind: PolicyKind) -> tuple[Policy, ...]:
        made = tuple(read_policy(path, kind) for path in paths)
        loaded.update(
            {f"{layer}[{n}]": pair for n, pair in enumerate(zip(paths, made, strict=True))}
        )
        return made

    def levels(
        layer: str, given: tuple[tuple[Path, ...], ...], kind: PolicyKind
    ) -> tuple[Level, ...] | None:
        made = tuple(
            Level(target=str(n), policies=read(f"{layer}[{n}]", paths, kind))
            for n, paths in enumerate(given)
        )
        return made or None

    boundary = read("boundary", (files.boundary,), PolicyKind.BOUNDARY) if files.boundary else ()
    return Policies(
        identity=read("identity", files.identity, PolicyKind.IDENTITY),
        boundary=boundary[0] if boundary else None,
        session=read("session", files.session, PolicyKind.SESSION) or None,
        resource=read("resource", files.resource, PolicyKind.RESOURCE) or None,
        scp=levels("scp", files.scp, PolicyKind.SCP),
        rcp=levels("rcp", files.rcp, PolicyKind.RCP),
        endpoint=read("endpoint", files.endpoint, PolicyKind.VPC_ENDPOINT) or None,
        grants=_grants(files.grants) if files.grants else (),
        bucket=_decoded(files.bucket, Bucket) if files.bucket else None,
    )


class _ListGrants(Struct, rename="pascal"):
    grants: tuple[Grant, ...]


def _grants(path: Path) -> tuple[Grant, ...]:
    told = _decoded(path, _ListGrants | list[Grant])
    return told.grants if isinstance(told, _ListGrants) else tuple(told)


def _decoded(path: Path, kind: Any) -> Any:  # noqa: ANN401 -- a value of that kind
    try:
        return json.decode(read_text(path), type=kind)
    except MsgspecError as error:
        raise Unreadable(str(path), str(error)) from error
