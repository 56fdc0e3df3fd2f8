"""`mido.MidiFile` ↔ song, by way of the bytes of the file, so that every event is kept; and its ports."""

from io import BytesIO
from typing import Any

import mido

from symvae.errors import MidiError
from symvae.music.io import midi_read
from symvae.music.io.midi_write import song_to_bytes
from symvae.music.song import Song


def from_song(song: Song) -> mido.MidiFile:
    """Convert a song.

    Raises:
        MidiError: mido refuses an event of the song, such as a key of nine sharps.
    """
    data = song_to_bytes(song)
    try:
        try:
            return mido.MidiFile(file=BytesIO(data), charset="utf-8")
        except UnicodeDecodeError:
            return mido.MidiFile(file=BytesIO(data))  # Latin-1, which decodes any bytes
    except Exception as error:  # mido's readers raise errors of any class
        raise MidiError(f"mido cannot hold this song ({error}). Use to_symusic or to_pretty_midi.") from error


def to_song(midi: Any, where: str) -> Song:
    """Convert a MidiFile.

    Raises:
        MidiError: It cannot be written as a file, as with times in seconds, or its file cannot be read.
    """
    data = BytesIO()
    try:
        midi.save(file=data)
    except Exception as error:  # and so do its writers
        raise MidiError(
            f"The MidiFile object is no complete MIDI ({error}). Message times are whole ticks."
        ) from error
    return midi_read.load_bytes(data.getvalue(), where)


def output_names() -> list[str]:
    """Names of the MIDI outputs of this computer.

    Raises:
        MidiError: No backend is installed.
    """
    try:
        return list(mido.get_output_names())
    except (ImportError, OSError) as fault:
        raise MidiError("MIDI ports need a backend. Install it with: pip install 'symvae[live]'.") from fault


def open_output(name: str) -> Any:
    """Open a MIDI output by its name."""
    return mido.open_output(name)


def note_message(kind: str, pitch: int, velocity: int) -> mido.Message:
    """A message that starts or ends a note.

    Args:
        kind: "note_on" or "note_off".
        pitch: MIDI note number.
        velocity: 0 to 127.

    Returns:
        The message.
    """
    return mido.Message(kind, note=pitch, velocity=velocity)
