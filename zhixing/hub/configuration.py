"""Configuration of the Hub, from our settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zhixing.hub.authenticator import RosterAuthenticator
from zhixing.hub.oidc import RosterOAuthenticator
from zhixing.hub.proxy import proxy_command
from zhixing.hub.roles import load_roles
from zhixing.hub.services import Ports, services
from zhixing.hub.spawner import BoxSpawner
from zhixing.kernels.bubblewrap import bubblewrap_program
from zhixing.settings import Settings

TEMPLATES = Path(__file__).with_name("templates")
CLASSROOM_STATIC = TEMPLATES.parents[1] / "classroom" / "static"
"""Holds ease.js, which our own pages of the Hub take in as it lies."""


def configure(c: Any, settings: Settings, environ: Mapping[str, str]) -> None:
    """Fill JupyterHub's configuration object.

    ``ZHIXING_PORTS`` holds the loopback ports the launcher found free, comma-separated.
    """
    ports = Ports(*map(int, environ["ZHIXING_PORTS"].split(",")))
    _configure_hub(c, settings, ports)
    _configure_login(c, settings)
    _configure_servers(c, settings)
    c.JupyterHub.services = services(settings, ports, bubblewrap_program())
    c.JupyterHub.load_roles = load_roles()


def _configure_hub(c: Any, settings: Settings, ports: Ports) -> None:
    hub = settings.data / "hub"
    c.JupyterHub.bind_url = settings.public_url
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{ports.hub}"
    c.JupyterHub.db_url = f"sqlite:///{hub / 'jupyterhub.sqlite'}"
    c.JupyterHub.cookie_secret_file = str(hub / "cookie_secret")
    c.JupyterHub.default_url = "/services/classroom/"
    c.JupyterHub.template_paths = [str(TEMPLATES), str(CLASSROOM_STATIC)]
    c.JupyterHub.cleanup_servers = True
    c.JupyterHub.hub_routespec = "/"
    c.JupyterHub.log_level = "INFO"
    c.ConfigurableHTTPProxy.command = proxy_command()
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{ports.proxy_api}"
    c.ConfigurableHTTPProxy.pid_file = str(hub / "proxy.pid")


def _configure_login(c: Any, settings: Settings) -> None:
    # Everybody the records let in, as what the records say; there is no other way in.
    c.Authenticator.allow_all = True
    c.Authenticator.manage_groups = True
    if not settings.is_oidc:
        c.JupyterHub.authenticator_class = RosterAuthenticator
        c.RosterAuthenticator.records_url = settings.records_url
        return
    c.JupyterHub.authenticator_class = RosterOAuthenticator
    provider = c.RosterOAuthenticator
    provider.records_url = settings.records_url
    provider.authorize_url = settings.oidc_authorize_url
    provider.token_url = settings.oidc_token_url
    provider.userdata_url = settings.oidc_userdata_url
    provider.client_id = settings.oidc_client_id
    provider.client_secret = settings.oidc_client_secret
    provider.scope = ["openid", "profile"]
    provider.username_claim = settings.oidc_username_claim
    provider.oauth_callback_url = f"{settings.public_url}/hub/oauth_callback"


def _configure_servers(c: Any, settings: Settings) -> None:
    c.JupyterHub.spawner_class = BoxSpawner
    c.BoxSpawner.settings = settings
    c.BoxSpawner.bwrap = bubblewrap_program()
    c.Spawner.default_url = "/lab"
    c.Spawner.start_timeout = 90
    c.Spawner.http_timeout = 60
    c.JupyterHub.concurrent_spawn_limit = 20
