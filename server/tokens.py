"""Access tokens for callers beyond loopback: `python -m server.tokens create|list|revoke`.

Kept as SHA-256 in tokens.json of the state folder: a token has 256 random bits, so a slow hash would add nothing.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TypedDict

from server.settings import Settings


class Token(TypedDict):
    id: str
    name: str
    sha256: str
    created: str


class Tokens:
    """The file is read again whenever it has changed, so a revoked token stops working at once."""

    def __init__(self, state_dir: Path):
        self.path = state_dir / "tokens.json"
        self._stamp: tuple[int, int] | None = None
        self._by_digest: dict[str, Token] = {}

    def find(self, secret: str) -> Token | None:
        """The token that this is the secret of, or None."""
        self._refresh()
        return self._by_digest.get(digest(secret))

    def all(self) -> list[Token]:
        self._refresh()
        return list(self._by_digest.values())

    def create(self, name: str) -> str:
        """The secret, which is kept nowhere."""
        secret = "sayso_" + secrets.token_urlsafe(32)
        created = datetime.now(UTC).isoformat(timespec="seconds")
        token = Token(id=secrets.token_hex(4), name=name, sha256=digest(secret), created=created)
        self._write([*self.all(), token])
        return secret

    def revoke(self, token_id: str) -> bool:
        tokens = self.all()
        self._write([token for token in tokens if token["id"] != token_id])
        return any(token["id"] == token_id for token in tokens)

    def _refresh(self) -> None:
        try:
            status = self.path.stat()
        except FileNotFoundError:
            self._stamp, self._by_digest = None, {}
            return
        stamp = (status.st_mtime_ns, status.st_ino)
        if stamp != self._stamp:
            self._by_digest = {token["sha256"]: token for token in json.loads(self.path.read_text())}
            self._stamp = stamp

    def _write(self, tokens: list[Token]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".draft")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(tokens, indent=1))
        draft.replace(self.path)


def digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m server.tokens", description="Make, list and revoke access tokens.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("create", help="make a token and show it, once").add_argument("name", help="whom it is for")
    commands.add_parser("list", help="list the tokens without their secrets")
    commands.add_parser("revoke", help="make a token worthless at once").add_argument("id", help="as shown by list")
    chosen = parser.parse_args(arguments)
    tokens = Tokens(Settings().state_dir)
    if chosen.command == "create":
        print(tokens.create(chosen.name))
        print("Shown this once. Send it as: Authorization: Bearer TOKEN", file=sys.stderr)
    elif chosen.command == "list":
        for token in tokens.all():
            print(token["id"], token["created"], token["name"], sep="\t")
    elif not tokens.revoke(chosen.id):
        print(f"There is no token {chosen.id!r}; `list` shows which there are.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
