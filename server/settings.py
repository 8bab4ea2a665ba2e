"""Everything an operator can set: environment variables SAYSO_*, checked before the server starts."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated

from limits import parse as parse_rate
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url

Names = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """Raises pydantic.ValidationError naming each wrong variable."""

    model_config = SettingsConfigDict(env_prefix="SAYSO_", frozen=True)

    host: str = Field(
        default="127.0.0.1", description="Address to listen on. Beyond loopback the server demands tokens."
    )
    port: int = Field(default=7297, ge=1, le=65535, description="Port to listen on.")
    workers: int = Field(default=2, ge=1, le=64, description="Worker processes; they share the model's memory.")
    threads: int = Field(default=8, ge=1, le=64, description="Threads in each worker.")
    state_dir: Path = Field(
        default=Path("var"), description="Folder for the feedback database, the tokens and the metrics."
    )
    model: Path | None = Field(default=None, description="The model's artefact; without it the one that is shipped.")

    trusted_hosts: Names = Field(
        default=("127.0.0.1", "localhost", "[::1]"),
        description="Host names that a request may address, separated by commas. With one beyond loopback the server "
        "demands tokens.",
    )
    allowed_origins: Names = Field(
        default=("chrome-extension://*", "moz-extension://*"),
        description="Origins of other sites and extensions that may call the API, separated by commas; `*` stands for "
        "any name after `://`, for extensions alone.",
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=5, description="Reverse proxies in front, whose X-Forwarded-* count."
    )

    max_body_bytes: int = Field(
        default=5_000_000, ge=1000, description="Largest body, or line of a stream, decompressed."
    )
    max_stream_bytes: int = Field(
        default=500_000_000, ge=1000, description="Largest stream of JSON lines, decompressed."
    )
    max_paragraphs: int = Field(default=2_000, ge=1, description="Most paragraphs in one article.")
    max_paragraph_characters: int = Field(default=20_000, ge=100, description="Longest paragraph.")
    max_characters: int = Field(default=300_000, ge=100, description="Longest article.")
    patience: int = Field(
        default=20, ge=1, le=600, description="Seconds that the server waits for a slow request, and for a slow reader."
    )
    rate_words: str = Field(default="500000 per minute", description="Words that one caller may have labelled.")
    rate_feedback: str = Field(default="60 per minute", description="Corrections that one caller may file.")
    rate_store: str = Field(
        default="memory://",
        description="Where callers are counted: `memory://` (in each worker for itself) or `redis://…` (together).",
    )

    database: str = Field(
        default="",
        description="URL of the feedback database: `postgresql+psycopg://…`; without it SQLite in the state folder.",
    )
    feedback_days: int = Field(default=365, ge=1, le=3650, description="Days after which a correction is deleted.")

    @field_validator("trusted_hosts", "allowed_origins", mode="before")
    @classmethod
    def split(cls, value: object) -> object:
        return (
            tuple(part.strip().lower() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("allowed_origins")
    @classmethod
    def known_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            scheme, parted, name = origin.partition("://")
            if not parted or not name or "/" in name or ("*" in name and (name != "*" or scheme in ("http", "https"))):
                raise ValueError(f"{origin!r} is no origin; write https://example.org or moz-extension://*")
        return origins

    @field_validator("rate_words", "rate_feedback")
    @classmethod
    def parsed_rate(cls, rate: str) -> str:
        try:
            parse_rate(rate)
        except ValueError:
            raise ValueError(f"{rate!r} is no rate; write for example '100 per minute'") from None
        return rate

    @field_validator("rate_store")
    @classmethod
    def known_store(cls, url: str) -> str:
        if url != "memory://" and not url.startswith(("redis://", "rediss://", "redis+unix://")):
            raise ValueError("write memory:// or redis://HOST:PORT")
        return url

    @field_validator("database")
    @classmethod
    def known_database(cls, url: str) -> str:
        if url and make_url(url).drivername not in ("sqlite", "postgresql+psycopg"):
            raise ValueError("write postgresql+psycopg://USER:PASSWORD@HOST/NAME or sqlite:///PATH")
        return url

    @property
    def beyond_loopback(self) -> bool:
        return not all(map(is_loopback, (self.host, *self.trusted_hosts)))

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.state_dir.resolve() / 'feedback.db'}"


def wrong(error: ValidationError) -> str:
    """Which variables are wrong, and why."""
    return "; ".join(f"SAYSO_{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors())


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
