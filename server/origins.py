"""Which corrections came from one caller, without a word on who that is: a keyed hash, its key replaced each month.

The key lies in the state folder, apart from the database. Once it is replaced, nobody can find out which token or
address a hash stood for, nor that a caller of this month is one of the month before.
"""

from __future__ import annotations

import fcntl
import hmac
import os
import secrets
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path


class Origins:
    """Every method raises OSError where the state folder cannot be written to."""

    def __init__(self, state_dir: Path):
        self.path = state_dir / "origins.key"
        self._held = ("", b"")

    def digest(self, caller: str) -> str:
        """32 hexadecimal digits, the same for the same caller within a month (UTC)."""
        return hmac.new(self.key(), caller.encode(), sha256).hexdigest()[:32]

    def key(self) -> bytes:
        """This month's, made where there is none; the one before is gone then."""
        month = datetime.now(UTC).strftime("%Y-%m")
        if self._held[0] != month:
            with self.path.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._held = self._found()
                if self._held[0] != month:
                    self._held = month, secrets.token_bytes(32)
                    self._write()
        return self._held[1]

    def _found(self) -> tuple[str, bytes]:
        try:
            month, key = self.path.read_text().split()
            return month, bytes.fromhex(key)
        except (FileNotFoundError, ValueError):
            return "", b""

    def _write(self) -> None:
        draft = self.path.with_suffix(".draft")
        draft.touch(mode=0o600)
        with draft.open("w") as file:
            file.write(f"{self._held[0]} {self._held[1].hex()}\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
