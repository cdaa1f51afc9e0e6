"""The page about `idkeep lint`: every code, and what of AWS's validator is not judged, with why."""

from collections.abc import Iterator

from idkeep.policy.linting import ISSUES, Category

_INTRO = """\
# Policy documents under lint: `idkeep lint`

```
idkeep lint policies/ role.json            # files, and every *.json of directories
aws iam get-role --role-name app | idkeep lint -
idkeep lint --kind scp --fail-on error guardrails.json
idkeep lint --sarif policies/ > lint.sarif
idkeep lint --fix policies/
```

A file may be a policy, a list of policies, or an answer of AWS's that holds some (`get-role`,
`get-policy-version`, `get-bucket-policy`, `get-account-authorization-details`,
`describe-policy` …), as an object or as a string. The kind is what AWS's answer says, or
`--kind`, or a guess that is said: with principals a trust policy (sts alone, no resource) or a
resource policy, without an identity policy.

The codes and categories are those of IAM Access Analyzer's
[ValidatePolicy](https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html),
and some of idkeep's own. Nothing is asked of AWS: actions, resources and keys are the catalog's.
What the catalog lacks may be newer than it is: that is a `NOTE` with the catalog's date, under
the same code, but for names that are a slip of the hand away from one it has.

The exit code is 1 where something is found at or above `--fail-on` (by default `warning`), 2 for
wrong use or a file that can't be read, else 0. `--suppress CODE` leaves findings out.

`--fix` removes entries of a list that lie within another entry, and spells actions as AWS does.
Before a file is written (whole or not at all, with its mode kept), each removed pattern is proven
to lie within one that stays, and old and new lists to match the same actions of the catalog;
else nothing is done. A policy that a file holds as a string is left as it is.

With [pre-commit](https://pre-commit.com), the hook is `idkeep-lint`.

## As JSON

`--json` prints one object: `format` (`idkeep.lint/1`), `catalog` (its date), and `policies`, each
with `file`, `at` (where in the file's JSON; empty for the whole), `kind`, `kind_guessed` and
`findings`: `code`, `category`, `message`, `path` (in the policy), `line`, `column` (from 1),
`width` (characters meant), `page`. Lines count in the file, or in the policy where the file holds
it as a string. `--sarif` is SARIF 2.1.0: an error is `error`, both warnings `warning`, the rest
`note`.

## Codes
"""

_NOT_JUDGED = {
    "SCP_SYNTAX_ERROR_ACTION_WILDCARD": "SCPs take wildcards anywhere in an action since"
    " 2025-09-19; the page is older",
    "UNSUPPORTED_GLOBAL_CONDITION_KEY": "it is about `aws:ARN` alone, as"
    " `DEPRECATED_GLOBAL_CONDITION_KEY` is; the page does not tell when which is meant",
    "UNSUPPORTED_RESOURCE_ARN_IN_POLICY": "a document does not say which resource it stands on",
}
_IN_PART = {
    "INVALID_ARN_REGION": "what has not the form of a Region; which service is in which Region is"
    " not in the catalog",
    "INVALID_REGION": "the same",
    "INVALID_PARTITION": "partitions that are none; which service is in which is not in the"
    " catalog",
    "UNSUPPORTED_ACTION_IN_POLICY": "trust policies, the one kind that says what it stands on",
    "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA": "queues; other services' limits are not in the"
    " catalog",
    "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL": "the organization and the tags of a"
    " principal, which no service has; AWS has no list",
    "IRRELEVANT_CONDITION_KEY_IN_POLICY": "AWS's example, `s3:ResourceAccount`; it has no list",
    "INVALID_KMS_KEY_VALUE": "`s3:x-amz-server-side-encryption-aws-kms-key-id`",
    "MISSING_ACTION_FOR_CONDITION_KEY": "`sts:SourceIdentity`, `sts:TransitiveTagKeys`,"
    " `iam:PassedToService`; AWS has no list",
    "MISSING_PAIRED_CONDITION_KEYS": "AWS's example, `aws:VpcSourceIp`; it has no list",
    "UNTRUSTWORTHY_CONDITION_KEY": "`aws:Referer` and `aws:UserAgent`, of which AWS's page on keys"
    " says so",
    "WILDCARD_USAGE_TOO_PERMISSIVE": "sensitive keys and `aws:userid`; which keys want six"
    " characters before a wildcard, AWS does not say",
    "VARIABLE_USAGE_TOO_PERMISSIVE": "sensitive keys, and variables that somebody may choose: AWS's"
    " own policies compare sensitive keys with one another",
}
_WORDS = {
    Category.ERROR: "a part of the policy does not work",
    Category.SECURITY_WARNING: "it allows more than it seems to",
    Category.WARNING: "it does not do what it seems to",
    Category.SUGGESTION: "it could be said better",
    Category.NOTE: "the catalog's age, or AWS's own pages, leave it open",
}


def lint_page() -> str:
    """The whole of docs/lint.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _INTRO
    for category in Category:
        yield f"### {category}: {_WORDS[category]}"
        yield ""
        yield "| code | |"
        yield "|---|---|"
        for issue in ISSUES.values():
            if issue.category is category:
                whose = f"idkeep's own: {issue.title}" if issue.own else issue.title
                part = f" (in part: {_IN_PART[issue.code]})" if issue.code in _IN_PART else ""
                yield f"| [`{issue.code}`]({issue.page}) | {whose}{part} |"
        yield ""
    yield "## Of AWS's page and not judged"
    yield ""
    yield "| code | why |"
    yield "|---|---|"
    for code, why in _NOT_JUDGED.items():
        yield f"| `{code}` | {why} |"
