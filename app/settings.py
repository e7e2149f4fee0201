"""Every option of the application, once: the command line and the environment are both made from this class."""

import os
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from typing import Self

from pydantic import AliasChoices, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

REPOSITORY = Path(__file__).resolve().parents[1]
MEBIBYTE = 1024 * 1024

OURS = "GAZE2REPORT_"

THIS_MACHINE = "127.0.0.0/8,::1/128"
INSIDE_A_SPACE = f"{THIS_MACHINE},10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.168.0.0/16,fc00::/7"
"""Networks that nobody reaches from outside (RFC 1918, 4193 and 6598): from them the Hub's proxies come."""


class Settings(BaseSettings):
    """Read from `GAZE2REPORT_…` in the environment; what is given to the constructor (the command line) wins.

    A Hugging Face Space says where to listen through Gradio's own variables, so `GRADIO_SERVER_NAME`,
    `GRADIO_SERVER_PORT` and `GRADIO_ROOT_PATH` are read where ours are absent.
    """

    model_config = SettingsConfigDict(env_prefix=OURS, populate_by_name=True, extra="forbid")

    model: str | None = Field(
        default=None,
        description="a folder, or owner/name[@revision] on the Hugging Face Hub (default: the embedded model)",
    )
    device: str | None = Field(
        default=None, description="where the model computes: cpu, cuda, cuda:1, mps … (default: cuda if there is one)"
    )
    host: str = Field(
        default="127.0.0.1",
        validation_alias=AliasChoices("GAZE2REPORT_HOST", "GRADIO_SERVER_NAME"),
        description="the address to listen on (default: 127.0.0.1, this machine only)",
    )
    port: int = Field(
        default=7860,
        ge=0,
        le=65535,
        validation_alias=AliasChoices("GAZE2REPORT_PORT", "GRADIO_SERVER_PORT"),
        description="the port to listen on; 0 takes a free one (default: 7860)",
    )
    data_dir: Path = Field(
        default=Path("data"), description="the folder for records and de-identified films (default: ./data)"
    )
    database_url: str | None = Field(
        default=None,
        repr=False,
        description="where records are kept, e.g. postgresql://… (default: an SQLite file in the data folder); an "
        "address with a password is taken from the environment alone",
    )
    auth_file: Path | None = Field(
        default=None,
        description="a file of accounts made by `python -m app.passwords`; without it there is no sign-in",
    )
    idle_minutes: int = Field(
        default=60,
        ge=5,
        le=720,
        description="minutes without a key or a press after which a reader has to sign in again (default: 60)",
    )
    root_path: str = Field(
        default="",
        validation_alias=AliasChoices("GAZE2REPORT_ROOT_PATH", "GRADIO_ROOT_PATH"),
        description="the path under which a proxy serves the application, e.g. /gaze2report (default: none)",
    )

    trusted_proxies: str | None = Field(
        default=None,
        description="addresses and networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, "
        "e.g. 172.16.0.0/12, none of them a reader's (default: this machine; in a Space, its private networks)",
    )

    space_id: str | None = Field(default=None, validation_alias="SPACE_ID", description="set by a Hugging Face Space")

    @classmethod
    def options(cls) -> dict[str, str]:
        """Name and description of every setting that the command line offers."""
        return {name: field.description or "" for name, field in cls.model_fields.items() if name != "space_id"}

    @classmethod
    def refuse_unknown_variables(cls) -> None:
        """Raise ValueError where the environment has a variable of ours that is no setting.

        One that is misspelt must not serve without what was meant, such as accounts.
        """
        known = {f"{OURS}{name.upper()}" for name in cls.options()}
        unknown = sorted(name for name in os.environ if name.upper().startswith(OURS) and name.upper() not in known)
        if unknown:
            raise ValueError(
                f"{', '.join(unknown)} in the environment is no setting: these are {', '.join(sorted(known))}."
            )

    @field_validator("model", "device", "host", "data_dir", "database_url", "auth_file", mode="before")
    @classmethod
    def _given(cls, value: object) -> object:
        if value == "":  # which would listen on every address, or keep records in whatever folder this is
            raise ValueError("nothing is given: name one, or leave the setting out")
        return value

    @field_validator("data_dir", "auth_file")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path.expanduser().absolute() if path is not None else None

    @field_validator("root_path")
    @classmethod
    def _leading_slash_only(cls, path: str) -> str:
        if "://" in path:
            raise ValueError("give the path alone, e.g. /gaze2report, without the scheme and the host")
        return "/" + path.strip("/") if path.strip("/") else ""

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, proxies: str | None) -> str | None:
        if proxies is None:
            return None
        try:
            return ",".join(str(ip_network(one.strip())) for one in proxies.split(","))
        except ValueError:
            raise ValueError(
                "give addresses or networks with commas between them, e.g. 10.0.0.5,172.16.0.0/12"
            ) from None

    @model_validator(mode="after")
    def _accounts_exist(self) -> Self:
        if self.auth_file is not None and not self.auth_file.is_file():
            raise ValueError("the file of accounts does not exist: make it with `python -m app.passwords`")
        return self

    @cached_property
    def records_url(self) -> str:
        """The SQLAlchemy address of the records."""
        if self.database_url is None:
            return f"sqlite:///{self.records_file}"
        scheme, separator, rest = self.database_url.partition("://")
        if scheme in ("postgres", "postgresql"):
            return f"postgresql+psycopg{separator}{rest}"
        return self.database_url

    @property
    def proxies(self) -> str:
        """The networks whose word on a visitor's address and scheme is taken.

        Never all networks: a visitor's address would then be the first in the header, which the visitor can make up.
        """
        if self.trusted_proxies is not None:
            return self.trusted_proxies
        return INSIDE_A_SPACE if self.space_id is not None else THIS_MACHINE

    @property
    def records_file(self) -> Path:
        """Where records are unless a database is named."""
        return self.data_dir / "records.sqlite3"

    @property
    def sign_ins_file(self) -> Path:
        return self.data_dir / "signed-in.json"

    @property
    def page_marks_file(self) -> Path:
        return self.data_dir / "page-marks.key"

    @property
    def films_folder(self) -> Path:
        return self.data_dir / "films"

    @property
    def gradio_folder(self) -> Path:
        """Where Gradio keeps files of its own."""
        return self.data_dir / "gradio"
