// A case of idkeep's batch format (docs/decide.md) as @cloud-copilot/iam-simulate takes it.
import { anonymousPrincipal } from '@cloud-copilot/iam-simulate'

const named = (documents, prefix) =>
  (documents ?? []).map((policy, n) => ({ name: `${prefix}${n}`, policy }))
const levels = (given) =>
  (given ?? []).map((level, n) => ({
    orgIdentifier: `level${n}`,
    policies: named(level.policies, 'policy')
  }))
const one = (given) => (Array.isArray(given) ? given[0] : given) ?? undefined

function principal(told) {
  if (told === '*' || told.type === 'Anonymous') return anonymousPrincipal
  return typeof told === 'string' ? told : told.service
}

export function simulation({ request, policies = {} }) {
  const bucket = policies.bucket ?? {}
  return {
    request: {
      principal: principal(request.principal),
      action: request.action,
      resource: { resource: request.resource, accountId: request.resource_account },
      contextVariables: request.context ?? {}
    },
    identityPolicies: named(policies.identity, 'identity'),
    serviceControlPolicies: levels(policies.scp),
    resourceControlPolicies: levels(policies.rcp),
    resourcePolicy: one(policies.resource),
    sessionPolicy: one(policies.session),
    permissionBoundaryPolicies: policies.boundary ? named([policies.boundary], 'boundary') : undefined,
    vpcEndpointPolicies: policies.endpoint ? named(policies.endpoint, 'endpoint') : undefined,
    additionalSettings: {
      s3: {
        bucketAbacEnabled: bucket.AbacStatus === 'Enabled',
        blockPublicAccess: bucket.RestrictPublicBuckets === true
      }
    }
  }
}
