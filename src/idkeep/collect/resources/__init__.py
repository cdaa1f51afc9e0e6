"""Resource policies and workload identity: one small module a service, put together by `family`."""

from idkeep.collect.resources.family import COLLECTORS, plan

__all__ = ["COLLECTORS", "plan"]
