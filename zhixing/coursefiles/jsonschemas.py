"""JSON Schema, imported without a grammar of IRIs that costs 0.8 s and checks nothing of ours."""

from __future__ import annotations

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

from jsonschema import Draft202012Validator  # noqa: E402 - after the line above
from jsonschema.exceptions import ValidationError  # noqa: E402 - after the line above

__all__ = ["Draft202012Validator", "ValidationError"]
