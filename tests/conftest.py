"""Before any test: shapes and types in annotations are checked at run time, and torch keeps to one thread.

Also what many tests need: the bundled tunes, shards made of them, and a model small enough to be
trained in a second. Such a model plays nonsense; tests of music use the released one.
"""

import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

from jaxtyping import install_import_hook

install_import_hook("symvae", "beartype.beartype")

import pytest  # noqa: E402
import torch  # noqa: E402
from hypothesis import settings  # noqa: E402

torch.set_num_threads(1)
# No test depends on a deadline: machines are shared and noisy.
settings.register_profile("symvae", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("symvae")

ROOT = Path(__file__).resolve().parent.parent
TUNES = ROOT / "data" / "tunes"

#: ``--set`` values of a model that trains twenty steps in a second.
TINY = (
    "name=tiny",
    "model.latent_size=16",
    "model.embedding_size=8",
    "model.encoder_size=16",
    "model.summary_size=16",
    "model.code_size=8",
    "model.phrase_size=8",
    "model.conductor_size=16",
    "model.decoder_size=24",
    "model.unfold_size=24",
    "model.feature_size=8",
    "training.batch_size=16",
    "training.evaluate_every=4",
    "training.steps=8",
    "training.warmup_steps=2",
)


@pytest.fixture(scope="session")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shards of the bundled tunes in 4/4."""
    from symvae.corpus.prepare import prepare
    from symvae.corpus.sources.folder import folder

    out = tmp_path_factory.mktemp("corpus") / "shards"
    prepare([folder(TUNES, collection="tunes", workers=1)], out)
    return out


@pytest.fixture(scope="session")
def tiny_model(shards: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny trained model with a learned prior, attribute vectors and a language model."""
    from symvae.config.load import load_preset, with_overrides
    from symvae.corpus.shards import open_shards
    from symvae.system.artifacts import save_language, save_latent
    from symvae.system.symvae import SymVAE
    from symvae.training.latent_fit import fit_latent
    from symvae.training.tasks.phrase import train

    config = with_overrides(load_preset("melody-2bar"), list(TINY))
    model = train(config, shards, tmp_path_factory.mktemp("run") / "run")
    latent = fit_latent(SymVAE.load(model), open_shards(shards), phrases=200, prior_steps=2)
    save_latent(model, latent.tensors())
    save_language(model, latent.language)
    return model


@pytest.fixture(scope="session")
def tiny_synth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny synthesizer that has learned nothing: its weights and timbres come by chance."""
    from symvae.config.load import with_overrides
    from symvae.config.sound import PROGRAMS, SynthConfig
    from symvae.system.build_synth import build_synth
    from symvae.system.synth_artifacts import save_synth
    from tests.sines import TINY_SYNTH

    config = with_overrides(SynthConfig(), list(TINY_SYNTH))
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(0)
        network = build_synth(config.model)
        for weights in network.parameters():
            weights.add_(0.05 * torch.randn_like(weights))
        timbres = [
            {"name": name, "program": program, "font": "chance", "z": torch.randn(4).tolist()}
            for name, program in PROGRAMS.items()
        ]
    folder = tmp_path_factory.mktemp("synth") / "model"
    save_synth(folder, config, network.state_dict(), timbres=timbres)
    return folder


@pytest.fixture(scope="session")
def drum_sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Prepared sounds of kicks and snares, with synthetic ones of all classes."""
    from symvae.corpus.sounds import prepare_sounds
    from tests.drum_folders import drum_folder

    folder = tmp_path_factory.mktemp("drums")
    prepare_sounds([drum_folder(folder / "in")], folder / "sounds", analog=24)
    return folder / "sounds"


@pytest.fixture(scope="session")
def tiny_drum_machine(drum_sounds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of a tiny drum machine that has learned next to nothing."""
    from symvae.config.load import with_overrides
    from symvae.config.oneshot import OneShotConfig
    from symvae.corpus.sound_shards import open_sounds
    from symvae.training.tasks.oneshot import train_oneshot
    from tests.drum_folders import TINY_ONESHOT

    config = with_overrides(OneShotConfig(), list(TINY_ONESHOT))
    out = tmp_path_factory.mktemp("machine") / "run"
    train_oneshot(config, open_sounds(drum_sounds), out)
    return out


@pytest.fixture(scope="session")
def tiny_code_machine(drum_sounds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run folder of a tiny drum machine of codes that has learned next to nothing."""
    from symvae.config.load import with_overrides
    from symvae.config.oneshot_codes import OneShotCodesConfig
    from symvae.corpus.sound_shards import open_sounds
    from symvae.training.tasks.oneshot_codes import train_oneshot_codes
    from tests.drum_folders import TINY_CODES

    config = with_overrides(OneShotCodesConfig(), list(TINY_CODES))
    out = tmp_path_factory.mktemp("codes") / "run"
    train_oneshot_codes(config, open_sounds(drum_sounds), out)
    return out


@pytest.fixture(scope="module")
def few_exchanges():
    """Few exchanges in a refinement: random weights miss by much, and a few show as well as many."""
    from symvae.system.faders import refine_notes, refine_tokens

    with pytest.MonkeyPatch.context() as patch:
        for name, number in (("MOST_EXCHANGES", 3), ("TRIED", 2), ("KEPT", 8)):
            patch.setattr(refine_tokens, name, number)
        for name, number in (("SWEEPS", 1), ("KEPT", 8)):
            patch.setattr(refine_notes, name, number)
        yield
