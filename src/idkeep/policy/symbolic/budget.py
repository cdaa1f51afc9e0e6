"""How much work a question may cost before it is given up as undecided."""

DEFAULT_STEPS = 400_000


class Undecided(Exception):
    """The question can't be decided exactly. The message is the reason, for people."""


class Budget:
    """Steps left for one question. A step is some microseconds."""

    def __init__(self, steps: int = DEFAULT_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Raises `Undecided` once nothing is left."""
        self.left -= steps
        if self.left < 0:
            raise Undecided("the question takes more steps than the budget has")
