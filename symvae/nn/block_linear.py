"""Linear layer whose inputs and outputs fall into blocks, each connected to itself alone.

It is `torch.nn.Linear` with a weight that is block-diagonal up to the order of its rows and columns. Only the
blocks are parameters, so files, gradients and optimizers hold nothing else.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import linear


class BlockLinear(nn.Module):
    """``inputs @ weight.T + bias``, orthogonal within each block at initialization.

    Args:
        input_block: number of the block of each input, from 0.
        output_block: number of the block of each output.
    """

    _from: Tensor
    _to: Tensor

    def __init__(self, input_block: Sequence[int], output_block: Sequence[int]) -> None:
        super().__init__()
        self.in_features, self.out_features = len(input_block), len(output_block)
        sources, targets = torch.tensor(input_block), torch.tensor(output_block)
        count = int(targets.max()) + 1
        self._in_sizes = sources.bincount(minlength=count).tolist()
        self._out_sizes = targets.bincount(minlength=count).tolist()
        self.blocks = nn.ParameterList(
            nn.Parameter(nn.init.orthogonal_(torch.empty(rows, columns)))
            for rows, columns in zip(self._out_sizes, self._in_sizes, strict=True)
        )
        self.bias = nn.Parameter(torch.zeros(self.out_features))
        # Inputs and outputs in the order of their blocks.
        self.register_buffer("_from", sources.argsort(stable=True), persistent=False)
        self.register_buffer("_to", targets.argsort(stable=True), persistent=False)

    def inputs(self, block: int) -> Int[Tensor, " inputs"]:
        """Indices of the inputs of a block, in the order of its columns."""
        return self._from.split(self._in_sizes)[block]

    def outputs(self, block: int) -> Int[Tensor, " outputs"]:
        """Indices of the outputs of a block, in the order of its rows."""
        return self._to.split(self._out_sizes)[block]

    @property
    def weight(self) -> Float[Tensor, "out in"]:
        """The whole matrix, zero outside of the blocks, computed from them; writing to it changes nothing."""
        whole = torch.block_diag(*self.blocks)
        return whole.index_select(0, self._to.argsort()).index_select(1, self._from.argsort())

    def forward(self, inputs: Float[Tensor, "*any in"]) -> Float[Tensor, "*any out"]:
        sources = inputs.index_select(-1, self._from).split(self._in_sizes, dim=-1)
        results = [linear(source, block) for source, block in zip(sources, self.blocks, strict=True)]
        return torch.cat(results, dim=-1).index_select(-1, self._to.argsort()) + self.bias
