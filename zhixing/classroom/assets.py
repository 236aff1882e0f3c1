"""Assets: scripts and styles under names that hold their hash, to be kept for ever."""

from __future__ import annotations

import hashlib
import importlib.util
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fastapi import APIRouter, Request, Response

from zhixing.classroom.problem import not_found

KEPT = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}

IMPORT = re.compile(r'^(?:import|export)\b[^;]*?\bfrom "(\.[^"]+)";', re.MULTILINE)


@dataclass(frozen=True)
class Assets:
    """All static files of the classroom, read once; ``hash`` changes with any of them."""

    files: Mapping[str, bytes]
    hash: str

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """Names of the scripts that a lesson page needs; it asks for all of them at once."""
        found = ["host.js"]
        for name in found:
            text = self.files[name].decode()
            imported = [posixpath.join(posixpath.dirname(name), x) for x in IMPORT.findall(text)]
            names = [posixpath.normpath(one) for one in imported]
            found += [one for one in dict.fromkeys(names) if one not in found]
        return tuple(found)

    @classmethod
    def load(cls) -> Assets:
        """Read our own files and those of the widgets, which we serve but do not import."""
        roots = {"": Path(__file__).with_name("static"), "widgets/": _widgets()}
        files = {
            prefix + path.relative_to(root).as_posix(): path.read_bytes()
            for prefix, root in roots.items()
            for path in sorted(root.rglob("*"))
            if path.suffix in TYPES
        }
        digest = hashlib.sha256()
        for name, content in files.items():
            digest.update(name.encode() + content)
        return cls(files, digest.hexdigest()[:12])


def _widgets() -> Path:
    found = importlib.util.find_spec("widgets")
    if found is None or found.origin is None:  # pragma: no cover - one wheel holds both
        raise ModuleNotFoundError("the widgets package is part of our wheel and is missing")
    return Path(found.origin).parent


router = APIRouter(include_in_schema=False)


@router.get("/static/{hash}/{name:path}")
async def read_asset(request: Request, name: str) -> Response:
    """Serve one file; the hash in the address only makes it new for the browser."""
    assets: Assets = request.app.state.assets
    content = assets.files.get(name)
    if content is None:
        raise not_found()
    return Response(content, media_type=TYPES[Path(name).suffix], headers=KEPT)
