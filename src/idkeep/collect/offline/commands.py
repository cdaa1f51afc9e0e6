"""The AWS CLI's commands that make the files of a folder, drawn from the collectors."""

import json
from collections.abc import Iterator, Mapping
from textwrap import wrap

from idkeep.collect.declare import AnyCollector
from idkeep.collect.families import collectors
from idkeep.collect.federation import OIDC_PROVIDER, SAML_PROVIDER
from idkeep.collect.mfa import MFA_DEVICES
from idkeep.collect.offline.account import CALLER
from idkeep.collect.offline.names import CLI_SERVICES, asked, command, file_name, operation, parts
from idkeep.collect.organization import DELEGATED_SERVICES
from idkeep.collect.organization_policies import (
    AUTHORIZATION,
    EFFECTIVE_POLICY,
    EFFECTIVE_TYPES,
    INVALID,
    POLICIES,
    POLICY,
    TARGETS,
)
from idkeep.collect.policy_tags import POLICY_TAGS
from idkeep.model import Family
from idkeep.model.partitions import homes

_FAMILIES = (Family.IDENTITY, Family.ORGANIZATION)
_BEGIN = """\
mkdir -p idkeep-export && cd idkeep-export
export LC_ALL=C AWS_PAGER=
# What AWS refuses, or says is not there, is kept beside: FILE.error.
save() {
  file=$1; shift
  if aws "$@" --output json > "$file" 2> "$file.error"
  then rm -f "$file.error"; else rm -f "$file"; fi
}
slug() { printf %s "$1" | tr -c 'A-Za-z0-9._-' '-'; }
for wait in 1 2 3 4 5 6 7 8 9 10
do
  [ "$(aws iam generate-credential-report --query State --output text)" = COMPLETE ] && break
  sleep "$wait"
done"""
_UNITS = """\
units() {
  save "list-organizational-units-for-parent--$1.json" \\
    organizations list-organizational-units-for-parent --parent-id "$1"
  save "list-accounts-for-parent--$1.json" organizations list-accounts-for-parent --parent-id "$1"
  for unit in $(aws organizations list-organizational-units-for-parent --parent-id "$1" \\
    --query 'OrganizationalUnits[].Id' --output text); do units "$unit"; done
}
for root in $(aws organizations list-roots --query 'Roots[].Id' --output text 2> /dev/null)
do units "$root"; done"""
_ERRORS = """\
for type in $merging
do
  for account in $(aws organizations list-accounts-with-invalid-effective-policy \\
    --policy-type "$type" --query 'Accounts[].Id' --output text)
  do
    save "list-effective-policy-validation-errors--$account--$type.json" \\
      organizations list-effective-policy-validation-errors \\
      --account-id "$account" --policy-type "$type"
  done
done"""
# The types that are on, and those of them that come together to an effective policy. A member
# account is not told which are on, and is told its own effective policy of each.
_TYPES = f"""\
if types=$(aws organizations list-roots --query 'Roots[].PolicyTypes[].Type' --output text \\
  2> /dev/null)
then
  merging=$(printf '%s\\n' $types | grep -vxE '{"|".join(sorted(AUTHORIZATION))}' || :)
  own=$merging
else
  types= merging=
  own='{" ".join(EFFECTIVE_TYPES)}'
fi"""
# What a command is asked of: a shell's list, and the parameter that takes each of it.
_LISTS: tuple[tuple[str, str, tuple[AnyCollector, ...]], ...] = (
    (
        "$(aws iam list-saml-providers --query 'SAMLProviderList[].Arn' --output text)",
        "SAMLProviderArn",
        (SAML_PROVIDER,),
    ),
    (
        (
            "$(aws iam list-open-id-connect-providers "
            "--query 'OpenIDConnectProviderList[].Arn' --output text)"
        ),
        "OpenIDConnectProviderArn",
        (OIDC_PROVIDER,),
    ),
    (
        "$(aws iam list-users --query 'Users[].UserName' --output text)",
        "UserName",
        (MFA_DEVICES,),
    ),
    (
        (
            "$(aws organizations list-delegated-administrators "
            "--query 'DelegatedAdministrators[].Id' --output text)"
        ),
        "AccountId",
        (DELEGATED_SERVICES,),
    ),
    ("$types", "Filter", (POLICIES,)),
    ("$own", "PolicyType", (EFFECTIVE_POLICY,)),
    ("$merging", "PolicyType", (INVALID,)),
    (
        (
            '$(for type in $types; do aws organizations list-policies --filter "$type" '
            "--query 'Policies[].Id' --output text; done)"
        ),
        "PolicyId",
        (POLICY, TARGETS),
    ),
)


def commands() -> str:
    """A script for a POSIX shell that reads an account's identities and organisation."""
    return "\n".join((_BEGIN, *_plain(), *_tags(), _TYPES, *_each(), _ERRORS, _UNITS)) + "\n"


def files() -> Iterator[tuple[str, str, str]]:
    """File, command and family of every answer that is read; each once, in its first family."""
    seen: set[str] = set()
    for family in Family:
        for collector in collectors((family,)):
            values = {name: f"<{name}>" for name in _needed(collector)}
            told = (
                values[name] if name in values else parts({name: one})
                for name, one in asked(collector, values).items()
            )
            where = ("<region>",) if collector.regional else ()
            name = "--".join((command(collector.operation), *told, *where)) + ".json"
            words = " ".join(("aws", *_words(collector, values)))
            if words not in seen:
                seen.add(words)
                yield name, words, family.value


def _plain() -> Iterator[str]:
    known = {file_name(one): one for one in (CALLER, *collectors(_FAMILIES))}
    for name, collector in known.items():
        if not _needed(collector) and collector.service != "resourcegroupstaggingapi":
            yield f"save {name} {' '.join(_words(collector, {}))}"


def _tags() -> Iterator[str]:
    """Policies are tagged where the partition has IAM, whichever region the CLI is set to."""
    cases = " ".join(f"arn:{name}:*) home={region};;" for name, region in homes().items())
    told = file_name(POLICY_TAGS).removesuffix(".json")
    words = " ".join(_words(POLICY_TAGS, {}))
    yield 'case "$(aws sts get-caller-identity --query Arn --output text)" in'
    yield "\n".join(wrap(cases, 90, break_on_hyphens=False))
    yield f'esac\nsave "{told}--$home.json" {words} --region "$home"'


def _each() -> Iterator[str]:
    for values, parameter, some in _LISTS:
        saves = "; ".join(
            f'save "{command(one.operation)}--$(slug "$one").json" '
            + " ".join(_words(one, {parameter: '"$one"'}))
            for one in some
        )
        yield f"for one in {values}\ndo {saves}; done"


def _needed(collector: AnyCollector) -> tuple[str, ...]:
    """What a call of it must be told besides its own parameters.

    IAM takes a call without a user for one about the caller, which is never asked.
    """
    shape = operation(collector.service, collector.operation).input_shape
    if shape is None:
        return ()
    needed = [one for one in shape.required_members if one not in collector.params]
    if (
        collector.service == "iam"
        and "UserName" in shape.members
        and "AllUsers" not in collector.params
    ):
        needed = list(dict.fromkeys((*needed, "UserName")))
    return tuple(needed)


def _words(collector: AnyCollector, values: Mapping[str, str]) -> Iterator[str]:
    yield CLI_SERVICES.get(collector.service, collector.service)
    yield command(collector.operation)
    for name, value in asked(collector, values).items():
        yield f"--{command(name)}"
        if isinstance(value, list | tuple):
            yield from map(str, value)
        elif isinstance(value, Mapping):
            yield f"'{_json(value)}'"
        elif value is not True:
            yield str(value)


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, separators=(",", ":"))
