"""The cases of tests/policy/cases, as the tests themselves spell them out."""

import json

from policy.test_cases import cases, line
from tools.conformance.cases import Case


def table_cases() -> list[Case]:
    return [json.loads(line(*one.values)) | {"id": one.id} for one in cases()]
