"""The engine for whole accounts: the reference's answers, for all principals or actions at once."""

from idkeep.policy.compiled.answers import Answers, Verdict, WhatCan, WhoCan, verdict_of
from idkeep.policy.compiled.callers import Caller, Question, Target, policies_of, request_of
from idkeep.policy.compiled.estate import CompiledEstate
from idkeep.policy.compiled.frame import Facts
from idkeep.policy.compiled.vocabulary import Vocabulary

__all__ = [
    "Answers",
    "Caller",
    "CompiledEstate",
    "Facts",
    "Question",
    "Target",
    "Verdict",
    "Vocabulary",
    "WhatCan",
    "WhoCan",
    "policies_of",
    "request_of",
    "verdict_of",
]
