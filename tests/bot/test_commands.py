"""The command line does what its help says, prints what is promised, and fails in one plain line."""

from __future__ import annotations

import csv
import gzip
import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from bot.__main__ import COMMANDS
from bot.__main__ import whoholds as root
from catalogue import clock, feedback
from catalogue.store import connect
from tests.bot.conftest import Ran
from tests.conftest import Start

Whoholds = Callable[..., Ran]
ROOT = Path(__file__).parents[2]
ANSWER = {
    "intent": str,
    "outcome": str,
    "confidence": float,
    "datasets": list,
    "holders": list,
    "organisations": list,
    "terms": list,
    "recipient": (str, type(None)),
    "purpose": (str, type(None)),
    "place": (str, type(None)),
    "period": (str, type(None)),
    "text": str,
}
HIDDEN = "dfe/free-school-meals-eligibility-checking-service"


def every_command() -> Iterator[tuple[str, ...]]:
    """Every command there is, with its parents."""

    def under(path: tuple[str, ...], command: click.Command) -> Iterator[tuple[str, ...]]:
        yield path
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                assert child is not None
                yield from under((*path, name), child)

    for name in COMMANDS:
        command = root.get_command(click.Context(root), name)
        assert command is not None
        yield from under((name,), command)


def fails(ran: Ran, code: int, *words: str) -> None:
    """It ended with this code and one line on standard error that holds these words."""
    assert ran.code == code, ran.err
    assert len(ran.err.splitlines()) == 1, ran.err
    assert ran.err.startswith("whoholds: ")
    for word in words:
        assert word in ran.err
    assert ran.out == ""


# Help


@pytest.mark.parametrize("path", list(every_command()), ids=" ".join)
def test_every_command_has_help_with_an_example(whoholds: Whoholds, path: tuple[str, ...]) -> None:
    ran = whoholds(*path, "--help")
    assert ran.code == 0
    assert re.search(rf"Example: .*whoholds {' '.join(path)}", ran.out), ran.out
    assert max(map(len, ran.out.splitlines())) <= 100


def test_the_program_lists_its_commands_and_says_its_version(whoholds: Whoholds) -> None:
    ran = whoholds("--help")
    for name, about in COMMANDS.items():
        assert name in ran.out
        assert about.split()[0] in ran.out
    assert whoholds("-h").out == ran.out
    assert re.search(r"\d+\.\d+", whoholds("--version").out)


def test_called_with_nothing_it_shows_its_help(whoholds: Whoholds) -> None:
    ran = whoholds()
    assert ran.code == 2
    assert "Commands:" in ran.out + ran.err


# Questions


def test_a_question_is_answered_in_words(sampled: Whoholds) -> None:
    ran = sampled("ask", "who holds the National Pupil Database?")
    assert ran.code == 0
    assert ran.err == ""
    assert "Department for Education" in ran.out
    assert "*" not in ran.out, "no marks of Slack's"


def test_answers_that_were_turned_down_are_gone_through(sampled: Whoholds, tmp_path: Path) -> None:
    assert "Nothing waits." in sampled("feedback", "list").out
    db = connect(str(tmp_path / "whoholds.db"))
    feedback.record(db, "holders", "school meals", datasets=["dfe/a"], organisation=None, key=None, now=clock.now())
    db.close()
    assert "holders: “school meals”, not dfe/a" in sampled("feedback", "list").out
    (row,) = sampled("feedback", "list", "--json").lines
    assert sampled("feedback", "done", str(row["number"])).code == 0
    assert sampled("feedback", "done", str(row["number"])).code == 1
    assert "Nothing waits." in sampled("feedback", "list").out


def test_an_answer_as_json_has_the_shape_that_is_promised(sampled: Whoholds) -> None:
    for question in ("who holds the National Pupil Database?", "what does NPD mean?", "help", "xyzzy plugh", ""):
        answer = sampled("ask", question, "--json").json
        assert list(answer) == list(ANSWER)
        for name, kind in ANSWER.items():
            assert isinstance(answer[name], kind), name
        assert 0 <= answer["confidence"] <= 1
        assert answer["outcome"] in ("answered", "shortlist", "clarify", "none", "refused", "done")


def test_the_best_entry_comes_first_with_its_holder(sampled: Whoholds) -> None:
    answer = sampled("ask", "who holds the National Pupil Database?", "--json").json
    assert (answer["intent"], answer["outcome"]) == ("holders", "answered")
    assert answer["datasets"][0] == "dfe/national-pupil-database"
    assert answer["holders"][0] == "Department for Education"


def test_twenty_lines_give_twenty_answers_in_order(sampled: Whoholds) -> None:
    subjects = ["National Pupil Database", "Price Paid Data", "food hygiene ratings", "Hospital Episode Statistics"] * 5
    ran = sampled("ask", "-", "--json", stdin="".join(f"who holds {subject}?\n\n" for subject in subjects))
    assert len(ran.lines) == 20
    assert ran.lines[0] == ran.lines[4] != ran.lines[1]


def test_odd_bytes_are_answered_too(sampled: Whoholds) -> None:
    odd = [
        b"\xff\xfe who holds \x80?",
        b"\x00",
        "\u2028who holds\u2029 bins?".encode(),
        b"a" * 100_000,
        b"\xed\xa0\x80",
    ]
    ran = sampled("ask", "-", "--json", stdin=b"\n".join(odd))
    assert (ran.code, len(ran.lines)) == (0, len(odd))
    assert sampled("ask", "who holds \udcff bins?", "--json").code == 0


def test_who_asks_decides_what_is_shown(sampled: Whoholds) -> None:
    question = ("ask", f"what is {HIDDEN}", "--json")
    assert HIDDEN not in sampled(*question).json["datasets"]
    for key in ("council-officer", "council.officer@camden.example.gov.uk", "U0COUNCIL"):
        assert HIDDEN in sampled("search", "Free School Meals Eligibility Checking Service", "--as", key).out


def test_an_asker_nobody_knows_is_a_mistake(sampled: Whoholds) -> None:
    for command in (["ask", "x"], ["search", "x"], ["export"]):
        fails(sampled(*command, "--as", "nobody"), 2, "nobody", "e-mail")


def test_the_first_question_makes_a_catalogue_from_the_sample(whoholds: Whoholds) -> None:
    ran = whoholds("ask", "who holds the National Pupil Database?")
    assert ran.code == 0
    assert "sample" in ran.err
    assert "Department for Education" in ran.out
    assert whoholds("ask", "who holds Price Paid Data?").err == "", "it says so once"


def test_a_conversation_is_answered_line_by_line(sampled: Whoholds) -> None:
    ran = sampled("chat", "--json", stdin="hello\n\nwho holds Price Paid Data?\nthanks\n")
    assert [line["intent"] for line in ran.lines] == ["social", "holders", "social"]
    assert list(ran.lines[0]) == list(ANSWER)
    assert "HM Land Registry" in sampled("chat", stdin="who holds Price Paid Data?").out


def test_a_search_gives_ids_and_scores(sampled: Whoholds) -> None:
    found = sampled("search", "National Pupil Database", "--limit", "3", "--json").json
    assert found["query"] == "National Pupil Database"
    assert found["results"][0]["id"] == "dfe/national-pupil-database"
    assert len(found["results"]) <= 3
    assert all(set(result) == {"id", "score"} for result in found["results"])
    scores = [result["score"] for result in found["results"]]
    assert scores == sorted(scores, reverse=True)
    assert "dfe/national-pupil-database" in sampled("search", "National Pupil Database").out
    assert len(sampled("search", "-", "--json", stdin="a\nb\nc\n").lines) == 3


# Entries in and out


FAULTY = """id,title,publisher,access_rights,modified,colour
a/good,Good entry,Department for Education,open,2026-03-31,red
a/untitled,,Department for Education,open,2026-03-31,
a/dated,Oddly dated,Department for Education,open,yesterday,
a/access,Oddly open,Department for Education,ajar,2026-03,
a/good,The same id again,Department for Education,open,2026,
a/wide,Too wide,Department for Education,open,2026,blue,more
"""


def test_a_file_with_faults_is_brought_in_as_far_as_it_can_be(whoholds: Whoholds, tmp_path: Path) -> None:
    (tmp_path / "entries.csv").write_text(FAULTY, encoding="utf-8")
    ran = whoholds("import", str(tmp_path / "entries.csv"), "--json")
    report = ran.json
    assert ran.code == 1
    assert (report["added"], report["failed"], report["unknown_fields"]) == (3, 3, {"colour": 1})
    faults = {(fault["line"], fault["column"], fault["left_out"]) for fault in report["faults"]}
    assert faults == {
        (3, "title", True),
        (4, "modified", False),
        (5, "access_rights", False),
        (6, "id", True),
        (7, "(row)", True),
    }
    assert all(fault["reason"].endswith(".") for fault in report["faults"])
    plain = whoholds("import", str(tmp_path / "entries.csv"))
    assert "0 added" in plain.out
    assert "line 4, modified: “yesterday” is not a date." in plain.err
    assert "left out" in plain.err


def test_trying_an_import_changes_nothing(whoholds: Whoholds, tmp_path: Path) -> None:
    (tmp_path / "entries.csv").write_text(FAULTY, encoding="utf-8")
    ran = whoholds("import", str(tmp_path / "entries.csv"), "--dry-run", "--json")
    assert (ran.json["added"], ran.json["dry_run"]) == (3, True)
    assert whoholds("export").out == ""


def test_what_was_brought_in_is_found_at_once(whoholds: Whoholds, tmp_path: Path) -> None:
    entry = {"title": "Register of village ponds", "publisher": "Ministry of Ponds", "keywords": ["newts"]}
    (tmp_path / "one.jsonl").write_text(json.dumps(entry), encoding="utf-8")
    assert whoholds("import", str(tmp_path / "one.jsonl")).code == 0
    assert "Ministry of Ponds" in whoholds("ask", "who holds the register of village ponds?").out


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_what_is_written_out_reads_back_the_same(sampled: Whoholds, tmp_path: Path, form: str) -> None:
    first, second = tmp_path / f"first.{form}", tmp_path / f"second.{form}"
    assert sampled("export", str(first)).code == 0
    again = sampled("import", str(first), "--json")
    assert (again.code, again.json["unchanged"], again.json["faults"]) == (0, 644, [])
    (tmp_path / "whoholds.db").unlink()
    shutil.rmtree(tmp_path / "whoholds.index")
    assert sampled("import", str(first), "--json").json["added"] == 644
    assert sampled("export", str(second)).code == 0
    assert first.read_bytes() == second.read_bytes()
    piped = sampled("export", "--format", form)
    assert piped.out.encode() == first.read_bytes()


def test_writing_out_keeps_what_not_everyone_may_know_when_asked(sampled: Whoholds) -> None:
    everything, public = sampled("export").lines, sampled("export", "--public").lines
    officer = sampled("export", "--as", "council-officer").lines
    assert len(everything) == 644
    assert {entry.get("visibility", "public") for entry in public} == {"public"}
    assert len(public) < len(officer) < len(everything)


def test_a_spreadsheet_that_is_written_out_holds_no_formulas(whoholds: Whoholds, tmp_path: Path) -> None:
    titles = ["=1+1", "+44", "-1", "@SUM(A1)", "'=quoted", "\ttab"]
    rows = "".join(json.dumps({"id": f"a/{number}", "title": title}) + "\n" for number, title in enumerate(titles))
    (tmp_path / "in.jsonl").write_text(rows, encoding="utf-8")
    whoholds("import", str(tmp_path / "in.jsonl"))
    whoholds("export", str(tmp_path / "out.csv"))
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as lines:
        cells = [cell for row in csv.reader(lines) for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t")]
    assert whoholds("import", str(tmp_path / "out.csv"), "--json").json["unchanged"] == len(titles)


def test_a_packed_file_can_be_brought_in_and_a_damaged_one_is_a_plain_fault(whoholds: Whoholds, tmp_path: Path) -> None:
    whole = gzip.compress("".join(f'{{"title": "Entry {number}"}}\n' for number in range(300)).encode())
    for name, content, code in (
        ("good.jsonl.gz", gzip.compress(b'{"title": "A"}'), 0),
        ("cut.jsonl.gz", whole[: len(whole) // 2], 1),
        ("not.jsonl.gz", b"not packed at all", 1),
    ):
        (tmp_path / name).write_bytes(content)
        ran = whoholds("import", str(tmp_path / name))
        assert ran.code == code
        assert ("damaged" in ran.err) is bool(code)


def test_where_nothing_can_be_written_is_said_plainly(sampled: Whoholds, tmp_path: Path) -> None:
    fails(sampled("export", str(tmp_path / "nowhere" / "x.csv")), 1, "nowhere", "cannot be used")


# The database, the index, and how things are


def test_the_tables_are_made_once(whoholds: Whoholds) -> None:
    assert "m001_entries" in whoholds("migrate").out
    assert "up to date" in whoholds("migrate").out
    assert "644" in whoholds("migrate", "--sample").out


def test_the_index_can_be_made_anew_and_brought_up_to_date(sampled: Whoholds, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "whoholds.index")
    assert sampled("index", "follow").out.startswith("644 entries")
    assert sampled("index", "follow").out.startswith("0 entries")
    assert sampled("index", "rebuild").out.startswith("644 entries")


def test_checking_says_what_is_in_order(sampled: Whoholds) -> None:
    ran = sampled("check", "--json")
    assert ran.code == 0
    assert all(set(finding) == {"what", "ok", "note"} for finding in ran.json)
    assert {finding["what"] for finding in ran.json} >= {"database", "storage", "index", "outbox", "Slack"}
    assert "PROBLEM" not in sampled("check").out


def test_checking_finds_what_is_not(whoholds: Whoholds, tmp_path: Path) -> None:
    ran = whoholds("check")
    assert (ran.code, "PROBLEM" in ran.out, "whoholds migrate" in ran.out) == (1, True, True)
    assert not (tmp_path / "whoholds.db").exists(), "looking makes nothing"


def test_checking_finds_notices_that_were_put_aside(sampled: Whoholds, tmp_path: Path) -> None:
    db = connect(str(tmp_path / "whoholds.db"))
    db.execute(
        "INSERT INTO outbox (key, kind, state, posted_at, due_at, deadline) VALUES"
        " ('k', 'message', 'parked', '2026', '2026', '2026')"
    )
    db.close()
    ran = sampled("check")
    assert ran.code == 1
    assert re.search(r"PROBLEM +outbox: .*1 parked", ran.out)


# Mistakes


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["ask"],
        ["ask", "x", "--nonsense"],
        ["search", "x", "--limit", "0"],
        ["search", "x", "--limit", "many"],
        ["import", "there-is-no-such-file.csv"],
        ["import", "/"],
        ["export", "x.csv", "--format", "xls"],
        ["playground", "--port", "99999"],
        ["index", "nonsense"],
    ],
    ids=" ".join,
)
def test_a_wrong_call_is_refused_in_one_line(whoholds: Whoholds, arguments: list[str]) -> None:
    fails(whoholds(*arguments), 2, "--help")


@pytest.mark.parametrize(
    ("name", "value", "command"),
    [
        ("WHOHOLDS_DATABASE", "mysql://host/db", "ask x"),
        ("SLACK_API_URL", "http://slack.example", "ask x"),
        ("WHOHOLDS_CHANNELS", "everyone", "check"),
        ("PORT", "http", "export"),
        ("SLACK_BOT_TOKEN", "xoxp-1", "run"),
        ("SLACK_BOT_TOKEN", "", "run"),
        ("SLACK_BOT_TOKEN", "", "worker"),
        ("SLACK_APP_TOKEN", "nonsense", "worker"),
    ],
)
def test_a_bad_setting_is_named_in_one_line(
    whoholds: Whoholds, monkeypatch: pytest.MonkeyPatch, name: str, value: str, command: str
) -> None:
    monkeypatch.setenv(name, value)
    fails(whoholds(*command.split()), 2, name)


def test_a_worker_of_its_own_needs_a_database_for_several_processes(
    whoholds: Whoholds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "s")
    fails(whoholds("worker"), 2, "WHOHOLDS_DATABASE", "postgresql://")


def test_a_database_that_cannot_be_used_is_a_problem_and_no_traceback(
    whoholds: Whoholds, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WHOHOLDS_DATABASE", str(tmp_path / "no" / "such" / "folder.db"))
    fails(whoholds("ask", "x"), 1, "folder.db")
    (tmp_path / "text.db").write_text("This is no database. " * 100, encoding="utf-8")
    monkeypatch.setenv("WHOHOLDS_DATABASE", str(tmp_path / "text.db"))
    fails(whoholds("export"), 1, "text.db")
    ran = whoholds("check")
    assert (ran.code, "PROBLEM" in ran.out) == (1, True)


def test_a_database_of_a_newer_program_is_refused(sampled: Whoholds, tmp_path: Path) -> None:
    db = connect(str(tmp_path / "whoholds.db"))
    db.execute("INSERT INTO migrations (name, applied_at) VALUES ('m999_future', '2030')")
    db.close()
    fails(sampled("ask", "x"), 1, "m999_future", "newer")


# As a program


def start(tmp_path: Path, *arguments: str) -> subprocess.Popen[bytes]:
    environment = {"PATH": "/usr/bin:/bin", "WHOHOLDS_DATABASE": str(tmp_path / "whoholds.db"), "LANG": "C.UTF-8"}
    pipe = subprocess.PIPE
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, stderr=pipe)


def test_a_reader_that_goes_away_is_no_error(sampled: Whoholds, tmp_path: Path) -> None:
    with start(tmp_path, "export") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"{")
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(10) in (0, 1)


def test_the_playground_shows_one_answer_and_its_address_and_ends_when_told(tmp_path: Path) -> None:
    with start(tmp_path, "playground", "--port", str(free_port())) as process:
        assert process.stdout is not None
        shown = b""
        while b"http://" not in shown:
            line = process.stdout.readline()
            assert line, process.stderr.read().decode() if process.stderr else ""
            shown += line
        assert b"who holds free school meals data?" in shown
        assert b"Found by" in shown or b"holds" in shown
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_program_told_to_end_many_times_at_once_ends(python: Start) -> None:
    code = "from bot.commands.common import told_to_end; wait = told_to_end(); print('ready', flush=True); wait()"
    process = python(f"{code}; __import__('time').sleep(0.5)")
    assert process.stdout and process.stdout.readline()
    for _ in range(300):
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0


def free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_an_index_that_can_be_kept_nowhere_is_said_plainly(
    sampled: Whoholds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a-file").write_text("")
    monkeypatch.setenv("WHOHOLDS_INDEX", str(tmp_path / "a-file" / "index"))
    fails(sampled("search", "schools"), 1, "WHOHOLDS_INDEX")


def test_a_database_of_no_known_kind_is_a_setting_to_mend(whoholds: Whoholds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHOHOLDS_DATABASE", "mysql://somewhere")
    fails(whoholds("check"), 2, "WHOHOLDS_DATABASE")


# Backup and restore


def test_a_backup_in_a_folder_is_named_after_the_time_and_comes_back(sampled: Whoholds, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    made = json.loads(sampled("backup", str(tmp_path / "backups"), "--json").out)
    assert re.fullmatch(r"whoholds-\d{4}-\d\d-\d\dT\d{6}\.db", Path(made["file"]).name)
    fails(sampled("restore", made["file"]), 1, "exists", "--replace")
    restored = json.loads(sampled("restore", made["file"], "--replace", "--json").out)
    assert restored["entries"] == made["entries"] > 0
    assert Path(restored["kept"]).exists()
    assert sampled("check").code == 0


def test_what_is_no_backup_is_not_restored(sampled: Whoholds, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database")
    fails(sampled("restore", str(tmp_path / "notes.txt"), "--replace"), 1, "no backup of whoholds")
    assert sampled("check").code == 0


def test_a_backup_that_cannot_be_written_is_said_plainly(sampled: Whoholds, tmp_path: Path) -> None:
    fails(sampled("backup", str(tmp_path / "no" / "such" / "folder.db")), 1, "No such file")


# Workbooks, templates, and imports within one's own entries


def test_everything_goes_out_as_a_workbook_and_back_without_a_change(sampled: Whoholds, tmp_path: Path) -> None:
    for options in ((), ("--per-distribution",)):
        file = str(tmp_path / "all.xlsx")
        assert sampled("export", file, *options).code == 0
        report = json.loads(sampled("import", file, "--dry-run", "--json").out)
        assert (report["added"], report["changed"], report["faults"]) == (0, 0, [])
        assert report["unchanged"] > 100


def test_a_template_is_written_and_has_nothing_to_import(whoholds: Whoholds, tmp_path: Path) -> None:
    for name in ("new.xlsx", "new.csv"):
        assert whoholds("export", "--template", str(tmp_path / name)).code == 0
        report = json.loads(whoholds("import", str(tmp_path / name), "--json").out)
        assert (report["added"], report["failed"]) == (0, 0)
    fails(whoholds("export", "--template", str(tmp_path / "new.jsonl")), 2, "CSV and XLSX")


def test_somebody_imports_only_what_they_look_after(sampled: Whoholds, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(
        "id,title,publisher\ndfe/national-pupil-database,Pupils,DfE\ndfe/new,New,DfE\nnhse/hes,Mine now,DfE\n"
        "hmrc/connect-compliance-risk-data,Found you,HMRC\nnhse/new,New,NHS England\n",
        encoding="utf-8",
    )
    ran = sampled("import", str(file), "--as", "dfe-steward", "--json")
    report = json.loads(ran.out)
    assert (ran.code, report["added"], report["changed"]) == (1, 2, 1)
    assert [fault["line"] for fault in report["faults"]] == [5, 6]
    assert len({fault["reason"] for fault in report["faults"]}) == 1
    assert report["publishers"] == {"department-for-education": 3}
    assert report["examples"] == [{"id": "dfe/national-pupil-database", "fields": ["title"]}]


# Review


def test_how_ready_entries_are_is_told_by_organisation_and_by_week(sampled: Whoholds) -> None:
    rows = sampled("review", "readiness", "--json").lines
    assert [row["score"] for row in rows] == sorted(row["score"] for row in rows)
    (dfe,) = sampled("review", "readiness", "DfE", "--json").lines
    assert dfe in rows and dfe["name"] == "Department for Education"
    fails(sampled("review", "readiness", "Nobody at all"), 2, "no organisation called")


def test_a_contact_whose_mail_comes_back_lowers_its_entries_until_it_works_again(sampled: Whoholds) -> None:
    address = "pupil-data@education.example.gov.uk"
    before = sampled("review", "readiness", "DfE", "--json").lines[0]["score"]
    assert "it. Who else answers for them is told." in sampled("review", "bounced", address).out
    assert sampled("review", "readiness", "DfE", "--json").lines[0]["score"] <= before
    assert "working again" in sampled("review", "bounced", address, "--works").out
    assert "not known" in sampled("review", "bounced", address, "--works").out


def test_the_other_stewards_are_told_of_what_somebody_brings_in(sampled: Whoholds, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("id,title,publisher\ndfe/new,New,DfE\n", encoding="utf-8")
    steward = "steward:department-for-education"
    assert sampled("people", "grant", "council-officer", steward, "--as", "admin", "--reason", "Helps").code == 0
    file = str(tmp_path / "mine.csv")
    assert (
        "1 other steward of Department for Education would be told."
        in sampled("import", file, "--as", "dfe-steward", "--dry-run").out
    )
    report = sampled("import", file, "--as", "dfe-steward", "--json").json
    assert (report["told"], report["told_of"]) == (1, ["department-for-education"])
    db = connect(str(tmp_path / "whoholds.db"))
    keys = [row["key"] for row in db.query("SELECT key FROM outbox WHERE kind = 'tell'")]
    db.close()
    assert [key for key in keys if key.startswith("upload.done:") and key.endswith(":council-officer")]
