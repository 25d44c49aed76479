"""The parapheur of a practice's folder in a process of its own, so that a test can kill it.

``python -m tests.web.serving FOLDER PORT SESSION``, where the token of a session logs the secretary in.
"""

from __future__ import annotations

import sys
from pathlib import Path

import uvicorn

from pipeline.web.accounts import Accounts, _digest
from pipeline.web.app import Site
from tests.practice import SECRETARY, Cabinet, session_of

if __name__ == "__main__":
    cabinet = Cabinet(Path(sys.argv[1]))
    cabinet.journal.open_session(_digest(sys.argv[3]), session_of(SECRETARY.login))
    site = Site(cabinet.desk, Accounts(cabinet.journal, session_minutes=60), cabinet.root / "son")
    uvicorn.run(site.application(), port=int(sys.argv[2]), log_level="error")
