"""What the accounts that administer services tell of the others in a scan of an organisation."""

from collections.abc import Iterator
from datetime import datetime
from threading import Lock

from idkeep import collect
from idkeep.errors import IdkeepError
from idkeep.model import Family, Snapshot
from idkeep.model.run import Run
from idkeep.store import Runs


class Tellers:
    """The accounts to read first, and what their snapshots then tell of each other account.

    Another worker of the run may read them: until it has, the others are asked all by themselves.
    """

    def __init__(self, run: Run, runs: Runs) -> None:
        self._run = run
        self._runs = runs
        wanted = Family.SERVICES in run.plan.families
        self.accounts = collect.seats(run.organization) if wanted else frozenset[str]()
        self._overview = collect.Overview(run.organization)
        self._read: frozenset[str] = frozenset()
        self._lock = Lock()

    def told(self, account: str, now: datetime) -> collect.Told:
        if not self.accounts or account in self.accounts:
            return collect.NOTHING
        with self._lock:
            if self._read != self.accounts:
                self._look()
            return self._overview.of(account, now)

    def _look(self) -> None:
        """See which of them are done by now."""
        results = self._runs.results(self._run.id)
        done = frozenset(one for one in self.accounts if one in results)
        if done != self._read:
            digests = [results[one].snapshot for one in sorted(done)]
            self._overview = collect.Overview(self._run.organization, self._snapshots(digests))
            self._read = done

    def _snapshots(self, digests: list[str]) -> Iterator[Snapshot]:
        for digest in digests:
            try:
                if digest:
                    yield self._runs.store.get(digest)
            except IdkeepError:  # one that is damaged tells nothing
                continue
