""" "Fièvre" is told from "pas de fièvre" by both search engines."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.archive.contexts import NOT_READ, affirmed_columns, from_json, to_json
from pipeline.archive.entries import conditions
from pipeline.archive.postgres_index import PostgresIndex
from pipeline.archive.port import Index
from pipeline.archive.sqlite_index import SqliteIndex
from pipeline.model.document import SearchQuery
from pipeline.model.said import Context, SaidTerm, TermKind
from pipeline.verify.edsnlp_contexts import EdsContexts
from tests.archive.conftest import YVONNE, record
from tests.postgres import PostgresServer
from tests.verify.conftest import LISTS
