"""Digests: of which hand-in the grades in the gradebook are, written in the same transaction.

Folder and time cannot tell: answers are judged anew without a new time, and a run may be killed,
or find the gradebook locked, when the folder is there and the grades are not. The table is ours
and lies in nbgrader's gradebook, which minds no table more; nbgrader's own are as nbgrader has
them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    String,
    Table,
    delete,
    insert,
    inspect,
    select,
)

_graded = Table(
    "zhixing_graded",
    MetaData(),
    Column("submission_id", String(32), primary_key=True),
    Column("digest", String(64), nullable=False),
)
"""By nbgrader's id of a submission; a row whose submission is gone means nothing."""


def digest_of(mode: str, files: Mapping[str, bytes]) -> str:
    """Digest of all that is graded of a hand-in, and of how: by name and content."""
    found = hashlib.sha256(mode.encode())
    for name, content in sorted(files.items()):
        for part in (name.encode("utf-8", "surrogateescape"), content):
            found.update(len(part).to_bytes(8, "big") + part)
    return found.hexdigest()


def digests(connection: Connection) -> dict[str, str]:
    """Digests by submission id; none where nothing was graded here yet."""
    if not inspect(connection).has_table(_graded.name):
        return {}
    return {row.submission_id: row.digest for row in connection.execute(select(_graded))}


def write_digests(connection: Connection, found: Mapping[str, str]) -> None:
    """Note digests by submission id, in the transaction that wrote the grades."""
    _graded.create(connection, checkfirst=True)
    connection.execute(delete(_graded).where(_graded.c.submission_id.in_(list(found))))
    rows = [{"submission_id": key, "digest": digest} for key, digest in found.items()]
    connection.execute(insert(_graded), rows)
