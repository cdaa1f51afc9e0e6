"""AWS Security Finding Format: each line is one request of `BatchImportFindings`.

A request holds the findings of one account alone, at most a hundred of them and 6 MB: Security Hub
takes them only from the account that they are about.
https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
https://docs.aws.amazon.com/securityhub/latest/partnerguide/guidelines-batchimportfindings.html
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from idkeep.model import Severity, Status, SubjectRef
from idkeep.model.history import Seen
from idkeep.model.partitions import home
from idkeep.report.csv_table import place
from idkeep.report.format import Format, json_text
from idkeep.report.organization import OrganizationReport
from idkeep.report.printable import printable
from idkeep.report.remedy import allowed_told
from idkeep.report.results import Result, Whole, not_read, results
from idkeep.report.scan import CheckResult, ScanReport

MOST_FINDINGS = 100
MOST_BYTES = 6_000_000
# Bytes that Security Hub takes of each.
MOST_TITLE, MOST_TEXT, MOST_ID, MOST_REMEDY, MOST_FIELD = 256, 1024, 512, 512, 2048
_VERSION = "2018-10-08"
_TYPE = "Software and Configuration Checks/AWS Security Best Practices"
# Those that a resource of Security Hub's may be in.
_PARTITIONS = frozenset({"aws", "aws-cn", "aws-us-gov", "aws-us-iso", "aws-us-iso-b"})
_LABELS = {
    Severity.LOW: "LOW",
    Severity.MEDIUM: "MEDIUM",
    Severity.HIGH: "HIGH",
    Severity.CRITICAL: "CRITICAL",
}
_COMPLIANCE = {
    Status.FAIL: "FAILED",
    Status.SUPPRESSED: "FAILED",
    Status.UNKNOWN: "WARNING",
    Status.PASS: "PASSED",
    Status.NOT_APPLICABLE: "NOT_AVAILABLE",
}
_WORKFLOW = {
    Status.FAIL: "NEW",
    Status.SUPPRESSED: "SUPPRESSED",
    Status.UNKNOWN: "NEW",
    Status.PASS: "RESOLVED",
    Status.NOT_APPLICABLE: "RESOLVED",
}
_KINDS = {
    "Account": "AwsAccount",
    "Root": "AwsIamUser",
    "User": "AwsIamUser",
    "Group": "AwsIamGroup",
    "Role": "AwsIamRole",
    "ManagedPolicy": "AwsIamPolicy",
    "Bucket": "AwsS3Bucket",
    "KmsKey": "AwsKmsKey",
    "LambdaFunction": "AwsLambdaFunction",
    "Queue": "AwsSqsQueue",
    "Topic": "AwsSnsTopic",
    "Secret": "AwsSecretsManagerSecret",
    "Repository": "AwsEcrRepository",
    "Table": "AwsDynamoDbTable",
    "EksCluster": "AwsEksCluster",
    "RestApi": "AwsApiGatewayRestApi",
}


class Document(Format):
    def account(self, report: ScanReport) -> Iterator[str]:
        at = _At(report.partition, report.region, report.taken, report.idkeep)
        checks = {one.id: one for one in report.checks}
        gone = (one for one in report.history if one.resolved == report.taken)
        findings = (at.finding(one) for one in results(report))
        resolved = (
            at.resolved(one, report.account, checks[one.check])
            for one in gone
            if one.check in checks
        )
        yield from _requests(chain(findings, resolved))

    def end(self, report: Whole) -> Iterator[str]:
        if isinstance(report, OrganizationReport):
            at = _At(report.partition, report.region, report.begun, report.idkeep)
            for one in not_read(report):
                yield from _requests([at.finding(one)])


def _requests(findings: Iterable[dict[str, Any]]) -> Iterator[str]:
    batch: list[str] = []
    size = 0
    for one in map(json_text, findings):
        length = len(one.encode()) + 1
        if batch and (len(batch) == MOST_FINDINGS or size + length > MOST_BYTES - 100):
            yield _request(batch)
            batch, size = [], 0
        batch.append(one)
        size += length
    if batch:
        yield _request(batch)


def _request(batch: list[str]) -> str:
    return f'{{"Findings":[{",".join(batch)}]}}\n'


class _At:
    """Where and when a scan was made, which each of its findings has to say."""

    def __init__(self, partition: str, region: str, taken: datetime, version: str) -> None:
        self.partition = partition
        self.region = region or home(partition)
        self._partition = {"Partition": partition} if partition in _PARTITIONS else {}
        self.when = _time(taken)
        self.version = version

    def finding(self, one: Result) -> dict[str, Any]:
        severity = _LABELS[one.severity] if one.severity else "INFORMATIONAL"
        seen = one.seen
        title = one.check.title if one.check else "Something could not be read."
        said = f"{_called(one.subject)} {one.message or _PLAIN[one.status]}."
        told = self._common(one.account, one.id, one.rule)
        told |= {
            "Title": _cut(title, MOST_TITLE),
            "Description": _cut(said, MOST_TEXT),
            "Severity": {"Label": severity},
            "FindingProviderFields": {"Severity": {"Label": severity}, "Types": [_TYPE]},
            "FirstObservedAt": _time(seen.first) if seen else self.when,
            "CreatedAt": _time(seen.first) if seen else self.when,
            "Compliance": {"Status": _COMPLIANCE[one.status]},
            "Workflow": {"Status": _WORKFLOW[one.status]},
            "RecordState": "ACTIVE",
            "Resources": [self._resource(one.subject)],
            "ProductFields": _fields(one, self.version),
        }
        if one.check:
            told["Remediation"] = _remediation(one.check)
        if one.finding and (agreed := one.finding.suppressed):
            why = f"Suppressed until {agreed.expires}: {agreed.reason}"
            told["Note"] = {
                "Text": _cut(why, MOST_REMEDY),
                "UpdatedBy": _cut(agreed.owner, MOST_REMEDY),
                "UpdatedAt": self.when,
            }
        return told

    def resolved(self, seen: Seen, account: str, check: CheckResult) -> dict[str, Any]:
        """A finding of before that is gone; its subject may be gone too, and has its id alone."""
        told = self._common(account, seen.id, check.id)
        return told | {
            "Title": _cut(check.title, MOST_TITLE),
            "Description": "This finding is resolved.",
            "Severity": {"Label": "INFORMATIONAL"},
            "FindingProviderFields": {"Severity": {"Label": "INFORMATIONAL"}, "Types": [_TYPE]},
            "FirstObservedAt": _time(seen.first),
            "LastObservedAt": _time(seen.last),
            "CreatedAt": _time(seen.first),
            "Compliance": {"Status": "PASSED"},
            "Workflow": {"Status": "RESOLVED"},
            "RecordState": "ARCHIVED",
            "Resources": [
                {
                    "Type": _KINDS.get(check.subject, "Other"),
                    "Id": _cut(seen.subject, MOST_ID),
                    "Region": self.region,
                    **self._partition,
                }
            ],
        }

    def _common(self, account: str, ident: str, rule: str) -> dict[str, Any]:
        product = (
            f"arn:{self.partition}:securityhub:{self.region}:{account}:product/{account}/default"
        )
        return {
            "SchemaVersion": _VERSION,
            "Id": f"idkeep/{account}/{rule}/{ident}",
            "ProductArn": product,
            "ProductName": "idkeep",
            "CompanyName": "idkeep",
            "GeneratorId": f"idkeep/{rule}",
            "AwsAccountId": account,
            "Region": self.region,
            "Types": [_TYPE],
            "UpdatedAt": self.when,
            "LastObservedAt": self.when,
        }

    def _resource(self, subject: SubjectRef) -> dict[str, Any]:
        region = self.region if subject.region == "global" else subject.region
        named = subject.arn or subject.id or subject.name or f"any {subject.kind}"
        if subject.kind == "Account":
            named = f"AWS::::Account:{subject.account}"
        return {
            "Type": _KINDS.get(subject.kind, "Other"),
            "Id": _cut(named, MOST_ID),
            "Region": region,
            **self._partition,
        }


_PLAIN = {
    Status.FAIL: "fails",
    Status.SUPPRESSED: "fails",
    Status.UNKNOWN: "could not be judged",
    Status.PASS: "passes",
    Status.NOT_APPLICABLE: "is not what this check is about",
}


def _called(subject: SubjectRef) -> str:
    return subject.name or f"any {subject.kind}"


def _remediation(check: CheckResult) -> dict[str, Any]:
    text = check.remedy.plain
    return {"Recommendation": {"Text": _cut(text, MOST_REMEDY)}}


def _fields(one: Result, version: str) -> dict[str, str]:
    finding = one.finding
    told = {
        "idkeep/status": one.status.value,
        "idkeep/version": version,
        "idkeep/part": finding.at if finding else "",
        "idkeep/because": finding.because if finding else "",
        "idkeep/statements": "; ".join(map(place, finding.statements)) if finding else "",
        "idkeep/may-stop": one.check.remedy.may_stop if one.check else "",
        "idkeep/needs": " ".join(one.check.remedy.needs) if one.check else "",
        "idkeep/allowed": "; ".join(map(allowed_told, one.check.allowed)) if one.check else "",
        "idkeep/changed-by": one.check.remedy.who if one.check else "",
        "idkeep/controls": " ".join(one.check.controls) if one.check else "",
        "idkeep/evidence": _evidence(one),
    }
    return {name: _cut(value, MOST_FIELD) for name, value in told.items() if value}


def _evidence(one: Result) -> str:
    facts = one.verdict.evidence if one.verdict else ()
    return "; ".join(f"{fact.name} by {fact.action} as of {_time(fact.as_of)}" for fact in facts)


def _time(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}Z"


def _cut(text: str, most: int) -> str:
    """At most so many bytes of UTF-8, for Security Hub counts those."""
    safe = printable(text)
    if len(safe.encode()) <= most:
        return safe
    return f"{safe.encode()[: most - 3].decode(errors='ignore')}…"
