"""Checks on what the account asks of passwords besides length; most hang on the profile."""

import dataclasses
from collections.abc import Iterator

from msgspec.structs import replace

from idkeep.access import Estate
from idkeep.checks.declare import (
    AnyCheck,
    Example,
    Said,
    cannot_tell,
    check,
    does_not_apply,
    fails,
    known,
    passes,
)
from idkeep.checks.passwords import (
    NO_EXPIRY,
    STRONG,
    UNREAD_POLICY,
    nobody_signs_in,
    setting_policy,
)
from idkeep.checks.samples import ACCOUNT, ANA, password
from idkeep.config import Settings
from idkeep.model import Account, NotApplicable, PasswordPolicy, Problem, Severity

FULL = replace(
    STRONG,
    requires_lowercase=True,
    requires_uppercase=True,
    requires_numbers=True,
    requires_symbols=True,
    users_may_change=True,
)
NIST = Settings(
    profile="nist-800-63b-4",
    min_password_length=15,
    max_password_age=None,
    min_passwords_remembered=None,
    password_composition=False,
)
NO_COMPOSITION = "the settings ask for no mix of characters"
NOBODY = "no user of the account has a password"
_NOT_NIST = "the settings go by a profile that has nothing against it"
_SIGNS_IN = {"users": (replace(ANA, password=password()),)}
_DENIED = cannot_tell(UNREAD_POLICY, "iam:GetAccountPasswordPolicy: AccessDenied")


def _with(policy: PasswordPolicy | None) -> Account:
    return replace(ACCOUNT, password_policy=policy)


_CLASSES = (
    ("lowercase", "requires_lowercase", "a lowercase letter", "--require-lowercase-characters"),
    ("uppercase", "requires_uppercase", "an uppercase letter", "--require-uppercase-characters"),
    ("number", "requires_numbers", "a number", "--require-numbers"),
    ("symbol", "requires_symbols", "a symbol", "--require-symbols"),
)
# PCI DSS asks for digits and letters, and for no kind of letter.
_OBJECTIVES = {"number": ("password-digits",)}


def _without(word: str, field: str, words: str, option: str) -> AnyCheck:
    def judged(account: Account, estate: Estate) -> Iterator[Said]:
        if not estate.settings.password_composition:
            yield NotApplicable(NO_COMPOSITION)
            return
        policy = known(account.password_policy)
        if policy is None or not getattr(policy, field):
            yield Problem(f"takes passwords without {words}")

    judged.__name__ = f"passwords_without_{word}"
    judged.__doc__ = (
        f"The account takes passwords without {words}.\n\n"
        "Older rules of CIS and others ask for it. Length does far more, and NIST SP 800-63B-4\n"
        "wants no such rule; the profile in the settings decides."
    )
    return check(
        Account,
        severity=Severity.LOW,
        controls=("password-composition", *_OBJECTIVES.get(word, ())),
        reads=("password_policy",),
        settings=("password_composition",),
        remedy=setting_policy(f"Ask for {words}", option),
        examples=(
            fails(ACCOUNT, f"takes passwords without {words}"),
            fails(_with(replace(FULL, **{field: False})), f"takes passwords without {words}"),
            passes(_with(FULL)),
            does_not_apply(ACCOUNT, NO_COMPOSITION, settings=NIST),
            _DENIED,
        ),
    )(judged)


def _signing_in(made: Example) -> Example:
    """The same where a user has a password."""
    return dataclasses.replace(made, around=_SIGNS_IN)


@check(
    Account,
    severity=Severity.LOW,
    controls=("password-age",),
    reads=("password_policy",),
    settings=("max_password_age",),
    remedy=setting_policy(
        "Let passwords run out",
        "--max-password-age DAYS",
        "People whose password is older are asked for a new one at their next sign-in; one who may "
        "not change their own is then locked out until an administrator sets it.",
    ),
    examples=(
        _signing_in(fails(_with(STRONG), "lets passwords live for ever")),
        _signing_in(fails(ACCOUNT, "lets passwords live for ever")),
        _signing_in(
            fails(
                _with(replace(STRONG, max_age_days=91)),
                "lets passwords live for 91 days",
                settings=Settings(max_password_age=90),
            )
        ),
        _signing_in(
            passes(_with(replace(STRONG, max_age_days=90)), settings=Settings(max_password_age=90))
        ),
        _signing_in(passes(_with(replace(STRONG, max_age_days=30)))),
        does_not_apply(_with(STRONG), NOBODY),
        _signing_in(does_not_apply(_with(STRONG), NO_EXPIRY, settings=NIST)),
        _signing_in(_DENIED),
    ),
)
def passwords_never_expire(account: Account, estate: Estate) -> Iterator[Said]:
    """The account lets passwords live longer than the settings allow.

    Some rules ask for regular change. NIST SP 800-63B-4 asks for none without a sign that a
    password leaked; the profile in the settings decides.
    """
    most = estate.settings.max_password_age
    if most is None:
        yield NotApplicable(NO_EXPIRY)
        return
    if nobody_signs_in(estate):
        yield NotApplicable(NOBODY)
        return
    policy = known(account.password_policy)
    days = policy.max_age_days if policy else None
    if days is None:
        yield Problem("lets passwords live for ever")
    elif days > most:
        yield Problem(f"lets passwords live for {days} days")


@check(
    Account,
    severity=Severity.LOW,
    controls=("password-policy-nist",),
    reads=("password_policy",),
    settings=("profile",),
    remedy=setting_policy(
        "Leave the rules out and ask for length",
        "--minimum-password-length 15 --no-require-symbols --no-require-numbers "
        "--no-require-uppercase-characters --no-require-lowercase-characters",
    ),
    examples=(
        fails(
            _with(FULL),
            "asks passwords for a lowercase letter, an uppercase letter, a number, a symbol",
            settings=NIST,
        ),
        fails(
            _with(replace(STRONG, max_age_days=90)),
            "makes people change passwords after 90 days",
            settings=NIST,
        ),
        passes(_with(STRONG), settings=NIST),
        passes(ACCOUNT, settings=NIST),
        does_not_apply(_with(FULL), _NOT_NIST),
        cannot_tell(UNREAD_POLICY, "iam:GetAccountPasswordPolicy: AccessDenied", settings=NIST),
    ),
)
def password_rules_against_nist(account: Account, estate: Estate) -> Iterator[Said]:
    """The account's password policy asks for what NIST SP 800-63B-4 forbids.

    Rules on the mix of characters and change by the calendar make people choose worse passwords
    and write them down: https://pages.nist.gov/800-63-4/sp800-63b.html
    """
    if estate.settings.profile != NIST.profile:
        yield NotApplicable(_NOT_NIST)
        return
    policy = known(account.password_policy)
    if policy is None:
        return
    asked = [words for _, field, words, _option in _CLASSES if getattr(policy, field)]
    if asked:
        yield Problem(f"asks passwords for {', '.join(asked)}", at="composition")
    if policy.max_age_days is not None:
        yield Problem(f"makes people change passwords after {policy.max_age_days} days", at="age")


@check(
    Account,
    severity=Severity.LOW,
    controls=("password-change",),
    reads=("password_policy",),
    remedy=setting_policy(
        "Let people change their own password",
        "--allow-users-to-change-password",
        "Nothing stops: people may then do one thing more.",
    ),
    examples=(
        fails(_with(STRONG), "lets nobody change their own password"),
        passes(_with(FULL)),
        # Without a policy of the account's own nobody may, unless a policy lets them.
        fails(ACCOUNT, "lets nobody change their own password"),
        _DENIED,
    ),
)
def people_may_not_change_password(account: Account, _: Estate) -> Iterator[Said]:
    """The account does not let people change their own password.

    Whoever thinks that theirs leaked has to ask an administrator first, who then knows the new
    one. Policies may let some people; this is the account's rule for all.
    """
    policy = known(account.password_policy)
    if policy is None or not policy.users_may_change:
        yield Problem("lets nobody change their own password")


CHECKS: tuple[AnyCheck, ...] = (
    *(_without(*one) for one in _CLASSES),
    passwords_never_expire,
    password_rules_against_nist,
    people_may_not_change_password,
)
