"""A folder as an auditor gets it: an account's answers as the AWS CLI prints them.

The CLI pages by botocore's paginators, prints times in ISO 8601, bytes in base64, and IAM's policy
documents as objects. What AWS refuses goes to stderr in words of its own.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError

from idkeep.demo import DemoServer

# Service, method, file and parameters, as a person would ask.
PLAIN: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("sts", "get_caller_identity", "get-caller-identity", {}),
    ("iam", "get_account_authorization_details", "account-authorization-details", {}),
    ("iam", "get_account_summary", "account-summary", {}),
    ("iam", "get_account_password_policy", "account-password-policy", {}),
    ("iam", "list_virtual_mfa_devices", "list-virtual-mfa-devices", {}),
    ("iam", "list_roles", "list-roles", {}),
    ("iam", "list_instance_profiles", "list-instance-profiles", {}),
    ("iam", "list_server_certificates", "list-server-certificates", {}),
    ("iam", "list_account_aliases", "list-account-aliases", {}),
    ("iam", "get_account_properties", "get-account-properties", {}),
    ("iam", "list_delegation_requests", "list-delegation-requests", {}),
    ("iam", "list_saml_providers", "list-saml-providers", {}),
    ("iam", "list_open_id_connect_providers", "list-open-id-connect-providers", {}),
    ("iam", "list_organizations_features", "list-organizations-features", {}),
    (
        "iam",
        "get_outbound_web_identity_federation_info",
        "get-outbound-web-identity-federation-info",
        {},
    ),
    (
        "iam",
        "list_service_specific_credentials",
        "list-service-specific-credentials--all-users",
        {"AllUsers": True},
    ),
    ("account", "get_contact_information", "get-contact-information", {}),
    ("account", "list_regions", "list-regions", {}),
    ("organizations", "list_handshakes_for_account", "list-handshakes-for-account", {}),
    ("supportauthz", "list_support_permits", "list-support-permits", {}),
    *(
        (
            "account",
            "get_alternate_contact",
            f"get-alternate-contact--{kind}",
            {"AlternateContactType": kind},
        )
        for kind in ("SECURITY", "BILLING", "OPERATIONS")
    ),
)


def save(server: DemoServer, folder: Path) -> Path:
    """Ask the example account and write a file for each answer."""
    folder.mkdir(parents=True, exist_ok=True)
    cli = Cli(server, folder)
    for service, method, name, params in PLAIN:
        cli.save(service, method, name, **params)
    cli.client("iam").generate_credential_report()
    cli.save("iam", "get_credential_report", "credential-report")
    for arn in cli.arns("list-saml-providers", "SAMLProviderList"):
        cli.save("iam", "get_saml_provider", f"get-saml-provider--{slug(arn)}", SAMLProviderArn=arn)
    for arn in cli.arns("list-open-id-connect-providers", "OpenIDConnectProviderList"):
        name = f"get-open-id-connect-provider--{slug(arn)}"
        cli.save("iam", "get_open_id_connect_provider", name, OpenIDConnectProviderArn=arn)
    for user in json.loads((folder / "account-authorization-details.json").read_text())[
        "UserDetailList"
    ]:
        name = user["UserName"]
        for method in (
            "list_mfa_devices",
            "get_login_profile",
            "get_user",
            "list_access_keys",
            "list_signing_certificates",
        ):
            command = method.replace("_", "-")
            cli.save("iam", method, f"{command}--{slug(name)}", UserName=name)
    tagged = {"ResourceTypeFilters": ["iam:policy"]}
    told = "get-resources--iam-policy--us-east-1"
    cli.save("resourcegroupstaggingapi", "get_resources", told, **tagged)
    for name in ("GetResourcePolicy", "GetConsoleAuthorizationConfiguration"):
        cli.save("signin", xform_name(name), xform_name(name, "-"))
    return folder


def slug(value: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in value)


class Cli:
    def __init__(self, server: DemoServer, folder: Path) -> None:
        environment = server.environment("auditor")
        self._session = boto3.Session(
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=environment.get("AWS_SESSION_TOKEN"),
            region_name=environment.get("AWS_REGION", environment.get("AWS_DEFAULT_REGION")),
        )
        self._endpoint = environment["AWS_ENDPOINT_URL"]
        self._clients: dict[str, Any] = {}
        self.folder = folder

    def client(self, service: str) -> Any:
        if service not in self._clients:
            # Policies of IAM are tagged at its home.
            at = {"region_name": "us-east-1"} if service == "resourcegroupstaggingapi" else {}
            made = self._session.client(service, endpoint_url=self._endpoint, **at)
            if service == "signin":
                # botocore sends it to AWS itself, whatever the endpoint.
                made.meta.events.register("before-send.signin", self._stay_here)
            self._clients[service] = made
        return self._clients[service]

    def _stay_here(self, request: Any, **_: object) -> None:
        here = urlsplit(self._endpoint)
        there = urlsplit(request.url)
        request.url = there._replace(scheme=here.scheme, netloc=here.netloc).geturl()

    def save(self, service: str, method: str, name: str, **params: Any) -> None:
        client = self.client(service)
        try:
            if client.can_paginate(method):
                told = client.get_paginator(method).paginate(**params).build_full_result()
            else:
                told = getattr(client, method)(**params)
        except ClientError as error:
            (self.folder / f"{name}.json.error").write_text(f"\naws: [ERROR]: {error}\n")
            return
        (self.folder / f"{name}.json").write_text(printed(told))

    def arns(self, name: str, member: str) -> Iterator[str]:
        with suppress(FileNotFoundError):
            for one in json.loads((self.folder / f"{name}.json").read_text())[member]:
                yield one["Arn"]


def printed(told: Mapping[str, Any]) -> str:
    """As the CLI's version 2 prints an answer."""
    shown = {name: one for name, one in told.items() if name != "ResponseMetadata"}
    return json.dumps(shown, indent=4, default=_printed, ensure_ascii=False) + "\n"


def _printed(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    assert isinstance(value, bytes)
    return b64encode(value).decode()
