"""`idkeep permissions`."""

import json

import click

from idkeep.api.permissions import cloudformation, scanner_policy, terraform
from idkeep.cli import options, organization
from idkeep.model import Family


@click.command("permissions")
@options.facts
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "terraform", "cloudformation"]),
    default="json",
    show_default=True,
    help="The policy alone, or a role with it: a Terraform module, or a template for a StackSet.",
)
@click.option(
    "--role", default=organization.ROLE, show_default=True, help="What that role is called."
)
def command(*, facts: frozenset[Family], form: str, role: str) -> None:
    """Print the IAM policy that a scan needs.

    It is drawn from what the scan calls, and allows nothing else. Attach it to a role, and scan
    with that.
    """
    if form == "terraform":
        click.echo(terraform(facts, role), nl=False)
        return
    made = scanner_policy(facts) if form == "json" else cloudformation(facts, role)
    click.echo(json.dumps(made, indent=2))
