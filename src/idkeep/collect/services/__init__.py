"""The security services of an account: one small module each, put together by `family`."""

from idkeep.collect.services.family import COLLECTORS, read

__all__ = ["COLLECTORS", "read"]
