"""`python -m idkeep` is `idkeep`."""

from idkeep.cli.main import main

main()
