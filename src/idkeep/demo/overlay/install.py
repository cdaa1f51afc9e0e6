"""Puts our response classes in the place of moto's, before its applications are built."""

import importlib
from inspect import isfunction
from typing import Any

from botocore.model import ServiceModel
from moto.core.utils import camelcase_to_underscores, get_service_model

from idkeep.demo.overlay.account import AccountOverlay
from idkeep.demo.overlay.iam import IamOverlay
from idkeep.demo.overlay.state import AccountState
from idkeep.demo.overlay.sts import StsOverlay

OVERLAYS: dict[str, Any] = {"account": AccountOverlay, "iam": IamOverlay, "sts": StsOverlay}
PATHS = {"account": ("getContactInformation",)}


def install(state: AccountState) -> None:
    """From now on these answer, and they answer from this state."""
    for service, overlay in OVERLAYS.items():
        overlay.state = state
        paths = importlib.import_module(f"moto.{service}.urls").url_paths
        for path in (*paths, *(f"{{0}}/{path}$" for path in PATHS.get(service, ()))):
            paths[path] = overlay.dispatch


def operations() -> tuple[str, ...]:
    """The operations answered by the overlay itself: `iam:GetAccountSummary`, …."""
    return tuple(
        f"{service}:{names[method]}"
        for service, overlay in OVERLAYS.items()
        for names in [_names(get_service_model(service))]
        for method, value in vars(overlay).items()
        if isfunction(value) and method in names
    )


def _names(model: ServiceModel) -> dict[str, str]:
    return {camelcase_to_underscores(name): name for name in model.operation_names}
