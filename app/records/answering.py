"""Whether the database answers, for whoever watches over the server."""

from sqlalchemy import Engine, select

from app.records.tables import Event
from app.records.transactions import RecordsUnavailable, reading


def does_answer(engine: Engine) -> bool:
    """Of a table, since SQLite answers all else without a look at its file."""
    try:
        with reading(engine) as connection:
            connection.execute(select(1).select_from(Event).limit(1))
    except RecordsUnavailable:
        return False
    return True
