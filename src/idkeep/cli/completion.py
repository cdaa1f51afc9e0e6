"""`idkeep completion`."""

import click
from click.shell_completion import get_completion_class

from idkeep.cli.main import root


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(*, shell: str) -> None:
    """Print a shell's completion script.

    For bash: `idkeep completion bash > ~/.local/share/bash-completion/completions/idkeep`
    """
    complete = get_completion_class(shell)
    if complete is None:
        raise click.UsageError(f"click has no completion for {shell}")
    click.echo(complete(root, {}, "idkeep", "_IDKEEP_COMPLETE").source())
