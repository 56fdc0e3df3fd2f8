"""Genie: eight buttons that play the piano, live.

    genie = symvae.load_genie("genie")
    genie.start(key="D", like="song.mid", seed=7)
    genie.press(3, 0.0)       # (66,): the pitches that start
    genie.release(3, 0.4)     # (66,): the pitches that end
    symvae.write(genie.song(), "played.mid")

Buttons are 1, the lowest, to 8. A higher button is a higher note, and a repeated one repeats its note, unless
``free`` is set: then the network alone decides. A genie may be pressed and read from any thread.
"""

from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import Any

import torch
from jaxtyping import Bool
from torch import Tensor

from symvae.arguments import checked
from symvae.attributes.key import key_named
from symvae.config.genie import GenieConfig
from symvae.errors import ArgumentError, ConfigError
from symvae.models.genie.button_decoder import Conditions
from symvae.models.genie.button_piano import ButtonPiano
from symvae.music.buttons import NUM_BUTTONS
from symvae.music.chord_symbols import ChordSymbol, parse_chart
from symvae.music.io.source import Music
from symvae.music.key_presses import ANY_CHORD, LOWEST, delta_class, velocity_class
from symvae.music.phrase import DEFAULT_TEMPO_QPM, DEFAULT_VELOCITY
from symvae.music.pitch_style import LONGEST_CONTEXT, PitchStyle, style_of
from symvae.music.song import Song
from symvae.nn.recurrent import LSTMState
from symvae.nn.sampling import choose
from symvae.system.artifact_folder import read_metrics
from symvae.system.catalog import find_genie
from symvae.system.draws import check_temperature, seeded
from symvae.system.network_folder import GENIE
from symvae.system.played_notes import PlayedNote, song_of

DEFAULT_GENIE = "genie"
#: Temperature of Piano Genie's live play.
TEMPERATURE = 0.25
#: Weight of the log probabilities of a song that is followed; those of the network have the rest.
LIKENESS = 0.5
QUARTERS_PER_BAR = 4
UNKNOWN = -1


@dataclass(frozen=True)
class _Settings:
    """Choices of a session, as classes of the network."""

    tonality: int = UNKNOWN
    chords: tuple[tuple[int, ...], ...] = ()
    """Bits of the chords of each bar."""
    tempo_qpm: float = DEFAULT_TEMPO_QPM
    temperature: float = TEMPERATURE
    free: bool = False
    style: PitchStyle | None = None
    """Style of the song that is followed."""


@dataclass
class _State:
    """All that the next note depends on."""

    states: list[LSTMState]
    generator: torch.Generator
    key: int = UNKNOWN
    button: int = 0
    time_sec: float = 0.0
    played: list[PlayedNote] = field(default_factory=list)
    held: dict[int, PlayedNote] = field(default_factory=dict)


@checked
class Genie:
    """A trained genie; `load_genie` makes one.

    Args:
        folder: Where its files are.
        config: The choices that made it.
        network: Its networks.
    """

    def __init__(self, folder: Path, config: GenieConfig, network: ButtonPiano) -> None:
        self.folder, self.config, self.network = folder, config, network
        self._lock = RLock()
        self._one_hot = torch.cat([torch.zeros(1, NUM_BUTTONS), torch.eye(NUM_BUTTONS)])
        self.start()

    @classmethod
    def load(cls, name: str | Path = DEFAULT_GENIE) -> "Genie":
        """Load a genie that comes with the package, or from its folder."""
        folder = find_genie(name)
        return cls(folder, *GENIE.load(folder))

    @property
    def name(self) -> str:
        """Name of its config."""
        return self.config.name

    @property
    def metrics(self) -> dict[str, Any]:
        """Figures on held-out music."""
        return read_metrics(self.folder)

    @property
    def played(self) -> list[PlayedNote]:
        """Notes of the session so far."""
        with self._lock:
            return list(self._state.played)

    def start(
        self,
        *,
        key: str | None = None,
        chords: str | None = None,
        tempo_qpm: float = DEFAULT_TEMPO_QPM,
        like: Music | None = None,
        temperature: float = TEMPERATURE,
        free: bool = False,
        seed: int = 0,
    ) -> None:
        """Begin a session, as if nothing had been played.

        Args:
            key: Key such as "D" or "F# minor"; None leaves it open.
            chords: Chords such as "C Am F G", one a bar of 4/4, again and again; None leaves them open.
            tempo_qpm: Tempo by which bars of the chords pass.
            like: A song whose style is followed: a file, a phrase, or any other music that
                `symvae.read` takes; all of its pitched tracks count. None follows the network alone.
            temperature: 0 takes the most likely key, 1 draws from the distribution.
            free: Let the network break the contour of the buttons.
            seed: The same seed, buttons and times give the same notes.

        Raises:
            ConfigError: There is no such key, the chords are none, or the tempo is not above 0.
            MidiError: The song has no notes for a piano, or cannot be read.
        """
        check_temperature("temperature", temperature)
        if not 0 < tempo_qpm < float("inf"):
            raise ConfigError(f"The tempo is a number above 0, not {tempo_qpm!r}.")
        tonality = UNKNOWN
        if key is not None:
            tonic, minor = key_named(key)
            tonality = tonic + 12 * minor
        bars = [tuple(map(_bits, bar)) for bar in parse_chart(chords)] if chords is not None else []
        style = None if like is None else style_of(like)
        with self._lock:
            self._settings = _Settings(tonality, tuple(bars), tempo_qpm, temperature, free, style)
            self._state = _State(self.network.decoder.start(), seeded(seed))

    def press(self, button: int, time_sec: float, velocity: int | None = None) -> tuple[int, ...]:
        """Press a button; one that is still held is released first.

        Args:
            button: 1 to 8.
            time_sec: Time of the press; not before the last one.
            velocity: 1 to 127, as a MIDI keyboard has it; None leaves it open and plays at the default.

        Returns:
            MIDI note numbers that start.

        Raises:
            ArgumentError: There is no such button or velocity, or the time runs backward.
        """
        if not 1 <= button <= NUM_BUTTONS:
            raise ArgumentError(f"Buttons are 1 to {NUM_BUTTONS}, not {button}.")
        if velocity is not None and not 1 <= velocity <= 127:
            raise ArgumentError(f"A velocity is from 1 to 127, not {velocity}.")
        with self._lock:
            state = self._state
            if state.played and time_sec < state.time_sec:
                raise ArgumentError(
                    f"The time {time_sec:g} lies before the last press, {state.time_sec:g}. "
                    "Give the times in order, or start a session."
                )
            self.release(button, time_sec)
            key = self._next_key(button, time_sec, velocity)
            note = PlayedNote(button, LOWEST + key, velocity or DEFAULT_VELOCITY, time_sec)
            state.played.append(note)
            state.held[button] = note
            state.key, state.button, state.time_sec = key, button, time_sec
            return (note.pitch,)

    def release(self, button: int, time_sec: float) -> tuple[int, ...]:
        """Release a button.

        Args:
            button: 1 to 8.
            time_sec: Time of the release.

        Returns:
            MIDI note numbers that end; none where the button was not held.
        """
        with self._lock:
            note = self._state.held.pop(button, None)
            if note is None:
                return ()
            note.end_sec = max(time_sec, note.start_sec)
            return (note.pitch,)

    def song(self, name: str = "genie") -> Song:
        """The session as a song; notes that still sound end with the last press.

        Args:
            name: Name of its track.

        Returns:
            One track of a piano, at the tempo of the session.
        """
        with self._lock:
            return song_of(self._state.played, self._state.time_sec, self._settings.tempo_qpm, name)

    @torch.inference_mode()
    def _next_key(self, button: int, time_sec: float, velocity: int | None) -> int:
        """Key of the next note; the state of the network advances."""
        state, settings = self._state, self._settings
        first = not state.played
        delta = UNKNOWN if first else int(delta_class(time_sec - state.time_sec))
        bits = self._chord_at(time_sec)
        conditions = Conditions(
            torch.tensor([[delta]]),
            torch.tensor([[UNKNOWN if velocity is None else int(velocity_class(velocity))]]),
            torch.tensor([[settings.tonality]]),
            torch.tensor([[[bool(bits >> tone & 1) for tone in range(12)]]]),
        )
        logits, state.states = self.network.decoder.step(
            torch.tensor([state.key]),
            self._one_hot[button : button + 1],
            self._one_hot[state.button : state.button + 1],
            conditions,
            state.states,
        )
        if settings.style is not None:
            before = tuple(note.pitch for note in state.played[-LONGEST_CONTEXT:])
            song = torch.from_numpy(settings.style.next(before)).float().log()
            logits = (1 - LIKENESS) * logits.log_softmax(-1) + LIKENESS * song
        if not first and not settings.free:
            logits = logits.masked_fill(~self._along(button), float("-inf"))
        return int(choose(logits, settings.temperature, generator=state.generator))

    def _along(self, button: int) -> Bool[Tensor, "1 key"]:
        """Keys that follow the contour; at the end of the keyboard the last key again."""
        state, keys = self._state, torch.arange(self.network.decoder.keys)
        if button == state.button:
            allowed = keys == state.key
        else:
            allowed = keys > state.key if button > state.button else keys < state.key
        return (allowed if bool(allowed.any()) else keys == state.key)[None]

    def _chord_at(self, time_sec: float) -> int:
        """Bits of the chord at a time."""
        chords = self._settings.chords
        if not chords:
            return ANY_CHORD
        bar = time_sec * self._settings.tempo_qpm / 60 / QUARTERS_PER_BAR
        here = chords[int(bar) % len(chords)]
        return here[int(bar % 1 * len(here))]


def load_genie(name: str | Path = DEFAULT_GENIE) -> Genie:
    """Load a genie.

    Args:
        name: One that comes with the package, or its folder.

    Returns:
        The genie, ready to play.
    """
    return Genie.load(name)


def _bits(symbol: ChordSymbol) -> int:
    return sum(1 << tone for tone in symbol.pitch_classes)
