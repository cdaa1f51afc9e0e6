"""What moto lacks of AWS, laid over its own response classes."""

from idkeep.demo.overlay.install import install, operations
from idkeep.demo.overlay.seed import seeded

__all__ = ["install", "operations", "seeded"]
