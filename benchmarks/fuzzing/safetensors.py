"""Weight files: headers with wild shapes, types, places and lengths, and weights that are no numbers."""

import functools
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from benchmarks.fuzzing.damage import NUMBERS, TEXTS, damaged, files, mutated_tree, pick, tiny_config
from symvae.config.faders import FaderConfig
from symvae.config.load import from_dict
from symvae.config.prior import PriorConfig
from symvae.config.run import RunConfig
from symvae.models.phrase.vae import VAE
from symvae.system.artifacts import load_editor, load_latent, load_prior, load_vae
from symvae.system.build import build_editor, build_prior, build_vae
from symvae.system.weight_file import write_weights

#: Kinds of weight files; the first byte of an input tells its kind.
KINDS = ("model", "prior", "faders", "latent")
_TYPES = ("F16", "F16", "F32", "I8", "BF16", "F64", "I64", "BOOL", "F8_E4M3", "X", "")


def mutated(rng: np.random.Generator) -> bytes:
    """Draw a weight file.

    Args:
        rng: Source of the draws.

    Returns:
        The number of its kind in one byte, then its content.
    """
    kind = int(rng.integers(len(KINDS)))
    data = _usual(KINDS[kind])
    size = int.from_bytes(data[:8], "little")
    header, content = json.loads(data[8 : 8 + size]), bytearray(data[8 + size :])
    draw = rng.random()
    if draw < 0.55:
        header = _header(header, rng)
    elif draw < 0.7:
        at = int(rng.integers(len(content) // 2)) * 2
        content[at : at + 2] = np.float16(pick(rng, (np.nan, np.inf, -np.inf, 6e4))).tobytes()
    elif draw < 0.75:
        header = mutated_tree(header, rng)
    text = json.dumps(header).encode()
    length = len(text) if rng.random() < 0.9 else pick(rng, NUMBERS) % 2**64
    result = length.to_bytes(8, "little") + text + content
    if rng.random() < 0.2:
        result = damaged(result, rng, head=2_000)
    return bytes([kind]) + result


def check(data: bytes) -> None:
    """Load the network of a weight file.

    Args:
        data: Kind and content.
    """
    kind = KINDS[data[0]]
    config = json.dumps(tiny_config()).encode()
    with files(config_json=config) as folder:
        (folder / f"{kind}.safetensors").write_bytes(data[1:])
        network = _LOADERS[kind](folder)
    z = torch.zeros(1, 8)
    if kind == "prior":
        network.sample(1, torch.Generator())
    elif kind == "faders":
        network.edit(z, torch.zeros(1, 2), torch.ones(1, 2))
    elif kind == "model":
        network.decoder.generate(z)


_LOADERS: dict[str, Callable[..., Any]] = {
    "model": load_vae,
    "prior": functools.partial(load_prior, latent=8),
    "faders": functools.partial(load_editor, latent=8, bars=2, faders=2),
    "latent": functools.partial(load_latent, latent=8),
}


def _header(header: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """The header with one tensor changed, gone, renamed or twice there."""
    name = pick(rng, [key for key in header if key != "__metadata__"])
    entry = dict(header[name])
    kind = pick(rng, ("shape", "shape", "dtype", "offsets", "gone", "renamed", "version", "many"))
    if kind == "shape":
        shape = list(entry["shape"])
        entry["shape"] = pick(
            rng, (shape[::-1], [*shape, 1], [*shape, 0], [0, pick(rng, NUMBERS)], [1, *shape], [], [-1, -1])
        )
    elif kind == "dtype":
        entry["dtype"] = pick(rng, _TYPES)
    elif kind == "offsets":
        entry["data_offsets"] = [pick(rng, NUMBERS), pick(rng, NUMBERS)]
    elif kind == "version":
        return {**header, "__metadata__": {"symvae-weights": pick(rng, ("1", "2", "3", *TEXTS))}}
    elif kind == "many":
        extra = {"dtype": "F16", "shape": [0], "data_offsets": [0, 0]}
        return {**header, **{f"{name}{number}": extra for number in range(pick(rng, (1, 500, 12_000)))}}
    changed = {key: value for key, value in header.items() if key != name}
    if kind == "gone":
        return changed
    return {**changed, pick(rng, TEXTS) if kind == "renamed" else name: entry}


@functools.cache
def _vae() -> VAE:
    config = from_dict(RunConfig, {k: v for k, v in tiny_config().items() if k not in ("format", "version")})
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return build_vae(config.model)


@functools.cache
def _usual(kind: str) -> bytes:
    vae = _vae()
    if kind == "model":
        state = vae.state_dict()
    elif kind == "prior":
        prior = PriorConfig(velocity="bars", width=32, layers=1)
        state = build_prior(prior, vae, torch.ones(8, dtype=torch.bool), 0).state_dict()
    elif kind == "faders":
        state = build_editor(FaderConfig(("register", "contour"), width=32, layers=1), vae).state_dict()
    else:
        state = {"direction.register": torch.ones(8), "direction.contour": torch.zeros(8)}
    with files() as folder:
        write_weights(folder / "w.safetensors", state)
        return (folder / "w.safetensors").read_bytes()
