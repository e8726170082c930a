"""Whatever the service says in Vietnamese it can say in English, with the same names in it."""

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
spec = importlib.util.spec_from_file_location("messages", ROOT / "script" / "messages.py")
messages = importlib.util.module_from_spec(spec)
spec.loader.exec_module(messages)


def test_every_message_has_its_english():
    assert messages.faults() == [], "run script/messages, then translate what it names"


def test_the_collector_finds_words_of_code_and_of_pages():
    said = messages.said()
    for words in ("Báo cáo hoàn thành", "Việc của tôi", "Có,Không,—", "Đang đề nghị gia hạn đến %(on)s."):
        assert words in said


@pytest.mark.parametrize(
    ("english", "fault"),
    [("", "not translated"), ("Please fill in.", "other placeholders"), ("Please fill in: %(name)s.", None)],
)
def test_what_counts_as_a_fault(english, fault):
    said, known = messages.Catalog(locale="en"), messages.Catalog(locale="en")
    said.add("Cần nhập: %(name)s.")
    known.add("Cần nhập: %(name)s.", english)
    found = [f for message in said if message.id for f in messages._faults(message, known)]
    assert [f.split(":")[0] for f in found] == ([fault] if fault else [])
