"""Help of a verb that has many options: each under what it is about."""

import click

SECTIONS = {
    "What to play": ("estate", "port", "users", "as_root", "keep"),
    "What to read": (
        "profile",
        "region",
        "facts",
        "accounts",
        "max_calls",
        "yes",
        "snapshot",
        "run",
        "folder",
        "taken",
    ),
    "An organisation": (
        "org",
        "role",
        "external_id",
        "mfa_serial",
        "session_name",
        "source_identity",
        "units",
        "tags",
        "parallel",
        "shard",
        "resume",
    ),
    "What to keep": ("store", "no_store"),
    "How to judge": (
        "config",
        "checks",
        "skipped",
        "least",
        "baseline",
        "rules_version",
        "fail_on",
    ),
    "What to show": ("statuses", "show_all", "quiet", "verbose"),
    "Files to write, of mode 0600; - is standard output": (
        "json_file",
        "jsonl_file",
        "csv_file",
        "markdown_file",
        "html_file",
        "sarif_file",
        "ocsf_file",
        "asff_file",
        "junit_file",
    ),
}


class Sectioned(click.Command):
    """Shows its options by `SECTIONS`; what is in none stands at the end."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = {
            one.name: record
            for one in self.get_params(ctx)
            if (record := one.get_help_record(ctx)) is not None
        }
        for title, names in SECTIONS.items():
            self._section(formatter, title, [records.pop(n) for n in names if n in records])
        self._section(formatter, "Help", list(records.values()))

    @staticmethod
    def _section(
        formatter: click.HelpFormatter, title: str, records: list[tuple[str, str]]
    ) -> None:
        if records:
            with formatter.section(title):
                formatter.write_dl(records)
