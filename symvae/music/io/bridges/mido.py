"""`mido.MidiFile` ↔ song, by way of the bytes of the file, so that every event is kept; and its ports."""

from collections.abc import Callable, Sequence
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
        MidiError: No backend is installed, or it finds no MIDI system.
    """
    return _names(mido.get_output_names)


def input_names() -> list[str]:
    """Names of the MIDI inputs of this computer.

    Raises:
        MidiError: No backend is installed, or it finds no MIDI system.
    """
    return _names(mido.get_input_names)


def _names(ask: Callable[[], Sequence[str]]) -> list[str]:
    try:
        return list(ask())
    except ImportError as fault:
        raise MidiError("MIDI ports need a backend. Install it with: pip install 'symvae[live]'.") from fault
    except Exception as fault:  # backends raise errors of any class
        raise MidiError(
            f"The MIDI ports of this computer cannot be listed ({fault}). Start its MIDI system, or play "
            "without ports."
        ) from fault


def open_output(name: str) -> Any:
    """Open a MIDI output by its name."""
    return mido.open_output(name)


def open_input(name: str, played: Callable[[int, int], None]) -> Any:
    """Open a MIDI input by its name.

    Args:
        name: Name of the port.
        played: Called with number and velocity of each note as it starts, and with velocity 0 as it ends, in
            a thread of the backend.

    Returns:
        The port.
    """

    def receive(message: mido.Message) -> None:
        if message.type in ("note_on", "note_off"):
            played(message.note, message.velocity if message.type == "note_on" else 0)

    return mido.open_input(name, callback=receive)


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
