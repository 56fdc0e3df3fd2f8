"""A complete model folder: everything that a loaded model holds, written so that it can be loaded again."""

from pathlib import Path
from typing import Any

from torch import Tensor

from symvae.config.run import RunConfig
from symvae.errors import CheckpointError
from symvae.files.plain import read_text
from symvae.models.faders.editor import FaderEditor
from symvae.models.flow.prior import FlowPrior
from symvae.models.phrase.vae import VAE
from symvae.models.sketch.sketch_vae import SketchVAE
from symvae.storage.whole_file import write_text
from symvae.storage.whole_folder import whole_folder
from symvae.system import artifacts
from symvae.system.artifact_folder import FORMAT, checked_part, format_of
from symvae.system.faders.scales import Scales
from symvae.system.limits import CARD_MIB
from symvae.tokens.ngram import NGram
from symvae.tokens.save import TOKENIZER_FILE
from symvae.tokens.tokenizer import Tokenizer

CARD_FILE = "CARD.md"


def read_card(folder: Path) -> str | None:
    """Read the model card of a folder; None where it has none."""
    path = folder / CARD_FILE
    return read_text(checked_part(path), CARD_MIB, CheckpointError) if path.is_file() else None


def write_model_folder(
    folder: Path,
    config: RunConfig,
    vae: VAE,
    tokenizer: Tokenizer,
    *,
    latent: dict[str, Tensor],
    prior: FlowPrior | None,
    language: NGram | None,
    scales: Scales | None,
    editor: FaderEditor | None,
    sketch: SketchVAE | None,
    metrics: dict[str, Any],
    card: str | None,
    force: bool = False,
) -> None:
    """Write all parts of a model; those that are missing or empty have no file.

    Args:
        folder: the folder to write.
        config: the choices that made the model.
        vae: the network.
        tokenizer: its vocabulary.
        latent: attribute vectors and the like, as `symvae.system.artifacts.save_latent` takes them.
        prior: the learned prior.
        language: the language model of the training music.
        scales: the calibrated faders.
        editor: the network that edits z.
        sketch: the networks that fill in bars from sketches.
        metrics: figures of an evaluation.
        card: the model card, in Markdown.
        force: replace a model folder of that name.

    Raises:
        CheckpointError: the folder exists, and ``force`` is not set or it holds no model.
    """
    if folder.exists() and not (force and format_of(folder) == FORMAT):
        raise CheckpointError(
            f"{folder} exists already. Give another folder, or force=True to replace a model folder."
        )
    with whole_folder(folder, CheckpointError) as fresh:
        tokenizer_file = fresh / TOKENIZER_FILE
        tokenizer.save(tokenizer_file)
        artifacts.save_model(
            fresh, config, vae.state_dict(), tokenizer=tokenizer_file, metrics=metrics or None
        )
        if latent:
            artifacts.save_latent(fresh, latent)
        if prior is not None:
            artifacts.save_prior(fresh, prior)
        if language is not None:
            artifacts.save_language(fresh, language)
        if scales is not None:
            artifacts.save_scales(fresh, scales)
        if editor is not None:
            artifacts.save_editor(fresh, editor)
        if sketch is not None:
            artifacts.save_sketch(fresh, sketch)
        if card is not None:
            write_text(fresh / CARD_FILE, card, CheckpointError)
