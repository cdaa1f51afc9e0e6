"""What people call the kinds of subjects."""

_NOUNS = {
    "Account": ("account", "accounts"),
    "Root": ("root user", "root users"),
    "User": ("IAM user", "IAM users"),
    "Group": ("IAM group", "IAM groups"),
    "Role": ("IAM role", "IAM roles"),
    "ManagedPolicy": ("managed policy", "managed policies"),
}


def noun(kind: str) -> str:
    """One of a kind; `kind` is a class name of the model."""
    return _NOUNS[kind][0]


def nouns(kind: str) -> str:
    """Several of a kind."""
    return _NOUNS[kind][1]
