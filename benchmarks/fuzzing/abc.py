"""Damaged and hostile ABC: tunes of valid fields and music with wild numbers, signs and bytes."""

import numpy as np

from benchmarks.fuzzing.damage import files
from benchmarks.fuzzing.trial import is_sentence
from symvae.errors import SymvaeError
from symvae.music.io.score_read import load_score_bytes, score_tunes

_NUMBERS = ("0", "1", "7", "16", "64", "65", "400", "999999", "1000000000", "9" * 5000, "")
_METRES = ("4/4", "3/4", "6/8", "C", "C|", "none", "2+3/8", "(2+3)/8", "4/0", "0/4", "400/4", "1/1000", "4/3")
_KEYS = (
    "C",
    "Gmix",
    "F#m",
    "Bb",
    "Hp",
    "none",
    "D exp ^f _b",
    "C treble-8",
    "C octave=99",
    "Am clef=bass",
    "",
)
_TEMPOS = (
    "1/4=120",
    "120",
    "C3=60",
    '"Allegro"',
    "1/4 3/8=40",
    "1/0=1",
    "1/4=0",
    "1/4=1e9",
    "3/8=999999",
    "x",
)
_SIGNS = (
    *"|||&->", "||", "|]", "|:", ":|", "::", "|1", ":|2", "[1,3", "[1-3", "|::", "::|", "[|]", "<<", "(3",
     "(5:4:7", *"()[]", "{gf}", "!fine!", "!D.C.!", "!segno!", "!D.S.!", "!coda!", '"Am"', "~", ".",
)  # fmt: skip
_WILD_SIGNS = (
    "[1-999",
    "(0",
    "(3:0",
    "{",
    "}",
    "!",
    '"',
    '"^D.C. al Fine"',
    "y",
    "$",
    "\\",
    "%",
    "C0",
    "C/0",
)
_INLINE = "MLQKVPI"
_LETTERS = "CDEFGABcdefgabzxZ"


def mutated(rng: np.random.Generator) -> bytes:
    """Draw an ABC file.

    Args:
        rng: Source of the draws.

    Returns:
        Its bytes.
    """
    book = "\n\n".join(_tune(rng, number) for number in range(1, int(rng.integers(1, 4)) + 1))
    if rng.random() < 0.1:
        start = int(rng.integers(len(book)))
        part = book[start : start + int(rng.integers(1, 9))]
        book = book[:start] + part * int(rng.integers(1, 20_000)) + book[start:]
    encoding = ("utf-8", "latin-1", "utf-16", "utf-8-sig")[int(rng.choice(4, p=(0.7, 0.1, 0.1, 0.1)))]
    data = bytearray(book.encode(encoding))
    if rng.random() < 0.2:
        for _ in range(int(rng.integers(1, 6))):
            data[int(rng.integers(len(data)))] = int(rng.integers(256))
    if rng.random() < 0.1:
        del data[int(rng.integers(len(data))) :]
    return bytes(data)


def check(data: bytes) -> None:
    """Read every tune of a file, and choose one of them.

    Args:
        data: Content of an ABC file.
    """
    with files(tunes_abc=data) as folder:
        tunes = [tune.song for tune in score_tunes(folder / "tunes.abc")]
    try:
        load_score_bytes(data, ".abc", "fuzz.abc", tune=(1, "2", "air")[len(data) % 3])
    except SymvaeError as refusal:
        if not is_sentence(str(refusal)):
            raise
    if refusals := [song for song in tunes if isinstance(song, SymvaeError)]:
        raise refusals[0]


def _of(rng: np.random.Generator, words: tuple[str, ...] | str) -> str:
    return words[int(rng.integers(len(words)))]


def _tune(rng: np.random.Generator, number: int) -> str:
    head = [f"X:{number}", f"T:Air {number}"]
    for name in "MLQPVI":
        if rng.random() < 0.4:
            head.append(f"{name}:{_value(rng, name)}")
    if rng.random() < 0.95:
        head.append(f"K:{_value(rng, 'K')}")
    lines = []
    for _ in range(int(rng.integers(0, 8))):
        if rng.random() < 0.2:
            name = _of(rng, _INLINE)
            lines.append(f"{name}:{_value(rng, name)}")
        lines.append("".join(_token(rng) for _ in range(int(rng.integers(0, 60)))))
    return "\n".join([*head, *lines])


def _token(rng: np.random.Generator) -> str:
    draw = rng.random()
    if draw < 0.55:
        length = _of(rng, _NUMBERS if rng.random() < 0.003 else ("", "", "2", "3"))
        slash = _of(rng, ("", "", "/", "//", "/2")) if rng.random() < 0.3 else ""
        sign = _of(rng, ("", "", "^", "__", "=")) if rng.random() < 0.3 else ""
        return sign + _of(rng, _LETTERS) + _of(rng, ("", "", ",", "''")) + length + slash
    if draw < 0.9:
        return _of(rng, _SIGNS if rng.random() < 0.99 else _WILD_SIGNS)
    if draw < 0.95:
        name = _of(rng, _INLINE)
        return f"[{name}:{_value(rng, name)}]"
    return _token(rng) * int(rng.integers(1, 40))


def _value(rng: np.random.Generator, name: str) -> str:
    values = {
        "M": _METRES,
        "L": ("1/8", "1/4", "1/16", "1/0", "0/1", "1", "1/999999", "999999/1", "x"),
        "Q": _TEMPOS,
        "P": ("A", "B", "ABA", "A2(BC)3", "(" * 50, "((A99)99)99", "A999999999"),
        "V": ("1", "2", "T transpose=-2", "B octave=-3", "", "3 clef=treble-8"),
        "I": ("propagate-accidentals not", "MIDI program 40", "MIDI transpose 999", "MIDI channel 10"),
        "K": _KEYS,
    }[name]
    if rng.random() < 0.03:
        return f"{_of(rng, _NUMBERS)}/{_of(rng, _NUMBERS)}={_of(rng, _NUMBERS)}"
    return _of(rng, values if rng.random() < 0.05 else values[:3])
