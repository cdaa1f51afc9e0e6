"""`idkeep permissions`."""

import json

import click

from idkeep.api.permissions import scanner_policy


@click.command("permissions")
def command() -> None:
    """Print the IAM policy that a scan needs.

    It is drawn from what the scan calls, and allows nothing else. Attach it to a role, and scan
    with that.
    """
    click.echo(json.dumps(scanner_policy(), indent=2))
