"""What is written is true: everything there is, is documented; links lead somewhere; the README's dialogue happens."""

import importlib
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bot.__main__ import COMMANDS, whoholds
from bot.field_words import CHECKS as MISSING
from bot.field_words import LABELS
from bot.settings import SETTINGS
from catalogue.entries import FIELDS
from catalogue.harvest import ckan, datajson, dcat_terms
from catalogue.harvest.mapping import Read
from catalogue.harvest.spreadsheet import CONTACT
from catalogue.readiness import CHECKS
from catalogue.rows import ALIASES
from intents.understand import INTENTS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "catalogue" / "data" / "SOURCES.md"])
FENCE = re.compile(r"^[ ]*```.*?^[ ]*```[ ]*$", re.MULTILINE | re.DOTALL)
TABLE_NAME = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def prose(page: Path) -> str:
    """A page without its code, its links' addresses and its pictures' marks: the words a person reads."""
    text = re.sub(r"`[^`\n]*`", "", FENCE.sub("", read(page)))
    return re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)


def section(page: Path, heading: str) -> str:
    """What stands under a heading, up to the next one of its rank or above."""
    match = re.search(rf"^(#+) {re.escape(heading)}$(.*?)(?=^#{{1,9}} |\Z)", read(page), re.MULTILINE | re.DOTALL)
    assert match, f"{page.name} has no section “{heading}”"
    rank = len(match[1])
    rest = read(page)[match.start() :]
    end = re.search(rf"^#{{1,{rank}}} ", rest[len(match[1]) + 1 :], re.MULTILINE)
    return rest[: end.start() + rank + 1] if end else rest


def folded(text: str) -> str:
    return " ".join(text.split())


def command_of(name: str) -> click.Command:
    found = whoholds.get_command(click.Context(whoholds), name)
    assert found
    return found


def leaves(command: click.Command) -> Iterator[click.Command]:
    if isinstance(command, click.Group):
        for sub in command.commands.values():
            yield from leaves(sub)
    else:
        yield command


# everything there is, is documented


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_section_with_an_example_and_all_its_options(name: str) -> None:
    text = section(DOCS / "operator.md", f"whoholds {name}")
    examples = "".join(FENCE.findall(text))
    assert f"whoholds {name}" in examples
    for command in leaves(command_of(name)):
        options = [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
        missing = [option for option in options if option not in text]
        assert not missing, f"whoholds {name} does not document {missing}"
        if command is not command_of(name) and command.name:
            assert f"whoholds {name} {command.name}" in examples


def test_no_command_is_documented_that_is_not_there() -> None:
    documented = re.findall(r"^### whoholds (\S+)$", read(DOCS / "operator.md"), re.MULTILINE)
    assert sorted(documented) == sorted(COMMANDS)


def test_every_setting_is_documented_with_its_default_and_no_other_is() -> None:
    table = section(DOCS / "operator.md", "Settings")
    assert TABLE_NAME.findall(table) == [setting.name for setting in SETTINGS]
    rows = {row.split("`")[1]: row for row in table.splitlines() if row.startswith("| `")}
    for setting in SETTINGS:
        assert setting.default is None or setting.default in rows[setting.name]


def test_every_field_of_an_entry_is_documented_in_order_and_no_other_is() -> None:
    table = section(DOCS / "steward.md", "Fields")
    assert tuple(TABLE_NAME.findall(table)) == FIELDS
    for line in table.splitlines():
        if line.startswith("| `"):
            assert line.split("|")[2].strip(), f"nothing is said of {line}"


def test_every_other_name_of_a_field_is_documented() -> None:
    table = section(DOCS / "steward.md", "Other names for fields")
    rows = [row.split("|")[1:3] for row in table.splitlines() if row.startswith("| `")]
    documented = {name: meant.strip(" `") for names, meant in rows for name in re.findall(r"`([^`]+)`", names)}
    assert documented == dict(ALIASES)


@pytest.mark.parametrize(
    ("heading", "table"), [("CKAN", ckan.TABLE), ("data.json", datajson.TABLE), ("DCAT", dcat_terms.TERMS)]
)
def test_what_fields_of_other_catalogues_become_is_published_as_it_is(heading: str, table: tuple[Read, ...]) -> None:
    rows = re.findall(
        r"^\| `([^`]+)` \| `([^`]+)`(?: \((.+)\))? \|$", section(DOCS / "fields.md", heading), re.MULTILINE
    )
    expected = [(read.theirs, read.ours, read.note) for read in table]
    own = [(term, field, "") for term, field in dcat_terms.OWN.items()] if heading == "DCAT" else []
    assert rows == expected + own


def test_every_check_of_readiness_is_in_the_guide_with_its_points() -> None:
    rows = [row for row in section(DOCS / "steward.md", "Is it ready to share?").splitlines() if row.startswith("| ")]
    shown = [tuple(cell.strip() for cell in row.split("|")[1:4]) for row in rows[1:]]
    assert shown == [(str(check.points), MISSING[check.id], LABELS[check.field]) for check in CHECKS]


def test_the_contact_columns_of_a_spreadsheet_are_documented() -> None:
    assert [name for name in CONTACT if f"`{name}`" not in section(DOCS / "steward.md", "CSV")] == []


@pytest.mark.parametrize("module", INTENTS, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_kind_of_question_is_documented_by_an_example_of_its_own(module: object) -> None:
    guide = read(DOCS / "user.md")
    examples: tuple[str, ...] = module.EXAMPLES  # type: ignore[attr-defined]
    assert any(f'"{example}' in guide for example in examples)


def test_what_to_ask_shows_only_examples_that_the_kinds_of_question_give() -> None:
    known = {example for module in INTENTS for example in module.EXAMPLES}
    shown = set(re.findall(r'"([^"]+)"', section(DOCS / "user.md", "What to ask"))) - {"hello", "thanks"}
    assert shown - known == set()


def test_every_right_that_the_manifest_asks_for_is_explained() -> None:
    manifest = json.loads(read(ROOT / "manifest.json"))
    table = section(DOCS / "operator.md", "Create the Slack app")
    assert sorted(TABLE_NAME.findall(table)) == sorted(manifest["oauth_config"]["scopes"]["bot"])


def test_the_processes_shown_are_those_of_the_procfile() -> None:
    assert read(ROOT / "Procfile").strip() in read(DOCS / "operator.md")


def test_every_decision_is_in_the_list_and_says_why() -> None:
    folder = DOCS / "decisions"
    pages = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    assert [path.name[:4] for path in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for path in pages:
        assert f"({path.name})" in read(folder / "README.md")
        assert re.findall(r"^## (.+)$", read(path), re.MULTILINE) == ["Context", "Decision", "Consequences"]


# links lead somewhere


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", read(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", read(page))):
        if target.startswith("https://"):
            continue
        name, _hash, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        if not path.exists() or (anchor and anchor not in anchors(path)):
            broken.append(target)
    assert broken == []


def test_files_and_modules_that_the_architecture_names_are_there() -> None:
    named = re.findall(r"`((?:bot|intents|catalogue)/[\w/.]*)`", read(DOCS / "architecture.md"))
    assert [name for name in named if not (ROOT / name).exists()] == []


# the README's dialogue happens


def dialogue() -> list[tuple[str, list[str]]]:
    """Each question of the README with the pieces of its answer: `…` stands for whatever is left out."""
    (block,) = re.findall(r"^```text\n(.*?)^```$", read(ROOT / "README.md"), re.MULTILINE | re.DOTALL)
    turns = re.findall(r'^\$ whoholds ask "([^"]+)"\n(.*?)(?=^\$ |\Z)', block, re.MULTILINE | re.DOTALL)
    return [(question, [folded(piece) for piece in answer.split("…") if piece.strip()]) for question, answer in turns]


def test_the_dialogue_of_the_readme_really_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHOHOLDS_DATABASE", str(tmp_path / "sample.db"))
    ask = importlib.import_module("bot.commands.ask").command
    assert dialogue()
    for question, pieces in dialogue():
        result = CliRunner().invoke(ask, [question], catch_exceptions=False)
        rest = folded(result.stdout)
        for piece in pieces:
            assert piece in rest, f"{question} is not answered by “{piece}” but by: {folded(result.stdout)}"
            rest = rest.partition(piece)[2]


# plain words, and nothing of one machine

UNWANTED = re.compile(
    r"\b(?:TODO|FIXME|TBD|XXX|seamless\w*|leverag\w*|utili[sz]e\w*|cutting.edge|blazing\w*|robust|empower\w*"
    r"|world.class|simply|obviously)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_pages_are_in_plain_words_and_quiet(page: Path) -> None:
    words = prose(page)
    assert UNWANTED.findall(words) == []
    assert "!" not in words


def tracked() -> list[Path]:
    """The files of the repository; without git, those that git would be likely to have."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
        return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]
    except (OSError, subprocess.CalledProcessError):
        own = [ROOT / name for name in ("bot", "intents", "catalogue", "tests", "docs")]
        return [path for folder in own for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]


def test_no_file_names_a_place_on_one_machine_or_a_package_registry() -> None:
    machine = re.compile(r"(?<![\w./:-])/(?:root|home|Users|work)/\w|" + re.escape(str(ROOT) + "/"))
    registry = re.compile(
        r"https?://[^\s\"')]*(?:pypi|pythonhosted|artifactory|nexus|npmjs|proxy\.golang)"
        r"|^\s*(?:--index-url|--extra-index-url|-i|--find-links)[ =]",
        re.IGNORECASE | re.MULTILINE,
    )
    found = []
    for path in tracked():
        try:
            text = read(path)
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in machine.finditer(text)]
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in registry.finditer(text)]
    assert found == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_has_hashes(name: str) -> None:
    lines = re.sub(r"\\\n", " ", read(ROOT / name)).splitlines()
    requirements = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    assert requirements
    assert [line for line in requirements if not re.match(r"[\w.\[\],-]+==\S+ ", line)] == []
    assert [line for line in requirements if "--hash=sha256:" not in line] == []


def test_the_build_script_can_be_run() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert "set -euo pipefail" in read(script)
