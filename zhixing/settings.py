"""Settings: one frozen value, read once from ``ZHIXING_*`` and passed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from zhixing.errors import ZhixingError


@dataclass(frozen=True)
class Settings:
    """Where the platform keeps its things and how it is reached.

    Parameters
    ----------
    data
        The one folder that holds everything the platform writes.
    courses
        Folder of course sources; they hold the keys.
    port
        Public TCP port of the proxy on ``host``, 1 to 65535.
    host
        Address the public port binds to; loopback unless said otherwise.
    database_url
        SQLAlchemy URL of the records database; empty means SQLite in ``data``.
    timezone
        IANA name of the zone in which dates are shown and due times are meant.
    idle_seconds
        A personal server unused this long is stopped; at least 2. Work is on disk, and a click
        starts it again.
    kernels
        Warm kernels that one service or one person's server may have at once; at least 1. Each
        takes memory while it lives; past the number a page says so.
    require_published
        Whether learners get only lessons whose version was reviewed, approved and published.
    """

    data: Path
    courses: Path
    port: int = 8000
    host: str = "127.0.0.1"
    database_url: str = ""
    timezone: str = "Asia/Shanghai"
    idle_seconds: int = 3600
    kernels: int = 40
    require_published: bool = True
    oidc_authorize_url: str = ""
    oidc_token_url: str = ""
    oidc_userdata_url: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_username_claim: str = "preferred_username"

    @property
    def records_url(self) -> str:
        """SQLAlchemy URL of the records database."""
        return self.database_url or f"sqlite:///{self.data / 'records' / 'records.db'}"

    @property
    def public_url(self) -> str:
        """Address a browser on this machine opens."""
        return f"http://{self.host}:{self.port}"

    @property
    def is_oidc(self) -> bool:
        """Whether log-in goes to an outside identity provider."""
        return bool(self.oidc_authorize_url)


def settings_from_environ(environ: Mapping[str, str]) -> Settings:
    """Read every ``ZHIXING_*`` variable that names a setting; unset ones keep their default.

    Raises
    ------
    KeyError
        If ``ZHIXING_DATA`` or ``ZHIXING_COURSES`` is missing.
    ValueError
        If ``ZHIXING_PORT``, ``ZHIXING_IDLE_SECONDS`` or ``ZHIXING_KERNELS`` is no whole number.
    ZhixingError
        If ``ZHIXING_REQUIRE_PUBLISHED`` is neither true nor false.
    """
    text = {
        name: environ[f"ZHIXING_{name.upper()}"]
        for name in Settings.__dataclass_fields__
        if f"ZHIXING_{name.upper()}" in environ
    }
    return Settings(
        data=Path(text.pop("data")),
        courses=Path(text.pop("courses")),
        port=int(text.pop("port", "8000")),
        idle_seconds=int(text.pop("idle_seconds", "3600")),
        kernels=int(text.pop("kernels", "40")),
        require_published=is_true("ZHIXING_REQUIRE_PUBLISHED", text.pop("require_published", "")),
        **text,
    )


def is_true(name: str, text: str, *, default: bool = True) -> bool:
    """Read a setting that is true or false; empty is the default.

    Raises
    ------
    ZhixingError
        If it is anything else: a slip of the pen must not open what was to be closed.
    """
    known = {"": default, "1": True, "true": True, "0": False, "false": False}
    if text.strip().lower() not in known:
        raise ZhixingError(f"{name} 现为“{text}”；应为 true 或 false。请改正后再启动。")
    return known[text.strip().lower()]


def environ_from_settings(settings: Settings) -> dict[str, str]:
    """Write settings as the ``ZHIXING_*`` variables that child services read."""
    return {
        f"ZHIXING_{name.upper()}": str(getattr(settings, name))
        for name in Settings.__dataclass_fields__
    }
