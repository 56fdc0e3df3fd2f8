"""A file of latents into music."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from symvae.errors import LatentError
from symvae.music.arrangement import AnyPhrase
from symvae.pipelines.latent_file import read_latents
from symvae.pipelines.output import IN_MEMORY, Output, Saved, numbered
from symvae.pipelines.preflight import check
from symvae.pipelines.trial import AnyModel
from symvae.pipelines.words import counted
from symvae.system.catalog import available
from symvae.system.choice import Need


@dataclass(frozen=True)
class Decoding:
    """Phrases decoded from a file of latents."""

    model: str
    file: Path
    phrases: list[AnyPhrase]
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
    model: AnyModel | None = None,
    *,
    temperature: float = 0.0,
    top_p: float = 1.0,
    seed: int = 0,
    device: str = "cpu",
    output: Output = IN_MEMORY,
) -> Decoding:
    """Decode latents that `encode` wrote, as they are or edited.

    Args:
        file: An .npz file with z or mean, (window, latent).
        model: The model, or its name or folder; by default the released one that encoded the latents.
        temperature: Temperature of the decoder; 0 takes the most likely token.
        top_p: Nucleus sampling: draw among the most likely tokens that hold this share of the probability.
        seed: Seed of the decoder.
        device: Device of a model that is loaded here.
        output: Settings of the result files.

    Returns:
        The phrases, with a notice where another model encoded the latents.

    Raises:
        LatentError: The model has another number of coordinates, or no model is named here or in the file.
    """
    latents = read_latents(Path(file))
    count, size = latents.z.shape
    if model is None:
        if latents.model not in available():
            encoder = (
                f"by {latents.model}, which is no released model"
                if latents.model
                else "by no model that it names"
            )
            raise LatentError(
                f"{file} was encoded {encoder}. Name the model that decodes it, by --model NAME or FOLDER."
            )
        model = latents.model
    checked = check(
        Need("decode"),
        model,
        plan=lambda found: output.plan(numbered("window", count), "decoded"),
        device=device,
    )
    facts = checked.facts
    named = (
        f"Use --model {latents.model}."
        if latents.model in available()
        else "Give the model that encoded them."
    )
    if size != facts.latent_size:
        fault = f"{facts.name} decodes latents (batch, {facts.latent_size}), not {latents.z.shape}."
        if latents.model:
            fault = (
                f"These latents were encoded by {latents.model} with {size} coordinates; "
                f"{facts.name} decodes {facts.latent_size}."
            )
        raise LatentError(f"{fault} {named}")
    vae = checked.load()
    ids = vae.decode_ids(torch.from_numpy(latents.z), temperature=temperature, top_p=top_p, seed=seed)
    phrases = vae.to_phrases(ids, latents.tempo_qpm)
    saved = checked.plan.write(phrases, [f"window {number}" for number in range(1, count + 1)])
    if latents.model not in ("", vae.name):
        notice = (
            f"These latents were encoded by {latents.model}; {vae.name} decodes them to other music. {named}"
        )
        saved = saved._replace(notices=(notice, *saved.notices))
    return Decoding(vae.name, Path(file), phrases, saved)
