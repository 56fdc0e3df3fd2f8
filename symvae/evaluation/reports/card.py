"""The CARD.md of a model: what it is, what it learned from, how well it does, what it cannot do."""

from typing import Any

from symvae.config.load import load_preset, presets
from symvae.config.run import ModelConfig, RunConfig
from symvae.corpus.sources.folk import FOLDERS
from symvae.evaluation.reports.tables import table, to_markdown
from symvae.system.families import family


def card(config: RunConfig, shards_card: dict[str, Any], metrics: dict[str, Any]) -> str:
    """The card, from the model's choice, the card of the shards it was trained on, and its metrics."""
    parts = (
        f"# {config.name}",
        config.description,
        _what(config, metrics),
        _trained_on(shards_card),
        "## Figures",
        "Measured on tunes held out by near-duplicate cluster. nats are per phrase unless said otherwise."
        + (" A quick look at a part of them: measure without `--quick` before quoting." * metrics["quick"]),
        to_markdown(metrics).rstrip(),
        _limits(config, metrics),
        _again(config, shards_card, metrics),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _what(config: RunConfig, metrics: dict[str, Any]) -> str:
    model = config.model
    kind_of_music = family(model.tokenizer)
    rows = ", one token a sixteenth" if kind_of_music.tokenizer(model.metre).on_grid else ""
    kind = "a conductor with all bars decoded side by side" if model.decoder == "hierarchical" else "one LSTM"
    return (
        "## What it is\n\n"
        f"A variational autoencoder of {kind_of_music.music} of {model.bars}"
        f" {'bar' if model.bars == 1 else 'bars'} in {model.metre}{rows}. The encoder is a bidirectional LSTM"
        f" over each bar, z has {model.latent_size} dimensions, the decoder is {kind}."
        f" {metrics['parameters'] / 1e6:.1f} million weights, kept in half precision and run in single."
        " License of the weights: Apache-2.0."
    )


def _trained_on(shards_card: dict[str, Any]) -> str:
    counts = shards_card["counts"]["train"]
    rows = [
        [name, str(counts[name]["tunes"]), str(counts[name]["bars"]), source["origin"], source["license"]]
        for name in shards_card["collections"]
        if name in counts and (source := shards_card["sources"][name])
    ]
    return "\n\n".join(
        (
            "## What it was trained on",
            f"{counts['all']['tunes']} training tunes, {counts['all']['bars']} bars; near-duplicate tunes"
            " are kept on one side of the split. Each phrase is transposed at random in training.",
            table(["collection", "tunes", "bars", "origin", "license"], rows),
        )
    )


def _limits(config: RunConfig, metrics: dict[str, Any]) -> str:
    limits = family(config.model.tokenizer).limits.format(metre=config.model.metre)
    return "\n".join(
        (
            "## What it cannot do",
            "",
            f"- {limits}",
            f"- It knows {config.model.bars} {'bar' if config.model.bars == 1 else 'bars'} at a time and"
            " nothing of what comes before or after.",
            *_samples_limit(metrics),
            *["- Samples come in C major or A minor: the prior knows no other key."] * config.prior.home_key,
            *_faders_limit(metrics),
            "- It learned from the collections above; other musics come back less exactly.",
        )
    )


def _samples_limit(metrics: dict[str, Any]) -> list[str]:
    if "samples" not in metrics:
        return ["- It has no learned prior: draws from the Gaussian are not music."]
    samples = metrics["samples"]
    real, drawn = samples["real"], samples["learned"]["features"]
    returns = ""
    if "bar_similarity" in real:
        returns = (
            f", bar similarity {drawn['bar_similarity']['mean']:.3f} against {real['bar_similarity']:.3f}"
        )
    return [
        "- Samples from the prior are not yet as orderly as real phrases: diatonic share"
        f" {drawn['diatonic_share']['mean']:.3f} against {real['diatonic_share']:.3f}, mean interval"
        f" {drawn['mean_interval']['mean']:.2f} against {real['mean_interval']:.2f} semitones"
        f"{returns}."
    ]


def _faders_limit(metrics: dict[str, Any]) -> list[str]:
    """The fader that is met least, by name."""
    if "control" not in metrics:
        return []
    faders = metrics["control"]["faders"]
    name = max(faders, key=lambda fader: faders[fader]["error_std"])
    return [
        f"- Faders are not met exactly: {name.replace('_', ' ')} the least, off by"
        f" {faders[name]['error_std']:.2f} standard deviations of the data on average."
    ]


def _again(config: RunConfig, shards_card: dict[str, Any], metrics: dict[str, Any]) -> str:
    """All commands, back to the first preset that starts from nothing or from a model that is no preset."""
    chain = [config]
    while chain[0].start_from in presets():
        chain.insert(0, load_preset(chain[0].start_from))
    lines, metre, origin = [], "", chain[0].start_from
    for stage in chain:
        if stage.model.metre != metre:
            metre = stage.model.metre
            kind = config.model.tokenizer
            tokens = "" if kind == ModelConfig.tokenizer else f" --tokens {kind}"
            lines.append(
                f"symvae prepare {_sources(shards_card)} --metre {metre}{tokens} --out {_shards(metre)}"
            )
        preset = stage.name if stage.name in presets() else "YOUR_PRESET"
        start = f" --from {origin}" if origin else ""
        lines.append(f"symvae train --preset {preset} --data {_shards(metre)} --out {stage.name}{start}")
        origin = f"{stage.name}/model"
    if config.prior.velocity != "plain":
        lines.append(f"symvae train-prior {origin} --data {_shards(metre)} --out prior --update-model")
    data = f"--data {_shards(metre)}"
    if config.faders.attributes:
        lines.append(f"symvae train-faders {origin} {data} --out faders --update-model")
    if "arousal" in metrics:
        lines.append(f"symvae train-arousal {origin} VGMIDI_FOLDER {data} --update-model")
    if "control" in metrics:
        labels = " --labels VGMIDI_FOLDER" * ("arousal" in metrics)
        lines.append(f"symvae evaluate {origin} {data} --control{labels} --update-model")
    if "samples" in metrics:
        lines.append(f"symvae evaluate {origin} {data} --update-model")
    return "## How to make it again\n\n```\n" + "\n".join(lines) + "\n```"


def _shards(metre: str) -> str:
    return f"shards-{metre.replace('/', '-')}"


def _sources(shards_card: dict[str, Any]) -> str:
    """The shards' collections as `symvae prepare` is asked for them."""
    collections = set(shards_card["collections"])
    words = ["folk"] if collections & set(FOLDERS) else []
    words += ["--essen"] if "essen" in collections else []
    words += ["pop909 POP909_FOLDER"] if "pop909" in collections else []
    words += ["chorales"] if "bach-chorales" in collections else []
    words += ["YOUR_FOLDER"] if collections - set(FOLDERS) - {"pop909", "bach-chorales"} else []
    return " ".join(words)
