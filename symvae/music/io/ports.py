"""MIDI ports: notes out, live. mido opens them, by a backend that the extra ``live`` installs."""

from typing import Any

from symvae.errors import MidiError
from symvae.music.io.bridges import mido as ports

NOTE_ON, NOTE_OFF = "note_on", "note_off"


class OutputPort:
    """An open MIDI output.

    Args:
        name: Name of the port, or the beginning of it; empty for the first one.
    """

    def __init__(self, name: str = "") -> None:
        names = ports.output_names()
        chosen = next((each for each in names if each.startswith(name)), None)
        if chosen is None:
            raise MidiError(
                f"There is no MIDI output {name!r}. There are: {', '.join(names) or 'none'}. Start a "
                "synthesizer, or leave out --port."
            )
        self.name = chosen
        self._port: Any = ports.open_output(chosen)

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
