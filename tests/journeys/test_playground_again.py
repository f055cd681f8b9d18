"""The playground started twice over one catalogue: the second answers as the first did."""

import os
import subprocess
import sys
import time
from pathlib import Path

START = "Try it yourself"


def started(folder: Path) -> str:
    """What a playground prints until it is ready; it is then told to end."""
    environment = {**os.environ, "WHOHOLDS_DATABASE": str(folder / "whoholds.db")}
    command = [str(Path(sys.executable).with_name("whoholds")), "playground", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
        assert run.stdout
        printed = []
        end = time.monotonic() + 60
        while time.monotonic() < end:
            line = run.stdout.readline()
            printed.append(line)
            if START in line or not line:
                break
        run.terminate()
        run.stdout.read()
    assert run.returncode == 0, "".join(printed)
    return "".join(printed)


def test_a_second_start_answers_its_example_as_the_first_did(tmp_path: Path) -> None:
    first, second = started(tmp_path), started(tmp_path)
    assert START in first
    assert "free school meals data?" in first and "Held by" in first
    assert second.partition(START)[0] == first.partition(START)[0]
