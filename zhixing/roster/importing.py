"""Importing: a roster file into the records, all or nothing, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from zhixing.errors import ZhixingError
from zhixing.records.accounts import hash_password, one_time_password
from zhixing.records.store import Store
from zhixing.roster.changes import Changes, changes_from_roster
from zhixing.roster.checks import Context, roster_problems, sorted_problems
from zhixing.roster.entries import Roster
from zhixing.roster.known import Known, known_from_records
from zhixing.roster.problem import RosterError
from zhixing.roster.reading import roster_from_sheets
from zhixing.roster.workbook import read_sheets
from zhixing.roster.writer import Import, write_changes


class RosterRaceError(ZhixingError):
    """Somebody else changed the roster while this import was being worked out."""


@dataclass(frozen=True)
class Conditions:
    """What an import depends on besides the file and the records.

    Parameters
    ----------
    timezone
        IANA name of the zone in which the dates of the file are meant.
    courses
        Folder names of the courses there are; None if they are not known.
    with_accounts
        Whether active people get a local account with a one-time password.
    """

    timezone: str
    courses: frozenset[str] | None
    with_accounts: bool


@dataclass(frozen=True)
class NewAccount:
    """A line of the list that is handed out: who logs in with which one-time password."""

    username: str
    name: str
    unit: str
    password: str


@dataclass(frozen=True)
class Plan:
    """What the file asks for, held against what the records held at that moment."""

    roster: Roster
    known: Known
    changes: Changes

    @property
    def new_usernames(self) -> list[str]:
        """Who gets a local account."""
        return [change.key[0] for change in self.changes.of("account", "new")]


def plan_import(conn: Connection, path: Path, conditions: Conditions) -> Plan:
    """Read and check the file and work out the changes; writes nothing.

    Raises
    ------
    RosterError
        With every mistake in the file.
    """
    roster, found = roster_from_sheets(read_sheets(path), conditions.timezone)
    known = known_from_records(conn)
    found = (*found, *roster_problems(Context(roster, known, conditions.courses)))
    if found:
        raise RosterError(sorted_problems(found))
    changes = changes_from_roster(roster, known, with_accounts=conditions.with_accounts)
    return Plan(roster, known, changes)


def new_accounts(plan: Plan) -> tuple[NewAccount, ...]:
    """One-time passwords for everybody who gets an account."""
    persons = {person.username: person for person in plan.roster.persons}
    return tuple(
        NewAccount(
            username, persons[username].name, _unit_name(plan, username), one_time_password()
        )
        for username in plan.new_usernames
    )


def _unit_name(plan: Plan, username: str) -> str:
    code = next(person.unit for person in plan.roster.persons if person.username == username)
    names = {unit.code: unit.name for unit in plan.roster.units}
    return names.get(code) or str(plan.known.facts["unit"][(code,)]["name"])


def hashes_of(
    accounts: Iterable[NewAccount], tell: Callable[[int], None] | None = None
) -> Mapping[str, str]:
    """Hash of each one-time password; slow, so it is done before any lock is taken."""
    hashes = {}
    rows = list(accounts)
    # argon2 lets go of the interpreter lock, so that threads use every core.
    with ThreadPoolExecutor() as pool:
        results = pool.map(hash_password, [account.password for account in rows])
        for done, (account, hashed) in enumerate(zip(rows, results, strict=True), start=1):
            hashes[account.username] = hashed
            if tell:
                tell(done)
    return hashes


def write_plan(
    store: Store,
    plan: Plan,
    hashes: Mapping[str, str],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Write a plan in one transaction.

    Raises
    ------
    RosterRaceError
        If the records are no longer what the plan was worked out from.
    """
    with store.begin() as conn:
        if known_from_records(conn) != plan.known:
            raise RosterRaceError("导入期间花名册被另一处修改，未写入任何内容。请重新运行一次。")
        write_changes(conn, plan.changes, Import(actor, now, hashes))
