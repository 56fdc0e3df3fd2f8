"""The CARD.md of a synthesizer: description, training data, figures, limits, how to reproduce it."""

from collections.abc import Sequence
from typing import Any

from symvae.config.load import presets
from symvae.config.sound import SynthConfig
from symvae.evaluation.reports.evaluate_sound import to_markdown


def sound_card(config: SynthConfig, metrics: dict[str, Any], *, phrases_from: Sequence[str]) -> str:
    """Write a card.

    Args:
        config: The choices that made the synthesizer.
        metrics: JSON data of its evaluation.
        phrases_from: Collections whose phrases it was trained on.

    Returns:
        The card in Markdown.
    """
    parts = (
        f"# {config.name}",
        config.description,
        _description(config, metrics),
        _training_data(config, metrics, phrases_from),
        "## Figures",
        "Measured on phrases held out by near-duplicate cluster."
        + (" Measured on a part of them: repeat without `--quick` before quoting." * metrics["quick"]),
        to_markdown(metrics).rstrip(),
        _limits(config, metrics),
        _reproduction(config, metrics),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _description(config: SynthConfig, metrics: dict[str, Any]) -> str:
    model = config.model
    return (
        "## Description\n\n"
        f"A spectrogram VAE at {model.sample_rate / 1000:g} kHz: an encoder from a clip to a timbre latent of"
        f" {model.timbre_size} dimensions, and a decoder that filters the harmonics of given notes in that"
        f" timbre and adds noise. {metrics['parameters'] / 1e6:.1f} million weights. License of the weights:"
        " Apache-2.0."
    )


def _training_data(config: SynthConfig, metrics: dict[str, Any], phrases_from: Sequence[str]) -> str:
    return (
        "## Training data\n\n"
        f"{', '.join(config.clips.timbres)}, as {' and '.join(metrics['fonts'])} play them. Notes:"
        f" {', '.join(phrases_from)}; {100 * config.clips.made_up:.0f} % of the clips are random, so that"
        " all keys and velocities occur. The fonts are not included."
    )


def _limits(config: SynthConfig, metrics: dict[str, Any]) -> str:
    instruments = metrics["sound"]["instruments"]
    least = max(instruments, key=lambda name: instruments[name]["mss"])
    unseen = metrics.get("unseen_font")
    return "\n".join(
        (
            "## Limits",
            "",
            "- One channel without reverb; no pedal, no glides.",
            f"- It has learned {len(config.clips.timbres)} instruments and what lies between them; the least"
            f" similar to its reference is the {least} (MSS {instruments[least]['mss']:.2f}).",
            *(
                [
                    f"- A font not used in training is imitated less well: of {unseen['font']} the probe"
                    f" recognizes {100 * unseen['synth']['program']:.0f} % of the imitations and"
                    f" {100 * unseen['truth']['program']:.0f} % of the originals."
                ]
                if unseen
                else []
            ),
            "- Sample players are faster and more faithful to their samples; they neither blend nor imitate.",
        )
    )


def _reproduction(config: SynthConfig, metrics: dict[str, Any]) -> str:
    preset = config.name if config.name in presets(SynthConfig) else "YOUR_PRESET"
    fonts = " ".join(f"--font {name}.sf2" for name in metrics["fonts"])
    start = f" --from {config.start_from}" if config.start_from else ""
    unseen = f" --unseen-font {metrics['unseen_font']['font']}.sf2" if "unseen_font" in metrics else ""
    return "\n".join(
        (
            "## How to reproduce it",
            "",
            "```",
            f"symvae train-synth --preset {preset} --data SHARDS {fonts} --out {config.name}{start}",
            f"python benchmarks/audio/train_probe.py --data SHARDS {fonts} --out {config.name}/model",
            f"symvae evaluate {config.name}/model --audio --data SHARDS {fonts}{unseen} --update-model",
            "```",
        )
    )
