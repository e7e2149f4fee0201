"""Options: the command line wins over the environment, the environment over the default."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.command_line import read_settings
from app.settings import Settings

REPOSITORY = Path(__file__).parents[2]
OPTIONS = [
    "--model",
    "--device",
    "--host",
    "--port",
    "--data-dir",
    "--database-url",
    "--auth-file",
    "--idle-minutes",
    "--root-path",
    "--trusted-proxies",
]
VALUES = {
    "model": "owner/name@main",
    "device": "cuda:1",
    "host": "0.0.0.0",  # noqa: S104
    "port": "8080",
    "data_dir": "/srv/data",
    "database_url": "postgresql://reader@host/records",
    "idle_minutes": "15",
    "root_path": "/gaze",
    "trusted_proxies": "10.0.0.5/32,172.16.0.0/12",
}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SPACE_ID", "GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT", "GRADIO_ROOT_PATH", "GAZE2REPORT_HOST"):
        monkeypatch.delenv(name, raising=False)


def run_app(*arguments: str, **options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(REPOSITORY / "app.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)


def test_the_help_names_every_option() -> None:
    shown = run_app("--help", cwd="/")
    assert shown.returncode == 0
    assert [option for option in OPTIONS if f"{option} " not in shown.stdout] == []
    assert sorted(f"--{name.replace('_', '-')}" for name in Settings.options()) == sorted(OPTIONS)


def test_every_option_is_also_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in VALUES.items():
        monkeypatch.setenv(f"GAZE2REPORT_{name.upper()}", value)
    from_environment = read_settings([])
    assert {name: str(getattr(from_environment, name)) for name in VALUES} == VALUES


@pytest.mark.parametrize("name", ["GAZE2REPORT_AUTHFILE", "gaze2report_auth", "GAZE2REPORT_SPACE_ID"])
def test_a_misspelt_setting_in_the_environment_is_refused_with_all_that_there_are(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "accounts-of-mustermann")
    with pytest.raises(SystemExit) as ended:
        read_settings([])
    said = capsys.readouterr().err
    assert ended.value.code == 2 and "mustermann" not in said
    assert f"error: {name} in the environment is no setting: these are GAZE2REPORT_AUTH_FILE, " in said


@pytest.mark.parametrize("name", ["model", "device", "host", "data_dir", "database_url", "auth_file"])
def test_a_setting_that_is_there_and_empty_is_refused(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = f"error: --{name.replace('_', '-')}: nothing is given: name one, or leave the setting out"
    with pytest.raises(SystemExit):
        read_settings([f"--{name.replace('_', '-')}", ""])
    assert refusal in capsys.readouterr().err
    monkeypatch.setenv(f"GAZE2REPORT_{name.upper()}", "")
    with pytest.raises(SystemExit):
        read_settings([])
    assert refusal in capsys.readouterr().err


def test_the_command_line_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VALUES:
        monkeypatch.setenv(f"GAZE2REPORT_{name.upper()}", "9")
    arguments = [part for name, value in VALUES.items() for part in (f"--{name.replace('_', '-')}", value)]
    given = read_settings(arguments)
    assert {name: str(getattr(given, name)) for name in VALUES} == VALUES


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://reader:secret@host/records",
        "postgres://reader:with/a/slash/secret@host/records",
        "postgresql://reader@host/records?password=secret",
        "mysql://reader:secret@host/records",
    ],
)
def test_a_password_is_taken_from_the_environment_alone(
    address: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit) as ended:
        read_settings(["--database-url", address])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "error: --database-url: whoever is on this machine can read a password that is given here" in said
    assert "GAZE2REPORT_DATABASE_URL" in said and "secret" not in said
    monkeypatch.setenv("GAZE2REPORT_DATABASE_URL", address)
    assert read_settings([]).database_url == address


@pytest.mark.parametrize("address", ["postgresql://reader@host/records", "sqlite:///records.sqlite3", "nonsense"])
def test_an_address_without_a_password_may_be_given(address: str) -> None:
    assert read_settings(["--database-url", address]).database_url == address


def test_a_space_says_where_to_listen_and_ours_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0")  # noqa: S104
    monkeypatch.setenv("GRADIO_SERVER_PORT", "7861")
    monkeypatch.setenv("SPACE_ID", "owner/space")
    space = Settings()
    assert (space.host, space.port, space.space_id) == ("0.0.0.0", 7861, "owner/space")  # noqa: S104
    monkeypatch.setenv("GAZE2REPORT_HOST", "127.0.0.2")
    assert Settings().host == "127.0.0.2"
    assert Settings(host="127.0.0.3").host == "127.0.0.3"


def test_records_are_in_the_data_folder_unless_a_database_is_named(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path).records_url == f"sqlite:///{tmp_path}/records.sqlite3"
    for scheme in ("postgres", "postgresql"):
        named = Settings(database_url=f"{scheme}://reader:secret@host/records")
        assert named.records_url == "postgresql+psycopg://reader:secret@host/records"
        assert "secret" not in repr(named)


@pytest.mark.parametrize(("given", "kept"), [("gaze", "/gaze"), ("/gaze/", "/gaze"), ("/", ""), ("/a/b", "/a/b")])
def test_a_root_path_has_one_form(given: str, kept: str) -> None:
    assert Settings(root_path=given).root_path == kept


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--port", "seven"], "--port: Input should be a valid integer"),
        (["--port", "70000"], "--port: Input should be less than or equal to 65535"),
        (["--idle-minutes", "2"], "--idle-minutes: Input should be greater than or equal to 5"),
        (["--root-path", "https://host/x"], "--root-path: give the path alone, e.g. /gaze2report"),
        (["--trusted-proxies", "*"], "--trusted-proxies: give addresses or networks with commas between them"),
        (["--auth-file", "/nowhere"], "--auth-file: the file of accounts does not exist: make it with `python -m app."),
        (["--colour", "red"], "unrecognized arguments: --colour red"),
    ],
)
def test_a_wrong_option_is_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        read_settings(arguments)
    assert ended.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith(f"app.py: error: {sentence}")
