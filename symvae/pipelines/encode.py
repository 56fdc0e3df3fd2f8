"""Files into a file of latents."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symvae.nn.gaussian import DiagonalGaussian
from symvae.pipelines.intake import Intake, read_windows
from symvae.pipelines.latent_file import write_latents
from symvae.pipelines.output import Saved, refuse_existing
from symvae.pipelines.words import counted
from symvae.system.symvae import SymVAE


@dataclass(frozen=True)
class Encoding:
    """Posteriors of every window of some files."""

    model: str
    intakes: list[Intake]
    posterior: DiagonalGaussian
    """(window, latent): the windows of all files in a row."""
    saved: Saved

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        inputs = [each.data() for each in self.intakes]
        return {"model": self.model, "inputs": inputs, "files": self.saved.names}

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        count, size = self.posterior.mean.shape
        shape = f"{counted(count, 'window')} as mean and log_std, {count} × {size} each"
        return [*(line for each in self.intakes for line in each.lines()), shape]


def encode(
    files: Sequence[str | Path],
    model: SymVAE,
    out: str | Path | None = None,
    *,
    track: str | int | None = None,
    force: bool = False,
) -> Encoding:
    """Encode every window of some files.

    Args:
        files: MIDI, MusicXML or ABC files.
        model: Model that encodes.
        out: The .npz file to write; None writes none.
        track: Name or number of the track to read in each file.
        force: Overwrite an existing file.

    Returns:
        The posteriors.
    """
    path = None if out is None else Path(out)
    if path is not None:
        refuse_existing([path], force)
    intakes = [read_windows(file, model, track) for file in files]
    phrases = [phrase for each in intakes for phrase in each.phrases]
    posterior = model.encode(phrases)
    if path is None:
        return Encoding(model.name, intakes, posterior, Saved())
    places = [(str(each.file), start + 1) for each in intakes for start in each.reading.start_bar]
    write_latents(path, model.name, posterior, [phrase.tempo_qpm for phrase in phrases], places)
    return Encoding(model.name, intakes, posterior, Saved((path,)))
