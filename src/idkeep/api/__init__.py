"""The product as functions: what the command line does, Python can do from here.

The one place that wires the adapters together and reads the clock. Each module loads only what
its functions need, so this door re-exports nothing:

- `idkeep.api.scan`: read an account and judge it
- `idkeep.api.snapshots`: what was kept, judged again
- `idkeep.api.checks`: the checks, and one by its id
- `idkeep.api.settings`: settings from a file
- `idkeep.api.permissions`: the IAM policy that a scan needs
- `idkeep.api.demo`: the example account
"""
