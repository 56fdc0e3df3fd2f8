"""Verbs that released models can do with a file, each tried without weights."""

from pathlib import Path

from symvae.errors import SymvaeError
from symvae.music.song import Song
from symvae.pipelines.inspect_report import Use
from symvae.pipelines.needs import READERS
from symvae.pipelines.preflight import choose
from symvae.pipelines.trial import Source, read_once


def uses_of(file: str | Path, song: Song, track: str | int | None = None) -> tuple[Use, ...]:
    """Try every verb that reads a file.

    Args:
        file: The file.
        song: Its song.
        track: Name or number of the track to read; by default as the verbs choose.

    Returns:
        One entry for each verb.
    """
    source = Source(file, track, read_before=song)
    once = {read: read_once(read) for _, read in READERS.values()}
    found = []
    for verb, (need, read) in READERS.items():
        try:
            facts, _, intakes = choose(need, None, [source], once[read])
        except SymvaeError as error:
            found.append(Use(verb, None, 0, str(error)))
        else:
            found.append(Use(verb, facts.name, sum(len(each.phrases) for each in intakes), ""))
    return tuple(found)
