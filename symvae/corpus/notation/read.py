"""Read tunes from a file of notation, ABC or MusicXML."""

from pathlib import Path

from symvae.corpus.notation.abc import read_abc
from symvae.corpus.notation.bar import WrittenTune
from symvae.corpus.notation.expand_repeats import expand_repeats
from symvae.corpus.notation.musicxml import read_musicxml
from symvae.corpus.notation.to_grid import to_grid
from symvae.corpus.tune import Tune
from symvae.errors import CorpusError
from symvae.music.reason import Dropped, Reason


def tunes_of_file(path: Path, name: str, collection: str, part: str = "") -> list[Tune | Dropped]:
    """Read all tunes of an ABC file, or one part of a MusicXML score.

    Args:
        path: The file.
        name: Its name in the corpus; ABC tunes are named by their numbers, "name/17".
        collection: Collection of the tunes.
        part: The first MusicXML part whose name starts with this is read.

    Returns:
        Tunes, and drops for the rest; a bad file is a drop, too.
    """
    if path.suffix.lower() != ".abc":
        try:
            score = read_musicxml(path, part)
        except CorpusError as fault:
            return [Dropped(name, Reason.UNREADABLE, str(fault))]
        if score is None:
            return [Dropped(name, Reason.EMPTY, f"no part is called {part!r}")]
        return tunes_of(name, collection, score)
    found: list[Tune | Dropped] = []
    used: set[str] = set()
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as fault:
        return [Dropped(name, Reason.UNREADABLE, str(fault))]
    for tune in read_abc(text):
        numbered = f"{name}/{tune.number}"
        while numbered in used:  # some books number two settings alike
            numbered += "b"
        used.add(numbered)
        found += tunes_of(numbered, collection, tune)
    return found or [Dropped(name, Reason.EMPTY, "no tune starts with X:")]


def tunes_of(name: str, collection: str, tune: WrittenTune) -> list[Tune | Dropped]:
    """Put a written tune on the grid.

    Args:
        name: Name of the tune; several stretches are named "name#1", "name#2".
        collection: Its collection.
        tune: The tune as written.

    Returns:
        The stretches of one metre, repeats expanded, and drops for the bars left out.
    """
    if not tune.bars:
        return [Dropped(name, Reason.EMPTY)]
    phrases, dropped = to_grid(name, expand_repeats(tune.bars), tune.tempo_qpm)
    names = [name] if len(phrases) == 1 else [f"{name}#{i}" for i in range(1, len(phrases) + 1)]
    tunes = [Tune(n, collection, tune.title, phrase) for n, phrase in zip(names, phrases, strict=True)]
    return [*tunes, *dropped]
