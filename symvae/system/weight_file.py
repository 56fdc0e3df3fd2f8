"""Weight files: safetensors, matrices as rows of integers with half-precision scales, else half precision.

The metadata of a file are ``symvae-weights``: "2" or "3". A tensor of two or more axes and more than 4,096
values is stored in version 2, eight bits a weight, as

    <name>         int8   q, shaped as the tensor
    <name>.scale   half   s, one number for each row (index of the first axis)

    weight = q · s,   q = round(127 · weight / max |row|),   s = max |row| / 127

with halves rounded to even; a row of zeros has the scale 1. In version 3, six bits a weight, 31 takes the
place of 127, the rows of q are packed (`symvae.system.packed`), and ``<name>.shape``, int64, has the shape of
the tensor; single tensors that need them may have eight bits there, too. Any other tensor is stored in half
precision. This is symmetric per-channel quantization (Krishnamoorthi 2018, arXiv 1806.08342, section 2.2);
weights are dequantized to single precision when they are read. Quantizing dequantized weights changes
nothing.

Files of version 1 have no metadata and hold all tensors in half precision.
"""

import math
from collections.abc import Collection
from pathlib import Path

import torch
from jaxtyping import Float, Float16, Int8
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from symvae.errors import CheckpointError
from symvae.files.limit import MIB, shown
from symvae.files.plain import opened
from symvae.storage.whole_file import write_bytes
from symvae.system import packed
from symvae.system.limits import HEADER_MIB, TENSORS, WEIGHTS_MIB

FORMAT = "symvae-weights"
#: Version of a file by the bits of its weights.
VERSIONS = {8: "2", 6: "3"}
#: Tensors of at most this many values stay in half precision.
LEAST_VALUES = 4096
#: Positive levels of a signed byte, used symmetrically.
LEVELS = 127
SCALE, SHAPE = ".scale", ".shape"
#: Types of safetensors that a version has had.
_TYPES = ("I8", "F16", "BF16", "F32")
#: Types of version 3 alone.
_PACKED_TYPES = ("U8", "I64")
#: Parts of tensor names of earlier releases, and as they are named today.
_RENAMED_PARTS = {"summarise": "summarize", "recogniser": "recognizer", "told": "condition"}


def quantize(
    weight: Float[Tensor, "row ..."], levels: int = LEVELS
) -> tuple[Int8[Tensor, "row ..."], Float16[Tensor, " row"]]:
    """Round each row to multiples of its largest magnitude over ``levels``: integers and scales."""
    rows = weight.float().flatten(1)
    largest = rows.abs().amax(1)
    # A row too small for a half-precision scale is a row of zeros.
    silent = (largest / levels).half() == 0
    largest = torch.where(silent, float(levels), largest)
    rows = torch.where(silent[:, None], 0.0, rows)
    rounded = (rows / largest[:, None] * levels).round().to(torch.int8)
    return rounded.view(weight.shape), (largest / levels).half()


def dequantize(levels: Int8[Tensor, "row ..."], scale: Float16[Tensor, " row"]) -> Float[Tensor, "row ..."]:
    """Weights in single precision."""
    return (levels.flatten(1).float() * scale.float()[:, None]).view(levels.shape)


def write_weights(path: Path, tensors: dict[str, Tensor], bits: int = 8, eight: Collection[str] = ()) -> None:
    """Write tensors.

    Args:
        path: The file; replaced once it is whole.
        tensors: Weights by name.
        bits: Bits of a weight of a matrix, 8 or 6.
        eight: Names of matrices that have eight bits in any case.
    """
    stored: dict[str, Tensor] = {}
    for name, value in tensors.items():
        if value.ndim < 2 or value.numel() <= LEAST_VALUES:
            stored[name] = value.half()
        elif bits == 8 or name in eight:
            stored[name], stored[name + SCALE] = quantize(value)
        else:
            levels, stored[name + SCALE] = quantize(value, packed.LEVELS)
            stored[name], stored[name + SHAPE] = packed.pack(levels.flatten(1)), torch.tensor(value.shape)
    data = {name: value.contiguous() for name, value in stored.items()}
    write_bytes(path, save(data, {FORMAT: VERSIONS[bits]}), CheckpointError)


def bits_of(path: Path) -> int:
    """Bits of the weights that a file in a current version was written with; 8 for one of version 1."""
    with safe_open(path, framework="pt") as file:
        version = (file.metadata() or {}).get(FORMAT)
    return next((bits for bits, each in VERSIONS.items() if each == version), 8)


def eight_bit_names(path: Path) -> list[str]:
    """Names of the matrices of a file that have eight bits a weight."""
    with safe_open(path, framework="pt") as file:
        return [name for name in file.keys() if file.get_slice(name).get_dtype() == "I8"]  # noqa: SIM118


def read_weights(path: Path, remedy: str) -> dict[str, Tensor]:
    """Read a weight file of any version.

    Raises:
        CheckpointError: The file is missing, damaged, too large or of a newer version, or a weight is no
            finite number; the message ends with the ``remedy``.
    """
    if not path.is_file():
        raise CheckpointError(f"{path.parent} has no {path.name}. {remedy}")
    with opened(path, WEIGHTS_MIB, CheckpointError) as raw:
        HEADER_MIB.check(int.from_bytes(raw.read(8), "little") / MIB, path)
    try:
        with safe_open(path, framework="pt") as file:
            version = (file.metadata() or {}).get(FORMAT, "1")
            names = list(file.keys())
            TENSORS.check(len(names), path)
            types = _TYPES + _PACKED_TYPES * (version == VERSIONS[6])
            if others := [name for name in names if file.get_slice(name).get_dtype() not in types]:
                raise CheckpointError(
                    f"{path} has weights of a type that symvae does not write: {shown(others[0])}. {remedy}"
                )
            stored = {name: file.get_tensor(name) for name in names}
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path} is damaged ({shown(str(error), 200)[1:-1]}). {remedy}") from error
    if version not in ("1", *VERSIONS.values()):
        raise CheckpointError(
            f"{path} is in version {shown(version)[1:-1]} of symvae's weight files. "
            "Install the symvae release that wrote it."
        )
    if version == VERSIONS[6]:
        stored = _unpacked(stored, path, remedy)
    weights: dict[str, Tensor] = {}
    for name, value in stored.items():
        if name.endswith(SCALE) and _is_quantized(name.removesuffix(SCALE), stored):
            continue
        if _is_quantized(name, stored):
            scale = stored[name + SCALE]
            if value.ndim < 2 or scale.shape != value.shape[:1]:
                raise CheckpointError(f"{path} is damaged (scales that do not fit {shown(name)}). {remedy}")
            value = dequantize(value, scale)
        elif value.dtype in (torch.int8, torch.uint8):
            raise CheckpointError(f"{path} is damaged (it has no scales of {shown(name)}). {remedy}")
        if not value.isfinite().all():
            raise CheckpointError(
                f"{path} holds weights that are no numbers (NaN or infinity) in {shown(name)}. {remedy}"
            )
        if name_today(name) in weights:
            raise CheckpointError(f"{path} is damaged (it has {shown(name)} under two names). {remedy}")
        weights[name_today(name)] = value.float()
    return weights


def _unpacked(stored: dict[str, Tensor], path: Path, remedy: str) -> dict[str, Tensor]:
    """The tensors of a file of version 3 with the integers of those that are packed."""
    levels, shapes = {}, set()
    for name, value in stored.items():
        if value.dtype != torch.uint8:
            continue
        shape = stored.get(name + SHAPE, torch.zeros(0)).flatten().tolist()
        columns = math.prod(shape[1:]) if len(shape) > 1 and min(shape) > 0 else 0
        if not columns or value.shape != (shape[0], packed.packed_width(columns)):
            raise CheckpointError(
                f"{path} is damaged (packed weights that do not fit the shape of {shown(name)}). {remedy}"
            )
        levels[name] = packed.unpack(value, columns).view(*map(int, shape))
        shapes.add(name + SHAPE)
    rest = {name: value for name, value in stored.items() if name not in shapes}
    if others := [name for name, value in rest.items() if value.dtype == torch.int64]:
        raise CheckpointError(f"{path} is damaged (a shape without weights, {shown(others[0])}). {remedy}")
    return rest | levels


def _is_quantized(name: str, stored: dict[str, Tensor]) -> bool:
    scale = stored.get(name + SCALE)
    return name in stored and stored[name].dtype == torch.int8 and scale is not None


def name_today(tensor: str) -> str:
    """Translate the name of a tensor of an earlier release."""
    return ".".join(_RENAMED_PARTS.get(part, part) for part in tensor.split("."))
