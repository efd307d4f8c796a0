"""Starting and stopping what the checks talk to."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 20


@dataclass(frozen=True)
class Product:
    """The running server with a database of its own and the sandbox store behind it."""

    program: str
    url: str
    env: dict[str, str]
    master_key: str
    read_key: str
    propose_key: str


def base_env(folder: Path) -> dict[str, str]:
    """Only what a program needs: settings of the person who runs the tests must not reach it."""
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "RUST_BACKTRACE": "1"}


@contextmanager
def product(program: str, folder: Path, origins: str) -> Iterator[Product]:
    """The server. Its limits are raised, because the checks are far more hurried than any assistant."""
    env = base_env(folder) | {
        "HOST": "127.0.0.1",
        "PORT": "0",
        "OPS_PORT": "0",
        "DATA_DIR": str(folder / "data"),
        "RATE_LIMIT_RPM": "100000",
        "ALLOWED_ORIGINS": origins,
        # The web app has tests of its own, and these need no site.
        "ENABLE_WEBUI": "false",
    }
    with started([program, "serve"], env, folder, r"listening on (http://\S+)") as url:
        def command(*arguments: str) -> str:
            run = subprocess.run([program, *arguments], env=env, cwd=folder, check=True, timeout=START_TIMEOUT_S,
                                 stdin=subprocess.DEVNULL, capture_output=True, text=True)
            return run.stdout.strip()

        # A workspace of the tests' own; the program's first one stays as it was made.
        master = command("tenant", "create", "mcp")
        read = command("key", "create", "--tenant", "mcp", "--kind", "api", "--access", "read")
        propose = command("key", "create", "--tenant", "mcp", "--kind", "api")
        yield Product(program, f"{url}/mcp", env, master, read, propose)


@contextmanager
def fixtures(program: str, folder: Path) -> Iterator[str]:
    """The conformance server; gives its URL."""
    with started([program], base_env(folder) | {"PORT": "0"}, folder, r"(http://\S+/mcp)") as url:
        yield url


@contextmanager
def started(command: list[str], env: dict[str, str], folder: Path, sign: str) -> Iterator[str]:
    """Runs a program until the block ends; gives what `sign` captures in its output. Fails if it will not stop."""
    log = open(folder / f"{Path(command[0]).name}.log", "w", encoding="utf-8")
    process = subprocess.Popen(command, env=env, cwd=folder, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=log, text=True)
    timer = threading.Timer(START_TIMEOUT_S, process.kill)
    timer.start()
    try:
        found = None
        for line in process.stdout:
            log.write(line)
            if found := re.search(sign, line):
                break
        timer.cancel()
        if not found:
            log.flush()
            said = Path(log.name).read_text(encoding="utf-8")[-3000:]
            raise RuntimeError(f"{command[0]} did not start:\n{said}")
        # Whatever else it prints must not fill the pipe.
        threading.Thread(target=lambda: [log.write(line) for line in process.stdout], daemon=True).start()
        yield found.group(1)
    finally:
        timer.cancel()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
