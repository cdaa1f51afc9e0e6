"""`idkeep collect`."""

from pathlib import Path

import click

from idkeep.api.offline import parse_taken
from idkeep.api.portable import check_writable, collect_folder_to, collect_to
from idkeep.api.settings import load_settings, unaccepted
from idkeep.cli import options
from idkeep.cli.terminal import say
from idkeep.errors import Exit
from idkeep.model import Family


@click.command("collect")
@options.portable
@options.reading
@options.costs
@options.own_account
@options.saved
@options.settings_file
@click.option("-v", "--verbose", is_flag=True, help="Log each AWS call by its name.")
@click.pass_context
def command(  # noqa: PLR0913 -- one parameter an option
    ctx: click.Context,
    *,
    out: Path,
    force: bool,
    redact: bool,
    redact_key_file: Path | None,
    profile: str | None,
    region: str | None,
    facts: frozenset[Family],
    account: str | None,
    max_calls: int,
    yes: bool,
    folder: Path | None,
    taken: str | None,
    config: Path | None,
    verbose: bool,
) -> None:
    """Read an AWS account into one file, to be judged elsewhere.

    `idkeep scan --snapshot FILE` judges it without AWS. The exit code is 3 where not everything
    could be read.
    """
    options.check_reading(ctx)
    key = options.redaction_key(redact=redact, key_file=redact_key_file)
    settings = load_settings(config)
    check_writable(out, force=force)
    with options.progress(verbose=verbose) as progress:
        written = (
            collect_folder_to(
                out,
                folder,
                account=account,
                families=facts,
                taken=parse_taken(taken) if taken else None,
                redaction_key=key,
                force=force,
                progress=progress,
                note=say,
            )
            if folder
            else collect_to(
                out,
                profile=profile,
                region=region,
                account=account,
                families=facts,
                redaction_key=key,
                force=force,
                progress=progress,
                may_ask=options.consent(progress, max_calls=max_calls, yes=yes),
            )
        )
    say(options.written(out, written))
    missing = unaccepted(written.snapshot, settings)
    for action in dict.fromkeys(one.action for one in missing):
        say(f"could not be read: {action}")
    ctx.exit(Exit.INCOMPLETE if missing else Exit.OK)
