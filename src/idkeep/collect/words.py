"""AWS's words for yes and no. Others are kept as AWS gives them, whatever they are."""


def either(word: str, yes: str, no: str) -> bool:
    """Whether it is `yes`. Raises `ValueError` for a third word: it is not for us to say."""
    if word not in {yes, no}:
        raise ValueError(f"neither {yes} nor {no} but {word!r}")
    return word == yes


def is_enabled(word: str) -> bool:
    return either(word, "ENABLED", "DISABLED")
