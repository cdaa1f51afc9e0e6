"""Systems Manager's activations of machines outside of AWS, each with a role; the rest is moto's.

https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeActivations.html
Kind: activation.
"""

from idkeep.demo.overlay.tables import Table, listing

OPERATIONS: Table = {"DescribeActivations": listing("activation", "ActivationList", size=50)}
