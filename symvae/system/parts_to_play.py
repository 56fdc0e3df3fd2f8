"""Music of any form as the parts that a synthesizer plays."""

from collections.abc import Iterable

from symvae.audio.notes import notes_of
from symvae.audio.parts import Part, parts_of
from symvae.music.io.source import Music, load_for_playback, pieces
from symvae.music.phrase import Phrase


def parts_to_play(music: Music | Iterable[Music]) -> tuple[list[Part], float]:
    """Turn phrases in a row into one part, and any other music into the parts of its song.

    Args:
        music: Phrases, or one piece in any other form.

    Returns:
        The parts, and the duration in seconds.
    """
    found = pieces(music)
    if all(isinstance(piece, Phrase) for piece in found):
        notes, seconds = notes_of(found)
        return [Part("phrase", 0, False, notes)], seconds
    return parts_of(load_for_playback(found[0] if len(found) == 1 else found))
