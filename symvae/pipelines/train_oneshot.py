"""Training of a drum machine of either family on prepared sounds, and of further decoders of one with z."""

from collections.abc import Callable
from pathlib import Path

from symvae.config.oneshot import OneShotConfig
from symvae.config.oneshot_family import AnyOneShotConfig
from symvae.corpus.sound_shards import open_sounds
from symvae.errors import ConfigError
from symvae.system.catalog import find_drum_machine
from symvae.training.loop import Watch, endless, unwatched
from symvae.training.tasks.oneshot import train_oneshot
from symvae.training.tasks.oneshot_codes import train_oneshot_codes
from symvae.training.tasks.oneshot_decoder import train_oneshot_decoder


def train_drum_machine(
    config: AnyOneShotConfig,
    data: Path,
    out: Path,
    *,
    resume: bool = False,
    start: str | None = None,
    device: str = "cpu",
    watch: Watch = unwatched,
    stopping: Callable[[], bool] = endless,
) -> Path:
    """Train a drum machine with z, or of codes, as its config says.

    Args:
        config: All choices, as a preset names them.
        data: Prepared sounds.
        out: The run's folder.
        resume: Go on with the run in ``out``.
        start: Name or folder of a drum machine whose network is taken as it is: of codes, to train a prior;
            with z, to train the decoder that the config names.
        device: "cpu" or "cuda".
        watch: Called after each step.
        stopping: Asked after each step; True ends this call.

    Returns:
        The folder of the best model.

    Raises:
        ConfigError: A start is given for a whole drum machine with z, or none for a decoder.
        SymvaeError: The sounds or the start are missing, or ``out`` cannot be used.
    """
    if isinstance(config, OneShotConfig):
        whole = config.decoder.kind == "spectrogram"
        if whole and start is not None:
            raise ConfigError(
                f"{config.name} is a drum machine with z, which trains network and prior together. "
                "Leave out --from, or give a preset of codes or of another decoder."
            )
        if not whole and start is None:
            raise ConfigError(
                f"{config.name} is a decoder of a finished drum machine. Name one, as --from oneshot-44k."
            )
        shards = open_sounds(data)
        if start is None:
            return train_oneshot(
                config, shards, out, resume=resume, device=device, watch=watch, stopping=stopping
            )
        return train_oneshot_decoder(
            config,
            shards,
            out,
            start=find_drum_machine(start),
            resume=resume,
            device=device,
            watch=watch,
            stopping=stopping,
        )
    return train_oneshot_codes(
        config,
        open_sounds(data),
        out,
        resume=resume,
        start=None if start is None else find_drum_machine(start),
        device=device,
        watch=watch,
        stopping=stopping,
    )
