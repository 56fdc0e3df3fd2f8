"""Classes of drum sounds: their names, their General MIDI keys, and the words that files name them by."""

import re
from pathlib import PurePath

#: Classes of one-shot drums, in the order of their numbers.
CLASSES = (
    "kick",
    "snare",
    "rim",
    "clap",
    "closed_hat",
    "open_hat",
    "tom",
    "crash",
    "ride",
    "hand_drum",
    "shaker",
    "metal",
)

#: Class of each key of General MIDI's drum kit.
CLASS_OF_KEY = {
    35: "kick", 36: "kick", 37: "rim", 38: "snare", 39: "clap", 40: "snare", 41: "tom", 42: "closed_hat",
    43: "tom", 44: "closed_hat", 45: "tom", 46: "open_hat", 47: "tom", 48: "tom", 49: "crash", 50: "tom",
    51: "ride", 52: "crash", 53: "ride", 54: "shaker", 55: "crash", 56: "metal", 57: "crash", 59: "ride",
    60: "hand_drum", 61: "hand_drum", 62: "hand_drum", 63: "hand_drum", 64: "hand_drum", 65: "hand_drum",
    66: "hand_drum", 67: "metal", 68: "metal", 69: "shaker", 70: "shaker", 75: "rim", 76: "rim", 77: "rim",
    80: "metal", 81: "metal", 82: "shaker",
}  # fmt: skip
#: Key of each class at which a sampler puts its sound.
KEY_OF_CLASS = {
    "kick": 36, "snare": 38, "rim": 37, "clap": 39, "closed_hat": 42, "open_hat": 46, "tom": 45, "crash": 49,
    "ride": 51, "hand_drum": 62, "shaker": 70, "metal": 56,
}  # fmt: skip
#: Keys that damp an open hi-hat.
HAT_KEYS = (42, 44)
#: Classes that stand in for one that a kit lacks, the nearest first.
STAND_INS = {
    "kick": ("tom",),
    "snare": ("clap", "rim"),
    "rim": ("snare", "metal"),
    "clap": ("snare",),
    "closed_hat": ("shaker", "open_hat"),
    "open_hat": ("closed_hat", "ride"),
    "tom": ("hand_drum", "kick"),
    "crash": ("ride", "open_hat"),
    "ride": ("crash", "open_hat"),
    "hand_drum": ("tom",),
    "shaker": ("closed_hat",),
    "metal": ("rim", "ride"),
}
#: Patterns of words in names of files and folders, the most particular first.
_WORDS = (
    ("open_hat", r"open[ _-]?(?:hi[ _-]?)?hats?|half[ _-]?open|hats?[ _-]?open|hi[ _-]?hat[ _-]?open|ohh?"),
    ("closed_hat", r"closed?[ _-]?(?:hi[ _-]?)?hats?|hats?[ _-]?closed?|hi[ _-]?hats?|hats?|chh?|hh"),
    ("hand_drum", r"hand[ _-]?drums?|congas?|bongos?|djembes?|cajons?|tablas?|darbukas?|timbales?"),
    ("rim", r"rims?(?:[ _-]?shots?)?|side[ _-]?sticks?|cross[ _-]?sticks?|claves?|wood[ _-]?blocks?"),
    ("clap", r"(?:hand[ _-]?)?claps?|cp"),
    ("snare", r"snares?(?:[ _-]?drums?)?|sn|sd"),
    ("kick", r"kicks?(?:[ _-]?drums?)?|bass[ _-]?drums?|bd"),
    ("tom", r"(?:floor|rack|low|mid|high)?[ _-]?toms?|lt|mt|ht"),
    ("crash", r"crash(?:es)?|splash(?:es)?|china"),
    ("ride", r"rides?"),
    ("shaker", r"shakers?|maracas?|cabasas?|tambourines?"),
    ("metal", r"metals?|cow[ _-]?bells?|agogos?|triangles?|bells?|cb"),
)
#: Where a new word begins in a name such as CongaHi.
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PATTERNS = [(name, re.compile(rf"(?<![a-z])(?:{words})(?![a-z])")) for name, words in _WORDS]


def class_of_name(path: str | PurePath) -> str | None:
    """Class of a sound by the words of its file's name, else of the folders that it lies in, nearest first.

    Args:
        path: Path of the file, from the folder of all sounds on.

    Returns:
        One of `CLASSES`; None where no word is known.
    """
    path = PurePath(path)
    for words in (path.stem, *reversed(path.parent.parts)):
        for name, pattern in _PATTERNS:
            if pattern.search(_HUMP.sub(" ", words).lower()):
                return name
    return None
