"""The border to the database: one transaction per public function, errors in our own words."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import (
    DatabaseError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)

from langnghe.errors import LedgerUnavailable

P = ParamSpec("P")
R = TypeVar("R")
_TRIES = 4


def reading(function: Callable[P, R]) -> Callable[P, R]:
    """Translate a database that does not answer into LedgerUnavailable."""

    @functools.wraps(function)
    def read(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except (OperationalError, InterfaceError) as error:
            _drop_broken_connection()
            raise LedgerUnavailable(str(error).strip()) from error

    return read


def writing(function: Callable[P, R]) -> Callable[P, R]:
    """Run the function in one transaction: all of it is committed, or nothing.

    Where two processes insert the same row or wait for each other, one starts again and then
    sees what the other did, so the function must be repeatable. A database that does not answer,
    is locked or full is LedgerUnavailable; nothing was written then.
    """

    @functools.wraps(function)
    def write(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            return function(*args, **kwargs)
        for tries_left in reversed(range(_TRIES)):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except IntegrityError:
                if not tries_left:
                    raise
            except (OperationalError, InterfaceError) as error:
                if not (tries_left and _is_deadlock(error)):
                    _drop_broken_connection()
                    raise LedgerUnavailable(str(error).strip()) from error
        raise AssertionError("unreachable")

    return write


def _is_deadlock(error: Exception) -> bool:
    """Return whether PostgreSQL ended this transaction to let another one go on."""
    return getattr(error.__cause__, "sqlstate", None) in {"40P01", "40001"}


def _drop_broken_connection() -> None:
    """Forget a connection that a restarted server or a full disk left unusable."""
    try:
        if not connection.in_atomic_block:
            connection.close()
    except DatabaseError:
        connection.connection = None
