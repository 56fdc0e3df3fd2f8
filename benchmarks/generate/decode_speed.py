"""Time to decode one phrase: written-out LSTM cells against `nn.LSTM` called for single steps.

    python benchmarks/generate/decode_speed.py [--model NAME_OR_FOLDER] [--rounds 30]

Batch of one, one thread, greedy, single precision arithmetic. All methods run in one process and take turns
of ten phrases, so that other load slows them equally. They share their weights, and the script fails if their
tokens differ. Methods:

    fast           `symvae.models.phrase.fast_decoder`: all bars as one batch, written-out cells, matrices in
                   half precision
    parallel       the training network: all bars as one batch, matrices in single precision
    nn.LSTM        the same decoder as a plain loop over bars and tokens, each step one call of torch's LSTM
                   module on a sequence of length one
    flat fast      a flat decoder of the same width: all tokens as one sequence
    flat           the same in the training network
    flat nn.LSTM   the same flat weights, one `nn.LSTM` call for each token

Without --model the network of the preset melody-2bar with random weights is measured: the time does not
depend on the weights, and greedy tokens must agree all the same. Weights are first rounded to half precision.
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
    """Return a `torch.nn.LSTM` with the same weights."""
    copy = torch.nn.LSTM(lstm.input_size, lstm.hidden_size, batch_first=True)
    copy.load_state_dict(lstm.state_dict())
    return copy.eval()


def bar_after_bar(decoder: HierarchicalDecoder, lstm: torch.nn.LSTM, z: Tensor) -> Tensor:
    """Decode with the hierarchical decoder, one `nn.LSTM` call for each token."""
    bars = decoder.conductor(z)[0]
    return torch.stack([one_bar(decoder.bar, lstm, code[None]) for code in bars])[None]


def one_bar(bar: BarDecoder, lstm: torch.nn.LSTM, code: Tensor) -> Tensor:
    """Decode one bar."""
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
    """Decode with the flat decoder, one `nn.LSTM` call for each token."""
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
    methods: dict[str, Callable[[Tensor], Tensor]], z: Tensor, rounds: int
) -> dict[str, list[float]]:
    """Time each method in turns of ten phrases.

    The first of each ten is left out: it finds the caches full of another method's weights.

    Args:
        methods: functions from one latent to token ids, by name.
        z: latents to decode.
        rounds: number of turns.

    Returns:
        Milliseconds of each call, by method.
    """
    times: dict[str, list[float]] = {name: [] for name in methods}
    for turn in range(rounds):
        for name, method in methods.items():
            for again in range(10):
                row = z[(turn + again) % len(z)][None]
                since = time.perf_counter()
                method(row)
                if again:
                    times[name].append(1000 * (time.perf_counter() - since))
    return times


@torch.no_grad()
def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--model", help="a model's name or folder; without it, random weights")
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
    methods = {
        "fast": fast_decoder(decoder).generate,
        "parallel": decoder.generate,
        "nn.LSTM": lambda z: bar_after_bar(decoder, bar_lstm, z),
        "flat fast": fast_decoder(flat).generate,
        "flat": flat.generate,
        "flat nn.LSTM": lambda z: flat_token_by_token(flat, flat_lstm, z),
    }
    z = torch.randn(32, config.model.latent_size)
    for row in z.split(1):
        for group in (("fast", "parallel", "nn.LSTM"), ("flat fast", "flat", "flat nn.LSTM")):
            first, *others = (methods[name](row) for name in group)
            assert all(torch.equal(first, other) for other in others), f"{group} do not agree"

    measured = milliseconds(methods, z, chosen.rounds)
    print(
        f"{config.name}{'' if chosen.model else ' (random weights)'}: {config.model.bars} bars, batch 1,"
        f" one thread, torch {torch.__version__}, {chosen.rounds} rounds of 9,"
        f" tokens equal for {len(z)} latents"
    )
    print(f"{'':14}{'median ms':>10}{'5 %':>8}{'95 %':>8}")
    for name, times in measured.items():
        percentile = statistics.quantiles(times, n=20)
        print(f"{name:14}{statistics.median(times):10.2f}{percentile[0]:8.2f}{percentile[-1]:8.2f}")
    median = {name: statistics.median(times) for name, times in measured.items()}
    for slow, fast in (("nn.LSTM", "fast"), ("flat nn.LSTM", "fast"), ("flat nn.LSTM", "flat fast")):
        print(f"{slow} takes {median[slow] / median[fast]:.1f} times as long as {fast}")


if __name__ == "__main__":
    main()
