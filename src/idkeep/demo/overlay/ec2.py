"""EC2's defaults for instance metadata, which moto lacks; the rest is moto's.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetInstanceMetadataDefaults.html
Kind: metadata-defaults. Without one the account has no preference.
"""

from idkeep.demo.overlay.tables import Table, one

OPERATIONS: Table = {
    "GetInstanceMetadataDefaults": one(
        "metadata-defaults", into="AccountLevel", absent={"AccountLevel": {}}
    ),
}
