"""How gunicorn runs the service; what an operator may change is in server/settings.py."""

import gc
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from server.logs import CONFIG
from server.settings import Settings, wrong

names = {f"SAYSO_{name.upper()}" for name in Settings.model_fields}
if unknown := sorted(name for name in os.environ if name.startswith("SAYSO_") and name not in names):
    sys.exit(f"There are no such settings: {', '.join(unknown)}. README.md lists those there are.")
try:
    settings = Settings()
except ValidationError as error:
    sys.exit(f"These settings are wrong: {wrong(error)}")

os.umask(0o077)  # what the server keeps, readers' texts among it, is for its own user alone

# Before NumPy is loaded. An article's matrices are small: with threads of NumPy's own, on cores where others work,
# a request takes twice the time and many times the CPU.
os.environ["OMP_NUM_THREADS"] = "1"

wsgi_app = "server.app:create_app()"
bind = f"{settings.host}:{settings.port}"
worker_class = "server.worker.Worker"
workers = settings.workers
threads = settings.threads
preload_app = True  # the model is loaded once and its memory shared
max_requests = 50_000  # a leak, should there be one, ends here
max_requests_jitter = 5_000
timeout = 60
graceful_timeout = 30
keepalive = 5
limit_request_line = 2_000
limit_request_fields = 50
limit_request_field_size = 8_000
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
logconfig_dict = CONFIG

# Before prometheus_client is imported: it decides then how metrics are kept. A reload, running this again, keeps them.
metrics_dir = str(settings.state_dir.resolve() / "metrics")
if os.environ.get("PROMETHEUS_MULTIPROC_DIR") != metrics_dir:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = metrics_dir
    shutil.rmtree(metrics_dir, ignore_errors=True)
    Path(metrics_dir).mkdir(parents=True)


def pre_fork(_: Any, __: Any) -> None:
    """What was loaded before the fork is left alone by the garbage collector, so it stays shared and costs no time."""
    gc.collect()
    gc.freeze()


def on_reload(arbiter: Any) -> None:
    """HUP: gunicorn keeps a preloaded application, so a new model is taken up here, before new workers are forked."""
    from server.app import take_up_model

    take_up_model(arbiter.app.wsgi())


def child_exit(_: Any, worker: Any) -> None:
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
