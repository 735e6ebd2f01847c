from __future__ import annotations

import re

import pypdfium2
import pytest
import zxingcpp
from lxml import html as trees

from newsletter import stored
from newsletter.audience import forms, wordings
from newsletter.audience.forms import Draft
from newsletter.web.site.form import TRAP

SNIPPET = '<script src="https://letters.clinic.example/embed.js" data-form="footer" async></script>'


def test_both_snippets_are_printed_ready_to_paste(house, run):
    said = run("form", "snippet").stdout
    assert said.startswith(SNIPPET + "\n")
    assert '<form action="https://letters.clinic.example/subscribe" method="post"' in said


def test_one_of_them_alone_can_be_piped(house, run):
    assert run("form", "snippet", "--script").stdout == SNIPPET + "\n"
    plain = run("form", "snippet", "--plain").stdout
    assert plain.startswith("<form ")
    assert plain.endswith("</form>\n")


def test_the_plain_form_has_the_words_the_fields_and_the_trap(house, run):
    form = trees.fromstring(run("form", "snippet", "--plain", "--form", "blog-sidebar").stdout)
    text = re.sub(r"\s+", " ", form.text_content())
    for line in wordings.SIGN_UP.text.splitlines():
        assert line in text
    fields = {field.get("name"): field.get("value") for field in form.iter("input")}
    assert fields == {"email": None, TRAP: None, "form": "blog-sidebar"}
    email, trap = form.xpath("//input[@name='email']")[0], form.xpath(f"//input[@name='{TRAP}']")[0]
    assert form.xpath(f"//label[@for='{email.get('id')}']")
    assert trap.xpath("ancestor::p[@hidden]")
    assert form.xpath("//script") == []


def test_the_privacy_notice_is_linked_where_there_is_one(house, run):
    assert "Privacy notice" not in run("form", "snippet", "--plain").stdout
    run.env["NEWSLETTER_CLINIC_PRIVACY_URL"] = "https://clinic.example/privacy?a=1&b=2"
    assert (
        '<a href="https://clinic.example/privacy?a=1&amp;b=2">Privacy notice</a>'
        in run("form", "snippet").stdout
    )


def test_a_form_of_the_studio_says_its_own_words_everywhere(house, run, tmp_path):
    with house.database.writing.begin() as session:
        words = {"heading": "Skin, in short", "question": "About what?"}
        forms.add(session, Draft("Footer", words, ("tips",)), ["tips"], house.clock.now())
        stored.put(session, "clinic", {"name": "The Other Clinic"}, 1, house.clock.now())
    said = run("form", "snippet", "--form", "footer").stdout
    assert 'src="https://letters.clinic.example/embed.js?form=footer" data-form="footer"' in said
    made = trees.fromstring(said[said.index("<form") :])
    assert made.cssselect("h2")[0].text == "Skin, in short"
    assert [each.get("value") for each in made.cssselect("fieldset input")] == ["tips"]
    run("form", "poster", "--form", "footer", "--out", str(tmp_path / "poster.svg"))
    poster = (tmp_path / "poster.svg").read_text()
    assert "Skin, in short" in poster
    assert "The Other Clinic" in poster


@pytest.mark.parametrize("name", ["", "Waiting Room", '"><script>', "-x", "ä", "a" * 41, "a\n"])
@pytest.mark.parametrize("command", ["snippet", "poster"])
def test_a_name_that_would_not_fit_into_an_address_is_refused(run, command, name):
    line = run.refused("form", command, "--form", name)
    assert "right would be small letters, digits and hyphens" in line


@pytest.mark.parametrize(("size", "points"), [("a4", (595, 842)), ("a5", (421, 595))])
def test_a_poster_is_one_page_whose_code_leads_to_the_form(house, run, tmp_path, size, points):
    out = tmp_path / "poster.pdf"
    said = run("form", "poster", "--form", "waiting-room", "--out", str(out), "--size", size)
    url = "https://letters.clinic.example/?form=waiting-room"
    assert said.stdout == f"{out}: {size.upper()}, leads to {url}\n"
    assert said.stderr == ""
    with pypdfium2.PdfDocument(out) as document:
        assert len(document) == 1
        assert tuple(round(side) for side in document[0].get_size()) == points
        picture = document[0].render(scale=2).to_pil()
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [url]


def test_the_ending_says_what_is_written(house, run, tmp_path):
    run("form", "poster", "--out", str(tmp_path / "poster.SVG"))
    assert (tmp_path / "poster.SVG").read_text().startswith("<svg ")
    assert "a poster is a .pdf or an .svg" in run.refused(
        "form", "poster", "--out", str(tmp_path / "poster.png")
    )


def test_a_name_that_a_pdf_has_no_letters_for_is_refused_before_anything_is_written(house, run, tmp_path):
    run.env["NEWSLETTER_CLINIC_NAME"] = "美肌クリニック"
    out = tmp_path / "poster.pdf"
    assert "right would be a file that ends in .svg" in run.refused("form", "poster", "--out", str(out))
    assert not out.exists()
    run("form", "poster", "--out", str(out.with_suffix(".svg")))
    assert "美肌クリニック" in out.with_suffix(".svg").read_text()


@pytest.mark.parametrize("command", [("snippet",), ("poster", "--out", "here.svg")])
def test_an_address_that_only_this_computer_opens_is_remarked(house, run, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    run.env["NEWSLETTER_BASE_URL"] = "http://127.0.0.1:8000"
    assert "opens on this computer only" in run("form", *command).stderr


def test_a_folder_that_does_not_exist_is_one_line(house, run, tmp_path):
    assert "no such file or directory" in run.refused(
        "form", "poster", "--out", str(tmp_path / "no" / "poster.pdf")
    )
