"""Log-in: right, wrong, locked, inactive, changed, reset; on SQLite and PostgreSQL."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from zhixing.records.accounts import (
    LOCKED_FOR,
    MOST_FAILURES,
    Login,
    NoAccountError,
    PasswordRuleError,
    Refusal,
    add_account,
    change_password,
    hash_password,
    one_time_password,
    require_good_password,
    reset_password,
    role_names,
    verify,
)
from zhixing.records.schema import migrate
from zhixing.records.store import Store, open_store
from zhixing.records.tables import Account, Audit, Person, Role, Unit

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PASSWORD = "清河-2026-春"
HASHED = hash_password(PASSWORD)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    migrate(database_url)
    opened = open_store(database_url)
    with opened.begin() as conn:
        conn.execute(insert(Unit).values(id=1, code="Q", name="区", tree="place", kind="district"))
        row = {"id": 1, "key": "1", "username": "li", "name": "李龑", "unit_id": 1}
        conn.execute(insert(Person).values(**row))
        conn.execute(insert(Role).values(person_id=1, name="cadre"))
        add_account(conn, 1, HASHED, must_change=True)
    yield opened
    opened.close()


def actions(store: Store) -> list[str]:
    with store.read() as conn:
        return list(conn.scalars(select(Audit.action).order_by(Audit.id)))


def fail(store: Store, times: int, now: datetime = NOW) -> Login | Refusal:
    outcomes = [verify(store, "li", "wrong", now) for _ in range(times)]
    return outcomes[-1]


def test_the_right_password_logs_in_and_is_audited(store: Store) -> None:
    login = verify(store, " LI ", PASSWORD, NOW)
    assert login == Login(1, "li", "李龑", must_change=True)
    assert actions(store) == ["account.login"]


def test_the_hash_is_argon2id(store: Store) -> None:
    assert HASHED.startswith("$argon2id$")
    assert PASSWORD not in HASHED


def test_a_wrong_password_and_an_unknown_user_read_the_same(store: Store) -> None:
    wrong = verify(store, "li", "wrong-password", NOW)
    unknown = verify(store, "nobody", "wrong-password", NOW)
    assert wrong == unknown
    assert isinstance(wrong, Refusal)
    assert wrong.code == "wrong"
    assert "请核对" in wrong.message


def test_an_unknown_user_costs_a_hash_as_well(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    monkeypatch.setattr(
        "zhixing.records.accounts._is_right", lambda hashed, _: bool(checked.append(hashed))
    )
    verify(store, "nobody", "x", NOW)
    assert len(checked) == 1
    assert checked[0].startswith("$argon2id$")


def test_five_failures_lock_for_fifteen_minutes_even_for_the_right_password(store: Store) -> None:
    fourth = fail(store, MOST_FAILURES - 1)
    assert isinstance(fourth, Refusal)
    assert fourth.code == "wrong"
    locked = fail(store, 1)
    assert isinstance(locked, Refusal)
    assert (locked.code, locked.until) == ("locked", NOW + LOCKED_FOR)
    still = verify(store, "li", PASSWORD, NOW + LOCKED_FOR - timedelta(seconds=1))
    assert isinstance(still, Refusal)
    assert still.code == "locked"
    assert isinstance(verify(store, "li", PASSWORD, NOW + LOCKED_FOR), Login)


def test_after_a_lock_five_more_tries_are_given(store: Store) -> None:
    fail(store, MOST_FAILURES)
    later = NOW + LOCKED_FOR
    fourth = fail(store, MOST_FAILURES - 1, later)
    assert isinstance(fourth, Refusal)
    assert fourth.code == "wrong"
    assert isinstance(verify(store, "li", PASSWORD, later), Login)


def test_a_log_in_forgets_earlier_failures(store: Store) -> None:
    for _ in range(3):
        fail(store, MOST_FAILURES - 1)
        assert isinstance(verify(store, "li", PASSWORD, NOW), Login)


def test_of_many_guesses_at_once_only_five_are_heard(store: Store) -> None:
    guesses = ["wrong"] * 11
    threads = [threading.Thread(target=verify, args=(store, "li", guess, NOW)) for guess in guesses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    heard = [action for action in actions(store) if action != "account.login"]
    assert heard == ["account.wrong_password"] * (MOST_FAILURES - 1) + ["account.locked"]


def test_an_inactive_person_learns_so_only_with_the_right_password(store: Store) -> None:
    with store.begin() as conn:
        conn.execute(update(Person).values(is_active=False))
    wrong, right = verify(store, "li", "wrong", NOW), verify(store, "li", PASSWORD, NOW)
    assert isinstance(wrong, Refusal)
    assert wrong.code == "wrong"
    assert isinstance(right, Refusal)
    assert right.code == "inactive"


@pytest.mark.parametrize("typed", ["", "x" * 10_000, "\ud800", "\x00"])
def test_odd_passwords_are_wrong_and_no_error(store: Store, typed: str) -> None:
    outcome = verify(store, "li", typed, NOW)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "wrong"


@pytest.mark.parametrize("username", ["", "\x00", "l\ud800i", "李", "li' --", "li" * 500])
def test_odd_user_names_are_unknown_and_no_error(store: Store, username: str) -> None:
    outcome = verify(store, username, PASSWORD, NOW)
    assert isinstance(outcome, Refusal)
    assert outcome.code == "wrong"


def test_a_changed_password_is_the_only_one(store: Store) -> None:
    changed = change_password(store, "li", PASSWORD, "长堤上的柳树2棵", NOW)
    assert changed == Login(1, "li", "李龑", must_change=False)
    assert isinstance(verify(store, "li", PASSWORD, NOW), Refusal)
    again = verify(store, "li", "长堤上的柳树2棵", NOW)
    assert isinstance(again, Login)
    assert not again.must_change


def test_a_password_is_not_changed_without_the_old_one(store: Store) -> None:
    assert isinstance(change_password(store, "li", "wrong", "长堤上的柳树2棵", NOW), Refusal)
    assert isinstance(verify(store, "li", PASSWORD, NOW), Login)


def test_the_same_password_again_is_refused(store: Store) -> None:
    with pytest.raises(PasswordRuleError, match="相同"):
        change_password(store, "li", PASSWORD, PASSWORD, NOW)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short1", "6 个字符"),
        ("x" * 129, "129 个字符"),
        ("my-Zhang.San-1", "登录名"),
        ("12345678", "太常见"),
        ("PASSWORD123", "太常见"),
        ("aaaaaaaab", "太常见"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password: str, said: str) -> None:
    with pytest.raises(PasswordRuleError, match=said):
        require_good_password(password, "zhang.san")


def test_a_reset_lifts_the_lock_and_asks_for_a_change(store: Store) -> None:
    fail(store, MOST_FAILURES)
    password = reset_password(store, "admin1", "li", NOW)
    login = verify(store, "li", password, NOW)
    assert isinstance(login, Login)
    assert login.must_change
    assert "account.reset_password" in actions(store)


def test_a_reset_opens_an_account_where_there_was_none(store: Store) -> None:
    with store.begin() as conn:
        conn.execute(Account.__table__.delete())
    password = reset_password(store, "admin1", "li", NOW)
    assert isinstance(verify(store, "li", password, NOW), Login)


def test_a_reset_of_an_unknown_user_names_the_user(store: Store) -> None:
    with pytest.raises(NoAccountError, match="wang"):
        reset_password(store, "admin1", "wang", NOW)


def test_one_time_passwords_differ_and_keep_the_rules() -> None:
    passwords = {one_time_password() for _ in range(50)}
    assert len(passwords) == 50
    for password in passwords:
        require_good_password(password, "li")


def test_an_inactive_person_holds_no_role(store: Store) -> None:
    assert role_names(store, "li") == {"cadre"}
    with store.begin() as conn:
        conn.execute(update(Person).values(is_active=False))
    assert role_names(store, "li") == frozenset()


def test_no_password_is_ever_in_the_audit(store: Store) -> None:
    change_password(store, "li", PASSWORD, "长堤上的柳树2棵", NOW)
    password = reset_password(store, "admin1", "li", NOW)
    with store.read() as conn:
        written = str(conn.execute(select(Audit.actor, Audit.subject, Audit.detail)).all())
    assert PASSWORD not in written
    assert "柳树" not in written
    assert password not in written
