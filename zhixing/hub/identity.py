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

from zhixing.classroom.problem import ProblemError
from zhixing.classroom.visitor import Identity

SECONDS_TRUSTED = 30
"""How long the Hub's word on a token is kept; a revoked one stops within this."""

MOST_TRUSTED = 20_000
SESSION_SECONDS = 12 * 3600
STATE_SECONDS = 600


def sign_in_problem(words: str) -> ProblemError:
    """Return what is said of a log-in that did not come back as it was sent."""
    return ProblemError(400, "sign_in", f"登录没有完成：{words}", "请回到首页再试一次。")


def _silent_hub() -> ProblemError:
    return ProblemError(
        503, "hub_silent", "登录服务暂时没有回应。", "写好的答案不会丢，请过一会儿再试。"
    )


@dataclass
class HubIdentity:
    """OAuth client of the Hub for one service; keeps no secret on disk and none in an address.

    The cookie holds the user's own Hub token, sealed with a key made from the service's token:
    nobody who reads the cookie has the token, and a restart of the service logs nobody out.
    """

    service: str
    prefix: str
    api_url: str
    api_token: str
    client_id: str
    hub_prefix: str = "/hub/"
    _trusted: dict[str, tuple[float, str | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._client = httpx.AsyncClient(base_url=self.api_url, timeout=10)
        secret = hashlib.sha256(f"{self.service} session {self.api_token}".encode()).digest()
        self._seal = Fernet(base64.urlsafe_b64encode(secret))

    async def identify(self, request: Request) -> Identity | None:
        """Return who asks by header or cookie, or None."""
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if bearer:
            return self._identity(await self._username(bearer), bearer, by_cookie=False)
        token = self._unsealed(request.cookies.get(self.cookie, ""))
        if not token:
            return None
        return self._identity(await self._username(token), token, by_cookie=True)

    def _state_cookie(self, state: str) -> str:
        # One a log-in, so that two tabs that log in at once do not undo each other. What the
        # browser tells as state is a name only as far as a cookie may be called so.
        digest = hashlib.sha256(state.encode()).hexdigest()[:12]
        return f"{self.cookie}-state-{digest}"

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
        self._set_cookie(request, response, self._state_cookie(state), sealed, STATE_SECONDS)
        return response

    async def callback(self, request: Request) -> Response:
        """Take the Hub's code, get the user's token, go where the user wanted to go.

        Raises
        ------
        ProblemError
            If the state does not match or the Hub does not take the code.
        """
        told = request.query_params.get("state", "")
        opened = self._unsealed(request.cookies.get(self._state_cookie(told), ""), STATE_SECONDS)
        state, verifier, wanted = opened.split("\n", 2) if opened else ("", "", "")
        if not state or not secrets.compare_digest(state.encode(), told.encode()):
            raise sign_in_problem("这个登录页面已经过期。")
        token = await self._token(request.query_params.get("code", ""), verifier)
        target = wanted if wanted.startswith(self.prefix) else self.prefix
        response = RedirectResponse(target, status_code=302)
        sealed = self._seal.encrypt(token.encode()).decode()
        self._set_cookie(request, response, self.cookie, sealed, SESSION_SECONDS)
        response.delete_cookie(self._state_cookie(state), path=self.prefix)
        return response

    def sign_out(self) -> Response:
        """Forget the session here and go on to the Hub's log-out."""
        response = RedirectResponse(f"{self.hub_prefix}logout", status_code=302)
        response.delete_cookie(self.cookie, path=self.prefix)
        return response

    async def _token(self, code: str, verifier: str) -> str:
        form = {
            "client_id": self.client_id,
            "client_secret": self.api_token,
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": f"{self.prefix}oauth_callback",
        }
        try:
            answer = await self._client.post("/oauth2/token", data=form)
        except httpx.HTTPError as error:
            raise _silent_hub() from error
        if answer.is_error:
            raise sign_in_problem("登录服务没有确认。")
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
        if not token.isascii() or not token.isprintable():
            return None  # no token of the Hub, and nothing that may stand in a header
        try:
            answer = await self._client.get("/user", headers={"Authorization": f"token {token}"})
            if answer.status_code in (401, 403, 404):
                return None
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise _silent_hub() from error
        user = answer.json()
        may_enter = {f"access:services!service={self.service}", "access:services"}
        if user.get("kind") != "user" or not may_enter & set(user.get("scopes", ())):
            return None
        return str(user["name"])

    def _identity(self, username: str | None, token: str, *, by_cookie: bool) -> Identity | None:
        return Identity(username, by_cookie=by_cookie, token=token) if username else None

    def _unsealed(self, sealed: str, seconds: int = SESSION_SECONDS) -> str:
        try:
            return self._seal.decrypt(sealed.encode(), ttl=seconds).decode()
        except InvalidToken:
            return ""

    def _set_cookie(
        self, request: Request, response: Response, name: str, value: str, seconds: int
    ) -> None:
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path=self.prefix,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="lax",
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
