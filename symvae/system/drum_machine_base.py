"""Common part of the drum machines of both families: name, classes and figures."""

from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from symvae.audio.one_shot import SAMPLE_RATE
from symvae.config.oneshot import OneShotConfig
from symvae.config.oneshot_codes import OneShotCodesConfig
from symvae.system.artifact_folder import read_metrics
from symvae.system.drum_sound import class_number


class DrumMachineBase:
    """A drum machine without its networks.

    Args:
        folder: Where its files are.
        config: The choices that made it.
    """

    def __init__(self, folder: Path, config: OneShotConfig | OneShotCodesConfig) -> None:
        self.folder, self._choices = folder, config

    @property
    def name(self) -> str:
        """Name of its config."""
        return self._choices.name

    @property
    def drums(self) -> tuple[str, ...]:
        """Names of the classes."""
        return self._choices.model.classes

    @property
    def sample_rate(self) -> int:
        """Rate of the sounds in Hz."""
        return SAMPLE_RATE

    @property
    def metrics(self) -> dict[str, Any]:
        """Figures on held-out sounds."""
        return read_metrics(self.folder)

    def _number(self, drum: str) -> int:
        return class_number(drum, self.drums, self.name)

    def _one_hot(self, drum: int) -> Float[Tensor, " class"]:
        weights = torch.zeros(len(self.drums))
        weights[drum] = 1.0
        return weights
