"""The command line of `app.py`: one option for each setting."""

import argparse
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from app.settings import Settings

PASSWORDS_OF_POSTGRESQL = {"password", "sslpassword"}
"""How they are called behind the question mark of an address."""

OF_RECORDS = ("data_dir", "database_url")
"""The settings that say where records are."""


def read_settings(arguments: list[str] | None = None) -> Settings:
    """Settings from the command line, then from the environment. A wrong one ends the program with a sentence."""
    parser = argparse.ArgumentParser(
        prog="app.py",
        description="Gaze2Report: a chest film goes in, gaze and report come out. For research, not for diagnosis.",
        epilog="Each option can also be set in the environment, e.g. GAZE2REPORT_DATA_DIR for --data-dir.",
        argument_default=argparse.SUPPRESS,
    )
    add_options(parser, Settings.options())
    return settings_from(parser, vars(parser.parse_args(arguments)))


def add_options(parser: argparse.ArgumentParser, names: Iterable[str]) -> None:
    """Let a program of ours take these settings; what is not given must be left out of what is parsed."""
    described = Settings.options()
    for name in names:
        parser.add_argument(f"--{name.replace('_', '-')}", metavar=name.upper(), help=described[name])


def settings_from(parser: argparse.ArgumentParser, given: Mapping[str, Any]) -> Settings:
    """Settings of which some were given on the command line. A wrong one ends the program with a sentence."""
    if _has_password(given.get("database_url", "")):
        parser.error(
            "--database-url: whoever is on this machine can read a password that is given here; set the address as "
            "GAZE2REPORT_DATABASE_URL in the environment instead"
        )
    try:
        Settings.refuse_unknown_variables()
        return Settings(**given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        setting = str(first["loc"][0]).lower().removeprefix("gaze2report_") if first["loc"] else "auth_file"
        parser.error(f"--{setting.replace('_', '-')}: {first['msg'].removeprefix('Value error, ')}")
    except ValueError as error:
        parser.error(str(error))


def settings_of_records(parser: argparse.ArgumentParser, given: Mapping[str, Any]) -> Settings:
    """The same for a program that works on records which are there, with their films. Ends where there are none."""
    settings = settings_from(parser, given)
    if settings.database_url is None and not settings.records_file.is_file():
        parser.error("--data-dir: there are no records in this folder")
    if not settings.films_folder.is_dir():
        parser.error("--data-dir: there is no folder `films` in this folder: give the one that the server is given")
    return settings


def _has_password(database_url: str) -> bool:
    """Taken apart as the records do it; what is no address they refuse."""
    if not database_url:
        return False
    from sqlalchemy import make_url  # imported only now, as the server's libraries are
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(database_url)
    except ArgumentError:
        return False
    return bool(url.password or url.query.keys() & PASSWORDS_OF_POSTGRESQL)


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted, which `app.py` sees to. Returns the exit code."""
    settings = read_settings(arguments)
    # Imported only now: the help and a wrong option must not wait for the server's libraries.
    from app.server import CannotServe, serve

    try:
        serve(settings)
    except CannotServe as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0
