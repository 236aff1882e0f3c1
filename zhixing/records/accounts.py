"""Accounts: local log-in with argon2id, lock-out after wrong passwords, change and reset.

Every function takes the store and not a connection: a wrong password has to be counted even
if the caller's own work is rolled back, and no write lock may be held while a hash is computed.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Connection, insert, or_, select, update

from zhixing.errors import ZhixingError
from zhixing.person import USERNAME
from zhixing.records.audit import add_audit
from zhixing.records.store import Store
from zhixing.records.tables import Account, Person, Role

MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 128
"""An upper bound, so that nobody can make the server hash a megabyte."""

# OWASP's second argon2id choice: 19 MiB and two passes, so that thirty people who log in at nine
# o'clock do not need two gigabytes on an office server.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)

# Without look-alikes (0 o 1 l i), because these are read from paper and typed once.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

_COMMON_TEXT = """
12345678 123456789 1234567890 87654321 11223344 12341234 123123123 1q2w3e4r 1qaz2wsx qwertyui
qwerty123 asdfghjk password password1 password123 passw0rd p@ssw0rd abcd1234 abc12345 a1234567
a12345678 a123456789 aa123456 admin123 admin888 iloveyou woaini520 woaini1314 5201314520
zhixing1 zhixing123
"""
_COMMON = frozenset(_COMMON_TEXT.split())


class PasswordRuleError(ZhixingError):
    """A new password that breaks a rule; the message says which and what to do."""


class NoAccountError(ZhixingError):
    """No such local account; the message names the user."""


@dataclass(frozen=True)
class Login:
    """Who logged in; ``must_change`` asks for a new password before anything else."""

    person_id: int
    username: str
    name: str
    must_change: bool


@dataclass(frozen=True)
class Refusal:
    """Why a log-in was refused.

    Parameters
    ----------
    code
        ``wrong`` (unknown user or wrong password, not told apart), ``locked`` or ``inactive``.
    message
        Chinese sentence for the log-in page.
    until
        End of the lock, aware UTC; only with ``locked``.
    """

    code: str
    message: str
    until: datetime | None = None


@dataclass(frozen=True)
class _Known:
    login: Login
    password_hash: str
    is_active: bool


def hash_password(password: str) -> str:
    """Hash for ``account.password_hash``; slow on purpose."""
    return _HASHER.hash(password)


# A hash of something nobody knows: an unknown user costs the same time as a wrong password.
_NOBODY = hash_password(secrets.token_hex(16))


def one_time_password() -> str:
    """Random password of 12 easily read characters in three groups (59 bits)."""
    letters = [secrets.choice(_ALPHABET) for _ in range(12)]
    return "-".join("".join(letters[start : start + 4]) for start in (0, 4, 8))


def verify(store: Store, username: str, password: str, now: datetime) -> Login | Refusal:
    """Check a log-in; count a wrong one and lock the account after :data:`MOST_FAILURES`.

    Parameters
    ----------
    username
        As typed; case and outer spaces make no difference.
    now
        Aware UTC time of the server.
    """
    name = username.strip().lower()
    # What cannot be a user name is not asked for: PostgreSQL refuses some characters.
    known = _known_account(store, name) if USERNAME.fullmatch(name) else None
    is_right = _is_right(known.password_hash if known else _NOBODY, password)
    if known is None:
        return _wrong()
    with store.begin() as conn:
        return _settle(conn, known, now, is_right=is_right)


def change_password(
    store: Store, username: str, old: str, new: str, now: datetime
) -> Login | Refusal:
    """Set a new password for who knows the old one.

    Raises
    ------
    PasswordRuleError
        If ``new`` breaks a rule; the old password stays.
    """
    login = verify(store, username, old, now)
    if isinstance(login, Refusal):
        return login
    require_good_password(new, login.username)
    if new == old:
        raise PasswordRuleError("新密码与原密码相同，请换一个。")
    with store.begin() as conn:
        _set_password(conn, login.person_id, hash_password(new), must_change=False)
        add_audit(conn, login.username, "account.change_password", login.username, now)
    return Login(login.person_id, login.username, login.name, must_change=False)


def reset_password(store: Store, admin: str, username: str, now: datetime) -> str:
    """Give a person a new one-time password, lift a lock, and return the password.

    The caller has made sure that ``admin`` may do so.

    Raises
    ------
    NoAccountError
        If nobody of the roster has this name.
    """
    password = one_time_password()
    password_hash = hash_password(password)
    with store.begin() as conn:
        person_id = conn.scalar(select(Person.id).where(Person.username == username))
        if person_id is None:
            raise NoAccountError(f"没有登录名为“{username}”的人员，请核对花名册中的登录名。")
        if not _set_password(conn, person_id, password_hash, must_change=True):
            add_account(conn, person_id, password_hash, must_change=True)
        add_audit(conn, admin, "account.reset_password", username, now)
    return password


def add_account(conn: Connection, person_id: int, password_hash: str, *, must_change: bool) -> None:
    """Open a local account; the caller's transaction holds it together with its audit row."""
    row = {"person_id": person_id, "password_hash": password_hash, "must_change": must_change}
    conn.execute(insert(Account).values(**row, failures=0))


def require_good_password(password: str, username: str) -> None:
    """Raise PasswordRuleError unless the password keeps every rule."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PasswordRuleError(
            f"新密码有 {len(password)} 个字符，应为 {SHORTEST_PASSWORD} 至 {LONGEST_PASSWORD} 个。"
        )
    if username and username in password.lower():
        raise PasswordRuleError("新密码里含有登录名，容易被猜到，请换一个。")
    if password.lower() in _COMMON or len(set(password)) < 4:
        raise PasswordRuleError("这个密码太常见，容易被猜到，请换一个。")


def role_names(store: Store, username: str) -> frozenset[str]:
    """Roles an active person holds; empty for anybody else."""
    query = (
        select(Role.name)
        .join(Person, Person.id == Role.person_id)
        .where(Person.username == username, Person.is_active)
    )
    with store.read() as conn:
        return frozenset(conn.scalars(query))


def _known_account(store: Store, username: str) -> _Known | None:
    query = (
        select(Person.id, Person.username, Person.name, Person.is_active)
        .add_columns(Account.password_hash, Account.must_change)
        .join(Account, Account.person_id == Person.id)
        .where(Person.username == username)
    )
    with store.read() as conn:
        row = conn.execute(query).one_or_none()
    if row is None:
        return None
    login = Login(row.id, row.username, row.name, must_change=row.must_change)
    return _Known(login, row.password_hash, is_active=row.is_active)


def _is_right(password_hash: str, password: str) -> bool:
    # A lone surrogate cannot be encoded otherwise; it is a wrong password and no error.
    typed = password[: LONGEST_PASSWORD + 1].encode(errors="surrogatepass")
    try:
        return _HASHER.verify(password_hash, typed)
    except VerifyMismatchError:
        return False


def _settle(conn: Connection, known: _Known, now: datetime, *, is_right: bool) -> Login | Refusal:
    """Count and answer in one transaction: of many guesses at once, only five are heard.

    The first statement writes, so a second guess waits for the row and then sees the count.
    """
    account = Account.person_id == known.login.person_id
    is_unlocked = or_(Account.locked_until.is_(None), Account.locked_until <= now)
    failures = conn.execute(
        update(Account)
        .where(account, is_unlocked)
        .values(failures=Account.failures + 1, locked_until=None)
        .returning(Account.failures)
    ).scalar()
    if failures is None:
        return _locked(conn.scalar(select(Account.locked_until).where(account)))
    if not is_right:
        return _count_wrong(conn, known.login, failures, now)
    conn.execute(update(Account).where(account).values(failures=0))
    return _admit(conn, known, now)


def _admit(conn: Connection, known: _Known, now: datetime) -> Login | Refusal:
    username = known.login.username
    if not known.is_active:
        add_audit(conn, username, "account.refused_inactive", username, now)
        return Refusal("inactive", "这个账号已停用。如需恢复，请联系系统管理员。")
    add_audit(conn, username, "account.login", username, now)
    return known.login


def _count_wrong(conn: Connection, login: Login, failures: int, now: datetime) -> Refusal:
    if failures < MOST_FAILURES:
        add_audit(conn, login.username, "account.wrong_password", login.username, now)
        return _wrong()
    until = now + LOCKED_FOR
    conn.execute(
        update(Account)
        .where(Account.person_id == login.person_id)
        .values(failures=0, locked_until=until)
    )
    add_audit(conn, login.username, "account.locked", login.username, now)
    return _locked(until)


def _wrong() -> Refusal:
    return Refusal(
        "wrong",
        f"登录名或密码不正确，请核对后重试。连续 {MOST_FAILURES} 次不正确，账号会暂停登录"
        f" {LOCKED_FOR.seconds // 60} 分钟。忘记密码请联系系统管理员重置。",
    )


def _locked(until: datetime | None) -> Refusal:
    return Refusal(
        "locked",
        f"密码连续 {MOST_FAILURES} 次不正确，账号已暂停登录 {LOCKED_FOR.seconds // 60} 分钟,"
        "请稍后再试，或联系系统管理员重置密码。",
        until,
    )


def _set_password(
    conn: Connection, person_id: int, password_hash: str, *, must_change: bool
) -> bool:
    """Whether there was an account to set it on."""
    changed = conn.execute(
        update(Account)
        .where(Account.person_id == person_id)
        .values(password_hash=password_hash, must_change=must_change, failures=0, locked_until=None)
    )
    return changed.rowcount == 1
