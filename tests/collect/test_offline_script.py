"""The script of AWS CLI commands: run by a shell, with a stub in the place of the CLI."""

import os
import re
import subprocess
from pathlib import Path

from idkeep.collect.offline import commands, files
from idkeep.collect.organization_policies import EFFECTIVE_TYPES
from idkeep.model import Family, Gap, SamlDetails

from .a_folder import ACCOUNT_SAML, CALLER, DETAILS, REPORT, SUMMARY, put, read

STUB = f"""#!/bin/sh
case "$*" in
*generate-credential-report*) echo COMPLETE;;
*list-saml-providers*--query*) echo {ACCOUNT_SAML};;
*--query*) ;;
*get-account-password-policy*)
  echo "aws: [ERROR]: An error occurred (NoSuchEntity) when calling the X operation: no" >&2
  exit 254;;
*) cat "$ANSWERS/$2.json";;
esac
"""


def export(tmp_path: Path, stub: str, answers: Path) -> Path:
    """The folder that the script makes where `stub` is the AWS CLI."""
    put(tmp_path / "bin", "aws", stub).chmod(0o755)
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-e", "-c", commands()],
        cwd=tmp_path,
        env={"PATH": path, "ANSWERS": str(answers)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr
    return tmp_path / "idkeep-export"


def test_the_script_asks_for_tags_of_policies_in_the_partitions_home_region(tmp_path: Path) -> None:
    stub = """#!/bin/sh
case "$*" in
*get-caller-identity*--query*) echo arn:aws-us-gov:iam::111122223333:user/ana;;
*generate-credential-report*) echo COMPLETE;;
*--query*) ;;
*) echo "$*";;
esac
"""
    folder = export(tmp_path, stub, tmp_path)
    asked = (folder / "get-resources--iam-policy--us-gov-west-1.json").read_text()
    words = "resourcegroupstaggingapi get-resources --resource-type-filters iam:policy"
    assert asked.strip() == f"{words} --region us-gov-west-1 --output json"


def test_what_the_script_saves_is_what_is_read(tmp_path: Path) -> None:
    answers = tmp_path / "answers"
    put(answers, "get-caller-identity.json", CALLER)
    put(answers, "get-account-authorization-details.json", DETAILS)
    put(answers, "get-credential-report.json", REPORT)
    put(answers, "get-account-summary.json", SUMMARY)
    put(answers, "list-saml-providers.json", {"SAMLProviderList": [{"Arn": ACCOUNT_SAML}]})
    put(answers, "get-saml-provider.json", {"SAMLMetadataDocument": "<xml/>"})
    snapshot = read(export(tmp_path, STUB, answers))
    assert snapshot.account.password_policy is None
    assert [one.name for one in snapshot.users] == ["ana"]
    [saml] = snapshot.providers.saml  # type: ignore[misc]
    assert isinstance(saml.details, SamlDetails)
    name = "get-contact-information.json.error"
    why = f"{name}: holds no error of AWS's: the command failed before AWS was asked"
    assert snapshot.account.contact == Gap("account:GetContactInformation", why)


def test_the_script_saves_each_answer_that_needs_no_other_under_the_name_that_is_read() -> None:
    saved = set(re.findall(r"^save (\S+\.json) ", commands(), re.MULTILINE))
    families = {Family.IDENTITY.value, Family.ORGANIZATION.value}
    wanted = {name for name, _, family in files() if family in families and "<" not in name}
    assert wanted <= saved


ORGANIZATION = """#!/bin/sh
case "$*" in
*generate-credential-report*) echo COMPLETE;;
*list-roots*PolicyTypes*) printf 'SERVICE_CONTROL_POLICY\tTAG_POLICY\n';;
*list-roots*--query*) echo r-1;;
*list-organizational-units*r-1*--query*) echo ou-1;;
*list-policies*SERVICE*--query*) echo p-scp;;
*list-policies*TAG*--query*) echo p-tag;;
*list-accounts-with-invalid*--query*) echo 111122223333;;
*list-delegated-administrators*--query*) echo 444455556666;;
*--query*) ;;
*) echo '{}';;
esac
"""


def test_the_script_asks_for_every_type_of_policy_that_is_on(tmp_path: Path) -> None:
    made = {one.name for one in export(tmp_path, ORGANIZATION, tmp_path).iterdir()}
    assert {
        "list-policies--SERVICE_CONTROL_POLICY.json",
        "list-policies--TAG_POLICY.json",
        "describe-policy--p-scp.json",
        "list-targets-for-policy--p-tag.json",
        "describe-effective-policy--TAG_POLICY.json",
        "list-accounts-with-invalid-effective-policy--TAG_POLICY.json",
        "list-effective-policy-validation-errors--111122223333--TAG_POLICY.json",
        "list-delegated-services-for-account--444455556666.json",
        "list-organizational-units-for-parent--r-1.json",
        "list-accounts-for-parent--r-1.json",
        "list-organizational-units-for-parent--ou-1.json",
        "list-accounts-for-parent--ou-1.json",
    } <= made
    assert "describe-effective-policy--SERVICE_CONTROL_POLICY.json" not in made
    assert "describe-effective-policy--BACKUP_POLICY.json" not in made


def test_a_member_that_is_not_told_the_types_saves_its_own_policy_of_each(tmp_path: Path) -> None:
    refused = "*list-roots*) echo no >&2; exit 254;;"
    stub = ORGANIZATION.replace('case "$*" in', f'case "$*" in\n{refused}')
    made = {one.name for one in export(tmp_path, stub, tmp_path).iterdir()}
    assert {f"describe-effective-policy--{one}.json" for one in EFFECTIVE_TYPES} <= made
    assert "list-roots.json.error" in made
    assert not [one for one in made if one.startswith("list-policies--")]
