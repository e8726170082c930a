"""Vietnamese text made findable and sortable: for search and order, never for identity."""

import unicodedata

# Order of the Vietnamese alphabet: a base letter with its hat, horn or bar comes after the bare one.
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: f"{rank:02d}" for rank, letter in enumerate(_ALPHABET, start=40)}
_TONES = "\u0300\u0309\u0303\u0301\u0323"  # huyền, hỏi, ngã, sắc, nặng


def fold(text: str) -> str:
    """Text without tones, hats and case, so "Thuỷ Nguyên" and "thủy nguyen" meet in a search.

    Cẩm Giang and Cẩm Giàng become the same text: use it to find, not to tell apart.
    """
    bare = unicodedata.normalize("NFD", text.casefold().replace("đ", "d").replace("Đ", "d"))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def spelling(text: str) -> list[tuple[str, str]]:
    """A name for comparing: wherever the tone stands in a word, "Thuỷ" is "Thủy"; "Giang" is not "Giàng"."""
    words = unicodedata.normalize("NFD", text.casefold()).split()
    return [
        ("".join(c for c in word if c not in _TONES), "".join(c for c in word if c in _TONES))
        for word in words
    ]


def sort_key(text: str) -> str:
    """A plain ASCII text that sorts as a Vietnamese dictionary does: letters first, then tones."""
    letters, tones = [], []
    for character in unicodedata.normalize("NFC", text.casefold()):
        parts = unicodedata.normalize("NFD", character)
        tone = next((t for t in parts if t in _TONES), "")
        letter = unicodedata.normalize("NFC", parts.replace(tone, "")) if tone else character
        letters.append(_RANK.get(letter, letter if letter.isascii() else "zz"))
        tones.append(str(_TONES.index(tone) + 1) if tone else "0")
    return "".join(letters) + " " + "".join(tones)


def name_sort_key(full_name: str) -> str:
    """People are listed by given name, which is the last word of a family-first name."""
    words = full_name.split()
    return sort_key(" ".join(words[-1:] + words[:-1]))
