"""What is left to a process once it is confined, tried by a process that means harm."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.compose.confine import landlock_version

ROOT = Path(__file__).resolve().parents[2]
HARM = """
import ctypes, json, os, socket, subprocess, sys
from pathlib import Path
from pipeline.compose.confine import Limits, confine
libc, folder, scratch, port = ctypes.CDLL(None), sys.argv[1], sys.argv[2], int(sys.argv[3])
def tried(deed):
    try:
        return str(deed())
    except Exception as error:
        return type(error).__name__
descriptor = os.open("/", os.O_RDONLY)
confine(Path(folder), Path(scratch), Limits(memory=2 << 30))
def knock():
    class Address(ctypes.Structure):
        short, byte = ctypes.c_uint16, ctypes.c_uint8
        _fields_ = [("family", short), ("port", short), ("ip", byte * 4), ("", ctypes.c_int64)]
    plug = libc.socket(2, 1, 0)
    address = Address(2, int.from_bytes(port.to_bytes(2, "big"), "little"), (127, 0, 0, 1))
    return libc.connect(plug, ctypes.byref(address), 16)
print(json.dumps({
    "own": tried(lambda: open(folder + "/a.txt").read()),
    "passwd": tried(lambda: open("/etc/passwd").read()),
    "behind": tried(lambda: os.open("etc/passwd", os.O_RDONLY, dir_fd=descriptor)),
    "environ": tried(lambda: open("/proc/self/environ").read()),
    "libc": tried(lambda: libc.open(b"/etc/passwd", 0)),
    "write": tried(lambda: open(folder + "/b.txt", "w")),
    "scratch": tried(lambda: open(scratch + "/c.txt", "w").write("ok")),
    "unlink": tried(lambda: os.unlink(folder + "/a.txt")),
    "socket": tried(lambda: socket.create_connection(("127.0.0.1", port))),
    "knock": tried(knock),
    "program": tried(lambda: subprocess.run(["/bin/true"])),
    "system": tried(lambda: libc.system(b"touch " + scratch.encode() + b"/d.txt")),
    "memory": tried(lambda: len(bytearray(3 << 30))),
    "secret": os.environ.get("CALAME_SECRET", "gone"),
}))
"""


def test_a_confined_process_reads_writes_asks_and_runs_nothing(tmp_path: Path) -> None:
    if landlock_version() < 4:
        pytest.skip("this kernel has no Landlock for files and network")
    folder, scratch = tmp_path / "folder", tmp_path / "scratch"
    folder.mkdir()
    scratch.mkdir()
    (folder / "a.txt").write_text("mine")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "CALAME_SECRET": "4821"}
        command = [sys.executable, "-c", HARM, str(folder), str(scratch), str(listener.getsockname()[1])]
        said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60).stdout
        with pytest.raises(TimeoutError):
            listener.accept()
    assert json.loads(said) == {
        "own": "mine",
        "passwd": "PermissionError",
        "behind": "PermissionError",
        "environ": "PermissionError",
        "libc": "-1",
        "write": "PermissionError",
        "scratch": "2",
        "unlink": "PermissionError",
        "socket": "PermissionError",
        "knock": "-1",
        "program": "PermissionError",
        "system": "32512",
        "memory": "MemoryError",
        "secret": "gone",
    }
    assert not (scratch / "d.txt").exists()


ENDLESS = """
import sys
from pathlib import Path
from threading import Thread
import time
from pipeline.compose.cell import Cell, Job
cell = Cell()
folder = Path(sys.argv[1])
(folder / "modele.html").write_text("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}")
Thread(target=lambda: cell.run(Job("pdf", folder, ({}, None)), "x"), daemon=True).start()
while cell._process is None:
    time.sleep(0.05)
print(cell._process.pid, flush=True)
time.sleep(60)
"""


def test_a_program_that_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ENDLESS, str(tmp_path)]
    with subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True
    ) as one:
        assert one.stdout
        cell = int(one.stdout.readline())
        one.send_signal(signal.SIGKILL)
    end = time.monotonic() + 60
    while Path(f"/proc/{cell}").exists() and time.monotonic() < end:
        time.sleep(0.1)
    assert not Path(f"/proc/{cell}").exists()
