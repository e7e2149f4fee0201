"""The form of the tables: which version of it a database has, and whether this program can work with that.

There is no engine for migrations, since there is nothing to migrate yet: a database of another form is refused at the
start, in a sentence, and left as it is. Whoever adds or changes a column raises `VERSION`; a table that is new is made
where it is missing.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, inspect, select

from app.records.tables import Base, RecordsVersion
from app.records.transactions import RecordsUnavailable

VERSION = 1


def make_tables(connection: Connection) -> None:
    """Make the tables that are missing, and note their version. Raises `RecordsUnavailable`, and then makes none.

    Tables of an earlier version, or from before versions were noted, are of the present one if their columns fit.
    """
    noted = _noted_version(connection)
    if noted > VERSION:
        raise RecordsUnavailable(
            "These records were kept by a later version of this program, which this one does not understand: run the "
            "later version, or name another data folder or database."
        )
    if missing := ", ".join(_missing_columns(connection)):
        raise RecordsUnavailable(
            f"These records were kept by another version of this program and have no place for {missing}: run the "
            "version that kept them, or name another data folder or database."
        )
    Base.metadata.create_all(connection)
    if noted < VERSION:
        connection.execute(insert(RecordsVersion), [{"version": VERSION, "noted_at": datetime.now(UTC)}])


def _noted_version(connection: Connection) -> int:
    if not inspect(connection).has_table(RecordsVersion.__tablename__):
        return 0
    return connection.scalar(select(func.max(RecordsVersion.version))) or 0


def _missing_columns(connection: Connection) -> Iterator[str]:
    """`table.column` for each one that tables which are there lack."""
    there = inspect(connection)
    for table in Base.metadata.sorted_tables:
        if there.has_table(table.name):
            names = {column["name"] for column in there.get_columns(table.name)}
            yield from (str(column) for column in table.columns if column.name not in names)
