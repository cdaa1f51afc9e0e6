"""The scanner's policy as a role to deploy: Terraform, and CloudFormation for a StackSet.

Both let a principal of the account that scans assume the role, and give it the actions of the
policy and no other. An inline policy holds 10,240 characters, white space not counted.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from collections.abc import Mapping
from typing import Any

_NAME_PATTERN = "^[A-Za-z0-9+=,.@_-]{1,64}$"
_ARN_PATTERN = "^arn:[a-z-]+:iam::[0-9]{12}:(root|role/.+|user/.+)$"
_TRUSTED = "Who may scan: the ARN of a role, a user or the root of the account that scans"


def cloudformation(policy: Mapping[str, Any], role: str) -> dict[str, Any]:
    """A template with the role, the same in every account that a StackSet puts it in."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Lets idkeep read this account: no write, no wildcard action",
        "Parameters": {
            "RoleName": {"Type": "String", "Default": role, "AllowedPattern": _NAME_PATTERN},
            "TrustedPrincipal": {
                "Type": "String",
                "AllowedPattern": _ARN_PATTERN,
                "Description": _TRUSTED,
            },
            "ExternalId": {
                "Type": "String",
                "Default": "",
                "Description": "Asked of whoever assumes the role; empty asks none",
            },
        },
        "Conditions": {"HasExternalId": {"Fn::Not": [{"Fn::Equals": [{"Ref": "ExternalId"}, ""]}]}},
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": {"Ref": "RoleName"},
                    "Description": "Read only, for idkeep",
                    "MaxSessionDuration": 3600,
                    "AssumeRolePolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Principal": {"AWS": {"Ref": "TrustedPrincipal"}},
                                "Action": "sts:AssumeRole",
                                "Condition": {
                                    "Fn::If": [
                                        "HasExternalId",
                                        {"StringEquals": {"sts:ExternalId": {"Ref": "ExternalId"}}},
                                        {"Ref": "AWS::NoValue"},
                                    ]
                                },
                            }
                        ],
                    },
                    "Policies": [{"PolicyName": "idkeep-scan", "PolicyDocument": policy}],
                },
            }
        },
        "Outputs": {"RoleArn": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
    }


def terraform(policy: Mapping[str, Any], role: str) -> str:
    """A module with the role; its variables are the template's parameters."""
    [statement] = policy["Statement"]
    actions = "\n".join(f'      "{action}",' for action in statement["Action"])
    return _TERRAFORM.format(actions=actions, role=role, trusted=_TRUSTED, sid=statement["Sid"])


_TERRAFORM = """\
# Lets idkeep read this account: no write, no wildcard action.

variable "role_name" {{
  type    = string
  default = "{role}"
}}

variable "trusted_principal" {{
  type        = string
  description = "{trusted}"
}}

variable "external_id" {{
  type        = string
  default     = ""
  description = "Asked of whoever assumes the role; empty asks none"
}}

data "aws_iam_policy_document" "trust" {{
  statement {{
    actions = ["sts:AssumeRole"]

    principals {{
      type        = "AWS"
      identifiers = [var.trusted_principal]
    }}

    dynamic "condition" {{
      for_each = var.external_id == "" ? [] : [var.external_id]

      content {{
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [condition.value]
      }}
    }}
  }}
}}

data "aws_iam_policy_document" "scan" {{
  statement {{
    sid       = "{sid}"
    resources = ["*"]

    actions = [
{actions}
    ]
  }}
}}

resource "aws_iam_role" "idkeep" {{
  name                 = var.role_name
  description          = "Read only, for idkeep"
  max_session_duration = 3600
  assume_role_policy   = data.aws_iam_policy_document.trust.json
}}

resource "aws_iam_role_policy" "scan" {{
  name   = "idkeep-scan"
  role   = aws_iam_role.idkeep.id
  policy = data.aws_iam_policy_document.scan.json
}}

output "role_arn" {{
  value = aws_iam_role.idkeep.arn
}}
"""
