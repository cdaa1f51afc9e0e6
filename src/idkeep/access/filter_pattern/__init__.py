"""The filter patterns of CloudWatch Logs, decided for an event.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

from idkeep.access.filter_pattern.match import Decision, Undecided, all_of, any_of, decide
from idkeep.access.filter_pattern.parse import NotUnderstood, parse
from idkeep.access.filter_pattern.tree import FilterPattern

__all__ = [
    "Decision",
    "FilterPattern",
    "NotUnderstood",
    "Undecided",
    "all_of",
    "any_of",
    "decide",
    "parse",
]
