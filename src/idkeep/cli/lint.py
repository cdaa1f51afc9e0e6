"""`idkeep lint`."""

from collections import Counter
from contextlib import suppress
from pathlib import Path

import click
from msgspec.structs import replace

from idkeep.api.lint import STDIN, LintedPolicy, LintRun, lint_files
from idkeep.cli.terminal import say
from idkeep.errors import Exit
from idkeep.policy.document import PolicyKind
from idkeep.policy.linting import ISSUES, Category
from idkeep.report.lint import finding_lines, lint_json, lint_sarif
from idkeep.report.printable import printable

_PATH = click.Path(path_type=Path, exists=True, allow_dash=True)
_COLOURS = {
    Category.ERROR: "red",
    Category.SECURITY_WARNING: "magenta",
    Category.WARNING: "yellow",
    Category.SUGGESTION: "cyan",
    Category.NOTE: "blue",
}


def _code(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> frozenset[str]:
    codes = frozenset(one.upper().replace("-", "_") for one in given)
    unknown = sorted(codes - set(ISSUES))
    if unknown:
        raise click.BadParameter(f"there is no code {', '.join(unknown)}; see docs/lint.md")
    return codes


@click.command("lint")
@click.argument("paths", nargs=-1, required=True, type=_PATH)
@click.option(
    "--kind",
    type=click.Choice([one.value for one in PolicyKind]),
    help="What the policies are; by default guessed from their principals, and said.",
)
@click.option(
    "--fail-on",
    type=click.Choice([*(one.value.lower() for one in Category), "never"], case_sensitive=False),
    default=Category.WARNING.value.lower(),
    show_default=True,
    help="The least category that makes the exit code 1.",
)
@click.option(
    "--suppress",
    "suppressed",
    multiple=True,
    metavar="CODE",
    callback=_code,
    help="Leave findings with this code out; may be given again.",
)
@click.option(
    "--fix", is_flag=True, help="Tidy files in place where that provably changes no meaning."
)
@click.option(
    "--skip-others", is_flag=True, help="Pass over files that hold no policy, as in directories."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, in the form of docs/lint.md.")
@click.option("--sarif", "as_sarif", is_flag=True, help="As SARIF 2.1.0.")
@click.pass_context
def command(  # noqa: PLR0913 -- an option each
    ctx: click.Context,
    /,
    *,
    paths: tuple[Path, ...],
    kind: str | None,
    fail_on: str,
    suppressed: frozenset[str],
    fix: bool,
    skip_others: bool,
    as_json: bool,
    as_sarif: bool,
) -> None:
    """Find what is wrong or odd in policy documents.

    PATHS are JSON files, directories of them, or - for standard input. A file may be a policy, a
    list of them, or an answer of AWS's that holds some. Every code is in docs/lint.md.
    """
    if as_json and as_sarif:
        raise click.UsageError("--json and --sarif exclude each other")
    if fix and STDIN in paths:
        raise click.UsageError("--fix writes files; standard input is none")
    run = lint_files(
        paths, kind=PolicyKind(kind) if kind else None, fix=fix, skip_others=skip_others
    )
    for file, changes in run.changes.items():
        for change in changes:
            say(f"fixed {file}: {change}")
    policies = tuple(_without(one, suppressed) for one in run.policies)
    # Whoever read the findings may have seen enough of them; the exit code stands.
    with suppress(BrokenPipeError):
        if as_json:
            click.echo(lint_json(policies, run.catalog), nl=False)
        elif as_sarif:
            from importlib import metadata  # noqa: PLC0415 -- 20 ms for this output only

            click.echo(lint_sarif(policies, metadata.version("idkeep")), nl=False)
        else:
            _tell(policies, run)
    ctx.exit(_exit_code(policies, fail_on))


def _without(policy: LintedPolicy, suppressed: frozenset[str]) -> LintedPolicy:
    left = tuple(one for one in policy.findings if one.code not in suppressed)
    return replace(policy, findings=left)


def _exit_code(policies: tuple[LintedPolicy, ...], fail_on: str) -> Exit:
    if fail_on.lower() == "never":
        return Exit.OK
    least = Category(fail_on.upper())
    found = (finding for one in policies for finding in one.findings)
    return Exit.FINDINGS if any(one.category.at_least(least) for one in found) else Exit.OK


def _tell(policies: tuple[LintedPolicy, ...], run: LintRun) -> None:
    for policy in policies:
        for finding in policy.findings:
            for n, line in enumerate(finding_lines(policy, finding)):
                # click leaves the colour out where nobody would see it.
                strong = n == 0 or line.endswith("^")
                click.echo(click.style(line, fg=_COLOURS[finding.category]) if strong else line)
            click.echo()
    for policy in policies:
        if policy.guessed:
            inside = f" ({policy.at})" if policy.at else ""
            say(f"{policy.file}{inside}: taken for {_article(policy.kind)} policy; --kind says")
    for path in run.passed_over:
        say(f"{path}: holds no policy")
    counts = Counter(one.category for policy in policies for one in policy.findings)
    told = ", ".join(f"{counts[one]} {one}" for one in Category if counts[one])
    documents = "1 policy" if len(policies) == 1 else f"{len(policies)} policies"
    click.echo(printable(f"{documents}: {told or 'nothing found'} (catalog of {run.catalog})"))


def _article(kind: PolicyKind) -> str:
    return f"{'an' if kind is PolicyKind.IDENTITY else 'a'} {kind}"
