"""The feedback store: SQLite or PostgreSQL through SQLAlchemy, its schema by Alembic."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, String, Text, create_engine, delete, event, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from server.origins import Origins
from server.problems import Problem
from server.settings import Settings

log = logging.getLogger("sayso")


class Base(DeclarativeBase):
    pass


class Correction(Base):
    """What one reader said about one paragraph. Times are UTC without a zone; digests are SHA-256 in hexadecimal."""

    __tablename__ = "corrections"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key_digest: Mapped[str] = mapped_column(String(64), unique=True)
    body_digest: Mapped[str] = mapped_column(String(64))
    token_digest: Mapped[str] = mapped_column(String(64))
    created: Mapped[datetime]
    expires: Mapped[datetime] = mapped_column(index=True)
    model_name: Mapped[str] = mapped_column(String(64))
    model_version: Mapped[str] = mapped_column(String(64))
    shown: Mapped[str | None] = mapped_column(String(32))
    given: Mapped[str | None] = mapped_column(String(32))
    text: Mapped[str | None] = mapped_column(Text)
    origin: Mapped[str | None] = mapped_column(String(32))


class Heartbeat(Base):
    """One row, written by each check of health: only a commit finds out that a disk is full."""

    __tablename__ = "heartbeat"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Store:
    """Every method raises Problem 503 while the database cannot be reached or written to."""

    def __init__(self, settings: Settings):
        self.days = settings.feedback_days
        self.url = settings.database_url
        self._lock = settings.state_dir / "schema.lock"
        self._current = False
        self._origins = Origins(settings.state_dir)
        self.engine = make_engine(self.url)

    def prepare(self) -> None:
        """Bring the schema up to date; one process at a time."""
        if self._current:
            return
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        with self._lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.migrate("head")
        self._current = True

    def migrate(self, revision: str) -> None:
        with self.engine.begin() as connection:
            migrations = Config()
            migrations.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
            migrations.attributes["connection"] = connection
            command.upgrade(migrations, revision)

    @contextmanager
    def session(self) -> Iterator[Session]:
        try:
            self.prepare()
            with Session(self.engine, expire_on_commit=False) as session, session.begin():
                yield session
        except IntegrityError:
            raise
        except (DBAPIError, OSError) as error:
            log.error("the feedback store failed: %s", type(error).__name__, extra={"cause": cause(error)})
            detail = "Feedback can not be stored or read at the moment; nothing was changed. Try again."
            raise Problem(503, "store-unavailable", detail) from None

    def add(self, correction: Correction, caller: str) -> Correction:
        """The correction, or the one that was stored before with the same key.

        A text, which may be trained on, is kept with a hash of the caller that outlives its key.
        """
        correction.created = now()
        correction.expires = correction.created + timedelta(days=self.days)
        try:
            with self.session() as session:
                if correction.text is not None:
                    correction.origin = self._origins.digest(caller)
                session.execute(delete(Correction).where(Correction.expires < now()))
                session.add(correction)
            return correction
        except IntegrityError:
            with self.session() as session:
                return session.scalars(select(Correction).where(Correction.key_digest == correction.key_digest)).one()

    def find(self, correction_id: str) -> Correction | None:
        with self.session() as session:
            found = session.get(Correction, correction_id)
            return found if found and found.expires >= now() else None

    def delete(self, correction_id: str) -> None:
        with self.session() as session:
            session.execute(delete(Correction).where(Correction.id == correction_id))
        self._empty_log()

    def with_text(self) -> Iterator[Correction]:
        """The corrections whose readers gave their text, oldest first."""
        with self.session() as session:
            chosen = select(Correction).where(Correction.text.is_not(None), Correction.expires >= now())
            yield from session.scalars(chosen.order_by(Correction.created, Correction.id))

    def touch(self) -> None:
        """Write to the database, and delete what has outlived its retention, last month's key of origins too."""
        with self.session() as session:
            self._origins.key()
            session.execute(update(Heartbeat).values(at=now()))
            expired = session.execute(delete(Correction).where(Correction.expires < now()))
        if expired.rowcount:  # type: ignore[attr-defined]
            self._empty_log()

    def _empty_log(self) -> None:
        """SQLite's log may still hold a deleted text: write it back and cut it, so far as no reader is in the way."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def make_engine(url: str) -> Engine:
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": 5})
        event.listen(engine, "connect", set_pragmas)
        return engine
    return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 3}, pool_timeout=5)


def set_pragmas(connection: Any, _: Any) -> None:
    """FULL: an acknowledged correction survives a power failure. secure_delete: a deleted one is overwritten."""
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def cause(error: Exception) -> str:
    """The driver's words without the statement's parameters, which hold the reader's text."""
    return str(getattr(error, "orig", error)).splitlines()[0][:200]


def now() -> datetime:
    """UTC without a zone, as the store keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)
