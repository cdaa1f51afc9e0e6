"""IAM's bulk calls, answered as AWS answers them."""

from typing import Any, ClassVar

from moto.core.responses import ActionResult
from moto.iam.exceptions import NoSuchEntity
from moto.iam.responses import IamResponse

from idkeep.demo.overlay import credentials
from idkeep.demo.overlay.authorization import AuthorizationDetails
from idkeep.demo.overlay.paging import page
from idkeep.demo.overlay.state import AccountState
from idkeep.demo.overlay.summary import summary

PAGE_SIZE = 100


class IamOverlay(IamResponse):
    state: ClassVar[AccountState]

    def generate_credential_report(self) -> ActionResult:
        return ActionResult(credentials.generate(self.state))

    def get_credential_report(self) -> ActionResult:
        return ActionResult(credentials.report(self.state))

    def get_account_authorization_details(self) -> ActionResult:
        """Users, groups, roles and policies in this order, cut into pages.

        https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
        """
        details = AuthorizationDetails(self.state, frozenset(self._get_param("Filter", [])))
        items, more = self._page(details.items())
        return ActionResult(details.answer(items) | more)

    def get_account_summary(self) -> ActionResult:
        return ActionResult({"SummaryMap": summary(self.state)})

    def get_account_password_policy(self) -> ActionResult:
        """What is not set is left out: no MaxPasswordAge where passwords do not expire.

        https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountPasswordPolicy.html
        """
        policy = self.state.iam.account_password_policy
        if policy is None:
            raise NoSuchEntity(
                f"The Password Policy with domain name {self.state.account} cannot be found."
            )
        said = {
            "MinimumPasswordLength": policy.minimum_password_length,
            "RequireSymbols": policy.require_symbols,
            "RequireNumbers": policy.require_numbers,
            "RequireUppercaseCharacters": policy.require_uppercase_characters,
            "RequireLowercaseCharacters": policy.require_lowercase_characters,
            "AllowUsersToChangePassword": policy.allow_users_to_change_password,
            "ExpirePasswords": policy.expire_passwords,
        }
        if policy.expire_passwords:
            said |= {"MaxPasswordAge": policy.max_password_age, "HardExpiry": policy.hard_expiry}
        if policy.password_reuse_prevention:
            said["PasswordReusePrevention"] = policy.password_reuse_prevention
        return ActionResult({"PasswordPolicy": said})

    def list_virtual_mfa_devices(self) -> ActionResult:
        """Without seeds and tags; the root user among the owners, without a name or a path.

        https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListVirtualMFADevices.html
        """
        wanted = self._get_param("AssignmentStatus", "Any")
        devices = [
            {"SerialNumber": device.serial_number} | self._assignment(device)
            for _, device in sorted(self.state.iam.virtual_mfa_devices.items())
            if wanted == "Any" or (wanted == "Assigned") == bool(device.enable_date)
        ]
        items, more = self._page(devices)
        return ActionResult({"VirtualMFADevices": items} | more)

    def _assignment(self, device: Any) -> dict[str, Any]:  # noqa: ANN401 moto's device
        if not device.enable_date:
            return {}
        if device.serial_number == self.state.root_mfa_serial:
            root = self.state.root
            owner = {
                "UserId": root.user_id,
                "Arn": root.arn,
                "CreateDate": root.created,
                "PasswordLastUsed": root.password_last_used,
            }
        else:
            owner = {
                "Path": device.user.path,
                "UserName": device.user.name,
                "UserId": device.user.id,
                "Arn": device.user.arn,
                "CreateDate": device.user.create_date,
                "PasswordLastUsed": device.user.password_last_used,
            }
        known = {name: value for name, value in owner.items() if value is not None}
        return {"User": known, "EnableDate": device.enable_date}

    def _page(self, items: Any) -> Any:  # noqa: ANN401 as many kinds as calls
        marker, size = self._get_param("Marker"), self._get_int_param("MaxItems", PAGE_SIZE)
        return page(items, marker, size)
