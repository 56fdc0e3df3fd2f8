"""A synthesizer trained from sound fonts, which play the notes of prepared shards."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from symvae.audio import font_player
from symvae.audio.soundfont import find_soundfont
from symvae.config.sound import PROGRAMS, SynthConfig
from symvae.corpus.clips import ClipDraws, phrases_of
from symvae.models.sound.spectrogram_vae import SpectrogramVAE
from symvae.system.build_synth import build_stft
from symvae.system.catalog import find_synth
from symvae.system.synth_artifacts import load_synth
from symvae.training.loop import Watch, endless, unwatched
from symvae.training.tasks import synth as task
from symvae.training.timbres import complete_synth

VALIDATION_SEED = 1


@dataclass(frozen=True)
class SynthTraining:
    """A training of a synthesizer, ready to run."""

    config: SynthConfig
    clips: ClipDraws
    held_out: ClipDraws
    fonts: tuple[str, ...]
    """Names of the sound fonts, in the order of the players of ``clips``."""
    start_from: SpectrogramVAE | None
    """Network to start from; None draws fresh weights."""

    @cached_property
    def notices(self) -> tuple[str, ...]:
        """Sentences about instruments that a sound font cannot play."""
        instruments = self.config.clips.timbres
        return tuple(
            f"{self.fonts[font]}'s {instruments[instrument]} is left out: "
            "it is silent at middle C, or softer when struck harder."
            for (font, instrument), keys in self.clips.keys.items()
            if keys is None
        )

    def run(
        self,
        out: Path,
        *,
        resume: bool = False,
        device: str = "cpu",
        watch: Watch = unwatched,
        stopping: Callable[[], bool] = endless,
    ) -> Path:
        """Train the synthesizer, to its end or until it is stopped.

        Args:
            out: The run's folder: log, state and best synthesizer.
            resume: Go on with the run in ``out``.
            device: "cpu" or "cuda".
            watch: Called after each step.
            stopping: Asked after each step; True ends the training.

        Returns:
            The folder of the best synthesizer so far.
        """
        return task.train_synth(
            self.config,
            self.clips,
            self.held_out,
            out,
            resume=resume,
            start_from=self.start_from,
            device=device,
            watch=watch,
            stopping=stopping,
        )

    def complete(
        self,
        model: Path,
        *,
        watch: Callable[[float], None] = lambda share: None,
        stopping: Callable[[], bool] = endless,
    ) -> None:
        """Write the named timbres of the trained synthesizer, and its prior of codes where it has one.

        Args:
            model: The folder that `run` returned, once it was not stopped.
            watch: Called with the share of the timbres' equalizers that is done, from 0 to 1.
            stopping: Asked before each equalizer; True leaves the folder as it is.
        """
        complete_synth(
            model,
            self.clips,
            instruments=self.config.clips.timbres,
            fonts=self.fonts,
            watch=watch,
            stopping=stopping,
        )


def prepare_training(
    config: SynthConfig,
    data: Sequence[Path],
    fonts: Sequence[Path] = (),
    start_from: str | Path | None = None,
) -> SynthTraining:
    """Open sound fonts and shards for the training of a synthesizer.

    Args:
        config: All choices, as a preset names them.
        data: Folders of shards whose notes are played.
        fonts: Sound fonts to learn; empty for the one of this computer.
        start_from: Name or folder of a synthesizer of the same sizes to start from; None for none.

    Returns:
        The training.

    Raises:
        SymvaeError: A sound font, the shards or the synthesizer to start from are missing or damaged.
    """
    network = None
    if start_from is not None:
        before, network, _ = load_synth(find_synth(start_from))
        config = replace(config, start_from=before.name)
    rate = config.model.sample_rate
    paths = [find_soundfont(path) for path in fonts] or [find_soundfont()]
    players = [font_player.font_player(path, rate) for path in paths]

    def draws(split: str, seed: int) -> ClipDraws:
        return ClipDraws(
            phrases_of(data, split),
            players,
            [PROGRAMS[name] for name in config.clips.timbres],
            frames=config.clips.frames,
            stft=build_stft(config.model),
            sample_rate=rate,
            made_up=config.clips.made_up,
            seed=seed,
        )

    return SynthTraining(
        config,
        draws("train", config.training.seed),
        draws("validation", VALIDATION_SEED),
        tuple(path.stem for path in paths),
        network,
    )
