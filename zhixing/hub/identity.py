"""Identity: who a request comes from, by the Hub's word, for services that are no tornado apps."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx
from cryptography.fernet import Fernet, InvalidToken
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from zhixing.classroom.visitor import Identity
from zhixing.errors import ZhixingError

SECONDS_TRUSTED = 30
"""How long the Hub's word on a token is kept; a revoked one stops within this."""

MOST_TRUSTED = 20_000
SESSION_SECONDS = 12 * 3600


class SignInError(ZhixingError):
    """A log-in that did not come back as it was sent; the next step is to try again."""


@dataclass
class HubIdentity:
    """OAuth client of the Hub for one service; keeps no secret on disk and none in an address.

    The cookie holds the user's own Hub token, sealed with a key of this process: after a restart
    the Hub signs the user in again without asking.
    """

    service: str
    prefix: str
    api_url: str
    api_token: str
    client_id: str
    hub_prefix: str = "/hub/"
    _seal: Fernet = field(default_factory=lambda: Fernet(Fernet.generate_key()))
    _trusted: dict[str, tuple[float, str | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._client = httpx.AsyncClient(base_url=self.api_url, timeout=10)

    async def identify(self, request: Request) -> Identity | None:
        """Return who asks by header or cookie, or None."""
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if bearer:
            return self._identity(await self._username(bearer), bearer, by_cookie=False)
        token = self._unsealed(request.cookies.get(self.cookie, ""))
        if not token:
            return None
        return self._identity(await self._username(token), token, by_cookie=True)

    @property
    def cookie(self) -> str:
        """Name of the session cookie."""
        return f"zhixing-{self.service}"

    def sign_in(self, request: Request) -> Response:
        """Send the browser to the Hub and remember where it wanted to go."""
        state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "client_id": self.client_id,
            "redirect_uri": f"{self.prefix}oauth_callback",
            "response_type": "code",
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        address = f"{self.hub_prefix}api/oauth2/authorize?{urlencode(query)}"
        response = RedirectResponse(address, status_code=302)
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        sealed = self._seal.encrypt(f"{state}\n{verifier}\n{wanted}".encode()).decode()
        self._set_cookie(response, f"{self.cookie}-state", sealed, 600)
        return response

    async def callback(self, request: Request) -> Response:
        """Take the Hub's code, get the user's token, go where the user wanted to go.

        Raises
        ------
        SignInError
            If the state does not match or the Hub does not take the code.
        """
        opened = self._unsealed(request.cookies.get(f"{self.cookie}-state", ""))
        state, verifier, wanted = opened.split("\n", 2) if opened else ("", "", "")
        if not state or not secrets.compare_digest(state, request.query_params.get("state", "")):
            raise SignInError("登录没有完成:页面过期了。请回到首页再试一次。")
        token = await self._token(request.query_params.get("code", ""), verifier)
        target = wanted if wanted.startswith(self.prefix) else self.prefix
        response = RedirectResponse(target, status_code=302)
        sealed = self._seal.encrypt(token.encode()).decode()
        self._set_cookie(response, self.cookie, sealed, SESSION_SECONDS)
        response.delete_cookie(f"{self.cookie}-state", path=self.prefix)
        return response

    def sign_out(self) -> Response:
        """Forget the session here and go on to the Hub's log-out."""
        response = RedirectResponse(f"{self.hub_prefix}logout", status_code=302)
        response.delete_cookie(self.cookie, path=self.prefix)
        return response

    async def _token(self, code: str, verifier: str) -> str:
        answer = await self._client.post(
            "/oauth2/token",
            data={
                "client_id": self.client_id,
                "client_secret": self.api_token,
                "grant_type": "authorization_code",
                "code": code,
                "code_verifier": verifier,
                "redirect_uri": f"{self.prefix}oauth_callback",
            },
        )
        if answer.is_error:
            raise SignInError("登录没有完成:Hub 没有确认。请回到首页再试一次。")
        return str(answer.json()["access_token"])

    async def _username(self, token: str) -> str | None:
        now = time.monotonic()
        known = self._trusted.get(token)
        if known and known[0] > now:
            return known[1]
        username = await self._asked(token)
        if len(self._trusted) >= MOST_TRUSTED:
            self._trusted.clear()
        self._trusted[token] = (now + SECONDS_TRUSTED, username)
        return username

    async def _asked(self, token: str) -> str | None:
        answer = await self._client.get("/user", headers={"Authorization": f"token {token}"})
        if answer.status_code in (401, 403, 404):
            return None
        answer.raise_for_status()
        user = answer.json()
        may_enter = {f"access:services!service={self.service}", "access:services"}
        if user.get("kind") != "user" or not may_enter & set(user.get("scopes", ())):
            return None
        return str(user["name"])

    def _identity(self, username: str | None, token: str, *, by_cookie: bool) -> Identity | None:
        return Identity(username, by_cookie=by_cookie, token=token) if username else None

    def _unsealed(self, sealed: str) -> str:
        try:
            return self._seal.decrypt(sealed.encode(), ttl=SESSION_SECONDS).decode()
        except InvalidToken:
            return ""

    def _set_cookie(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name, value, max_age=seconds, path=self.prefix, httponly=True, samesite="lax"
        )


def identity_from_environ(environ: Mapping[str, str]) -> HubIdentity:
    """Read what the Hub gives a managed service."""
    return HubIdentity(
        service=environ["JUPYTERHUB_SERVICE_NAME"],
        prefix=environ["JUPYTERHUB_SERVICE_PREFIX"],
        api_url=environ["JUPYTERHUB_API_URL"],
        api_token=environ["JUPYTERHUB_API_TOKEN"],
        client_id=environ["JUPYTERHUB_CLIENT_ID"],
        hub_prefix=environ.get("JUPYTERHUB_BASE_URL", "/").rstrip("/") + "/hub/",
    )
