"""True trainings of faders: as coordinates of a model of their own, and as an editor of one that is trained.

Through the command line where a user would, on a model that takes a second; what is learned here is little,
so only what is easy is asked of it.
"""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from symvae.training.faders import FaderTraining, moved, train_faders
from symvae.training.step import TrainingStep
from typer.testing import CliRunner, Result

import symvae
from symvae.cli.main import app
from symvae.config.load import load_preset, with_overrides
from symvae.config.run import FaderConfig, RunConfig
from symvae.corpus.dataset import Batches, windows
from symvae.corpus.shards import Shards, open_shards
from symvae.errors import ConfigError, CorpusError, TrainingError
from symvae.models.phrase.vae import VAE, VAEOutput
from symvae.music.phrase import Phrase
from symvae.nn.gaussian import DiagonalGaussian
from symvae.objective.faders import Faders
from symvae.objective.regularization import sign, squared
from symvae.system.artifacts import load_config, load_editor, load_scales, save_scales
from symvae.system.build import build_attribute_predictor, build_editor
from symvae.system.faders.scales import Scales, fit_scales, measure_ids
from symvae.system.families import check_family
from symvae.system.symvae import SymVAE
from symvae.training.tasks.phrase import train
from tests.conftest import TINY

NAMES = ("register", "notes_per_bar")
ATTRIBUTES = 'faders.attributes=["register", "notes_per_bar"]'
QUICK = (
    ATTRIBUTES,
    *("faders.width=32", "faders.layers=1", "faders.steps=6", "faders.reading_steps=3"),
    *("faders.batch_size=8", "faders.evaluate_every=2"),
)
SMALL = ("--set", "faders.batch_size=8")


def settings(*values: str) -> list[str]:
    return [word for value in values for word in ("--set", value)]


def run_cli(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def rows(run: Path) -> list[dict[str, str]]:
    with (run / "log.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def train_ids(shards: Shards) -> np.ndarray:
    return windows(shards, "train", 2).ids


def quick(**more) -> FaderConfig:
    sizes = {"width": 32, "layers": 1, "steps": 6, "reading_steps": 3, "batch_size": 8, "evaluate_every": 2}
    return FaderConfig(**{"attributes": NAMES, **sizes, **more})


# Coordinates of a model


WITH_COORDINATES = (
    *TINY,
    *('model.faders=["register", "notes_per_bar"]', "name=coordinates"),
    *("training.steps=120", "training.evaluate_every=120", "training.batch_size=32"),
    *("training.learning_rate=1e-2", "training.ema_decay=0.9", "objective.beta=0.01"),
)


@pytest.fixture(scope="module")
def coordinates(shards: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run of a model whose first two coordinates are its faders, from the command line."""
    run = tmp_path_factory.mktemp("coordinates") / "run"
    result = run_cli(
        *("train", "--preset", "melody-2bar", "--data", shards, "--out", run),
        *settings(*WITH_COORDINATES, "objective.regularization=value"),
    )
    assert result.exit_code == 0, result.stderr
    return run


def test_coordinates_come_to_be_their_attributes(coordinates: Path, shards: Path) -> None:
    model, data = symvae.load(coordinates), open_shards(shards)
    assert model.config.model.faders == NAMES
    assert list(model.faders) == list(NAMES)
    ids = train_ids(data)
    with torch.no_grad():
        z = model.vae.encoder(torch.from_numpy(ids.astype(np.int64))).mean[:, :2]
    wanted = model.scales.positions(measure_ids(data.tokenizer, NAMES, ids))
    for fader in range(2):
        assert torch.corrcoef(torch.stack([z[:, fader], wanted[:, fader]]))[0, 1] > 0.6
    last = rows(coordinates)[-1]
    assert 0 < float(last["train_regularization"]) < 10 * squared(torch.zeros_like(wanted), wanted)


def decoded_at(model: SymVAE, phrases: list[Phrase], register: float) -> list[Phrase]:
    """One decode with the register set there; not settled, or exchanges of notes would do what z does not."""
    wishes = [{"register": register}] * len(phrases)
    return model.fade_each(phrases, wishes, hold=["notes_per_bar"], refine=False)


def test_coordinates_are_set_and_decoded(coordinates: Path, shards: Path) -> None:
    """Set low and high, the same phrases come out lower and higher, on average at least."""
    model = symvae.load(coordinates)
    phrases = model.to_phrases(torch.from_numpy(train_ids(open_shards(shards)).astype(np.int64)))
    low, high = (model.measure(decoded_at(model, phrases, wish)) for wish in (56.0, 76.0))
    assert high["register"].mean() > low["register"].mean() + 1


@pytest.mark.parametrize("kind", ["attribute", "sign", "none", "glsr", "condition", "adversarial"])
def test_every_other_way_of_tying_trains(shards: Path, tmp_path: Path, kind: str) -> None:
    few = ("training.steps=2", "training.evaluate_every=2", "training.batch_size=8")
    choice = [*WITH_COORDINATES, *few, f'objective.regularization="{kind}"']
    folder = train(with_overrides(load_preset("melody-2bar"), choice), shards, tmp_path / "run")
    assert (float(rows(tmp_path / "run")[-1]["train_regularization"]) > 0) == (kind != "none")
    ends = load_scales(folder).calibrations[0].position
    assert (ends.tolist() == [-4.0, 4.0]) == (kind == "attribute")


@pytest.mark.parametrize("kind", ["glsr", "adversarial"])
def test_a_training_with_a_critic_stopped_and_resumed_ends_bit_equal(shards, tmp_path, kind: str) -> None:
    few = ("training.steps=4", "training.evaluate_every=2", "training.batch_size=8")
    choice = [*WITH_COORDINATES, *few, f'objective.regularization="{kind}"']
    config = with_overrides(load_preset("melody-2bar"), choice)
    train(config, shards, tmp_path / "whole")
    train(config, shards, tmp_path / "parts", stop_after=2)
    train(config, shards, tmp_path / "parts", resume=True)
    a, b = (torch.load(tmp_path / run / "state.pt", weights_only=True) for run in ("whole", "parts"))
    for part in ("model", "critic"):
        for name, weight in a[part].items():
            assert torch.equal(weight, b[part][name]), f"{part}.{name}"


def test_what_a_decoder_is_told_it_does(shards: Path, tmp_path: Path) -> None:
    """Conditioned from nothing, it follows a little already."""
    choice = [*WITH_COORDINATES, "objective.regularization=condition"]
    model = SymVAE.load(train(with_overrides(load_preset("melody-2bar"), choice), shards, tmp_path / "run"))
    phrases = model.to_phrases(torch.from_numpy(train_ids(open_shards(shards)).astype(np.int64)))
    low, high = (model.measure(decoded_at(model, phrases, wish)) for wish in (56.0, 76.0))
    assert high["register"].mean() > low["register"].mean() + 1


def test_piano_has_no_fixed_places_for_glsr() -> None:
    choice = ['model.faders=["register"]', "objective.regularization=glsr"]
    config = with_overrides(load_preset("piano-4bar-faders"), choice)
    with pytest.raises(ConfigError, match=r"'glsr' reads tokens at fixed places, and a piano's bar has none"):
        check_family(config)


def test_tying_without_attributes_is_a_contradiction() -> None:
    with pytest.raises(ConfigError) as refused:
        with_overrides(load_preset("melody-2bar"), ["objective.regularization=sign"])
    assert str(refused.value) == (
        "objective.regularization is 'sign', and model.faders names no attribute for it. "
        "Name some, or set it to 'none'."
    )


@pytest.mark.parametrize(
    ("faders", "message"),
    [
        ('["register", "register"]', "model.faders names an attribute twice: register, register."),
        ('"register"', "'model.faders' is a list of words, not 'register'."),
        ("[1]", "'model.faders' is a list of words, not [1]."),
    ],
)
def test_faders_that_are_no_list_of_attributes_are_refused(faders: str, message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        with_overrides(load_preset("melody-2bar"), [f"model.faders={faders}"])
    assert str(refused.value) == message


def test_more_faders_than_coordinates_are_refused() -> None:
    few = ["model.latent_size=2", 'model.faders=["register", "contour"]']
    with pytest.raises(
        ConfigError, match=r"^model\.faders wants 2 coordinates of z beside those for the notes"
    ):
        with_overrides(load_preset("melody-2bar"), few)


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("loudness", ConfigError, "There is no attribute loudness. Known: "),
        ("tempo", CorpusError, "tempo is the same in all training phrases: there is nothing to learn"),
    ],
)
def test_a_model_of_attributes_that_cannot_be_is_refused(shards, tmp_path, name, error, message) -> None:
    choice = with_overrides(load_preset("melody-2bar"), [*TINY, f'model.faders=["{name}"]'])
    with pytest.raises(error, match=message):
        train(choice, shards, tmp_path / "run")
    assert not (tmp_path / "run").exists()


class Still(VAE):
    """A model that answers its own posterior, whatever it is given."""

    def __init__(self, mean: torch.Tensor) -> None:
        torch.nn.Module.__init__(self)
        self.mean = mean

    def forward(self, ids, **_):
        posterior = DiagonalGaussian(self.mean, torch.zeros_like(self.mean))
        return VAEOutput(torch.zeros(*ids.shape, 90), posterior, self.mean)


@pytest.mark.parametrize("kind", ["value", "attribute", "sign", "none"])
def test_a_step_adds_what_ties_the_first_coordinates(kind: str) -> None:
    """By its weight, and to the total alone; the other coordinates are nothing to it."""
    mean = torch.randn(5, 4, generator=torch.Generator().manual_seed(0))
    position = torch.randn(5, 2, generator=torch.Generator().manual_seed(1))
    ids = torch.zeros((5, 2, 16), dtype=torch.int64)

    def loss_of(faders: Faders | None):
        step = TrainingStep(Still(mean), free_nats=0.0, padding=None, faders=faders)
        return step(
            ids,
            dropped=torch.zeros_like(ids, dtype=torch.bool),
            generator=torch.Generator(),
            beta=0.1,
            sampling_rate=0.0,
        )

    plain, tied = loss_of(None), loss_of(Faders(lambda ids: position, kind, 3.0))
    by_hand = {"none": 0.0, "sign": 3 * sign(mean[:, :2], position).item()}
    extra = by_hand.get(kind, 3 * squared(mean[:, :2], position).item())
    assert plain.regularization == 0
    assert tied.regularization.item() == pytest.approx(extra)
    assert (tied.total - plain.total).item() == pytest.approx(extra, abs=1e-4)
    assert (tied.reconstruction, tied.kl) == (plain.reconstruction, plain.kl)


# An editor of a trained model


@pytest.fixture
def model(tiny_model: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny_model, tmp_path / "model")


def learn(model: Path, shards: Path, run: Path, *more: object) -> Result:
    return run_cli("train-faders", model, "--data", shards, "--out", run, *settings(*QUICK), *more)


def test_a_model_gets_faders(model: Path, shards: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    before = (model / "model.safetensors").read_bytes()
    result = learn(model, shards, run, "--update-model")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == f"{run / 'faders.safetensors'}\n"
    assert f"symvae evaluate {model} --data {shards} --control" in result.stderr
    figures = rows(run)
    assert [row["step"] for row in figures] == ["2", "4", "6"]
    parts = ["asked", "staying", "content", "reading"]
    assert list(figures[0]) == ["step", *parts, *(p + name for name in NAMES for p in ("", "read_"))]
    for name in ("faders.json", "faders.safetensors"):
        assert (model / name).read_bytes() == (run / name).read_bytes()
    assert (model / "model.safetensors").read_bytes() == before
    faded = symvae.load(model)
    assert faded.config.faders == quick()
    assert list(faded.faders) == list(NAMES)
    phrase = faded.sample(1, prior="gaussian")[0]
    assert faded.fade(phrase, {"register": 70.0}, best_of=2).grid == faded.grid


def test_one_fader_by_itself_is_evaluated(model: Path, shards: Path, tmp_path: Path) -> None:
    """What needs a second one, restrictiveness and modularity, is left open."""
    one = ("--set", 'faders.attributes=["register"]', "--update-model")
    assert learn(model, shards, tmp_path / "run", *one).exit_code == 0
    result = run_cli("evaluate", model, "--data", shards, "--control", "--quick", "--out", tmp_path)
    assert result.exit_code == 0, result.stderr
    part = json.loads((tmp_path / "metrics.json").read_text())["control"]
    assert part["faders"]["register"]["positions"]["restrictiveness"] is None
    assert part["disentanglement"]["modularity"] is None
    assert part["disentanglement"]["sap"] >= 0
    assert "modularity –" in (tmp_path / "report.md").read_text()


def test_without_being_told_to_it_leaves_the_model_alone(model: Path, shards: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in model.iterdir()}
    assert learn(model, shards, tmp_path / "run").exit_code == 0
    assert {path.name: path.read_bytes() for path in model.iterdir()} == before


def test_a_run_stopped_and_resumed_ends_bit_equal(tiny_model: Path, shards: Path, tmp_path: Path) -> None:
    """Stopped while it only reads, killed between two checkpoints, stopped while it practices."""
    data, choice = open_shards(shards), quick()
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    train_faders(SymVAE.load(tiny_model), choice, data, whole)
    steps: list[int] = []

    def part(**more) -> None:
        train_faders(
            SymVAE.load(tiny_model), choice, data, parts, watch=lambda now: steps.append(now.step), **more
        )

    part(stopping=lambda: steps[-1] == 1)
    part(resume=True, stop_after=3)
    part(resume=True, stopping=lambda: steps[-1] == 5)
    part(resume=True)
    assert steps == [1, 2, 3, 3, 4, 5, 6]
    a, b = (torch.load(run / "faders-state.pt", weights_only=True) for run in (whole, parts))
    assert a["step"] == b["step"] == 6
    for name in ("editor", "average", "reader"):
        for key, weight in a[name].items():
            assert torch.equal(weight, b[name][key]), f"{name}.{key}"
    for name in ("faders.json", "faders.safetensors", "log.csv"):
        assert (whole / name).read_bytes() == (parts / name).read_bytes(), name


def test_a_run_can_be_resumed_from_the_command_line(tiny_model: Path, shards: Path, tmp_path: Path) -> None:
    train_faders(SymVAE.load(tiny_model), quick(), open_shards(shards), tmp_path / "run", stop_after=2)
    result = learn(tiny_model, shards, tmp_path / "run", "--resume")
    assert result.exit_code == 0, result.stderr
    assert [row["step"] for row in rows(tmp_path / "run")] == ["2", "4", "6"]


def test_a_folder_in_use_and_one_that_is_empty_are_refused(model: Path, shards: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    result = learn(model, shards, run, "--resume")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"symvae: There is nothing to resume in {run}: it has no faders-state.pt. "
        "Leave out --resume to start.\n"
    )
    assert not run.exists()
    train_faders(SymVAE.load(model), quick(), open_shards(shards), run, stop_after=2)
    result = learn(model, shards, run)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"symvae: {run} already holds a run. Add --resume to go on with it, or choose another.\n"
    )


@pytest.mark.parametrize("other", ["state.pt", "prior-state.pt"])
def test_the_folder_of_another_training_is_refused(model, shards, tmp_path, other: str) -> None:
    """Its log would be lost."""
    run = tmp_path / "run"
    run.mkdir()
    (run / other).touch()
    (run / "log.csv").write_text("step\n4\n")
    result = learn(model, shards, run)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        f"symvae: {run} holds a training of another kind. Choose another folder for its faders.\n"
    )
    assert (run / "log.csv").read_text() == "step\n4\n"


def test_resuming_with_other_weights_or_choices_is_refused(model: Path, shards: Path, tmp_path: Path) -> None:
    run, data = tmp_path / "run", open_shards(shards)
    train_faders(SymVAE.load(model), quick(), data, run, stop_after=2)
    for other in (quick(width=64), quick(attributes=("register", "contour")), quick(seed=1)):
        with pytest.raises(TrainingError, match=r"other choices \(faders\.(width|attributes|seed)\)"):
            train_faders(SymVAE.load(model), other, data, run, resume=True)
    weights = model / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(bytes(content))
    result = learn(model, shards, run, "--resume")
    assert result.exit_code == 1
    assert result.stderr == (
        f"symvae: {model} has other weights than {run / 'faders-state.pt'} began with. Start anew.\n"
    )


@pytest.mark.parametrize(
    ("words", "status", "fault"),
    [
        (["--set", "training.steps=5"], 2, "'training.steps=5' is not of the faders: give faders.key=value"),
        (["--set", "faders.stepz=5"], 1, "There is no key 'faders.stepz'"),
        (["--set", "faders.steps=0"], 1, "faders.steps must be a number of at least 1, not 0."),
        (
            ["--set", "faders.reading_steps=-1"],
            1,
            "faders.reading_steps must be a number of at least 0, not -1.",
        ),
        (["--set", "faders.width=40"], 1, "faders.width must be a multiple of 32, not 40."),
        (
            ["--set", "faders.attributes=register"],
            1,
            "'faders.attributes' is a list of words, not 'register'.",
        ),
        (
            ["--set", 'faders.attributes=["mode", "mode"]'],
            1,
            "faders.attributes names one twice: mode, mode.",
        ),
        (
            ["--set", "faders.attributes=[]"],
            1,
            "There is no attribute to learn a fader for. Set faders.attrib",
        ),
        (
            ["--set", 'faders.attributes=["loudness"]', *SMALL],
            1,
            "There is no attribute loudness. Known: notes_per_bar,",
        ),
        (
            ["--set", 'faders.attributes=["register", "tempo"]', *SMALL],
            1,
            "tempo is the same in all training phrases: there is nothing to learn a fader from.",
        ),
        (
            ["--set", ATTRIBUTES],
            1,
            "fewer than one batch of 128. Prepare more music or set a lower batch_size.",
        ),
        (["--device", "toaster"], 2, "--device"),
    ],
)
def test_what_cannot_be_learned_is_refused(tiny_model, shards, tmp_path, words, status, fault) -> None:
    result = run_cli("train-faders", tiny_model, "--data", shards, "--out", tmp_path / "run", *words)
    assert (result.exit_code, result.stdout) == (status, "")
    told = " ".join(result.stderr.replace("│", " ").split())
    assert fault in told
    assert "Traceback" not in result.stderr
    if status == 1:
        assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "run").exists()


def test_a_flat_model_has_none(shards: Path, tmp_path: Path) -> None:
    few = ('model.decoder="flat"', "training.steps=1", "training.batch_size=4")
    folder = train(with_overrides(load_preset("melody-2bar"), [*TINY, *few]), shards, tmp_path / "flat")
    with pytest.raises(TrainingError, match="a flat model has none"):
        train_faders(SymVAE.load(folder), quick(), open_shards(shards), tmp_path / "run")


def test_one_fader_alone_and_a_model_with_coordinates(
    coordinates: Path, shards: Path, tmp_path: Path
) -> None:
    model = SymVAE.load(coordinates)
    train_faders(model, quick(attributes=("contour",)), open_shards(shards), tmp_path)
    assert load_scales(tmp_path).names == ("contour",)
    assert load_editor(tmp_path).project.weight.shape[0] == model.latent_size


# What is learned


def training_of(model: SymVAE, shards: Shards, config: FaderConfig) -> tuple[FaderTraining, Batches]:
    ids = train_ids(shards)
    scales = fit_scales(config.attributes, shards.tokenizer, ids, 6, 0)
    parts = build_editor(config, model.vae), build_attribute_predictor(config, model.vae)
    batches = Batches(
        ids, batch_size=config.batch_size, transpose_by=6, tokenizer=shards.tokenizer, seed=config.seed
    )
    return FaderTraining(model.vae, shards.tokenizer, scales, *parts, config), batches


def test_a_fader_comes_to_move_what_it_is_named_for(coordinates: Path, shards: Path, monkeypatch) -> None:
    """On phrases that it has seen, each asked for what another one has: .7 to .8 with other seeds too."""
    monkeypatch.setattr("symvae.training.faders.WARMUP_STEPS", 5)
    data = open_shards(shards)
    choice = quick(
        attributes=("register",),
        **{"steps": 80, "reading_steps": 40, "batch_size": 16, "learning_rate": 5e-3},
        **{"ema_decay": 0.5, "content_weight": 0.0},
    )
    learning, batches = training_of(SymVAE.load(coordinates), data, choice)
    ids = torch.from_numpy(train_ids(data).astype(np.int64))
    losses = [learning.advance(batches.batch(step)) for step in range(choice.steps)]
    assert set(losses[39]) == {"reading"}
    assert set(losses[40]) == {"asked", "staying", "content", "reading"}

    def mean(part: str, some: slice) -> float:
        return float(np.mean([each[part] for each in losses[some]]))

    assert mean("reading", slice(70, 80)) < 0.5 * mean("reading", slice(0, 10))
    assert mean("asked", slice(70, 80)) < 0.7 * mean("asked", slice(40, 50))
    after = learning.validate(ids)
    assert set(after) == {"register", "read_register"}
    assert after["read_register"] > 0.7
    assert after["register"] > 0.5


def test_the_model_itself_is_not_trained(tiny_model: Path, shards: Path) -> None:
    model = SymVAE.load(tiny_model)
    before = {name: weight.clone() for name, weight in model.vae.state_dict().items()}
    learning, batches = training_of(model, open_shards(shards), quick(reading_steps=0, learning_rate=0.1))
    for step in range(2):
        learning.advance(batches.batch(step))
    for name, weight in model.vae.state_dict().items():
        assert torch.equal(weight, before[name]), name


def test_while_only_the_reader_learns_the_editor_stays(tiny_model: Path, shards: Path) -> None:
    learning, batches = training_of(SymVAE.load(tiny_model), open_shards(shards), quick())
    before = [weight.clone() for weight in learning.editor.parameters()]
    reader = [weight.clone() for weight in learning.reader.parameters()]
    for step in range(3):
        learning.advance(batches.batch(step))
    for old, weight, kept in zip(
        before, learning.editor.parameters(), learning.average.parameters(), strict=True
    ):
        assert torch.equal(old, weight)
        assert torch.equal(old, kept)
    assert any(not torch.equal(a, b) for a, b in zip(reader, learning.reader.parameters(), strict=True))
    learning.advance(batches.batch(3))
    assert any(not torch.equal(a, b) for a, b in zip(before, learning.editor.parameters(), strict=True))


def test_one_fader_is_set_where_another_phrase_has_it_and_the_rest_goes_along() -> None:
    position = torch.randn(50, 3, generator=torch.Generator().manual_seed(0))
    coupling = torch.tensor([[1.0, 0.5, 0.0], [0.5, 1.0, -0.2], [0.0, -0.2, 1.0]])
    target, asked = moved(position, coupling, torch.Generator().manual_seed(1))
    assert (asked.sum(1) == 1).all()
    row, which = torch.arange(50), asked.float().argmax(1)
    change = (target - position)[row, which]
    torch.testing.assert_close(target - position, change[:, None] * coupling[which])
    for fader in range(3):
        found = target[which == fader, fader]
        assert ((found[:, None] - position[None, :, fader]).abs().amin(1) < 1e-6).all()
    assert set(which.tolist()) == {0, 1, 2}
    again, _ = moved(position, coupling, torch.Generator().manual_seed(1))
    assert torch.equal(again, target)


def test_of_half_of_the_phrases_several_faders_are_set_where_one_other_phrase_has_them() -> None:
    position = torch.randn(400, 5, generator=torch.Generator().manual_seed(0))
    target, asked = moved(position, torch.eye(5), torch.Generator().manual_seed(1), several=True)
    assert 0.25 < (asked.sum(1) > 1).float().mean() < 0.5
    torch.testing.assert_close(target[~asked], position[~asked])
    fits = (target[:, None] == position[None]) | ~asked[:, None]
    assert fits.all(-1).any(1).all()


def test_scales_are_those_of_the_configured_attributes_in_their_order(model, shards, tmp_path) -> None:
    for names in (("contour", "register"), ("register", "contour")):
        run = tmp_path / names[0]
        train_faders(SymVAE.load(model), quick(attributes=names, steps=1), open_shards(shards), run)
        assert tuple(json.loads((run / "faders.json").read_text())["faders"]) == names


def test_a_config_with_faders_comes_back(model: Path, shards: Path, tmp_path: Path) -> None:
    """Lists of words in JSON are tuples again."""
    assert learn(model, shards, tmp_path / "run", "--update-model").exit_code == 0
    config = load_config(model)
    assert isinstance(config, RunConfig)
    assert config.faders.attributes == NAMES
    scales = load_scales(model)
    assert isinstance(scales, Scales)
    save_scales(tmp_path, scales)
    assert (tmp_path / "faders.json").read_bytes() == (model / "faders.json").read_bytes()
