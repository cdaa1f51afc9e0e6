"""`idkeep init`."""

from pathlib import Path

import click

from idkeep.api.settings import SETTINGS_FILE, write_settings
from idkeep.cli.terminal import say


@click.command("init")
@click.argument(
    "path", type=click.Path(path_type=Path, dir_okay=False), default=SETTINGS_FILE, required=False
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def command(*, path: Path, force: bool) -> None:
    """Write a commented file of settings to begin with.

    PATH is idkeep.toml here, unless it is given. Every line is a default or an example, so the
    file changes nothing until one is uncommented.
    """
    write_settings(path, force=force)
    say(f"wrote {path}")
