import torch

from symvae.nn.recurrent import LSTM, LSTMState


@torch.no_grad()
def test_single_steps_equal_the_fused_sequence() -> None:
    torch.manual_seed(0)
    lstm = LSTM(3, 5)
    inputs = torch.randn(2, 7, 3)
    start = LSTMState(torch.randn(2, 5), torch.randn(2, 5))
    input_gates, state, hidden = lstm.input_gates(inputs), start, []
    for position in range(7):
        state = lstm.step(input_gates[:, position], state)
        hidden.append(state.hidden)
    torch.testing.assert_close(torch.stack(hidden, dim=1), lstm.unroll(inputs, start))


@torch.no_grad()
def test_the_initial_state_changes_the_output() -> None:
    torch.manual_seed(0)
    lstm = LSTM(3, 5)
    inputs = torch.randn(1, 2, 3)
    zero = torch.zeros(1, 5)
    from_zero = lstm.unroll(inputs, LSTMState(zero, zero))
    assert not torch.allclose(from_zero, lstm.unroll(inputs, LSTMState(zero + 1, zero)))
    assert not torch.allclose(from_zero, lstm.unroll(inputs, LSTMState(zero, zero + 1)))
