"""A line synthesizer (DDSP): single lines from notes, or from a recorded voice, by learned instruments.

synth = symvae.load_line_synth("ddsp-24k")
synth.render(symvae.read("tune.mid"), timbre="violin")
synth.transfer("voice.wav", "cello").audio
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from symvae.arguments import checked
from symvae.audio.parts import Part
from symvae.audio.player import DrumPlayer
from symvae.audio.render import LOUDNESS_LUFS, PEAK, Rendering, Voice, render_voices
from symvae.config.ddsp import DdspConfig
from symvae.dsp.audio import Audio
from symvae.dsp.wav import read_audio
from symvae.errors import AudioError
from symvae.models.ddsp.ddsp import Ddsp
from symvae.music.io.source import Music
from symvae.system.artifact_folder import read_metrics
from symvae.system.catalog import find_line_synth
from symvae.system.ddsp_artifacts import LineTimbre, load_line_synth_files
from symvae.system.device import find_device
from symvae.system.line_player import LinePlayer, play_contours
from symvae.system.line_transfer import Fitted, contours_of, fit
from symvae.system.parts_to_play import parts_to_play

DEFAULT_LINE_SYNTH = "ddsp-24k"
#: Instrument of each family of eight programs, for programs that were not learned.
_FAMILIES = (
    "flute", "flute", "flute", "cello", "cello", "violin", "viola", "trumpet",
    "clarinet", "flute", "clarinet", "viola", "flute", "violin", "flute", "flute",
)  # fmt: skip
#: Most octaves that a transfer is moved by.
MOST_OCTAVES = 4


class Transfer(NamedTuple):
    """A recording, played by an instrument."""

    audio: Audio
    timbre: str
    fitted: Fitted
    voiced: float
    """Share of the recording that has a pitch."""


@checked
class LineSynth:
    """A trained line synthesizer; `load_line_synth` makes one.

    Args:
        folder: Where its files are.
        config: The choices that made it.
        network: Its network.
        timbres: The instruments that it has learned.
    """

    def __init__(
        self, folder: Path, config: DdspConfig, network: Ddsp, timbres: Sequence[LineTimbre]
    ) -> None:
        self.folder, self.config, self.network = folder, config, network
        self.timbres: dict[str, LineTimbre] = {timbre.name: timbre for timbre in timbres}

    @classmethod
    def load(cls, name: str | Path = DEFAULT_LINE_SYNTH, device: str = "cpu") -> "LineSynth":
        """Read a line synthesizer's files.

        Args:
            name: Name of a line synthesizer of the package, or a folder that `symvae train-ddsp` wrote.
            device: Where the network computes, as "cpu", "cuda", "cuda:1" or "mps". Sound is on the CPU.

        Returns:
            The line synthesizer.

        Raises:
            CheckpointError: There is no such synthesizer, or its folder is incomplete or damaged.
            ConfigError: There is no such device.
        """
        place, folder = find_device(device), find_line_synth(name)
        config, network, timbres = load_line_synth_files(folder)
        return cls(folder, config, network.to(place), timbres)

    @property
    def name(self) -> str:
        """Name of its config."""
        return self.config.name

    @property
    def sample_rate(self) -> int:
        """Hz."""
        return self.network.sample_rate

    @property
    def metrics(self) -> dict[str, Any]:
        """Figures on held-out lines."""
        return read_metrics(self.folder)

    def timbre(self, word: str) -> tuple[LineTimbre, Float[Tensor, " latent"]]:
        """Look up a timbre.

        Args:
            word: A name as "violin", or a blend as "violin:flute:0.4" (two fifths of the way to the flute, in
                the range of the violin).

        Returns:
            The instrument, and its place in the space of timbres.

        Raises:
            AudioError: For an unknown name, and a blend that cannot be read.
        """
        first, *rest = word.split(":")
        own, z = self._by_name(first)
        if not rest:
            return own, z
        try:
            share = float(rest[1]) if len(rest) == 2 else -1.0
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            raise AudioError(
                f"{word!r} is no timbre. Write NAME, or NAME:NAME:SHARE with a share from 0 to 1, "
                "as violin:flute:0.4."
            )
        return own, torch.lerp(z, self._by_name(rest[0])[1], share)

    def timbre_for(self, program: int) -> tuple[str, bool]:
        """Choose a timbre for a General MIDI program.

        Args:
            program: 0 to 127.

        Returns:
            The timbre's name, and whether it is that very instrument.
        """
        for timbre in self.timbres.values():
            if timbre.program == program:
                return timbre.name, True
        usual = _FAMILIES[program // 8]
        return (usual if usual in self.timbres else next(iter(self.timbres))), False

    def _by_name(self, name: str) -> tuple[LineTimbre, Float[Tensor, " latent"]]:
        if name not in self.timbres:
            raise AudioError(f"There is no timbre {name!r}. {self.name} knows: {', '.join(self.timbres)}.")
        row = list(self.timbres).index(name)
        return self.timbres[name], self.network.timbres.weight[row].detach()

    def player(self, timbre: str) -> LinePlayer:
        """Make a player in one timbre.

        Args:
            timbre: As for `timbre`.

        Returns:
            The player.
        """
        return LinePlayer(self.network, *self.timbre(timbre))

    def voices(self, parts: Sequence[Part], timbre: str | Mapping[str, str] | None = None) -> list[Voice]:
        """Assign a player to each part; drums are bursts of noise.

        Args:
            parts: Parts of a song.
            timbre: One timbre for all, or timbres by the parts' names; a part without one gets the timbre
                nearest to its program.

        Returns:
            A voice for each part.
        """
        voices: list[Voice] = []
        for part in parts:
            if part.is_drum:
                voices.append(Voice(part, DrumPlayer(self.sample_rate)))
                continue
            own = timbre.get(part.name) if isinstance(timbre, Mapping) else timbre
            voices.append(Voice(part, self.player(own or self.timbre_for(part.program)[0])))
        return voices

    def perform(
        self,
        music: Music | Iterable[Music],
        timbre: str | None = None,
        *,
        loudness_lufs: float = LOUDNESS_LUFS,
    ) -> Rendering:
        """Synthesize to a file, so that a song need not fit into memory.

        Args:
            music: A phrase, phrases in a row, a song, or any other music that `symvae.read` takes.
            timbre: One timbre for all parts; without one, each part has that of its program.
            loudness_lufs: Integrated loudness of the mix.

        Returns:
            The mix.
        """
        parts, seconds = parts_to_play(music)
        return render_voices(
            self.voices(parts, timbre), seconds, self.sample_rate, loudness_lufs=loudness_lufs
        )

    def render(
        self,
        music: Music | Iterable[Music],
        timbre: str | None = None,
        *,
        loudness_lufs: float = LOUDNESS_LUFS,
    ) -> Audio:
        """Synthesize phrases in a row, or a song's parts, in stereo.

        Args:
            music: A phrase, phrases in a row, a song, or any other music that `symvae.read` takes.
            timbre: As for `perform`.
            loudness_lufs: Integrated loudness of the mix.

        Returns:
            The sound, in memory.
        """
        return self.perform(music, timbre, loudness_lufs=loudness_lufs).audio()

    def transfer(
        self,
        recording: "Audio | str | os.PathLike[str]",
        timbre: str,
        *,
        octaves: int | None = None,
        louder_db: float = 0.0,
    ) -> Transfer:
        """Play a recorded voice on an instrument.

        Args:
            recording: One voice, sung, whistled or played; samples, or a sound file.
            timbre: As for `timbre`.
            octaves: Octaves to move the pitch by, -4 to 4; None for the fewest that fit the instrument.
            louder_db: Louder or softer playing, which changes the timbre, too.

        Returns:
            The sound in one channel, with its contours.

        Raises:
            AudioError: The file cannot be read, it has no pitch, or the octaves or the loudness are out of
                range.
        """
        instrument, z = self.timbre(timbre)
        if octaves is not None and abs(octaves) > MOST_OCTAVES:
            raise AudioError(f"A transfer moves by -{MOST_OCTAVES} to {MOST_OCTAVES} octaves, not {octaves}.")
        if not abs(louder_db) <= 40:
            raise AudioError(f"A transfer is louder by -40 to 40 dB, not {louder_db:g}.")
        audio = recording if isinstance(recording, Audio) else read_audio(recording)
        contours = contours_of(audio, self.sample_rate, self.network.hop)
        fitted = fit(contours, instrument, self.network.frame_sec, octaves=octaves, louder_db=louder_db)
        wave = play_contours(self.network, fitted.frequency_hz, fitted.loudness, z)
        peak = float(np.abs(wave).max(initial=0.0))
        made = Audio((wave * min(PEAK / max(peak, 1e-9), _MOST_GAIN))[None], self.sample_rate)
        return Transfer(made, timbre, fitted, float(contours.voiced.mean()))


#: Gain of a transfer that is soft, as the lines are that instruments are learned from.
_MOST_GAIN = 8.0


def load_line_synth(name: str | Path = DEFAULT_LINE_SYNTH, device: str = "cpu") -> LineSynth:
    """Load a line synthesizer by its name in the package, or from its run or model folder.

    Args:
        name: Name or folder.
        device: Where the network computes, as "cpu", "cuda", "cuda:1" or "mps".

    Returns:
        The line synthesizer.

    Raises:
        CheckpointError: There is none, or it is damaged.
        ConfigError: There is no such device.
    """
    return LineSynth.load(name, device)
