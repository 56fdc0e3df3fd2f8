"""MIDI ports: notes in and out, live. mido opens them, by a backend that the extra ``live`` installs."""

from collections.abc import Callable, Sequence
from typing import Any

from symvae.errors import MidiError
from symvae.music.io.bridges import mido as ports

NOTE_ON, NOTE_OFF = "note_on", "note_off"


class OutputPort:
    """An open MIDI output.

    Args:
        name: Name of the port, or the beginning of it; empty for the first one.

    Raises:
        MidiError: There is no such port, or it cannot be opened.
    """

    def __init__(self, name: str = "") -> None:
        self.name = _chosen(name, ports.output_names(), "output", "Start a synthesizer, or leave out --port.")
        self._port: Any = _opened(lambda: ports.open_output(self.name), self.name)

    def start(self, pitch: int, velocity: int) -> None:
        """Start a note.

        Args:
            pitch: MIDI note number.
            velocity: 1 to 127.
        """
        self._send(NOTE_ON, pitch, velocity)

    def end(self, pitch: int) -> None:
        """End a note.

        Args:
            pitch: MIDI note number.
        """
        self._send(NOTE_OFF, pitch, 0)

    def close(self) -> None:
        """End all notes and close the port."""
        self._port.reset()
        self._port.close()

    def _send(self, kind: str, pitch: int, velocity: int) -> None:
        self._port.send(ports.note_message(kind, pitch, velocity))


class InputPort:
    """An open MIDI input.

    Args:
        name: Name of the port, or the beginning of it; empty for the first one.
        played: Called with number and velocity of each note as it starts, and with velocity 0 as it ends, in
            a thread of the backend.

    Raises:
        MidiError: There is no such port, or it cannot be opened.
    """

    def __init__(self, name: str, played: Callable[[int, int], None]) -> None:
        self.name = _chosen(name, ports.input_names(), "input", "Connect a keyboard, or leave out --midi-in.")
        self._port: Any = _opened(lambda: ports.open_input(self.name, played), self.name)

    def close(self) -> None:
        """Close the port; no note comes after it."""
        self._port.close()


def _chosen(name: str, names: Sequence[str], kind: str, remedy: str) -> str:
    """The first port whose name begins with a text."""
    for each in names:
        if each.startswith(name):
            return each
    raise MidiError(f"There is no MIDI {kind} {name!r}. There are: {', '.join(names) or 'none'}. {remedy}")


def _opened(door: Callable[[], Any], name: str) -> Any:
    try:
        return door()
    except Exception as fault:  # backends raise errors of any class
        raise MidiError(
            f"The MIDI port {name!r} cannot be opened ({fault}). Close the program that uses it."
        ) from fault
