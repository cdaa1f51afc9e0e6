"""EKS: who enters a cluster, and which roles its pods get.

https://docs.aws.amazon.com/eks/latest/APIReference/API_Operations.html. Kinds: cluster,
access-entry, access-policy (with `clusterName` and `principalArn`), pod-identity.
"""

from idkeep.demo.overlay.refused import Refused
from idkeep.demo.overlay.tables import Table, listing, one

ABSENT = Refused("ResourceNotFoundException", "No such resource found.")
OF_CLUSTER = {"clusterName": "clusterName"}
OF_PRINCIPAL = {**OF_CLUSTER, "principalArn": "principalArn"}
KNOWN = one("cluster", by={"clusterName": "name"}, absent=ABSENT)

OPERATIONS: Table = {
    "DescribeAccessEntry": one("access-entry", by=OF_PRINCIPAL, into="accessEntry", absent=ABSENT),
    "DescribeCluster": one("cluster", by={"name": "name"}, into="cluster", absent=ABSENT),
    "DescribePodIdentityAssociation": one(
        "pod-identity",
        by={**OF_CLUSTER, "associationId": "associationId"},
        into="association",
        absent=ABSENT,
    ),
    "ListAccessEntries": listing(
        "access-entry", "accessEntries", each="principalArn", where=OF_CLUSTER, needs=KNOWN
    ),
    "ListAssociatedAccessPolicies": listing(
        "access-policy", "associatedAccessPolicies", where=OF_PRINCIPAL, needs=KNOWN
    ),
    "ListClusters": listing("cluster", "clusters", each="name"),
    "ListPodIdentityAssociations": listing(
        "pod-identity",
        "associations",
        where={**OF_CLUSTER, "namespace": "namespace", "serviceAccount": "serviceAccount"},
        needs=KNOWN,
    ),
}
