"""Two wordings side by side: what is marked always leads from the one to the other."""

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.campaigns.desk.differing import MOST, Piece, differences

TEXTS = st.text(st.sampled_from("ab .,\n\t ä🙂\r\u2028"), max_size=60) | st.text(max_size=30)


def marked(old: str, new: str) -> str:
    """The pieces as a person might write them: [-out-] and {+in+}."""
    signs = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(signs[piece.kind].format(piece.text) for piece in differences(old, new))


@given(TEXTS, TEXTS)
@example("", "")
@example("a  b", "a b")
def test_the_pieces_are_the_old_wording_and_the_new_one(old, new):
    pieces = differences(old, new)

    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new
    assert all(piece.text for piece in pieces)
    kinds = [piece.kind for piece in pieces]
    assert all(kind != following for kind, following in pairwise(kinds))


@given(TEXTS)
def test_a_wording_differs_from_itself_in_nothing(text):
    assert differences(text, text) == ((Piece("same", text),) if text else ())


def test_words_are_marked_and_not_letters():
    assert marked("Is one session enough?", "Are two sessions enough?") == (
        "[-Is one session-]{+Are two sessions+} enough?"
    )
    assert marked("You may.", "You may, mostly.") == "You may{+, mostly+}."


def test_a_sentence_more_leaves_the_end_of_its_line_alone():
    assert marked("Call us.\n", "Call us. Or write.\n") == "Call us.{+ Or write.+}\n"


def test_a_paragraph_that_came_in_leaves_its_neighbors_alone():
    assert marked("First.\n\nLast.\n", "First.\n\nBetween.\n\nLast.\n") == (
        "First.\n\n{+Between.\n\n+}Last.\n"
    )


def test_broken_lines_are_told_as_spaces_and_not_as_words():
    assert marked("one two three\n", "one\ntwo three\n") == "one[- -]{+\n+}two three\n"


def test_lines_with_too_much_to_compare_are_taken_out_and_come_in_while_others_stay():
    many = MOST // 200
    old, new = "Hello.\n" + "a b " * many + "\nBye.\n", "Hello.\n" + "b a " * many + "c\nBye.\n"

    kinds = [(piece.kind, piece.text[:4]) for piece in differences(old, new)]

    assert kinds == [("same", "Hell"), ("removed", "a b "), ("added", "b a "), ("same", "\nBye")]


def test_what_was_compared_leaves_less_for_the_lines_after_it():
    line = "a b " * int((MOST / 5) ** 0.5) + "a"  # two of them would go, three not
    old = f"{line}\nsame\n" * 4
    new = f"{line} c\nsame\n" * 4

    removed = [piece.text for piece in differences(old, new) if piece.kind == "removed"]

    assert removed == [line] * 2


def test_a_text_of_one_word_over_and_over_is_told_as_a_whole():
    assert [piece.kind for piece in differences("a\n" * 5000, "a\n" * 5001 + "b\n")] == ["removed", "added"]
