"""Music to objects of other libraries: the way back from `symvae.read`.

Each function takes a phrase, several, or a song of any source, and keeps all its parts. What an object holds
is read back as it was; each docstring states what its library has no place for.
"""

from typing import TYPE_CHECKING, Any

from symvae.arguments import checked
from symvae.music.io.bridges.libraries import piece_of
from symvae.music.io.midi_write import to_song
from symvae.music.io.programs import check_program
from symvae.music.io.source import Music, load_any, pieces
from symvae.music.phrase import Phrase
from symvae.music.song import Song

if TYPE_CHECKING:
    import mido
    import music21
    import muspy
    import pretty_midi


@checked
def to_pretty_midi(music: Music, program: int = 0) -> "pretty_midi.PrettyMIDI":
    """Convert to a `pretty_midi.PrettyMIDI`.

    It holds notes, controllers, pitch bends, programs, names, tempos, metres, keys, lyrics and
    text. It has no markers: these are text events, as is the end of the music, "end".

    Args:
        music: A phrase, several in a row, a song, or anything that `symvae.read` takes.
        program: General MIDI program of phrases, 0 to 127.

    Returns:
        The object, which `symvae.read` takes back.
    """
    return piece_of(as_song(music, program), "pretty_midi")


@checked
def to_muspy(music: Music, program: int = 0) -> "muspy.Music":
    """Convert to a `muspy.Music`, in symvae's own resolution.

    It holds notes, programs, names, tempos, metres, keys, lyrics and annotations (markers and other text),
    and neither controllers nor pitch bends. The end of the music is an annotation "end". For muspy's metrics,
    set the resolution with ``adjust_resolution(4)``.

    Args:
        music: A phrase, several in a row, a song, or anything that `symvae.read` takes.
        program: General MIDI program of phrases, 0 to 127.

    Returns:
        The object, which `symvae.read` takes back; muspy's writers round it and drop the annotation.

    Raises:
        ConfigError: muspy is not installed.
    """
    return piece_of(as_song(music, program), "muspy")


@checked
def to_symusic(music: Music, program: int = 0) -> Any:
    """Convert to a `symusic.Score` in ticks.

    It holds notes, controllers, pitch bends, programs, names, tempos, metres, keys, lyrics (in the
    first track) and markers, which hold all other text, too; the end of the music is a marker "end".

    Args:
        music: A phrase, several in a row, a song, or anything that `symvae.read` takes.
        program: General MIDI program of phrases, 0 to 127.

    Returns:
        The object, which `symvae.read` takes back.
    """
    return piece_of(as_song(music, program), "symusic")


@checked
def to_music21(music: Music, program: int = 0) -> "music21.stream.Score":
    """Convert to a music21 score with a part for each track, in bars and voices.

    It holds notes from C0 upwards, velocities, programs, names, tempos, metres, keys, lyrics and text, and
    neither controllers nor pitch bends. What is read back are the notes, names, programs, tempos and metres.
    Notes off the grid get lengths that no notation can show.

    Args:
        music: A phrase, several in a row, a song, or anything that `symvae.read` takes.
        program: General MIDI program of phrases, 0 to 127.

    Returns:
        The object, which `symvae.read` takes back.

    Raises:
        MidiError: A pitch is below C0, MIDI pitch 12.
    """
    return piece_of(as_song(music, program), "music21")


@checked
def to_mido(music: Music, program: int = 0) -> "mido.MidiFile":
    """Convert to a `mido.MidiFile` with every event of the MIDI file that `symvae.write` would write.

    Args:
        music: A phrase, several in a row, a song, or anything that `symvae.read` takes.
        program: General MIDI program of phrases, 0 to 127.

    Returns:
        The object, which `symvae.read` takes back.

    Raises:
        MidiError: mido refuses an event, such as a key of nine sharps.
    """
    return piece_of(as_song(music, program), "mido")


def as_song(music: Music, program: int = 0) -> Song:
    """The song of any music; phrases become a song of one track.

    Args:
        music: A phrase, several in a row, a song, or anything that `symvae.read` takes.
        program: General MIDI program of phrases, 0 to 127.

    Returns:
        The song.
    """
    check_program(program)
    if isinstance(music, Song):
        return music
    found = pieces(music)
    if all(isinstance(piece, Phrase) for piece in found):
        return to_song(found, program)
    return load_any(found[0] if len(found) == 1 else found)
