"""The configured endpoint, where botocore forgets it.

botocore's rules for Sign-In send the calls about its policy to AWS even where another endpoint is
configured (a proxy, a private one, the demo's server): they look at the operation before the
endpoint. Those for S3 Control put the account's number before the endpoint's name, and an address
has no names under it. Nothing may leave for a host that nobody named.
"""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

# Services whose endpoint is to be kept, and whether only one that is an address.
FORGETFUL = {"signin": False, "s3control": True}
_ENDPOINT = "SDK::Endpoint"
_KEPT = "idkeep_endpoint"


def honoured(client: Any, *, addresses_only: bool) -> None:  # noqa: ANN401 -- boto3 makes it
    """Make this client ask where it was told to."""

    def remember(builtins: dict[str, Any], context: dict[str, Any], **_: object) -> None:
        told = builtins.get(_ENDPOINT)
        if told and (not addresses_only or _is_address(told)):
            context[_KEPT] = told

    name = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register(f"before-endpoint-resolution.{name}", remember)
    client.meta.events.register(f"before-call.{name}", _redirect)


def _redirect(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    if endpoint := context.get(_KEPT):
        there = urlsplit(endpoint)
        asked = urlsplit(params["url"])
        path = there.path.rstrip("/") + params["url_path"]
        params["url"] = asked._replace(scheme=there.scheme, netloc=there.netloc, path=path).geturl()


def _is_address(endpoint: str) -> bool:
    try:
        ip_address(urlsplit(endpoint).hostname or "")
    except ValueError:
        return False
    return True
