"""The database: custody, analyses and reviews, in SQLite, written by one process at a time.

Custody and reviews are only ever appended. Analyses are a cache: they can be made again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sql
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DatabaseError

from sekisho.errors import StoreError

SCHEMA_VERSION = 1

_metadata = sql.MetaData()

schema = sql.Table("schema", _metadata, sql.Column("version", sql.Integer, nullable=False))

custody = sql.Table(
    "custody",
    _metadata,
    sql.Column("evidence", sql.String(64), primary_key=True),
    sql.Column("path", sql.String, primary_key=True),
    sql.Column("article", sql.String, primary_key=True),
    sql.Column("kind", sql.String, nullable=False),
    sql.Column("size", sql.BigInteger, nullable=False),
    sql.Column("parent", sql.String(64)),
    sql.Column("obtained_from", sql.String),
    sql.Column("received_by", sql.String),
    sql.Column("received_on", sql.Date),
    sql.Column("recorded_at", sql.DateTime(timezone=True), nullable=False),
)

analyses = sql.Table(
    "analyses",
    _metadata,
    sql.Column("key", sql.String(64), primary_key=True),
    sql.Column("evidence", sql.String(64), nullable=False, index=True),
    sql.Column("analyzer", sql.String, nullable=False),
    sql.Column("findings", sql.LargeBinary, nullable=False),
    sql.Column("made_at", sql.DateTime(timezone=True), nullable=False),
)

reviews = sql.Table(
    "reviews",
    _metadata,
    sql.Column("key", sql.String(64), primary_key=True),
    sql.Column("article", sql.String, nullable=False),
    sql.Column("law_date", sql.Date, nullable=False),
    sql.Column("outcome", sql.String, nullable=False),
    sql.Column("document", sql.LargeBinary, nullable=False),
    sql.Column("made_at", sql.DateTime(timezone=True), nullable=False),
)

Row = dict[str, str | int | bytes | date | datetime | None]


class Database:
    """One SQLite file."""

    def __init__(self, file: Path) -> None:
        """Open the file, making the tables where it is new.

        Raises:
            StoreError: when it cannot be opened, is no database, or has another schema.
        """
        self.file = file
        self._engine: Engine = sql.create_engine(f"sqlite:///{file}")
        sql.event.listen(self._engine, "connect", _on_connect)
        with self.transaction() as connection:
            _metadata.create_all(connection)
            self._check_version(connection)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing.

        Raises:
            StoreError: when the database cannot be read or written.
        """
        try:
            with self._engine.begin() as connection:
                yield connection
        except DatabaseError as error:
            raise StoreError(
                "SEK-E402",
                "the database cannot be used",
                why=str(error.orig),
                next_step="restore it from a backup, or set SEKISHO_HOME to another folder",
                where=str(self.file),
            ) from error

    def append(self, table: sql.Table, rows: list[Row]) -> None:
        """Add rows; those whose key is there already are left as they are.

        Raises:
            StoreError: when the database cannot be written.
        """
        if rows:
            with self.transaction() as connection:
                connection.execute(table.insert().prefix_with("OR IGNORE"), rows)

    def close(self) -> None:
        """Give the file back."""
        self._engine.dispose()

    def _check_version(self, connection: Connection) -> None:
        found = connection.execute(sql.select(schema.c.version)).scalar()
        if found is None:
            connection.execute(schema.insert().values(version=SCHEMA_VERSION))
        elif found != SCHEMA_VERSION:
            raise StoreError(
                "SEK-E403",
                f"the database has schema {found}; this program uses {SCHEMA_VERSION}",
                why="it was written by another version of Sekisho",
                next_step="use that version, or set SEKISHO_HOME to a new folder",
                where=str(self.file),
            )


def _on_connect(connection: sql.engine.interfaces.DBAPIConnection, _: object) -> None:
    """A commit is on the disk before it is acknowledged."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()
