"""Who is asking."""

from typing import ClassVar

from moto.core.responses import ActionResult
from moto.sts.responses import TokenResponse

from idkeep.demo.overlay.state import AccountState


class StsOverlay(TokenResponse):
    state: ClassVar[AccountState]

    def get_caller_identity(self) -> ActionResult:
        """The root user and the auditor's session too, which moto would call user/moto.

        https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
        """
        known = self.state.identities.get(self.get_access_key())
        if known is None:
            return super().get_caller_identity()
        user_id, arn = known
        return ActionResult({"UserId": user_id, "Account": self.state.account, "Arn": arn})
