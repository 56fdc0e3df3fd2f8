"""Tables and card of a drum machine's evaluation."""

from typing import Any

from symvae.config.oneshot_family import AnyOneShotConfig
from symvae.evaluation.reports.markdown import section, share, table, words


def to_markdown(metrics: dict[str, Any]) -> str:
    """Write the figures as tables.

    Args:
        metrics: Figures of `symvae.evaluation.oneshots.evaluate_oneshots`.

    Returns:
        Markdown.
    """
    made = metrics["reconstruction"]
    lsd, mel = made["lsd_db"], made["mel_db"]
    rows = [
        ("reconstructed", _db(lsd["reconstructed"]), _db(mel["reconstructed"])),
        ("nearest training sound", _db(lsd["nearest"]), _db(mel["nearest"])),
        ("mean of the class", "–", _db(mel["class_mean"])),
        ("true magnitudes, phases of an impulse", _db(lsd["impulse"]), "–"),
        ("… and the model's iterations", _db(lsd["iterated"]), "–"),
        ("… and 32 iterations (Griffin-Lim)", _db(lsd["griffin_lim"]), "–"),
    ]
    accuracy, distance, copies = metrics["class_accuracy"], metrics["frechet"], metrics["copying"]
    draws = [
        *((f"class heard, {name}", share(value)) for name, value in accuracy.items()),
        ("Fréchet distance, drawn to held-out", _db(distance["drawn"])),
        ("Fréchet distance, training to held-out", _db(distance["training"])),
        ("nearer to a training sound than 95 % of held-out", share(copies["drawn_nearer_share"])),
        ("median distance from the nearest, drawn, dB", _db(copies["median_distance_db"])),
        ("median distance from the nearest, held-out, dB", _db(copies["median_distance_held_out_db"])),
    ]
    faders = [
        (
            words(name),
            str(each["requests"]),
            f"{each['spearman']:.2f}",
            _percent(name, each["median_error"]),
            _percent(name, each["median_error_unmoved"]),
        )
        for name, each in metrics.get("faders", {}).items()
    ]
    about = (
        f"{metrics['sounds']} sounds of the {metrics['split']} split, {metrics['training_sounds']} of train. "
        f"KL {made['kl_nats']:.1f} nats, {made['ms_a_sound']:.0f} ms a sound."
    )
    parts = [
        section("Reconstruction", about, table(["", "LSD, dB", "log mel, dB"], rows)),
        section("Draws", table(["", "figure"], draws)),
    ]
    if "decoding" in metrics:
        parts.insert(1, _decoding(metrics["decoding"]))
    if faders:
        heads = ["fader", "requests", "Spearman", "median error", "unmoved"]
        parts.append(section("Faders", table(heads, faders)))
    if "codes" in metrics:
        parts.append(_codes(metrics["codes"]))
    return "\n\n".join(parts)


def _decoding(figures: dict[str, Any]) -> str:
    rows = [
        ("multi-scale spectral distance", f"{figures['mss']:.2f}"),
        ("log-spectral distance, dB", _db(figures["lsd_db"])),
        ("first 5 ms, dB", _db(figures["first_5_ms_db"])),
        ("kHz a core", f"{figures['khz_a_core']:.0f}"),
        ("latency of a sound, ms", f"{figures['latency_ms']:.1f}"),
    ]
    if "hit_ms" in figures:
        rows += [
            ("a drawn hit, ms", f"{figures['hit_ms']:.1f}"),
            ("a drawn kit, ms", f"{figures['kit_ms']:.0f}"),
        ]
    if "griffin_lim" in figures:
        reference = figures["griffin_lim"]
        rows += [
            ("its magnitudes with 32 iterations (Griffin-Lim), dB", _db(reference["lsd_db"])),
            ("time of these, ms a sound", f"{reference['ms']:.1f}"),
            ("time of its own phases, ms a sound", f"{reference['own_ms']:.1f}"),
        ]
    about = f"{figures['sounds']} sounds, on one core, in processor time."
    return section("Decoder", about, table(["", "figure"], rows))


def _codes(codes: dict[str, Any]) -> str:
    prior, bits = codes["prior"], codes["bits_a_sound"]
    about = (
        f"{codes['positions']} positions of {codes['levels']} codes, {share(codes['used'])} of the entries "
        f"in use. A held-out sound takes {bits['uniform']:.0f} bits, {bits['prior']:.0f} under the prior "
        f"({prior['network']})."
    )
    levels = [
        (str(number), share(used), f"{effective:.0f} of {codes['entries']}")
        for number, (used, effective) in enumerate(
            zip(codes["used_by_level"], codes["perplexity_by_level"], strict=True), 1
        )
    ]
    nats = [
        ("held-out sounds", f"{prior['nats_a_code']:.2f}"),
        ("training sounds", f"{prior['nats_a_code_training']:.2f}"),
        ("all codes equally likely", f"{prior['nats_a_code_uniform']:.2f}"),
    ]
    return section(
        "Codes",
        about,
        table(["level", "in use", "perplexity"], levels),
        table([f"prior, {prior['network']}", "nats a code"], nats),
    )


def oneshot_card(config: AnyOneShotConfig, metrics: dict[str, Any], sources: dict[str, Any]) -> str:
    """Write the card of a drum machine.

    Args:
        config: Its config.
        metrics: Its figures.
        sources: Licenses and number of sounds of each source, from the card of the sounds.

    Returns:
        Markdown.
    """
    origin = [
        (name, str(each["sounds"]), ", ".join(each["licenses"])) for name, each in sorted(sources.items())
    ]
    limits = (
        "One stroke a sound, about a second at 44.1 kHz, mono, with a peak of 1: how loud a drum was hit is "
        "not modeled. Phases are made up, so two layers of one sound do not cancel."
    )
    return (
        f"# {config.name}\n\n{config.description}\n\n"
        f"Classes: {', '.join(config.model.classes)}. {limits}\n\n"
        f"## Training sounds\n\n{table(['source', 'sounds', 'license'], origin)}\n\n"
        f"## Figures\n\n{to_markdown(metrics)}\n"
    )


def _db(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _percent(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if name == "noisiness" else f"{value:.1%}"
