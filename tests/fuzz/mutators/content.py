"""Changes of the content of a file: of its bytes, or of its text."""

import re

NUMBERS = [
    *("0", "-0", "-1", "1", "2", "1e308", "-1e308", "1e-320", "1e999", "nan", "NaN", "inf", "-inf"),
    *("2147483648", "9223372036854775808", "9" * 40, "9" * 5000, "1.5", "0x10", "1_000", "٣", "½"),
    *("", " ", "+7", "1,5", "--1", "1e", "None", "true"),
]
SNIPPETS = {
    ".xml": [
        '<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        *("<object>", "</object>", "<!--", "<![CDATA[", "&amp;", "&x;", "<a>" * 3000, "<point>1,1"),
        '<?xml version="1.0" encoding="utf-7"?>',
        '<?xml version="1.0" encoding="nonsense"?>',
    ],
    ".json": ["[" * 3000, "{" * 3000, "NaN", "Infinity", ",", '"a":', "\\ud800", "null", "//"],
    ".yaml": ["? ", "!!python/object/apply:os.system [ls]", "!!binary x", "- ", ": ", "2001-01-01"],
    ".csv": [",", '"', '"a\nb"', "=1+1", "#"],
    ".ini": ["[Sequence]", "%(x)s", "=", "[", "name"],
    ".txt": ["#", ",", "/", "..", "\\", "./"],
}
BREAKS = ["\r\n", "\r", "\u2028", "\x0c", "\n\n", "\x00", "\t"]


def change_bytes(change, content, other=b""):
    """Bytes with a part flipped, lost, inserted, doubled, zeroed or of another file."""
    rng, data = change.rng, bytearray(content)
    how = rng.choice(["flip", "head", "cut", "insert", "double", "zero", "splice", "lose", "ends"])
    at = rng.randrange(len(data) + 1)
    n = min(rng.choice([1, 2, 4, 8, 64, 1024, 65536]), max(1, len(data) - at))
    if how == "flip":
        for _ in range(rng.choice([1, 1, 2, 8, 64])):
            if data:
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif how == "head":  # where most formats keep sizes and offsets
        for _ in range(rng.choice([1, 2, 4])):
            if data:
                data[rng.randrange(min(len(data), 256))] = rng.choice([0, 1, 127, 128, 254, 255])
    elif how == "cut":
        del data[at:]
    elif how == "insert":
        data[at:at] = rng.randbytes(n)
    elif how == "double":
        data[at:at] = data[at : at + n]
    elif how == "zero":
        data[at : at + n] = bytes(n)
    elif how == "splice":
        data[at:] = other[rng.randrange(len(other) + 1) :]
    elif how == "lose":
        del data[at : at + n]
    else:
        data[:0] = rng.choice([b"\xef\xbb\xbf", b"\xff\xfe", b"\0", b"<html>", b"\x1f\x8b", b"PK"])
    change.note(f"{how} at byte {at}")
    return bytes(data)


def change_text(change, content, suffix=""):
    """A text with another number, line, word, line break, encoding or snippet of its language."""
    rng, text = change.rng, content.decode("utf-8", "surrogateescape")
    how = rng.choice(
        ["number"] * 4 + ["lines"] * 2 + ["word"] * 2 + ["snippet"] * 2 + ["break", "encoding"]
    )
    found = text
    if how == "number":
        places = list(re.finditer(r"-?\d+(\.\d+)?", text))
        for place in rng.sample(places, min(len(places), 1)):
            new = rng.choice(NUMBERS)
            change.note(f"{place[0]} at {place.start()} becomes {new[:30]!r}")
            return encoded(text[: place.start()] + new + text[place.end() :])
    elif how == "lines":
        found = "".join(_other_lines(rng, text.splitlines(keepends=True)))
    elif how == "word":
        words = list(re.finditer(r"\w+", text))
        if words:
            place, new = rng.choice(words), rng.choice(words)[0]
            new = rng.choice([new, "", new.upper(), f"{new}_x", "ü", "\0", "x" * 300])
            found = text[: place.start()] + new + text[place.end() :]
            change.note(f"{place[0][:30]} at {place.start()} becomes {new[:30]!r}")
    elif how == "encoding":
        name = rng.choice(["utf-16", "utf-8-sig", "latin-1", "utf-7", "utf-32-be", "cp037"])
        change.note(f"saved as {name}")
        return text.encode(name, "replace")
    else:
        new = rng.choice(BREAKS if how == "break" else SNIPPETS.get(suffix, SNIPPETS[".txt"]))
        at = rng.randrange(len(text) + 1)
        found = text[:at] + new + text[at:]
        change.note(f"{new[:30]!r} inserted at {at}")
    change.note(f"text: {how}")
    return encoded(found)


def _other_lines(rng, lines):
    if not lines:
        return lines
    a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
    how = rng.choice(["lose", "double", "swap", "move", "first", "many"])
    if how == "lose":
        del lines[a]
    elif how == "double":
        lines.insert(b, lines[a])
    elif how == "swap":
        lines[a], lines[b] = lines[b], lines[a]
    elif how == "move":
        lines.insert(b, lines.pop(a))
    elif how == "first":
        lines = lines[:1]
    else:
        lines[a:a] = [lines[a]] * 200
    return lines


def encoded(text):
    """Back to bytes; a lone surrogate stands for a byte that was no UTF-8."""
    return text.encode("utf-8", "surrogateescape" if not _has_odd(text) else "surrogatepass")


def _has_odd(text):
    return any("\ud800" <= letter <= "\udfff" and not "\udc80" <= letter <= "\udcff"
               for letter in text)  # fmt: skip
