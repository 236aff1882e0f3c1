"""OIDC log-in: an identity provider says who it is, the roster says whether and as what."""

from __future__ import annotations

import asyncio
from typing import Any

from oauthenticator.generic import GenericOAuthenticator
from tornado import web
from traitlets import Instance, Unicode, default

from zhixing.records.accounts import role_names
from zhixing.records.store import Store, open_store


class RosterOAuthenticator(GenericOAuthenticator):
    """Lets in only people of the roster; roles come from the records, never from a claim."""

    records_url = Unicode(help="URL of the records database with the roster.").tag(config=True)
    store = Instance(Store, help="The records database, opened at the first log-in.")
    login_service = "统一身份认证"

    @default("store")
    def _open_store(self) -> Store:
        return open_store(self.records_url)

    async def update_auth_model(self, auth_model: dict[str, Any]) -> dict[str, Any]:
        """Put the roles of the records in the place of whatever the provider said."""
        auth_model = await super().update_auth_model(auth_model)
        groups = await asyncio.to_thread(role_names, self.store, auth_model["name"])
        if not groups:
            raise web.HTTPError(
                403, f"花名册里没有“{auth_model['name']}”，或还没有分配角色。请联系系统管理员。"
            )
        return {**auth_model, "groups": sorted(groups), "admin": False}
