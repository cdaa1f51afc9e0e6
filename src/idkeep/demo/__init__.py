"""A local AWS account to look at: moto's server with our overlay, filled from one estate file."""

from idkeep.demo.process import DemoServer, running

__all__ = ["DemoServer", "running"]
