"""Authenticator: people of the roster log in with a local password; nobody signs up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jupyterhub.auth import Authenticator
from jupyterhub.handlers.login import LoginHandler
from traitlets import Instance, Unicode, default

from zhixing.records.accounts import (
    Login,
    PasswordRuleError,
    Refusal,
    change_password,
    role_names,
    verify,
)
from zhixing.records.errors import StoreError
from zhixing.records.store import Store, open_store


class RosterLoginHandler(LoginHandler):
    """The log-in page; also asks for a new password where the old one was given out once."""

    refusal: str = ""
    must_change: bool = False

    def _render(self, login_error: str | None = None, **kwargs: Any) -> Any:
        if login_error == "Login form invalid or expired. Try again.":
            login_error = "登录页已过期，请再登录一次。"
        return super()._render(
            login_error=self.refusal or login_error, must_change=self.must_change, **kwargs
        )


class RosterAuthenticator(Authenticator):
    """Checks name and password against the records; groups are the roles held there."""

    records_url = Unicode(help="URL of the records database with the accounts.").tag(config=True)
    store = Instance(Store, help="The records database, opened at the first log-in.")

    @default("store")
    def _open_store(self) -> Store:
        return open_store(self.records_url)

    def get_handlers(self, app: Any) -> list[tuple[str, type]]:
        """Log-in page of ours."""
        return [("/login", RosterLoginHandler)]

    async def authenticate(
        self, handler: RosterLoginHandler, data: Mapping[str, str]
    ) -> dict[str, Any] | None:
        """Let in who the records let in; leave the reason of a refusal on the page."""
        try:
            outcome = await asyncio.to_thread(self._checked, data)
        except PasswordRuleError as error:
            handler.must_change, handler.refusal = True, str(error)
            return None
        except StoreError as error:
            handler.refusal = f"现在无法登录：{error}"
            return None
        if isinstance(outcome, Refusal):
            handler.refusal = outcome.message
            return None
        if outcome.must_change:
            handler.must_change = True
            handler.refusal = "第一次登录，请先设一个自己的密码。"
            return None
        groups = await asyncio.to_thread(role_names, self.store, outcome.username)
        return {"name": outcome.username, "groups": sorted(groups), "admin": False}

    def _checked(self, data: Mapping[str, str]) -> Login | Refusal:
        username, password = data.get("username", ""), data.get("password", "")
        new, again = data.get("new_password", ""), data.get("new_password_again", "")
        now = datetime.now(UTC)
        if not new:
            return verify(self.store, username, password, now)
        if new != again:
            raise PasswordRuleError("两次输入的新密码不一样，请重新输入。")
        return change_password(self.store, username, password, new, now)
