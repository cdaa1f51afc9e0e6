"""Every account of the estate, each filled when it is first asked, and who may speak for them."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from moto.sts.models import sts_backends

from idkeep.demo.crowd import with_crowd
from idkeep.demo.declared.estate import Estate
from idkeep.demo.declared.organization import Member
from idkeep.demo.faults import Faults
from idkeep.demo.overlay.made import make
from idkeep.demo.overlay.policies import check_names
from idkeep.demo.overlay.seed import seeded
from idkeep.demo.overlay.state import AccountState
from idkeep.demo.principals import Principal, principals


class World:
    """Owns the accounts' states, the sessions handed out, and the faults in force.

    What is declared to be so many days old is that much older than `began`: who asks twice is told
    the same.
    """

    def __init__(self, estate: Estate, clock: Callable[[], datetime]) -> None:
        self.estate = estate.with_account(with_crowd(estate.one))
        self.clock = clock
        self.began = clock()
        self.faults = Faults()
        self._lock = threading.RLock()
        self._states: dict[str, AccountState] = {}
        self._known = {
            principal.access_key: principal
            for account in self.estate.accounts.values()
            for principal in principals(account)
        }
        self.sessions: list[Principal] = []
        # The others are filled when they are asked; what is wrong in any is told at the start.
        check_names(self.estate.accounts.values())
        self.account(self.estate.first)

    def account(self, account: str) -> AccountState:
        """The account's state, which begins with its first use. Raises `KeyError`."""
        with self._lock:
            if account not in self._states:
                declared = self.estate.accounts[account]
                whole = declared if account == self.estate.first else with_crowd(declared)
                self._states[account] = seeded(whole, self.clock, self.began)
            return self._states[account]

    def member(self, account: str) -> Member | None:
        """The account's place in the organisation."""
        organization = self.estate.organization
        members = organization.members if organization else ()
        return next((member for member in members if member.id == account), None)

    def who(self, access_key: str, token: str) -> Principal | None:
        """Who a key speaks for; None for one that AWS would not know.

        A user's key that was switched off or deleted is not known, one made at this server is.
        """
        known = self._known.get(access_key)
        if known is not None and known.token:
            return known if known.token == token else None
        with self._lock:
            if known is not None:
                self.account(known.account)
            for account, state in self._states.items():
                key = state.iam.access_keys.get(access_key)
                if key is not None:
                    return self._user(account, access_key) if key.status == "Active" else None
        return None

    def admit(self, principal: Principal) -> None:
        """From now on this session is known."""
        with self._lock:
            self._known[principal.access_key] = principal
            self.sessions.append(principal)

    def is_over(self, principal: Principal) -> bool:
        """Whether a session has ended."""
        return principal.expires is not None and self.clock() >= principal.expires

    def is_closed(self, account: str, region: str) -> bool:
        """Whether the account did not opt in to a region; its credentials are invalid there.

        https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
        """
        state = self.estate.accounts[account].account.regions.get(region, "ENABLED")
        return state in {"DISABLED", "DISABLING"}

    def make(self, account: str, service: str, moto: Any) -> None:  # noqa: ANN401 a WSGI application
        """Give moto the calls declared for this service, once."""
        state = self.account(account)
        with self._lock:
            if service not in state.made:
                make(state.declared, service, moto)
                state.made.add(service)  # not where it failed: half an estate would go unnoticed

    def _user(self, account: str, access_key: str) -> Principal:
        declared = self.estate.accounts[account].account
        sts = sts_backends[account][declared.partition]
        user_id, arn, _ = sts.get_caller_identity(access_key, declared.region)
        return Principal(
            name=arn.rpartition("/")[2],
            arn=arn,
            user_id=user_id,
            access_key=access_key,
            account=account,
        )
