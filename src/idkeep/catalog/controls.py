"""Control objectives, and the frameworks whose controls ask for them.

Checks name the objectives that they serve, and a framework's control those that it asks for: so
neither knows the other. The texts are data beside this module and are handed in.
"""

from collections.abc import Collection
from fnmatch import fnmatchcase

import msgspec
from msgspec import Struct


class Control(Struct, frozen=True, kw_only=True):
    """One control, by its number in the framework; `asks` is what it asks, in our own words.

    `objectives` are those it asks for; none where idkeep does not assess it. `manual`: the
    framework wants a person to look. `in_part`: the objectives are not all that it asks, so that
    they can show it broken and not kept. Where its objectives are about others too, `kinds` are the
    kinds of subjects that it is about, and `of` patterns of their ARNs. `level` is CIS's, 0 where
    there is none.
    """

    id: str
    asks: str = ""
    manual: bool = False
    level: int = 0
    objectives: tuple[str, ...] = ()
    in_part: bool = False
    kinds: tuple[str, ...] = ()
    of: tuple[str, ...] = ()

    def rests_on(self, objectives: Collection[str], kind: str) -> bool:
        """Whether a check counts here that serves these objectives, on subjects of that kind."""
        return not set(objectives).isdisjoint(self.objectives) and (
            not self.kinds or kind in self.kinds
        )

    def is_about(self, arn: str) -> bool:
        """Whether a subject of a check that counts here counts itself."""
        return not self.of or any(fnmatchcase(arn, pattern) for pattern in self.of)


class Framework(Struct, frozen=True, kw_only=True):
    """A published list of controls. Not `complete`: only its part about identities is here.

    `limits` are those that it sets itself, by the setting that they stand in for: days after
    which something is old, characters of a password. Its controls are judged by them.
    """

    id: str = ""
    title: str
    version: str
    complete: bool
    limits: dict[str, int | bool] = {}
    controls: tuple[Control, ...]


class PeerCheck(Struct, frozen=True, kw_only=True):
    """A check of another scanner, and ours that stand in for it; `why` there are none."""

    id: str
    checks: tuple[str, ...] = ()
    why: str = ""


def read_objectives(text: str) -> dict[str, str]:
    """What each objective says, by its id. Raises `ValueError`."""
    return msgspec.toml.decode(text, type=dict[str, str])


def read_framework(name: str, text: str) -> Framework:
    """The framework of that id. Raises `ValueError`."""
    return msgspec.structs.replace(msgspec.toml.decode(text, type=Framework), id=name)


def read_peer_checks(text: str) -> tuple[PeerCheck, ...]:
    """Raises `ValueError`."""
    read = msgspec.toml.decode(text, type=dict[str, list[str] | str])
    return tuple(
        PeerCheck(id=name, why=said)
        if isinstance(said, str)
        else PeerCheck(id=name, checks=tuple(said))
        for name, said in read.items()
    )
