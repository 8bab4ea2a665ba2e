"""Everything an operator can set: environment variables SAYSO_*, checked before the server starts."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

EXTENSION_ORIGINS = ("chrome-extension://", "moz-extension://")


class Settings(BaseSettings):
    """Raises pydantic.ValidationError naming each wrong variable."""

    model_config = SettingsConfigDict(env_prefix="SAYSO_", extra="forbid", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on. Beyond loopback the server demands tokens.")
    port: int = Field(7297, ge=1, le=65535, description="Port to listen on.")
    state_dir: Path = Field(Path("var"), description="Folder for the feedback database, the tokens and the metrics.")
    max_body_bytes: int = Field(5_000_000, ge=1000, description="Largest body, counted after decompression.")
    max_paragraphs: int = Field(2_000, ge=1, description="Most paragraphs in one article.")
    max_paragraph_characters: int = Field(20_000, ge=100, description="Longest paragraph.")
    max_characters: int = Field(300_000, ge=100, description="Longest article.")
    trusted_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        ("127.0.0.1", "localhost", "[::1]"),
        description="Host names that a request may address, separated by commas. A name beyond loopback makes the server demand tokens.",
    )

    @field_validator("trusted_hosts", mode="before")
    @classmethod
    def split(cls, value: object) -> object:
        return (
            tuple(part.strip().lower() for part in value.split(",") if part.strip())
            if isinstance(value, str)
            else value
        )

    @property
    def beyond_loopback(self) -> bool:
        return not all(map(is_loopback, (self.host, *self.trusted_hosts)))


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
