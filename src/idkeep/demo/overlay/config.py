"""Config: recorders, what they deliver, the rules and who keeps them.

https://docs.aws.amazon.com/config/latest/APIReference/API_Operations.html. Kinds: recorder (with
`status`), delivery-channel, rule (with `compliance`), aggregator, conformance-pack, evaluation
(with `ConfigRuleName`). A recorder of a service is told only where that service is asked about.
"""

from collections.abc import Mapping
from typing import Any

from idkeep.demo.declared.account import Said
from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Asked, Table, listing


def _recorders(asked: Asked) -> list[Said]:
    """The customer's own, unless one is asked for by name, ARN or service.

    https://docs.aws.amazon.com/config/latest/APIReference/API_DescribeConfigurationRecorders.html
    """
    names, arn = asked.params.get("ConfigurationRecorderNames") or [], asked.params.get("Arn")
    service, every = asked.params.get("ServicePrincipal"), asked.things("recorder")
    if arn:
        return [one for one in every if one.get("arn") == arn]
    if service:
        return [one for one in every if one.get("servicePrincipal") == service]
    if names:
        found = [one for one in every if one["name"] in names]
        if not found:
            raise Refused(
                "NoSuchConfigurationRecorderException",
                f"Cannot find configuration recorder with the specified name '{names[0]}'.",
            )
        return found
    return [one for one in every if "servicePrincipal" not in one]


def _describe(asked: Asked) -> Mapping[str, Any]:
    found = _recorders(asked)
    return {"ConfigurationRecorders": [_without(one, "status") for one in found]}


def _status(asked: Asked) -> Mapping[str, Any]:
    words = ("name", "arn", "servicePrincipal")
    return {
        "ConfigurationRecordersStatus": [
            {word: one[word] for word in words if word in one} | one["status"]
            for one in _recorders(asked)
        ]
    }


def _list(asked: Asked) -> Mapping[str, Any]:
    words = ("arn", "name", "servicePrincipal", "recordingScope")
    found = [{word: one[word] for word in words if word in one} for one in asked.things("recorder")]
    items, more = asked.page(found, 100)
    return {"ConfigurationRecorderSummaries": items, **more}


def _compliance(asked: Asked) -> Mapping[str, Any]:
    names = asked.params.get("ConfigRuleNames") or []
    found = [
        {"ConfigRuleName": one["ConfigRuleName"], "Compliance": one["compliance"]}
        for one in asked.things("rule")
        if "compliance" in one and (not names or one["ConfigRuleName"] in names)
    ]
    items, more = asked.page(found, 25)
    return {"ComplianceByConfigRules": items, **more}


def _without(one: Said, word: str) -> Said:
    return {name: value for name, value in one.items() if name != word}


OPERATIONS: Table = {
    "DescribeComplianceByConfigRule": _compliance,
    "DescribeConfigRules": listing(
        "rule", "ConfigRules", where={"ConfigRuleNames": "ConfigRuleName"}, size=25
    ),
    "DescribeConfigurationAggregators": listing("aggregator", "ConfigurationAggregators", size=25),
    "DescribeConfigurationRecorderStatus": _status,
    "DescribeConfigurationRecorders": _describe,
    "DescribeConformancePacks": listing("conformance-pack", "ConformancePackDetails", size=20),
    "DescribeDeliveryChannels": listing("delivery-channel", "DeliveryChannels"),
    "GetComplianceDetailsByConfigRule": listing(
        "evaluation", "EvaluationResults", where={"ConfigRuleName": "ConfigRuleName"}, size=10
    ),
    "ListConfigurationRecorders": _list,
}
