"""Files into a file of latents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from symvae.music.io.source import Music, pieces
from symvae.nn.gaussian import DiagonalGaussian
from symvae.pipelines.intake import Intake
from symvae.pipelines.latent_file import write_latents
from symvae.pipelines.needs import ENCODE
from symvae.pipelines.output import IN_MEMORY, Plan, Saved, refuse_existing
from symvae.pipelines.preflight import check
from symvae.pipelines.tracks import Tracks, each_track
from symvae.pipelines.trial import AnyModel, Source
from symvae.pipelines.words import counted, model_in_words


@dataclass(frozen=True)
class Encoding:
    """Posteriors of every window of some files."""

    model: str
    intakes: list[Intake]
    posterior: DiagonalGaussian
    """(window, latent): the windows of all files in a row."""
    saved: Saved
    why: str = ""
    """Reason of the choice of the model; empty where it was named."""

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        inputs = [each.data() for each in self.intakes]
        return {
            "model": self.model,
            "model_chosen": self.why or None,
            "inputs": inputs,
            "files": self.saved.names,
        }

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        count, size = self.posterior.mean.shape
        shape = f"{counted(count, 'window')} as mean and log_std, {count} × {size} each"
        lines = [line for each in self.intakes for line in each.lines()]
        return [*model_in_words(self.model, self.why), *lines, shape]


def encode(
    files: Music | Iterable[Music],
    model: AnyModel | None = None,
    out: str | Path | None = None,
    *,
    track: Tracks = None,
    force: bool = False,
    device: str = "cpu",
) -> Encoding:
    """Encode every window of some files.

    Args:
        files: Files, or music in any form that `symvae.read` takes: one, several, or a folder.
        model: The model, or its name or folder; by default the best released one for the music.
        out: The .npz file to write; None writes none.
        track: Name or number of the track to read in all files, or a sequence with one for each.
        force: Overwrite an existing file.
        device: Device of a model that is loaded here.

    Returns:
        The posteriors.
    """
    path = None if out is None else Path(out)

    def plan(found: Sequence[Intake]) -> Plan:
        refuse_existing([] if path is None else [path], force)
        return IN_MEMORY.plan((), "")

    found = pieces(files)
    sources = [Source(*place) for place in zip(found, each_track(track, len(found)), strict=True)]
    checked = check(ENCODE, model, sources, plan=plan, device=device)
    vae, intakes = checked.load(), checked.intakes
    phrases = [phrase for each in intakes for phrase in each.phrases]
    posterior = vae.encode(phrases)
    saved = Saved()
    if path is not None:
        places = [(each.file, start + 1) for each in intakes for start in each.reading.start_bar]
        write_latents(path, vae.name, posterior, [phrase.tempo_qpm for phrase in phrases], places)
        saved = Saved((path,))
    return Encoding(vae.name, intakes, posterior, saved, checked.why)
