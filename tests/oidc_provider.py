"""A small OIDC provider on loopback: authorize, token and user info over real HTTP."""

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlparse


@dataclass
class OidcProvider:
    """Logs in whoever ``username`` names; knows one client."""

    url: str
    client_id: str = "zhixing"
    client_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    username: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def environ(self) -> dict[str, str]:
        return {
            "ZHIXING_OIDC_AUTHORIZE_URL": f"{self.url}/authorize",
            "ZHIXING_OIDC_TOKEN_URL": f"{self.url}/token",
            "ZHIXING_OIDC_USERDATA_URL": f"{self.url}/userinfo",
            "ZHIXING_OIDC_CLIENT_ID": self.client_id,
            "ZHIXING_OIDC_CLIENT_SECRET": self.client_secret,
        }


@contextmanager
def oidc_provider() -> Iterator[OidcProvider]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = OidcProvider(f"http://127.0.0.1:{server.server_address[1]}")
    server.provider = provider  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Handler(BaseHTTPRequestHandler):
    @property
    def provider(self) -> OidcProvider:
        return self.server.provider  # type: ignore[attr-defined,no-any-return]

    def do_GET(self) -> None:
        place = urlparse(self.path)
        if place.path == "/authorize":
            self.authorize(parse_qs(place.query))
        elif place.path == "/userinfo":
            self.tell_user()
        else:
            self.answer(404, {})

    def authorize(self, asked: dict[str, list[str]]) -> None:
        assert asked["client_id"] == [self.provider.client_id]
        code = secrets.token_hex(8)
        self.provider.codes[code] = self.provider.username
        back = urlencode({"code": code, "state": asked["state"][0]})
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri'][0]}?{back}")
        self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = parse_qs(body)
        username = self.provider.codes.pop(given["code"][0], None)
        if username is None or given.get("client_secret") != [self.provider.client_secret]:
            self.answer(400, {"error": "invalid_grant"})
            return
        token = secrets.token_hex(16)
        self.provider.tokens[token] = username
        self.answer(200, {"access_token": token, "token_type": "Bearer", "scope": "openid"})

    def tell_user(self) -> None:
        username = self.provider.tokens.get(self.headers["Authorization"].split()[-1])
        claims = {"preferred_username": username, "groups": ["district_admin"]}
        self.answer(200 if username else 401, claims)

    def answer(self, status: int, content: dict[str, object]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return
