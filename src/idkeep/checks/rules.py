"""The version of the rules: what it means that two scans were judged by the same.

It goes up by one in the release in which any check may say something else of the same snapshot and
settings: a check that is new or gone counts, a reworded message does not. What changed stands here
for those who pin it, and in the changelog.
"""

from collections.abc import Mapping

RULES_VERSION = 1
# What each version changed in verdicts, against the one before.
RULE_CHANGES: Mapping[int, tuple[str, ...]] = {
    1: ("the first rules",),
}
