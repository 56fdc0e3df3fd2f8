"""Sound of live play: an engine of `symvae render`, recorded note by note, mixed for the sound device."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from symvae.audio.engines import ENGINES
from symvae.audio.font_player import font_player
from symvae.audio.live_mixer import LiveMixer
from symvae.audio.note_bank import NOTE_SEC, NoteBank
from symvae.audio.player import Player, ProgramPlayer, SinePlayer
from symvae.audio.soundfont import find_soundfont
from symvae.audio.speaker import Speaker
from symvae.errors import ConfigError
from symvae.pipelines.render_song import FONT_RATE_HZ, SINE_RATE_HZ
from symvae.system.synth import DEFAULT_SYNTH, load_synth

PIANO_PROGRAM = 0


class LiveSound:
    """Notes on the default sound device.

    Args:
        bank: Notes of the instrument, warm.
        speaker: The device.
    """

    def __init__(self, bank: NoteBank, speaker: Speaker) -> None:
        self.bank, self.speaker = bank, speaker
        self.mixer = LiveMixer(bank.sample_rate)
        self._closing = Event()
        self._filling = Thread(target=bank.fill, args=(self._closing.is_set,), daemon=True)
        speaker.play(self.mixer.mix)
        self._filling.start()

    @property
    def late(self) -> int:
        """Blocks that came too late, which are heard as gaps."""
        return self.speaker.late

    def start(self, pitch: int, velocity: int) -> None:
        """Start a note.

        Args:
            pitch: MIDI note number.
            velocity: 1 to 127.
        """
        self.mixer.start(pitch, *self.bank.sound(pitch, velocity))

    def end(self, pitch: int) -> None:
        """End a note.

        Args:
            pitch: MIDI note number.
        """
        self.mixer.end(pitch)

    def close(self) -> None:
        """Stop the sound."""
        self._closing.set()
        self.speaker.close()
        self._filling.join()


def open_sound(
    engine: str,
    *,
    timbre: str | None = None,
    synth: str | Path = DEFAULT_SYNTH,
    soundfont: Path | None = None,
    watch: Callable[[float], None] = lambda share: None,
) -> LiveSound:
    """Open the sound device, and record the first notes of an instrument.

    Args:
        engine: "neural", "soundfont" or "sine".
        timbre: Timbre of the neural engine; None for its piano.
        synth: Synthesizer of the neural engine, by name or folder.
        soundfont: Font of that engine; None for that of this computer.
        watch: Progress of the recording, 0 to 1.

    Returns:
        The sound, which plays until it is closed.

    Raises:
        AudioError: There is no sound device, timbre or font.
        ConfigError: There is no such engine, or it has no timbres.
    """
    player = instrument(engine, timbre=timbre, synth=synth, soundfont=soundfont)
    speaker = Speaker(player.sample_rate)
    bank = NoteBank(player, speaker.sample_rate, NOTE_SEC)
    bank.warm_up(watch)
    return LiveSound(bank, speaker)


def instrument(
    engine: str,
    *,
    timbre: str | None = None,
    synth: str | Path = DEFAULT_SYNTH,
    soundfont: Path | None = None,
) -> Player:
    """Choose an instrument for live play.

    Args:
        engine: "neural", "soundfont" or "sine".
        timbre: Timbre of the neural engine; None for its piano.
        synth: Synthesizer of the neural engine, by name or folder.
        soundfont: Font of that engine; None for that of this computer.

    Returns:
        The player of one part.

    Raises:
        ConfigError: There is no such engine, or it has no timbres.
    """
    if engine not in ENGINES:
        raise ConfigError(f"{engine!r} is not an engine. Choose one of {', '.join(ENGINES)}.")
    if timbre is not None and engine != "neural":
        raise ConfigError(f"The {engine} engine has no timbre to choose. Leave out --timbre.")
    if engine == "sine":
        return SinePlayer(SINE_RATE_HZ)
    if engine == "soundfont":
        font = font_player(find_soundfont(soundfont), FONT_RATE_HZ)
        return ProgramPlayer(font, PIANO_PROGRAM, FONT_RATE_HZ)
    voice = load_synth(synth)
    return voice.player(voice.timbre_for(PIANO_PROGRAM)[0] if timbre is None else timbre)
