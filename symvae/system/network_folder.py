"""Folders of one network: config.json, model.safetensors, metrics.json; of genies, grooves, synthesizers …"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from torch import Tensor, nn

from symvae.config.ddsp import DdspConfig
from symvae.config.genie import GenieConfig
from symvae.config.groove import GrooveConfig
from symvae.config.rave import RaveConfig
from symvae.config.sound import SynthConfig
from symvae.errors import CheckpointError
from symvae.models.ddsp.ddsp import Ddsp
from symvae.models.genie.button_piano import ButtonPiano
from symvae.models.groove.groove_vae import GrooveVAE
from symvae.models.rave.rave import Rave
from symvae.models.sound.spectrogram_vae import SpectrogramVAE
from symvae.storage.whole_folder import whole_folder
from symvae.system.artifact_folder import (
    CONFIG_FILE,
    DDSP_FORMAT,
    GENIE_FORMAT,
    GROOVE_FORMAT,
    METRICS_FILE,
    RAVE_FORMAT,
    SYNTH_FORMAT,
    WEIGHTS_FILE,
    checked_part,
    read_config,
    write_header,
    write_json,
)
from symvae.system.build_ddsp import build_ddsp
from symvae.system.build_genie import build_genie
from symvae.system.build_groove import build_groove
from symvae.system.build_rave import build_rave
from symvae.system.build_synth import build_synth
from symvae.system.strangers import built, fill
from symvae.system.weight_file import read_weights, write_weights

_REMEDY = "Restore it or export it again."
C = TypeVar("C", SynthConfig, GrooveConfig, GenieConfig, RaveConfig, DdspConfig)
N = TypeVar("N", bound=nn.Module)


@dataclass(frozen=True)
class NetworkFolder(Generic[C, N]):
    """The folders of one kind of network."""

    format: str
    """Name in config.json."""
    config: type[C]
    title: str
    """Name of the network in messages."""
    build: Callable[[C], N]

    def save(
        self,
        folder: Path,
        config: C,
        state: dict[str, Tensor],
        *,
        metrics: dict[str, Any] | None = None,
        add: Callable[[Path], None] = lambda fresh: None,
    ) -> None:
        """Write a folder; an older one of that name is replaced once the new one is whole.

        Args:
            folder: The folder to write.
            config: The config that the network was built from.
            state: The network's weights by name.
            metrics: Figures for metrics.json.
            add: Writes further files into the new folder.
        """
        with whole_folder(folder, CheckpointError) as fresh:
            write_weights(fresh / WEIGHTS_FILE, state)
            write_header(fresh, config)
            add(fresh)
            write_json(fresh / METRICS_FILE, metrics or {})

    def load(self, folder: Path) -> tuple[C, N]:
        """Read the config, and the network in evaluation mode.

        Raises:
            CheckpointError: A file is missing, damaged or does not fit the config.
        """
        config = read_config(folder, self.format, self.config)
        path = checked_part(folder / WEIGHTS_FILE)
        state = read_weights(path, _REMEDY)
        network = built(lambda: self.build(config), state, folder / CONFIG_FILE, self.title, _REMEDY)
        fill(network, state, path, _REMEDY)
        return config, network.eval()


DDSP = NetworkFolder[DdspConfig, Ddsp](
    DDSP_FORMAT, DdspConfig, "line synthesizer", lambda config: build_ddsp(config.model)
)
GENIE = NetworkFolder[GenieConfig, ButtonPiano](
    GENIE_FORMAT, GenieConfig, "genie", lambda config: build_genie(config.model)
)
GROOVE = NetworkFolder[GrooveConfig, GrooveVAE](
    GROOVE_FORMAT, GrooveConfig, "groove model", lambda config: build_groove(config.model)
)
RAVE = NetworkFolder[RaveConfig, Rave](
    RAVE_FORMAT, RaveConfig, "audio model", lambda config: build_rave(config.model)
)
SYNTH = NetworkFolder[SynthConfig, SpectrogramVAE](
    SYNTH_FORMAT, SynthConfig, "synthesizer", lambda config: build_synth(config.model)
)
