"""One policy as several that are in force together, each within a length.

What several policies of an identity, or several SCPs on one target, allow and deny is what their
statements do together, so that statements may stand in any of them, and a statement's actions or
resources in several statements.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from idkeep.policy.document import PolicyKind
from idkeep.policy.minimise.part import Document, Part, changed, length
from idkeep.policy.symbolic.budget import DEFAULT_STEPS, Budget
from idkeep.policy.symbolic.compare import Nothing
from idkeep.policy.symbolic.standing import distinguishes

# A boundary, a trust policy and a resource's own policy are one each.
SPLIT_KINDS = frozenset({PolicyKind.IDENTITY, PolicyKind.SCP, PolicyKind.RCP})
Fits = Callable[[Document], bool]


class CanNotSplit(Exception):
    """A statement that is too long by itself, or a proof that was not to be had."""


class Split(Struct, frozen=True):
    """The documents, and the statements that were taken apart, in words."""

    documents: tuple[Document, ...]
    apart: tuple[str, ...]


def split(document: Document, fits: Fits) -> Split:
    """As few documents as filling them from the longest statement on leads to.

    `fits` says whether a document is short enough. Raises `CanNotSplit`.
    """
    apart: list[str] = []
    pieces: list[Part] = []
    for part in document.parts:
        some = list(_pieces(document, part, fits))
        if len(some) > 1:
            _prove(document, part, some)
            apart.append(f"{part.name}: its list is shared out over {len(some)} statements")
        pieces += some
    return Split(tuple(_filled(document, pieces, fits)), tuple(apart))


def _filled(document: Document, pieces: list[Part], fits: Fits) -> Iterator[Document]:
    bins: list[list[int]] = []
    for n in sorted(range(len(pieces)), key=lambda n: -length(pieces[n])):
        for some in bins:
            if fits(_of(document, [pieces[m] for m in sorted((*some, n))])):
                some.append(n)
                break
        else:
            bins.append([n])
    for some in sorted(sorted(one) for one in bins):
        yield _of(document, [pieces[m] for m in some])


def _pieces(document: Document, part: Part, fits: Fits) -> Iterator[Part]:
    """The part, or statements with as much of its longest list as fits."""
    if fits(_of(document, [part])):
        yield part
        return
    lists = [name for name in ("Action", "Resource") if name in part.written]
    name = max(lists, key=lambda one: sum(map(len, map(str, part.listed(one)))), default="")
    values = part.listed(name) if name else []
    if len(values) <= 1:
        raise CanNotSplit(f"{part.name} is too long by itself")
    # A Sid may stand in a document once.
    written = {key: value for key, value in part.written.items() if key != "Sid"}
    bare = Part(written, part.read, part.name)
    middle = len(values) // 2
    for some in (values[:middle], values[middle:]):
        yield from _pieces(document, changed(document, bare, **{name: some}), fits)


def _prove(document: Document, part: Part, pieces: list[Part]) -> None:
    reads = [one.read for one in pieces]
    answer = distinguishes(document.kind, [part.read], reads, Budget(DEFAULT_STEPS))
    if not isinstance(answer, Nothing):
        raise CanNotSplit(f"{part.name}: that its list can be shared out has no proof")


def _of(document: Document, parts: list[Part]) -> Document:
    return replace(document, parts=tuple(parts))
