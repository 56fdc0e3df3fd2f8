"""The training loop on a small regression: it resumes bit-equal, keeps the best, stops when asked."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from torch import nn

from symvae.errors import TrainingError
from symvae.training.loop import Progress, run
from symvae.training.run import RunFolder
from symvae.training.state import TrainingState, early_share, fresh_average
from symvae.training.task import Loss, Objective, Plan


@dataclass(frozen=True)
class Choice:
    rate: float = 0.1


class Regression:
    """A line through noisy points; its second module receives a gradient of its own."""

    base = None

    def __init__(self, scores: list[float | None] | None = None, **plan) -> None:
        torch.manual_seed(0)
        line, shadow = nn.Linear(3, 1), nn.Linear(1, 1)
        self.choice, self.line, self.shadow = Choice(), line, shadow
        self.average = fresh_average(line)
        self.generator = torch.Generator().manual_seed(5)
        optimizer = torch.optim.AdamW([*line.parameters(), *shadow.parameters()], lr=1.0)
        self.state = TrainingState({"line": line, "shadow": shadow}, optimizer, self.average, self.generator)
        self.plan = Plan(**{"steps": 6, "evaluate_every": 2, "clip_norms": {"line": 1.0}, **plan})
        self.scores = scores

    def settings(self, step: int) -> dict:
        return {"lr": self.choice.rate / (1 + step)}

    def loss(self, step: int) -> Loss:
        x = torch.randn(8, 3, generator=self.generator)
        value = self.line(x)
        error, echo = (value - x.sum(1, keepdim=True)).square().mean(), self.shadow(value).square().mean()
        objectives = (
            Objective(error, list(self.line.parameters())),
            Objective(echo, list(self.shadow.parameters())),
        )
        return Loss(objectives, {"train_loss": error.detach(), "rate": self.settings(step)["lr"]})

    def average_share(self, step: int) -> float:
        return early_share(0.9, step)

    def validate(self) -> dict[str, float]:
        return {"norm": float(self.average.weight.norm())}

    def score(self, figures: dict[str, float], step: int) -> float | None:
        return None if self.scores is None else self.scores[step // 2 - 1]

    def keep(self, folder: Path, figures: dict[str, float]) -> None:
        (folder / "kept.json").write_text(json.dumps([self.state.step, figures]))


def opened(path: Path, *, resume: bool = False) -> RunFolder:
    return RunFolder.open(path, "state.pt", resume=resume)


def kept(path: Path) -> int:
    return json.loads((path / "kept.json").read_text())[0]


def assert_same_state(one: Regression, two: Regression) -> None:
    assert one.state.step == two.state.step
    for name in ("line", "shadow", "average"):
        for a, b in zip(
            getattr(one, name).state_dict().values(), getattr(two, name).state_dict().values(), strict=True
        ):
            assert torch.equal(a, b), name


@pytest.mark.parametrize("stop", [1, 2, 3, 5])
def test_a_run_stopped_and_resumed_ends_bit_equal(tmp_path: Path, stop: int) -> None:
    whole, parts = Regression(), Regression()
    run(whole, opened(tmp_path / "whole"))
    run(Regression(), opened(tmp_path / "parts"), stop_after=stop)
    run(parts, opened(tmp_path / "parts", resume=True))
    assert_same_state(whole, parts)
    for name in ("log.csv", "kept.json"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes()


def test_a_killed_run_goes_on_from_its_last_validation(tmp_path: Path) -> None:
    whole, parts = Regression(), Regression()
    run(whole, opened(tmp_path / "whole"))

    def kill(now: Progress) -> None:
        if now.step == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(Regression(), opened(tmp_path / "parts"), watch=kill)
    steps: list[int] = []
    run(parts, opened(tmp_path / "parts", resume=True), watch=lambda now: steps.append(now.step))
    assert steps == [5, 6]
    assert_same_state(whole, parts)
    assert (tmp_path / "whole/log.csv").read_bytes() == (tmp_path / "parts/log.csv").read_bytes()


def test_without_a_folder_it_trains_the_same_and_writes_nothing(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    whole, free = Regression(), Regression()
    run(whole, opened(tmp_path / "run"))
    run(free)
    assert_same_state(whole, free)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_the_log_has_the_terms_of_the_loss_and_the_figures_at_each_validation(tmp_path: Path) -> None:
    run(Regression(), opened(tmp_path))
    header, *rows = (tmp_path / "log.csv").read_text().splitlines()
    assert header == "step,train_loss,rate,norm"
    assert [row.split(",")[0] for row in rows] == ["2", "4", "6"]


def test_the_last_step_is_validated_even_between_two_validations(tmp_path: Path) -> None:
    run(Regression(steps=3), opened(tmp_path))
    assert kept(tmp_path) == 3


def test_the_best_model_is_kept_and_before_scores_count_the_newest(tmp_path: Path) -> None:
    for scores, step in (([None, 2.0, 1.0], 4), ([1.0, 2.0, 2.0], 4), ([None, None, -1.0], 6), (None, 6)):
        task = Regression(scores)
        run(task, opened(tmp_path / str(scores)))
        assert kept(tmp_path / str(scores)) == step
        assert task.state.best == (-math.inf if scores is None else max(s for s in scores if s is not None))


def test_patience_ends_a_run_that_gets_no_better(tmp_path: Path) -> None:
    task = Regression([3.0, 2.0, 1.0, 9.0], steps=8, patience=2)
    run(task, opened(tmp_path))
    assert (task.state.step, task.state.stale, kept(tmp_path)) == (6, 2, 2)


def test_a_request_to_stop_is_followed_after_the_step(tmp_path: Path) -> None:
    task = Regression()
    run(task, opened(tmp_path), stopping=lambda: task.state.step == 3)
    assert torch.load(tmp_path / "state.pt", weights_only=True)["step"] == 3


def test_a_watcher_sees_each_step_and_the_latest_figures(tmp_path: Path) -> None:
    seen: list[Progress] = []
    run(Regression(phrases_per_step=8), opened(tmp_path), watch=seen.append)
    assert [now.step for now in seen] == [1, 2, 3, 4, 5, 6]
    assert [bool(now.figures) for now in seen] == [False, True, True, True, True, True]
    assert [now.phrases_per_sec > 0 for now in seen] == [True, False, True, False, True, False]
    assert all(now.terms["train_loss"] > 0 for now in seen)


def test_a_gradient_that_is_not_finite_ends_the_run_with_a_remedy(tmp_path: Path) -> None:
    task = Regression()
    with torch.no_grad():
        task.line.weight.fill_(math.inf)
    with pytest.raises(TrainingError) as refused:
        run(task, opened(tmp_path))
    assert str(refused.value) == (
        "The gradient is not finite at step 0. Start again with a lower learning_rate."
    )


def test_gradients_are_clipped_module_by_module() -> None:
    """One step of plain gradient descent moves a clipped module by at most rate times norm."""
    task = Regression(clip_norms={"line": 1e-3})
    task.state.optimizer = torch.optim.SGD([*task.line.parameters(), *task.shadow.parameters()], lr=1.0)
    before = [torch.cat([p.flatten() for p in module.parameters()]) for module in (task.line, task.shadow)]
    run(task, stop_after=1)
    moved = [
        float((torch.cat([p.flatten() for p in module.parameters()]) - old).norm().detach())
        for module, old in zip((task.line, task.shadow), before, strict=True)
    ]
    assert moved[0] == pytest.approx(0.1 * 1e-3, rel=1e-3)
    assert moved[1] > 10 * moved[0]


def test_the_average_starts_fast_and_follows_the_decay_later() -> None:
    assert early_share(0.9, 1) == pytest.approx(9 / 11)
    assert early_share(0.9, 10_000) == pytest.approx(0.1)
