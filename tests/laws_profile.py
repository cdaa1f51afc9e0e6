"""How the laws draw their examples: always the same for `make test`, ever new for `make laws`.

A change must not fail for a draw of dice that the change before it was spared. So `make test`
tries each law on examples that follow from the test's own text alone, on whatever machine, in
whatever order and by however many processes. Finding the input nobody thought of is the task of
`make laws`, which may fail on a tree that nobody touched: what it finds becomes a case.
"""

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

_USUAL = 100


def set_up() -> None:
    """Make `same` and `laws` known, and `same` the one to use unless pytest is told another."""
    # How long something takes is the benchmarks' question; here a busy machine would answer it.
    slowly = [HealthCheck.too_slow]
    # Not from the profile of the day: with CI in the environment, hypothesis has another one.
    usual = settings.get_profile("default")
    settings.register_profile(
        "same",
        usual,
        derandomize=True,
        database=None,
        deadline=None,
        print_blob=True,
        max_examples=_USUAL,
        suppress_health_check=slowly,
    )
    settings.register_profile(
        "laws",
        usual,
        derandomize=False,
        deadline=None,
        print_blob=True,
        max_examples=10 * _USUAL,
        suppress_health_check=slowly,
    )
    settings.load_profile("same")
    _leave_out_the_codes_own_words()


def examples(number: int) -> settings:
    """For a law that is dear: as many as this where others take a hundred."""
    usual = settings.get_profile(settings.get_current_profile_name()).max_examples
    return settings(max_examples=max(1, number * usual // _USUAL))


def _leave_out_the_codes_own_words() -> None:
    """Hypothesis mixes in constants from the modules imported so far: another set in each process.

    It has no setting for that; the pinned version has the function.
    """
    nothing = Constants()
    usual = providers._get_local_constants

    def constants() -> Constants:
        return nothing if settings.get_current_profile_name() == "same" else usual()

    providers._get_local_constants = constants
