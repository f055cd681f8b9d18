"""What tests of the bot share: the command line."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.split("\n") if line]


@pytest.fixture
def whoholds(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Ran]:
    """`whoholds("ask", "…")` runs the command in this process, over a database in the test's own folder."""
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN", "SLACK_API_URL", "WHOHOLDS_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WHOHOLDS_DATABASE", str(tmp_path / "whoholds.db"))

    def run(*arguments: str, stdin: str | bytes = "") -> Ran:
        typed = stdin if isinstance(stdin, bytes) else stdin.encode()
        monkeypatch.setattr(sys, "argv", ["whoholds", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed), encoding="utf-8"))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Ran(ended.value.code if isinstance(ended.value.code, int) else 0, said.out, said.err)

    return run


@pytest.fixture
def sampled(whoholds: Callable[..., Ran], sample_folder: Path, tmp_path: Path) -> Callable[..., Ran]:
    """The same, over a copy of the sample catalogue."""
    shutil.copy(sample_folder / "whoholds.db", tmp_path / "whoholds.db")
    shutil.copytree(sample_folder / "whoholds.index", tmp_path / "whoholds.index")
    return whoholds
