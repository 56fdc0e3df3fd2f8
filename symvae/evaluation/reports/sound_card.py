"""The CARD.md of a synthesizer: what it is, what it learned from, how well it does, what it cannot do."""

from collections.abc import Sequence
from typing import Any

from symvae.config.load import presets
from symvae.config.sound import SynthConfig
from symvae.evaluation.reports.sound_tables import to_markdown


def sound_card(config: SynthConfig, metrics: dict[str, Any], *, phrases_from: Sequence[str]) -> str:
    """The card, from the choice that made the synthesizer and what was measured of it.

    ``phrases_from`` names the collections whose phrases it learned to play.
    """
    parts = (
        f"# {config.name}",
        config.description,
        _what(config, metrics),
        _learned_from(config, metrics, phrases_from),
        "## Figures",
        "Measured on phrases held out by near-duplicate cluster."
        + (" A quick look at a part of them: measure without `--quick` before quoting." * metrics["quick"]),
        to_markdown(metrics).rstrip(),
        _limits(config, metrics),
        _again(config, metrics),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _what(config: SynthConfig, metrics: dict[str, Any]) -> str:
    model = config.model
    return (
        "## What it is\n\n"
        f"A spectrogram VAE at {model.sample_rate / 1000:g} kHz: an encoder that hears the timbre of a clip"
        f" as {model.timbre_size} numbers, and a decoder that shapes harmonics and noise of given notes"
        f" in that timbre. {metrics['parameters'] / 1e6:.1f} million weights, kept in half precision and run"
        " in single. License of the weights: Apache-2.0."
    )


def _learned_from(config: SynthConfig, metrics: dict[str, Any], phrases_from: Sequence[str]) -> str:
    return (
        "## What it learned from\n\n"
        f"{', '.join(config.clips.timbres)}, as {' and '.join(metrics['fonts'])} play them. Notes:"
        f" {', '.join(phrases_from)}; {100 * config.clips.made_up:.0f} % of them made up, so that no key and"
        " no velocity is left out. No font comes with it."
    )


def _limits(config: SynthConfig, metrics: dict[str, Any]) -> str:
    instruments = metrics["sound"]["instruments"]
    least = max(instruments, key=lambda name: instruments[name]["mss"])
    unseen = metrics.get("unseen_font")
    return "\n".join(
        (
            "## What it cannot do",
            "",
            "- One channel, dry: no room, no pedal, no glides.",
            f"- It knows {len(config.clips.timbres)} instruments and what lies between them; furthest from"
            f" its reference is {least} (MSS {instruments[least]['mss']:.2f}).",
            *(
                [
                    f"- A font that it never heard is imitated less well: of {unseen['font']} the probe"
                    f" recognizes {100 * unseen['synth']['program']:.0f} % of the imitations,"
                    f" {100 * unseen['truth']['program']:.0f} % of the originals."
                ]
                if unseen
                else []
            ),
            "- Sample players are quicker, and truer to the samples that they hold; they neither blend nor"
            " imitate.",
        )
    )


def _again(config: SynthConfig, metrics: dict[str, Any]) -> str:
    preset = config.name if config.name in presets(SynthConfig) else "YOUR_PRESET"
    fonts = " ".join(f"--font {name}.sf2" for name in metrics["fonts"])
    start = f" --from {config.start_from}" if config.start_from else ""
    unseen = f" --unseen-font {metrics['unseen_font']['font']}.sf2" if "unseen_font" in metrics else ""
    return "\n".join(
        (
            "## How to make it again",
            "",
            "```",
            f"symvae train-synth --preset {preset} --data SHARDS {fonts} --out {config.name}{start}",
            f"python benchmarks/audio/train_probe.py --data SHARDS {fonts} --out {config.name}/model",
            f"symvae evaluate {config.name}/model --audio --data SHARDS {fonts}{unseen} --update-model",
            "```",
        )
    )
