"""`python -m app.passwords FILE NAME`: add an account to the file of accounts, or give it a new password."""

import argparse
import getpass
import sys
from pathlib import Path

from app.accounts import MOST_PASSWORD_CHARACTERS, NAME, hash_password, write_account

FEWEST_CHARACTERS = 10


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m app.passwords",
        description="Add an account for `app.py --auth-file FILE`, or give it a new password. Lines are name:scrypt$…; "
        "delete a line to remove its account. A running server notices changes at once.",
    )
    parser.add_argument("file", type=Path, help="the file of accounts; created if it does not exist")
    parser.add_argument(
        "name", help="letters, digits and . _ @ -, a letter or digit first; it is stored with the corrections"
    )
    parser.add_argument("--stdin", action="store_true", help="read the password from standard input, one line")
    given = parser.parse_args(arguments)
    if not NAME.fullmatch(given.name):
        parser.error(
            "a name is 1 to 64 letters, digits and . _ @ -, begins with one of the first two, but not with reader-"
        )
    try:
        password = _password(parser, from_stdin=given.stdin)
    except (EOFError, KeyboardInterrupt):
        parser.error("no password was given: type it at the terminal, or pass it with --stdin")
    try:
        write_account(given.file, given.name, hash_password(password))
    except (OSError, UnicodeDecodeError) as error:
        parser.error(
            f"the file of accounts cannot be written ({type(error).__name__}): check that its folder is there, that "
            "you may write to it, and that the file is one of accounts"
        )
    return 0


def _password(parser: argparse.ArgumentParser, *, from_stdin: bool) -> str:
    """The password as it is typed, twice the same, or passed on."""
    password = sys.stdin.readline().rstrip("\r\n") if from_stdin else getpass.getpass("Password: ")
    if not FEWEST_CHARACTERS <= len(password) <= MOST_PASSWORD_CHARACTERS:
        parser.error(f"a password is {FEWEST_CHARACTERS} to {MOST_PASSWORD_CHARACTERS} characters long")
    if not from_stdin and getpass.getpass("Again: ") != password:
        parser.error("the two passwords differ")
    return password


if __name__ == "__main__":
    sys.exit(main())
