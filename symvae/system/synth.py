"""The synthesizer: music in, sound out, in a timbre that is chosen, blended or taken from a recording.

synth = symvae.load_synth("synth-24k")
synth.render(symvae.read("tune.mid"), timbre="piano:strings:0.4")
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.arguments import checked
from symvae.audio.instruments import timbre_of_program
from symvae.audio.limits import MINUTES
from symvae.audio.parts import Part
from symvae.audio.player import DrumPlayer, Player
from symvae.audio.render import LOUDNESS_LUFS, Rendering, Voice, render_voices
from symvae.config.sound import SynthConfig
from symvae.dsp.audio import Audio
from symvae.errors import ArgumentError, AudioError
from symvae.models.sound.blend import Blend
from symvae.models.sound.spectrogram_vae import SpectrogramVAE
from symvae.music.io.source import Music
from symvae.system import synth_artifacts
from symvae.system.catalog import find_synth
from symvae.system.device import find_device
from symvae.system.named_timbre import NamedTimbre, nearest_timbre
from symvae.system.neural_player import NeuralPlayer
from symvae.system.parts_to_play import parts_to_play
from symvae.system.timbre_clip import timbre_clip

DEFAULT_SYNTH = "synth-24k"

#: A name, a blend as "piano:strings:0.4", z, or a `Blend` of several z.
Timbre = str | Float[Tensor, " latent"] | Blend


@checked
class Synth:
    """A trained synthesizer; `load_synth` makes one.

    Args:
        folder: Where its files are.
        config: The choices that made it.
        network: Its spectrogram VAE.
        timbres: The instruments that it has learned.
    """

    def __init__(
        self, folder: Path, config: SynthConfig, network: SpectrogramVAE, timbres: Sequence[NamedTimbre]
    ) -> None:
        self.folder = folder
        self.config = config
        self.network = network
        self.timbres: dict[str, NamedTimbre] = {timbre.name: timbre for timbre in timbres}

    @classmethod
    def load(cls, name: str | Path = DEFAULT_SYNTH, device: str = "cpu") -> "Synth":
        """Read a synthesizer's files; `load_synth` does so once per process.

        Args:
            name: Name of a synthesizer of the package, or a folder that `symvae train-synth` wrote.
            device: Where the network computes, as "cpu", "cuda", "cuda:1" or "mps". Sound is on the CPU.

        Returns:
            The synthesizer.

        Raises:
            CheckpointError: There is no such synthesizer, or its folder is incomplete or damaged.
            ConfigError: There is no such device.
        """
        place, folder = find_device(device), find_synth(name)
        config, network, rows = synth_artifacts.load_synth(folder)
        return cls(folder, config, network.to(place), [NamedTimbre.read(row) for row in rows])

    @property
    def name(self) -> str:
        return self.config.name

    @property
    def sample_rate(self) -> int:
        """Hz."""
        return self.network.sample_rate

    def timbre(self, word: Timbre) -> Blend:
        """Look up a timbre.

        Args:
            word: A name as "piano", a blend as "piano:strings:0.4" (two fifths of the way from the piano to
                the strings), z, or a `Blend`.

        Returns:
            The timbre as a blend.

        Raises:
            AudioError: For an unknown name, a blend that cannot be read, and a z of another size.
            ArgumentError: It is none of these.
        """
        if isinstance(word, Blend):
            return word
        if isinstance(word, Tensor):
            if word.shape != ((size := self.config.model.timbre_size),):
                raise AudioError(f"A timbre of {self.name} has {size} numbers, not {tuple(word.shape)}.")
            return Blend.of(word)
        if not isinstance(word, str):
            raise ArgumentError(f"A timbre is a name, a blend or z, not {word!r:.60}.")
        first, *rest = word.split(":")
        if not rest:
            return self._by_name(first)
        if len(rest) != 2:
            raise AudioError(f"{word!r} is no timbre. Write NAME, or NAME:NAME:SHARE, as piano:strings:0.4.")
        try:
            share = float(rest[1])
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            raise AudioError(f"{rest[1]!r} is no share from 0 to 1. Write it as in piano:strings:0.4.")
        return self._by_name(first).toward(self._by_name(rest[0]), torch.tensor([share]))

    def timbre_for(self, program: int) -> tuple[str, bool]:
        """Choose a timbre for a General MIDI program.

        Where the usual timbre was not learned, it is that of another font, or the first of all.

        Args:
            program: 0 to 127.

        Returns:
            The timbre's name, and whether it is that very instrument.

        Raises:
            AudioError: Where the synthesizer has no timbres.
        """
        usual, exact = timbre_of_program(program)
        names = [name for name in self.timbres if name.split("/")[0] == usual]
        if names:
            return (usual if usual in names else names[0]), exact
        if not self.timbres:
            raise AudioError(f"{self.name} has no timbres. Train it to the end, or choose another.")
        return next(iter(self.timbres)), False

    def _by_name(self, name: str) -> Blend:
        if name not in self.timbres:
            raise AudioError(f"There is no timbre {name!r}. {self.name} knows: {', '.join(self.timbres)}.")
        return Blend.of(self.timbres[name].z)

    @torch.inference_mode()
    def timbre_of(self, recording: "Audio | str | os.PathLike[str]") -> Float[Tensor, " latent"]:
        """Encode the timbre of a recording, best of one instrument alone.

        Args:
            recording: Sound, or the path of a sound file. Of a long one the start counts, from its first
                sound on.

        Returns:
            z, the posterior mean.

        Raises:
            AudioError: For a file that is no audio, for silence, and for less than a quarter of a second.
        """
        clip = timbre_clip(recording, self.sample_rate, self.config.clips.level)
        return self.network.encode(clip[None].to(self.network.device)).mean[0].cpu()

    def player(self, timbre: Timbre, until: Timbre | None = None) -> NeuralPlayer:
        """Make a player in one timbre, or one that moves evenly from it to another.

        Args:
            timbre: Timbre of the whole sound, or of its start.
            until: Timbre of the sound's end; None to keep ``timbre``.

        Returns:
            The player.
        """
        start, end = self.timbre(timbre), None if until is None else self.timbre(until)
        places = [z for part in (start, end) if part is not None for z in part.z]
        nearest = [nearest_timbre(self.timbres.values(), z) for z in places]
        known = [(timbre, z) for timbre, z in zip(nearest, places, strict=True) if timbre is not None]
        width = sum(timbre.width for timbre, _ in known) / max(len(known), 1)
        return NeuralPlayer(
            self.network,
            start,
            end,
            [timbre.partials for timbre, _ in known],
            # What is off at a named place in z need not be off beside it.
            [timbre.equalizer if torch.equal(timbre.z, z) else None for timbre, z in known],
            width,
        )

    def voices(
        self,
        parts: Sequence[Part],
        timbre: Timbre | Mapping[str, Timbre] | None = None,
        until: Timbre | None = None,
    ) -> list[Voice]:
        """Assign a player to each part.

        Args:
            parts: Parts of a song.
            timbre: One timbre for all, or timbres by the parts' names; a part without one gets the timbre
                nearest to its program.
            until: Timbre that every part moves to; None to keep its own.

        Returns:
            A voice for each part.
        """
        return [Voice(part, self._player_of(part, timbre, until)) for part in parts]

    def _player_of(
        self, part: Part, timbre: Timbre | Mapping[str, Timbre] | None, until: Timbre | None
    ) -> Player:
        if part.is_drum:
            return DrumPlayer(self.sample_rate)
        own = timbre.get(part.name) if isinstance(timbre, Mapping) else timbre
        return self.player(self.timbre_for(part.program)[0] if own is None else own, until)

    def perform(
        self,
        music: Music | Iterable[Music],
        timbre: Timbre | None = None,
        *,
        until: Timbre | None = None,
        stems: bool = False,
        loudness_lufs: float = LOUDNESS_LUFS,
        max_minutes: int | float = MINUTES.most,
        watch: Callable[[float], None] = lambda share: None,
    ) -> Rendering:
        """Synthesize to a file, so that a song need not fit into memory.

        Args:
            music: A phrase, phrases in a row, a song, or any other music that `symvae.read` takes.
            timbre, until: As for `render`.
            stems: Keep each part by itself, too.
            loudness_lufs: Integrated loudness of the mix.
            max_minutes: Longest music that is rendered.
            watch: Called with the share that is done, from 0 to 1.

        Returns:
            The mix and its stems.
        """
        parts, seconds = parts_to_play(music)
        return render_voices(
            self.voices(parts, timbre, until),
            seconds,
            self.sample_rate,
            stems=stems,
            loudness_lufs=loudness_lufs,
            max_minutes=max_minutes,
            watch=watch,
        )

    def render(
        self,
        music: Music | Iterable[Music],
        timbre: Timbre | None = None,
        *,
        until: Timbre | None = None,
        loudness_lufs: float = LOUDNESS_LUFS,
    ) -> Audio:
        """Synthesize phrases in a row, or a song's parts, in stereo.

        Args:
            music: A phrase, phrases in a row, a song, or any other music that `symvae.read` takes.
            timbre: A name of `timbres`, a blend as "piano:strings:0.4", z or a `Blend`. Without one, phrases
                are played on the piano and a song's parts by their programs.
            until: Timbre that the sound moves to evenly; None to keep ``timbre``.
            loudness_lufs: Integrated loudness of the mix.

        Returns:
            The sound, in memory.
        """
        return self.perform(music, timbre, until=until, loudness_lufs=loudness_lufs).audio()


def load_synth(name: str | Path = DEFAULT_SYNTH, device: str = "cpu") -> Synth:
    """Load a synthesizer, once per process; files that have changed since are read again.

    Args:
        name: Name of a synthesizer of the package, or a folder that `symvae train-synth` wrote.
        device: Where the network computes, as "cpu", "cuda", "cuda:1" or "mps". Sound is on the CPU.

    Returns:
        The synthesizer, the same object for the same folder and device.

    Raises:
        CheckpointError: There is no such synthesizer, or its folder is incomplete or damaged.
        ConfigError: There is no such device.
    """
    folder = find_synth(name).resolve()
    files = [path for path in folder.iterdir() if not path.name.startswith(".")]
    stamps = tuple(sorted((path.name, path.stat().st_mtime_ns) for path in files))
    return _loaded(folder, device, stamps)


@lru_cache(maxsize=2)
def _loaded(folder: Path, device: str, stamps: tuple[tuple[str, int], ...]) -> Synth:
    return Synth.load(folder, device)
