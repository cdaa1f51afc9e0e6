"""Identity security for AWS: collect, reason, check, report, repair.

Imports nothing, for `idkeep --help` runs through here. In Python, start from `idkeep.api`.
"""
