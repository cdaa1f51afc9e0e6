"""`idkeep decide`."""

import sys
from typing import BinaryIO

import click

from idkeep.api.decide import decide


@click.command("decide")
@click.option("--jsonl", is_flag=True, required=True, help="One JSON object a line, in and out.")
@click.option("--explain", is_flag=True, help="Say what each answer hangs on, too.")
@click.argument("cases", type=click.File("rb"), default="-")
def command(
    *,
    jsonl: bool,  # noqa: ARG001 -- the one format there is
    explain: bool,
    cases: BinaryIO,
) -> None:
    """Decide IAM requests in bulk, as AWS would.

    Reads CASES (by default standard input) line by line and answers each as it comes. The format
    is in docs/decide.md.
    """
    for line in decide(cases, explain=explain):
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
