"""Sets of thresholds under a name; what the file says itself goes before."""

from typing import Any

PROFILES: dict[str, dict[str, Any]] = {
    # CIS Amazon Web Services Foundations Benchmark: length 14, 24 remembered, keys 90, unused 45.
    "cis": {},
    # NIST SP 800-63B-4, 3.1.1.2: at least 15 characters for a password used alone, no rules of
    # composition, no change without a sign of compromise. https://pages.nist.gov/800-63-4/sp800-63b.html
    "nist-800-63b-4": {
        "min_password_length": 15,
        "max_password_age": None,
        "min_passwords_remembered": None,
        "password_composition": False,
    },
}
