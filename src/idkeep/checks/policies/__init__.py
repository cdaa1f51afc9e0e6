"""Checks on what policies allow, to whom, and what outsiders reach."""

from idkeep.checks.declare import AnyCheck
from idkeep.checks.policies import (
    account,
    administrators,
    bucket_rights,
    buckets,
    doors,
    escalation,
    handed_out,
    managed,
    networks,
    open_resources,
    principals,
    signing_in,
    tagging,
    texts,
    workloads,
)

CHECKS: tuple[AnyCheck, ...] = (
    *administrators.CHECKS,
    *escalation.CHECKS,
    *principals.CHECKS,
    *managed.CHECKS,
    *texts.CHECKS,
    *open_resources.CHECKS,
    *buckets.CHECKS,
    *bucket_rights.CHECKS,
    *doors.CHECKS,
    *workloads.CHECKS,
    *account.CHECKS,
    *handed_out.CHECKS,
    *signing_in.CHECKS,
    *tagging.CHECKS,
    *networks.CHECKS,
)
