"""`newsletter email compile`: any HTML file, without a database, a network, or a trace."""

from __future__ import annotations

import json
import stat

import pytest
from click.testing import CliRunner

from newsletter.cli import newsletter

LETTER = '<!DOCTYPE html><html lang="en"><head><style>p{color:red}</style></head><body><p>Hi {{ first_name }}</p></body></html>'


@pytest.fixture
def letter(tmp_path):
    path = tmp_path / "letter.html"
    path.write_text(LETTER)
    return path


@pytest.fixture
def compile_file(tmp_path, monkeypatch):
    """Where nothing is set and nothing may be written."""
    monkeypatch.setenv("NEWSLETTER_DATA_DIR", str(tmp_path / "nowhere"))

    def run(*arguments, status=0):
        result = CliRunner().invoke(newsletter, ["email", "compile", *map(str, arguments)])
        assert result.exit_code == status, result.output
        return result

    return run


def test_json_has_the_four_names_of_the_contract(letter, compile_file, tmp_path):
    made = json.loads(compile_file(letter, "--json").stdout)
    assert list(made) == ["html", "text", "links", "warnings"]
    assert '<p style="color:red">Hi {{ first_name }}</p>' in made["html"]
    assert made["text"] == "Hi {{ first_name }}"
    assert made["links"] == []
    assert made["warnings"] == ["no link to unsubscribe; right would be {{ unsubscribe_url }}"]
    assert not (tmp_path / "nowhere").exists()


def test_fields_fill_it(letter, compile_file):
    made = json.loads(compile_file(letter, "--json", "--fields", '{"first_name": "Reader"}').stdout)
    assert made["text"] == "Hi Reader"


@pytest.mark.parametrize("fields", ["", "[]", "{", "1", '{"a": ', "[" * 100_000])
def test_fields_that_are_no_object_are_an_error(letter, compile_file, fields):
    made = json.loads(compile_file(letter, "--json", "--fields", fields, status=1).stdout)
    assert made == {"error": '--fields is no JSON object; right would be \'{"first_name": "Reader"}\''}


def test_a_refusal_is_one_line_on_stderr(tmp_path, compile_file):
    (tmp_path / "empty.html").write_text("")
    result = compile_file(tmp_path / "empty.html", status=1)
    assert result.stderr == "newsletter: the file is empty; right would be an HTML document\n"
    assert json.loads(compile_file(tmp_path / "empty.html", "--json", status=1).stdout) == {
        "error": "the file is empty; right would be an HTML document"
    }


def test_a_file_that_is_not_there_is_a_mistake_of_use(tmp_path, compile_file):
    compile_file(tmp_path / "none.html", status=2)
    compile_file(tmp_path, status=2)


def test_a_person_reads_a_summary(letter, compile_file):
    said = compile_file(letter).stdout
    assert "HTML: 0.1 KB. Links: 0." in said
    assert "Warnings: 1." in said
    assert "  no link to unsubscribe" in said
    assert said.endswith("The text part:\n\nHi {{ first_name }}\n")


def test_both_parts_are_written_where_it_is_asked(letter, compile_file, tmp_path):
    said = compile_file(letter, "--html", tmp_path / "out.html", "--text", tmp_path / "out.txt").stdout
    assert '<p style="color:red">' in (tmp_path / "out.html").read_text()
    assert (tmp_path / "out.txt").read_text() == "Hi {{ first_name }}\n"
    assert "The text part" not in said
    assert letter.read_text() == LETTER


def test_standard_input_is_read(compile_file):
    result = CliRunner().invoke(newsletter, ["email", "compile", "-", "--json"], input=LETTER)
    assert json.loads(result.stdout)["text"] == "Hi {{ first_name }}"


def test_other_encodings_are_read_and_named(tmp_path, compile_file):
    path = tmp_path / "letter.html"
    path.write_bytes("<p>Grüße</p>".encode("utf-16"))
    made = json.loads(compile_file(path, "--json").stdout)
    assert made["text"] == "Grüße"
    assert made["warnings"][0].startswith("the file is written in utf-16-le")


def test_more_than_any_letter_is_not_even_read(tmp_path, compile_file):
    path = tmp_path / "huge.html"
    with path.open("wb") as opened:
        opened.truncate(10**10)
    said = json.loads(compile_file(path, "--json", status=1).stdout)["error"]
    assert said == "the file is larger than 4 MB; no e-mail is"


def test_a_terminal_is_not_driven_by_what_the_file_says(tmp_path, compile_file):
    path = tmp_path / "letter.html"
    path.write_text("<p>\x1b[2Ja</p><a href='https://x.example/\x1b]0;b'>c</a>")
    assert "\x1b" not in compile_file(path).stdout


def test_the_file_is_left_as_it_was(letter, compile_file):
    letter.chmod(stat.S_IRUSR)
    before = letter.stat().st_mtime_ns
    compile_file(letter, "--json")
    assert letter.stat().st_mtime_ns == before
