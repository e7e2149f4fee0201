"""A PostgreSQL server of the tests' own, reached by a socket in a temporary folder; skipped where none is installed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

_numbers = count(1)


@dataclass
class PostgresqlServer:
    programs: Path
    folder: Path
    owner: str | None

    def new_schema(self) -> str:
        """The address of an empty schema, which is as good as a database of its own and is made faster."""
        import psycopg

        name = f"records_{next(_numbers)}"
        with psycopg.connect(f"host={self.folder} user=postgres dbname=postgres") as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}&options=-csearch_path%3D{name}"

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off"
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self.call("pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start")

    def let_nobody_write(self) -> None:
        """Serve on as a replica does."""
        import psycopg

        with psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET default_transaction_read_only = on")
            connection.execute("SELECT pg_reload_conf()")

    def stop(self) -> None:
        self.call("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")

    def call(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.programs / program), *arguments],
            user=self.owner,
            cwd=self.folder,
            check=True,
            stdout=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        )


@contextmanager
def postgresql_server() -> Iterator[PostgresqlServer]:
    programs = _programs()
    if programs is None:
        pytest.skip("needs PostgreSQL: `apt install postgresql`")
    pytest.importorskip("psycopg", reason="needs psycopg: `pip install 'psycopg[binary]'`")
    owner = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    with tempfile.TemporaryDirectory(prefix="postgresql-", ignore_cleanup_errors=True) as name:
        folder = Path(name)  # short: the path of a socket has little room
        if owner is not None:
            shutil.chown(folder, owner)
        server = PostgresqlServer(programs, folder, owner)
        server.call("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _programs() -> Path | None:
    if (initdb := shutil.which("initdb")) is not None:
        return Path(initdb).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
