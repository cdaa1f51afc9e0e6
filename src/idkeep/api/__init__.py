"""The product as functions: what the command line does, Python can do from here.

The one place that wires the adapters together and reads the clock. Each module loads only what
its functions need, so this door re-exports nothing:

- `idkeep.api.scan`: read an account and judge it
- `idkeep.api.organization`: the same for every account of an organisation
- `idkeep.api.doctor`: what a scan lacks, before it is made
- `idkeep.api.offline`: read saved answers in the place of an account
- `idkeep.api.snapshots`: what was kept, judged again, pruned
- `idkeep.api.portable`: snapshots in files, under pseudonyms where asked
- `idkeep.api.diff`: what differs between two snapshots
- `idkeep.api.checks`: the checks, and one by its id
- `idkeep.api.settings`: settings from a file
- `idkeep.api.permissions`: the IAM policy that a scan needs
- `idkeep.api.demo`: the example account
"""
