"""A Label Studio server of one's own on this machine, in an environment of its own.

    python scripts/local_studio.py FOLDER              start it, with a project ready to annotate
    python scripts/local_studio.py FOLDER --prepare    only make the data folder that new servers are copied from

FOLDER/venv holds the server (`make studio` makes it); FOLDER/template a data folder already set up, which saves a
minute at every start; FOLDER/data what is annotated; FOLDER/account.json the account's password and token.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROJECT = "chitieu"
_START_SECONDS = 300


@dataclass(frozen=True)
class Account:
    """Whom the server is set up with."""

    email: str
    password: str = field(repr=False)
    token: str = field(repr=False)

    @classmethod
    def of(cls, folder: Path) -> Account:
        """The account of a folder's servers, made up when it is first asked for; only the owner can read the file."""
        file = folder / "account.json"
        if not file.exists():
            made = cls("admin@localhost.localdomain", secrets.token_urlsafe(12), secrets.token_hex(20))
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
                json.dump(vars(made), stream)
        return cls(**json.loads(file.read_text()))


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    account: Account
    process: subprocess.Popen[bytes]

    @property
    def environment(self) -> dict[str, str]:
        """What `chitieu studio` needs to sign in."""
        return {"LABEL_STUDIO_URL": self.url, "LABEL_STUDIO_API_KEY": self.account.token}


@contextmanager
def running(folder: Path, data: Path, port: int | None = None) -> Iterator[Server]:
    """A server on a data folder, stopped at the end. Its log is `server.log` there.

    Raises
    ------
    RuntimeError
        If it does not start.
    """
    data.mkdir(parents=True, exist_ok=True)
    port = port or _free_port()
    account = Account.of(folder)
    settings = {
        "HOME": str(data),
        "LABEL_STUDIO_BASE_DATA_DIR": str(data),
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_USERNAME": account.email,
        "LABEL_STUDIO_PASSWORD": account.password,
        "LABEL_STUDIO_USER_TOKEN": account.token,
        "USE_DEFAULT_BANNED_SUBNETS": "false",  # back ends on this machine may be asked
        "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
        "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
    }
    command = [str(folder / "venv/bin/label-studio"), "start", "--no-browser", "--internal-host", "127.0.0.1"]
    command += ["--port", str(port), "--data-dir", str(data)]
    log = data / "server.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command,
            env=os.environ | settings,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    try:
        _wait(process, port, log)
        yield Server(f"http://127.0.0.1:{port}", account, process)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def template(folder: Path) -> Path:
    """The data folder that new servers are copied from; made where it is missing."""
    path = folder / "template"
    if not path.exists():
        part = folder / "template.part"
        shutil.rmtree(part, ignore_errors=True)
        with running(folder, part):
            pass
        part.rename(path)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="environment, data and account of the server")
    parser.add_argument("--prepare", action="store_true", help="only make the template")
    parser.add_argument("--port", type=int, default=8080)
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    source = template(folder)
    if arguments.prepare:
        return
    data = folder / "data"
    if not data.exists():
        shutil.copytree(source, data)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # the server is stopped on the way out
    with running(folder, data, arguments.port) as server:
        push = [sys.executable, "-m", "chitieu", "studio", "push", "--project", PROJECT, "--blind"]
        model = ROOT / "model/default"
        push += ["--model", str(model)] if model.is_dir() else []
        environment = os.environ | server.environment
        subprocess.run([*push, str(ROOT / "annotations/corpus/dev")], env=environment, check=True, cwd=ROOT)
        print(f"{server.url}: project {PROJECT!r}; sign in as {server.account.email}")
        print(f"password and token: {folder / 'account.json'}; stop with Ctrl-C", flush=True)
        with suppress(KeyboardInterrupt):
            server.process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until the server answers there; on a busy port it moves to the next without a word except in its log."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server stopped; see {log}")
        if f":{port + 1}" in log.read_text(errors="replace"):
            raise RuntimeError(f"port {port} is in use")
        with suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
            return
        time.sleep(0.5)
    raise RuntimeError(f"the server did not answer within {_START_SECONDS} s; see {log}")


if __name__ == "__main__":
    main()
