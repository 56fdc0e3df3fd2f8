"""How long one phrase takes to decode: the written-out cell against `nn.LSTM` called for single steps.

    python benchmarks/generate/decode_speed.py [--model NAME_OR_FOLDER] [--rounds 30]

Batch of one, one thread, greedy, single precision arithmetic, all ways in one process, taking turns of
ten phrases, so that a busy machine slows them alike. The same weights decode each way, and the script
fails if their tokens differ. Ways:

    quick          what `symvae` plays with (`symvae.models.phrase.fast_decoder`): all bars as one batch, the cell
                   written out over matrices in half precision
    side by side   the same on the training network: matrices in single precision, nothing prepared
    nn.LSTM        the same decoder as a plain loop: bar after bar, token after token, each step one
                   call of torch's LSTM module on a sequence of length one
    flat quick     a flat decoder of the same width: all tokens in a row
    flat           the same on the training network
    flat nn.LSTM   the same flat weights, one `nn.LSTM` call a token

Without --model the network of the preset melody-2bar with fresh weights is measured: time does not
depend on what the weights have learned, and greedy tokens must agree all the same. Weights are first
rounded to half precision, as they are in every stored model.
"""

import argparse
import dataclasses
import statistics
import time
from collections.abc import Callable

import torch
from torch import Tensor

from symvae.config.load import load_preset
from symvae.models.phrase.bar_decoder import BarDecoder
from symvae.models.phrase.conductor import HierarchicalDecoder
from symvae.models.phrase.fast_decoder import fast_decoder
from symvae.models.phrase.flat_decoder import FlatDecoder
from symvae.nn.recurrent import LSTM
from symvae.system.artifacts import load_config, load_vae
from symvae.system.build import build_decoder
from symvae.system.catalog import find


def plain(lstm: LSTM) -> torch.nn.LSTM:
    """A stock `nn.LSTM` with the same weights."""
    copy = torch.nn.LSTM(lstm.input_size, lstm.hidden_size, batch_first=True)
    copy.load_state_dict(lstm.state_dict())
    return copy.eval()


def bars_one_after_the_other(decoder: HierarchicalDecoder, lstm: torch.nn.LSTM, z: Tensor) -> Tensor:
    """The hierarchical decoder as it reads on paper, one `nn.LSTM` call a token."""
    bars = decoder.conductor(z)[0]
    return torch.stack([one_bar(decoder.bar, lstm, code[None]) for code in bars])[None]


def one_bar(bar: BarDecoder, lstm: torch.nn.LSTM, code: Tensor) -> Tensor:
    """One bar of it."""
    feature = bar.unfold(code).view(bar.positions, -1)
    hidden, cell = torch.tanh(bar.initial(code)).chunk(2, dim=-1)
    state = (hidden[None].contiguous(), cell[None].contiguous())
    token = torch.tensor(bar.unknown)
    tokens = []
    for position in range(bar.positions):
        inputs = torch.cat([bar.embedding(token), feature[position]])
        output, state = lstm(inputs[None, None], state)
        token = bar.logits(torch.cat([output[0, 0], feature[position]])).argmax(-1)
        tokens.append(token)
    return torch.stack(tokens)


def flat_token_by_token(decoder: FlatDecoder, lstm: torch.nn.LSTM, z: Tensor) -> Tensor:
    """The flat decoder, one `nn.LSTM` call a token."""
    hidden, cell = torch.tanh(decoder.initial(z)).chunk(2, dim=-1)
    state = (hidden[None].contiguous(), cell[None].contiguous())
    token = torch.tensor(decoder.unknown)
    tokens = []
    for _ in range(decoder.bars * decoder.positions):
        inputs = torch.cat([decoder.embedding(token), z[0]])
        output, state = lstm(inputs[None, None], state)
        token = decoder.logits(output[0, 0]).argmax(-1)
        tokens.append(token)
    return torch.stack(tokens).view(1, decoder.bars, decoder.positions)


def milliseconds(
    ways: dict[str, Callable[[Tensor], Tensor]], z: Tensor, rounds: int
) -> dict[str, list[float]]:
    """Each way ten times in a row, then the next, and all again; the first of each ten does not count,
    for it finds the caches full of another way's weights."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds):
        for name, way in ways.items():
            for again in range(10):
                row = z[(turn + again) % len(z)][None]
                since = time.perf_counter()
                way(row)
                if again:
                    taken[name].append(1000 * (time.perf_counter() - since))
    return taken


@torch.no_grad()
def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--model", help="a model's name or folder; without it, fresh weights")
    options.add_argument("--rounds", type=int, default=30)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)

    config = load_config(find(chosen.model)) if chosen.model else load_preset("melody-2bar")
    decoder = load_vae(find(chosen.model)).decoder if chosen.model else build_decoder(config.model).eval()
    flat = build_decoder(dataclasses.replace(config.model, decoder="flat")).eval()
    assert isinstance(decoder, HierarchicalDecoder)
    for weight in [*decoder.parameters(), *flat.parameters()]:
        weight.copy_(weight.half().float())
    bar_lstm, flat_lstm = plain(decoder.bar.lstm), plain(flat.lstm)
    ways = {
        "quick": fast_decoder(decoder).generate,
        "side by side": decoder.generate,
        "nn.LSTM": lambda z: bars_one_after_the_other(decoder, bar_lstm, z),
        "flat quick": fast_decoder(flat).generate,
        "flat": flat.generate,
        "flat nn.LSTM": lambda z: flat_token_by_token(flat, flat_lstm, z),
    }
    z = torch.randn(32, config.model.latent_size)
    for row in z.split(1):
        for group in (("quick", "side by side", "nn.LSTM"), ("flat quick", "flat", "flat nn.LSTM")):
            first, *others = (ways[name](row) for name in group)
            assert all(torch.equal(first, other) for other in others), f"{group} do not agree"

    taken = milliseconds(ways, z, chosen.rounds)
    print(
        f"{config.name}{'' if chosen.model else ' (fresh weights)'}: {config.model.bars} bars, batch 1,"
        f" one thread, torch {torch.__version__}, {chosen.rounds} rounds of 9,"
        f" tokens equal for {len(z)} latents"
    )
    print(f"{'':14}{'median ms':>10}{'5 %':>8}{'95 %':>8}")
    for name, times in taken.items():
        percentile = statistics.quantiles(times, n=20)
        print(f"{name:14}{statistics.median(times):10.2f}{percentile[0]:8.2f}{percentile[-1]:8.2f}")
    median = {name: statistics.median(times) for name, times in taken.items()}
    for slow, fast in (("nn.LSTM", "quick"), ("flat nn.LSTM", "quick"), ("flat nn.LSTM", "flat quick")):
        print(f"{slow} takes {median[slow] / median[fast]:.1f} times as long as {fast}")


if __name__ == "__main__":
    main()
