"""The policy texts of snapshots, each parsed once for what it is used as."""

from collections.abc import Mapping

from idkeep.model import Gap
from idkeep.policy import Policy, PolicyError, PolicyKind, Position, parse


class Documents:
    """Policies by the digest of their text. One that AWS took and the parser does not is a gap.

    Engines of several accounts may share one: what they all attach is then parsed once.
    """

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self._texts: dict[str, str] = {}
        self._read: dict[tuple[str, PolicyKind], Policy | Gap] = {}
        self._positions: dict[tuple[str, int], Position] = {}
        self.add(texts or {})

    def add(self, texts: Mapping[str, str]) -> None:
        """More texts by digest; those that are here already stay."""
        for digest, text in texts.items():
            self._texts.setdefault(digest, text)

    def __len__(self) -> int:
        """How many were parsed."""
        return len(self._read)

    def texts(self) -> tuple[str, ...]:
        return tuple(self._texts.values())

    def policy(self, digest: str, kind: PolicyKind) -> Policy | Gap:
        key = (digest, kind)
        found = self._read.get(key)
        if found is None:
            found = self._read[key] = self._parse(digest, kind)
        return found

    def position(self, digest: str, kind: PolicyKind, statement: int) -> Position | None:
        """Where a statement, by its number from 0, begins in the text; None for one not here."""
        key = (digest, statement)
        found = self._positions.get(key)
        if found is None and isinstance(read := self.policy(digest, kind), Policy):
            found = self._positions[key] = read.position(statement)
        return found

    def _parse(self, digest: str, kind: PolicyKind) -> Policy | Gap:
        text = self._texts.get(digest)
        if text is None:
            return Gap("", "the snapshot lacks the policy's text")
        try:
            return parse(text, kind)
        except PolicyError as error:
            return Gap("", f"a policy that idkeep can't read: {error.problems[0].message}")
