"""What the parser has to say about a text, gathered while it reads."""

from msgspec import Struct

from idkeep.policy.diagnostics import Diagnostic, PolicyError, Rule
from idkeep.policy.source import JsonValue, Path, Repeated, offsets_of, positions_at


class _Remark(Struct, frozen=True, gc=False):
    rule: Rule
    message: str
    path: Path
    key: bool


class Report:
    """Refusals and notes on one text. Places are looked up only when they are asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._refusals: list[_Remark] = []
        self._notes: list[_Remark] = []

    @property
    def refused(self) -> bool:
        return bool(self._refusals)

    def refuse(self, rule: Rule, message: str, path: Path, *, key: bool = False) -> None:
        """AWS does not take this. `key`: the fault is in the name, not in the value."""
        self._refusals.append(_Remark(rule, message, path, key))

    def note(self, rule: Rule, message: str, path: Path) -> None:
        """AWS takes this, or does not say."""
        self._notes.append(_Remark(rule, message, path, key=False))

    def fault(self, rule: Rule, message: str, path: Path, *, refused: bool) -> None:
        """A rule that some kinds of policy enforce."""
        (self.refuse if refused else self.note)(rule, message, path)

    def repeated(self, found: dict[str, JsonValue], path: Path) -> None:
        """Keys that an object has more than once.

        "Individual elements must not contain multiple instances of the same key"; AWS does not say
        what becomes of one that does:
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
        """
        if isinstance(found, Repeated):
            for name in found.keys_repeated:
                message = f"{name} stands here more than once; the last counts"
                self.note(Rule.REPEATED_KEY, message, (*path, name))

    def strings(self, value: JsonValue, path: Path) -> tuple[str, ...]:
        """One string or a list of them.

        An empty list is taken, a suggestion to AWS's validator ("Empty array action": the statement
        "does not affect the policy"):
        https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
        "If the element takes an array but only one value is included, the brackets are optional":
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
        """
        if isinstance(value, str):
            return (str(value),)
        if not isinstance(value, list):
            self.refuse(Rule.ELEMENT_TYPE, f"{path[-1]} is a string or a list of strings", path)
            return ()
        if not value:
            self.note(Rule.EMPTY, f"{path[-1]} is an empty list", path)
        for n, item in enumerate(value):
            if not isinstance(item, str):
                self.refuse(Rule.ELEMENT_TYPE, f"{path[-1]} is a list of strings", (*path, n))
        return tuple(str(item) for item in value if isinstance(item, str))

    def notes(self) -> tuple[Diagnostic, ...]:
        return tuple(self._placed(self._notes))

    def error(self) -> PolicyError:
        placed = self._placed(self._refusals)
        return PolicyError(tuple(sorted(placed, key=lambda d: (d.line, d.column))))

    def _placed(self, remarks: list[_Remark]) -> list[Diagnostic]:
        if not remarks:
            return []
        offsets = offsets_of(self._text, [(remark.path, remark.key) for remark in remarks])
        return [
            Diagnostic(remark.rule, remark.message, remark.path, at.line, at.column)
            for remark, at in zip(remarks, positions_at(self._text, offsets), strict=True)
        ]
