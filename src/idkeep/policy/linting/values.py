"""Values of conditions: the form that their operator wants, and wildcards that say too much.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

import re
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network

from idkeep.catalog import GlobalKey
from idkeep.policy.compare import address, boolean, moment, network, number, octets
from idkeep.policy.condition import Condition
from idkeep.policy.document import PolicyKind
from idkeep.policy.linting.arns import REGION
from idkeep.policy.linting.finding import Remark, Subject
from idkeep.policy.linting.keys import family, negated
from idkeep.policy.operators import NULL, SetOperator
from idkeep.policy.pattern import Wild, arn_test, glob
from idkeep.policy.source import Path
from idkeep.policy.variables import Variable, Version, template

_VPC = re.compile(r"vpc-(?:[0-9a-z]{8}|[0-9a-z]{17})", re.ASCII)
_VPCE = re.compile(r"vpce-(?:[0-9a-z]{8}|[0-9a-z]{17})", re.ASCII)
# `service.amazonaws.com`, and the endings of other partitions (botocore's partitions.json).
_ENDING = r"\.(?:amazonaws\.(?:com(?:\.cn)?|eu)|c2s\.ic\.gov|sc2s\.sgov\.gov|aws\.internal)"
SERVICE_PRINCIPAL = re.compile(rf"[a-z0-9][a-z0-9.-]*{_ENDING}", re.ASCII)
_VIA_SERVICE = re.compile(rf"[a-z0-9-]+\.[a-z]{{2,}}(?:-[a-z]+)+-\d{{1,2}}{_ENDING}", re.ASCII)
_KMS_KEY = re.compile(r"arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key/.+", re.ASCII)
_FORMS = {
    "aws:sourcevpc": (_VPC, "INVALID_VPC_FORMAT", "vpc- and 8 or 17 letters and digits"),
    "aws:sourcevpce": (_VPCE, "INVALID_VPCE_FORMAT", "vpce- and 8 or 17 letters and digits"),
    "aws:requestedregion": (REGION, "INVALID_REGION", "a Region such as eu-west-1"),
    "s3:x-amz-server-side-encryption-aws-kms-key-id": (
        _KMS_KEY,
        "INVALID_KMS_KEY_VALUE",
        "the ARN of a KMS key",
    ),
    **dict.fromkeys(
        (
            "iam:passedtoservice",
            "iam:awsservicename",
            "aws:principalservicename",
            "aws:calledvia",
            "aws:calledviafirst",
            "aws:calledvialast",
        ),
        (SERVICE_PRINCIPAL, "INVALID_SERVICE_PRINCIPAL_FORMAT", "service.amazonaws.com"),
    ),
    "kms:viaservice": (
        _VIA_SERVICE,
        "INVALID_SERVICE_PRINCIPAL_FORMAT",
        "service.region.amazonaws.com",
    ),
}


def values(subject: Subject) -> Iterator[Remark]:
    for statement in subject.statements:
        for condition, at in subject.conditions(statement):
            if condition.operator.base == NULL:
                yield from _null(condition, at)
                continue
            yield from _together(condition, at)
            yield from _wildcard_alone(condition, at)
            for n, value in enumerate(condition.values):
                if variables := _variables(value, statement.version):
                    yield from _variable(condition, variables, subject, (*at, n))
                else:
                    yield from _typed(condition, value, (*at, n))
                    yield from _wildcard(condition, value, subject, (*at, n))
                    yield from _formed(condition, value, (*at, n))


def _variables(value: str, version: Version) -> list[str]:
    return [part.key for part in template(value, version) if isinstance(part, Variable)]


def _null(condition: Condition, at: Path) -> Iterator[Remark]:
    for n, value in enumerate(condition.values):
        if boolean(value) is None:
            yield Remark("TYPE_MISMATCH_BOOLEAN", f"{value!r} is not true or false", (*at, n))


def _together(condition: Condition, at: Path) -> Iterator[Remark]:
    """What is wrong with several values rather than with one."""
    operator, given = condition.operator, condition.values
    if operator.base == "Bool" and len(given) > 1 and operator.set_operator is None:
        message = f"{condition.key} has one of two values; so should the condition"
        yield Remark("INVALID_CONDITION_MULTIPLE_BOOLEAN", message, at)
    numbers = [one for one in given if number(one) is not None]
    if operator.base.startswith(("NumericLess", "NumericGreater")) and len(numbers) > 1:
        which = "greatest" if "Less" in operator.base else "least"
        yield Remark("REDUNDANT_CONDITION_VALUE_NUM", f"one value is enough: the {which}", at)
    if condition.key.lower() == "aws:sourceip":
        yield from _private(condition, at)


def _private(condition: Condition, at: Path) -> Iterator[Remark]:
    """Addresses that no request to a public endpoint comes from."""
    networks = [found for one in condition.values if (found := network(one))]
    private = [one for one in networks if _is_private(one)]
    if not private:
        return
    no = "_NOT" if negated(condition.operator) else ""
    some = "" if len(private) == len(condition.values) else "_SUBSET"
    does = "has no effect" if no else "is never met"
    message = f"aws:SourceIp is a public address; {private[0]} {does}. Use aws:VpcSourceIp"
    yield Remark(f"PRIVATE{no}_IP_ADDRESS{some}", message, at)


_RFC_1918 = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
_ULA = IPv6Network("fc00::/7")


def _is_private(one: IPv4Network | IPv6Network) -> bool:
    """RFC 1918 and RFC 4193."""
    if isinstance(one, IPv4Network):
        return any(one.subnet_of(private) for private in _RFC_1918)
    return one.subnet_of(_ULA)


def _typed(condition: Condition, value: str, at: Path) -> Iterator[Remark]:
    operator = condition.operator.base
    match family(condition.operator):
        case "Bool" if boolean(value) is None:
            yield Remark("TYPE_MISMATCH_BOOLEAN", f"{value!r} is not true or false", at)
        case "Numeric" if number(value) is None:
            yield Remark("TYPE_MISMATCH_NUMBER", f"{value!r} is no number", at)
        case "Arn" if arn_test(glob(value)) is None:
            open_end = value.endswith("*")
            does = "AWS does not say whether the * runs on" if open_end else "no ARN is like it"
            message = f"{value!r} has not the six fields that {operator} compares: {does}"
            yield Remark("ARN_PATTERN_WITHOUT_SIX_FIELDS", message, at)
        case "Binary" if octets(value) is None:
            yield Remark("TYPE_MISMATCH_STRING", f"{value!r} is not base64", at)
        case "Date" if number(value) is not None:
            message = f"{value} counts seconds, or is a year; write YYYY-MM-DD"
            yield Remark("INVALID_DATE_VALUE", message, at)
        case "Date" if moment(value) is None:
            yield Remark("TYPE_MISMATCH_DATE", f"{value!r} is no date such as 2026-01-31", at)
        case "IpAddress":
            yield from _range(operator, value, at)
        case _:
            return


def _range(operator: str, value: str, at: Path) -> Iterator[Remark]:
    found = network(value)
    if found is None:
        message = f"{operator} wants a CIDR range such as 203.0.113.0/24, not {value!r}"
        yield Remark("TYPE_MISMATCH_IP_RANGE", message, at)
        return
    if found.network_address != address(value.partition("/")[0]):
        yield Remark("IMPROVE_IP_RANGE", f"{value} means {found}", at)


def _wildcard(condition: Condition, value: str, subject: Subject, at: Path) -> Iterator[Remark]:
    if "*" not in value and "?" not in value:
        return
    operator, name = condition.operator, condition.key
    if operator.base in ("StringEquals", "StringNotEquals", *_IGNORING_CASE):
        message = f"{operator.base} takes {value!r} as it is written; a wildcard wants StringLike"
        yield Remark("WILDCARD_WITHOUT_LIKE_OPERATOR", message, at)
        return
    if family(operator) != "String":
        return
    if _sensitive(name, subject):
        message = f"{name} is who or where somebody is: no wildcard in it has a valid use"
        yield Remark("WILDCARD_USAGE_TOO_PERMISSIVE", message, at)
    elif name.lower() == "aws:userid" and not _beside_colon(value):
        message = "in aws:userid a wildcard stands right of the colon, or alone left of it"
        yield Remark("WILDCARD_USAGE_TOO_PERMISSIVE", message, at)
    elif name.lower() == "token.actions.githubusercontent.com:sub" and not negated(operator):
        yield from _github(value, at, subject)


_IGNORING_CASE = ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")


def _beside_colon(value: str) -> bool:
    left, colon, _ = value.partition(":")
    return bool(colon) and (left == "*" or not ("*" in left or "?" in left))


def _github(value: str, at: Path, subject: Subject) -> Iterator[Remark]:
    """Of whom a role trusts; elsewhere it is a guardrail that names all of an organization."""
    if subject.kind is not PolicyKind.TRUST:
        return
    keys = {one.key.lower() for s in subject.statements for one in s.conditions}
    if "token.actions.githubusercontent.com:ref" in keys:
        return
    message = f"{value!r} lets in more repositories or branches than one"
    yield Remark("SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED", message, at)


def _variable(
    condition: Condition, variables: list[str], subject: Subject, at: Path
) -> Iterator[Remark]:
    """A sensitive key against what somebody may have chosen, such as a tag or a name.

    AWS's page says that no variable may stand there; its own policies compare sensitive keys with
    one another (`aws:ResourceAccount` with `${aws:PrincipalAccount}`), which nobody chooses.
    """
    if not _sensitive(condition.key, subject) or family(condition.operator) != "String":
        return
    chosen = [one for one in variables if not _sensitive(one, subject)]
    if chosen:
        message = f"{condition.key} is compared with ${{{chosen[0]}}}, as good as a wildcard"
        yield Remark("VARIABLE_USAGE_TOO_PERMISSIVE", message, at)


def _sensitive(key: str, subject: Subject) -> bool:
    known = subject.catalog.key(key)
    return isinstance(known, GlobalKey) and known.sensitive


def _formed(condition: Condition, value: str, at: Path) -> Iterator[Remark]:
    """Values that no request can have; a wildcard may stand for what is missing."""
    if condition.key.lower() not in _FORMS or family(condition.operator) not in ("String", "Arn"):
        return
    form, code, wanted = _FORMS[condition.key.lower()]
    if "*" in value or "?" in value or form.fullmatch(value):
        return
    if code == "INVALID_REGION" and "global" in value:
        return  # some services call theirs aws-global; AWS has no list
    yield Remark(code, f"{value!r} is not of the form: {wanted}", at)


def _wildcard_alone(condition: Condition, at: Path) -> Iterator[Remark]:
    """`*` matches every value, so that only whether the key is there is left of the condition."""
    operator = condition.operator
    if operator.base not in ("StringLike", "StringNotLike"):
        return
    if not any(one and _only_stars(one) for one in condition.values):
        return
    key = condition.key
    if negated(operator):
        if operator.set_operator is SetOperator.FOR_ANY_VALUE:
            code, message = "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION", "is never met"
        else:
            code, message = "EQUIVALENT_TO_NULL_TRUE", f'means "Null": {{"{key}": "true"}}'
    elif operator.if_exists or operator.set_operator is SetOperator.FOR_ALL_VALUES:
        code, message = "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION", "is always met"
    else:
        code, message = "EQUIVALENT_TO_NULL_FALSE", f'means "Null": {{"{key}": "false"}}'
    yield Remark(code, f"{operator} {key} * {message}", at)


def _only_stars(value: str) -> bool:
    return all(part is Wild.MANY for part in template(value, Version.OLD))
