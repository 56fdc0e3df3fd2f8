"""Training of a drum machine of either family on prepared sounds."""

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
        start: Name or folder of a drum machine of codes whose network is taken as it is.
        device: "cpu" or "cuda".
        watch: Called after each step.
        stopping: Asked after each step; True ends this call.

    Returns:
        The folder of the best model.

    Raises:
        ConfigError: A start is given for a drum machine with z.
        SymvaeError: The sounds or the start are missing, or ``out`` cannot be used.
    """
    if isinstance(config, OneShotConfig):
        if start is not None:
            raise ConfigError(
                f"{config.name} is a drum machine with z, which trains network and prior together. "
                "Leave out --from, or give a preset of codes."
            )
        return train_oneshot(
            config, open_sounds(data), out, resume=resume, device=device, watch=watch, stopping=stopping
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
