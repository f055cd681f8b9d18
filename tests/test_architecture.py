"""The house keeps its shape: imports go one way, rooms stay small, nothing is swallowed, every template renders."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, StrictUndefined, nodes

from bot import render, web
from bot.playground import drawing
from bot.slack.answers import as_message
from catalogue import clock, people, requests
from catalogue.search.find import Search
from tests.fakes.answering import QUESTIONS, Answering

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "catalogue", "intents")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
TEMPLATES = ROOT / "bot" / "templates"


def modules() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_imports_go_one_way() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "0 broken" in ran.stdout


def test_no_module_is_longer_than_one_can_read_in_one_go() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_no_function_is_longer_than_a_page() -> None:
    long = {
        f"{name_of(path)}:{function.name}": length
        for path in modules()
        if path.parent.name != "tables"  # tables, as they are written down
        for function in functions(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    }
    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    assert [name_of(path) for path in modules() if not ast.get_docstring(tree(path))] == []


def test_nothing_is_swallowed() -> None:
    swallowing = []
    for path in modules():
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            catches_all = node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException")
            if catches_all and all(isinstance(line, ast.Pass | ast.Continue | ast.Expr) for line in node.body):
                does = [line for line in node.body if isinstance(line, ast.Expr) and isinstance(line.value, ast.Call)]
                if not does:
                    swallowing.append(f"{name_of(path)}:{node.lineno}")
    assert swallowing == []


def users_of(*names: tuple[str, str]) -> set[str]:
    """The modules that read an attribute of something, such as `os.environ`."""
    return {
        name_of(path)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and (getattr(node.value, "id", ""), node.attr) in names
    }


def test_only_the_clock_reads_the_time_of_day() -> None:
    assert users_of(("datetime", "now"), ("datetime", "today"), ("date", "today")) == {"catalogue/clock.py"}


def test_only_the_settings_read_the_environment() -> None:
    assert users_of(("os", "environ"), ("os", "getenv")) <= {"bot/settings.py", "bot/__main__.py"}


def test_bolt_runs_no_listener_later_than_its_acknowledgement() -> None:
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                assert "lazy" not in {keyword.arg for keyword in node.keywords}, name_of(path)


# Templates


@pytest.fixture
def environments(tmp_path: Path) -> dict[str, Environment]:
    """The environment of each folder of templates, as the program makes it."""
    site: Flask = web.create(None, Search(None, tmp_path), None, signing_secret=None)  # type: ignore[arg-type]
    return {
        "answers": render.MRKDWN,
        "cy": render.MRKDWN,
        "stewards": render.MRKDWN,
        "slack": render.MRKDWN,
        "web": site.jinja_env,
        "playground": drawing.environment(),
    }


def test_every_template_can_be_read_and_what_it_includes_is_there(environments: dict[str, Environment]) -> None:
    for path in sorted(TEMPLATES.rglob("*.jinja")):
        environment = environments[path.relative_to(TEMPLATES).parts[0]]
        parsed = environment.parse(path.read_text(encoding="utf-8"))
        for included in parsed.find_all((nodes.Include, nodes.Extends, nodes.Import)):
            assert environment.get_template(included.template.value)  # type: ignore[union-attr]


def test_a_missing_value_is_never_shown_as_nothing(environments: dict[str, Environment]) -> None:
    assert environments["answers"].undefined is StrictUndefined
    assert environments["web"].undefined is StrictUndefined
    assert render.PLAIN.undefined is StrictUndefined


def test_pages_escape_by_themselves_and_slack_is_escaped_value_by_value(environments: dict[str, Environment]) -> None:
    assert environments["web"].autoescape is True
    assert environments["playground"].autoescape is True
    assert environments["answers"].finalize is not None
    assert not [path.name for path in TEMPLATES.rglob("*.jinja") if "| safe" in path.read_text(encoding="utf-8")]


def test_every_template_of_an_answer_is_used_and_renders(answering: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    used: set[str] = set()
    loaded = Environment.get_template

    def noted(self: Environment, name: str, *rest: object, **more: object) -> object:
        used.add(name)
        return loaded(self, name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Environment, "get_template", noted)
    answers = [answering.answer(question) for question in QUESTIONS]
    officer = people.find(answering.search.db, "council-officer")
    requests.start(answering.search.db, "dfe/national-pupil-database", by=officer, now=clock.now())
    answers += [answering.again(QUESTIONS[-1]), answering.privately("my requests", "council-officer")]
    for answer in answers:
        assert as_message(answer, answering.vocabulary).text
        assert answering.plain(answer)
    there = {f"answers/{path.name}" for path in (TEMPLATES / "answers").glob("*.jinja")}
    assert there == {name for name in used if name.startswith("answers/")}
