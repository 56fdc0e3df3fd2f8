"""A file of latents into music."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from symvae.errors import LatentError
from symvae.music.phrase import Phrase
from symvae.pipelines.latent_file import read_latents
from symvae.pipelines.output import IN_MEMORY, Output, Saved, numbered
from symvae.pipelines.words import counted
from symvae.system.symvae import SymVAE


@dataclass(frozen=True)
class Decoding:
    """Phrases decoded from a file of latents."""

    model: str
    file: Path
    phrases: list[Phrase]
    saved: Saved

    def data(self) -> dict[str, Any]:
        """The report as plain data."""
        notes = [len(phrase) for phrase in self.phrases]
        return {"model": self.model, "notes": notes, "files": self.saved.names}

    def lines(self) -> list[str]:
        """The report as lines of text, without the files."""
        return [f"{counted(len(self.phrases), 'latent')} of {self.file} decoded by {self.model}"]


def decode(
    file: str | Path,
    model: SymVAE,
    *,
    temperature: float = 0.0,
    top_p: float = 1.0,
    seed: int = 0,
    output: Output = IN_MEMORY,
) -> Decoding:
    """Decode latents that `encode` wrote, as they are or edited.

    Args:
        file: An .npz file with z or mean, (window, latent).
        model: Model that decodes.
        temperature: Temperature of the decoder; 0 takes the most likely token.
        top_p: Nucleus sampling: draw among the most likely tokens that hold this share of the probability.
        seed: Seed of the decoder.
        output: Settings of the result files.

    Returns:
        The phrases, with a notice where another model encoded the latents.

    Raises:
        LatentError: Another model encoded the latents, and this one has another number of coordinates.
    """
    latents = read_latents(Path(file))
    count, size = latents.z.shape
    if latents.model not in ("", model.name) and size != model.latent_size:
        raise LatentError(
            f"These latents were encoded by {latents.model} with {size} coordinates; {model.name} decodes "
            f"{model.latent_size}. Use --model {latents.model}."
        )
    plan = output.plan(numbered("window", count), "decoded")
    ids = model.decode_ids(torch.from_numpy(latents.z), temperature=temperature, top_p=top_p, seed=seed)
    phrases = model.to_phrases(ids, latents.tempo_qpm)
    saved = plan.write(phrases, [f"window {number}" for number in range(1, count + 1)])
    if latents.model not in ("", model.name):
        notice = (
            f"These latents were encoded by {latents.model}; {model.name} decodes them to other music. "
            f"Use --model {latents.model}."
        )
        saved = saved._replace(notices=(notice, *saved.notices))
    return Decoding(model.name, Path(file), phrases, saved)
