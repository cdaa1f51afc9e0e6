"""`idkeep can`."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from idkeep.api.can import PolicyFiles, Ruling, can
from idkeep.errors import Exit
from idkeep.policy.counterfactual import Change, RemoveDeny
from idkeep.policy.decision import Allowed, Denied, Depends, Unknown
from idkeep.report import printable

C = TypeVar("C", bound=Callable[..., Any])

_FILE = click.Path(path_type=Path, dir_okay=False)


def _files(name: str, help_text: str) -> Callable[[C], C]:
    return click.option(name, type=_FILE, multiple=True, help=help_text)


_LEVEL = "The {} control policies of one level; once a level, from the root down."


@click.command("can")
@click.argument("principal")
@click.argument("action")
@click.argument("resource", default="*")
@_files("--identity", "The principal's own policies, or its groups'.")
@click.option("--boundary", type=_FILE, help="Its permissions boundary.")
@_files("--session", "Session policies.")
@_files("--resource-policy", "The resource's policy: a bucket's, a key's, a role's trust policy.")
@click.option("--scp", multiple=True, metavar="FILE[,FILE…]", help=_LEVEL.format("service"))
@click.option("--rcp", multiple=True, metavar="FILE[,FILE…]", help=_LEVEL.format("resource"))
@click.option("--management-account", is_flag=True, help="The principal's account manages it.")
@_files("--endpoint", "The VPC endpoint's policy.")
@click.option("--grants", type=_FILE, help="The KMS key's grants, as `aws kms list-grants` tells.")
@click.option("--bucket", type=_FILE, help="The S3 bucket's settings, as docs/decide.md has them.")
@click.option("--resource-account", default="", help="Where the ARN does not tell it (S3).")
@click.option("--context", multiple=True, metavar="KEY=VALUE", help="A condition key's value.")
@click.option("--unknown", multiple=True, metavar="KEY", help="A key whose value is not known.")
@click.option("--mfa", is_flag=True, help="The principal signed in with MFA.")
@click.option("--from-ip", metavar="IP", help="Where the request comes from.")
@click.option("--strict", is_flag=True, help="Take every unknown key as absent.")
@click.option("--optimistic", is_flag=True, help="Exit with 0 where some value would allow it.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, in the form of `idkeep decide`.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    as_json: bool,
    optimistic: bool,
    **asked: Any,  # noqa: ANN401
) -> None:
    """Tell whether a principal may do something, and why.

    By the policy files that are given, as AWS would decide. PRINCIPAL is an ARN, a service or *.
    Exits with 0 if it may, 1 if it may not or only under a condition, 3 if nobody can tell.
    """
    ruling = can(
        asked["principal"],
        asked["action"],
        asked["resource"],
        files=PolicyFiles(
            identity=asked["identity"],
            boundary=asked["boundary"],
            session=asked["session"],
            resource=asked["resource_policy"],
            scp=_levels(asked["scp"]),
            rcp=_levels(asked["rcp"]),
            endpoint=asked["endpoint"],
            grants=asked["grants"],
            bucket=asked["bucket"],
        ),
        resource_account=asked["resource_account"],
        context=_context(asked),
        unknown=asked["unknown"],
        strict=asked["strict"],
        management_account=asked["management_account"],
    )
    # Whoever read the answer may have seen enough of it; the exit code stands.
    with suppress(BrokenPipeError):
        _tell(ruling, as_json=as_json)
    ctx.exit(_code(ruling, optimistic=optimistic))


def _tell(ruling: Ruling, *, as_json: bool) -> None:
    if as_json:
        from msgspec import Raw, json  # noqa: PLC0415 -- for this output only

        from idkeep.policy.batch import answer, explained  # noqa: PLC0415

        said = answer(Raw(b"null"), ruling.decision, ruling.notes[len(ruling.decision.notes) :])
        told = explained(said, ruling.rests_on, ruling.changes)
        click.echo(json.format(json.encode(told), indent=2))
    else:
        for line in _told(ruling):
            click.echo(line)


def _levels(given: Iterable[str]) -> tuple[tuple[Path, ...], ...]:
    return tuple(tuple(Path(name) for name in one.split(",") if name) for one in given)


def _context(asked: dict[str, Any]) -> dict[str, list[str]]:
    """A key that is given several times has several values."""
    context: dict[str, list[str]] = {}
    for pair in asked["context"]:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise click.UsageError(f"--context takes KEY=VALUE, not {pair!r}")
        context.setdefault(key, []).append(value)
    if asked["mfa"]:
        context["aws:MultiFactorAuthPresent"] = ["true"]
    if asked["from_ip"]:
        context["aws:SourceIp"] = [asked["from_ip"]]
    return context


def _code(ruling: Ruling, *, optimistic: bool) -> Exit:
    match ruling.decision:
        case Allowed():
            return Exit.OK
        case Depends() if optimistic:
            return Exit.OK
        case Unknown():
            return Exit.INCOMPLETE
        case _:
            return Exit.FINDINGS


def _told(ruling: Ruling) -> Iterator[str]:
    asked = ruling.request
    head = f"{asked.principal.name or 'anybody'} {asked.action} {asked.resource}"
    yield f"{_verdict(ruling):<8} {printable(head)}"
    match ruling.decision:
        case Depends(residual=residual):
            yield f"         if {printable(str(residual))}"
        case Unknown(why=why):
            yield f"         {printable(why)}"
        case Denied(by=()):
            yield "         too little allows it, and nothing denies it"
        case _:
            pass
    for check in ruling.decision.checks:
        yield f"\n  {check.check:<24} {check.effect}"
        for matched in check.statements:
            sid = f"  {printable(matched.statement.sid)}" if matched.statement.sid else ""
            yield f"    {matched.effect:<6} {ruling.place(matched)}{sid}"
    yield from _hangs_on(ruling)
    for note in ruling.notes:
        yield f"\n  Note: {printable(note)}"


def _hangs_on(ruling: Ruling) -> Iterator[str]:
    if ruling.rests_on:
        yield "\n  Without any one of these it would not be allowed:"
        yield from (f"    {ruling.place(one)}" for one in ruling.rests_on)
    for n, some in enumerate(ruling.changes):
        yield "\n  It would no longer be denied by:" if n == 0 else "  or by:"
        for one in some:
            yield f"    {_change(one, ruling)}"


def _change(one: Change, ruling: Ruling) -> str:
    if isinstance(one, RemoveDeny):
        return f"no longer denying it in {ruling.place(one.matched)}"
    return printable(str(one))


def _verdict(ruling: Ruling) -> str:
    match ruling.decision:
        case Allowed():
            return "ALLOWED"
        case Denied():
            return "DENIED"
        case Depends():
            return "DEPENDS"
        case _:
            return "UNKNOWN"
