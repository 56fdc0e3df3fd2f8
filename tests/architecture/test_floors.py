"""The floors of docs/architecture.md: imports, and the few files that may do certain things."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from tests.conftest import ROOT

PACKAGE = ROOT / "symvae"
FILES = sorted(PACKAGE.rglob("*.py"))


def bridge(library: str) -> set[str]:
    """The bridge to a library, and the annotations of the conversion."""
    return {f"music/io/bridges/{library}.py", "music/io/bridges/convert.py"}


#: Module → the only files that may name it.
OWNERS = {
    "pretty_midi": {"music/io/programs.py", *bridge("pretty_midi")},
    "mido": bridge("mido"),
    "symusic": bridge("symusic"),
    "miditok": {"tokens/phrase_tokenizer.py"},
    "music21": {"music/io/score_write.py", *bridge("music21")},
    "muspy": bridge("muspy"),
    "safetensors": {"system/weight_file.py"},
    "wave": {"dsp/wav.py"},
    "soundfile": {"dsp/wav.py"},
    "tinysoundfont": {"audio/soundfont.py"},
    "sounddevice": {"audio/speaker.py"},
    "typer": {f"cli/{path.name}" for path in (PACKAGE / "cli").glob("*.py")},
    "rich": {"cli/console.py", "cli/evaluate.py"},
    "matplotlib": {
        f"plot/{name}.py" for name in ("drum_grid", "morph", "panel", "piano_roll", "picture", "spectrogram")
    },
}


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} has a relative import"
            yield str(node.module)


def calls(path: Path) -> Iterator[str]:
    """Names of the functions that a file calls: ``print``, ``sys.stdout.write``."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_import_linter_keeps_every_contract(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml", no_cache=True, is_debug_mode=False) == 0


@pytest.mark.parametrize("module", OWNERS)
def test_a_library_is_imported_by_its_owners_only(module):
    found = {name_of(path) for path in FILES for name in imports(path) if name.split(".")[0] == module}
    assert found <= OWNERS[module]


def test_nothing_inside_imports_the_front_door():
    assert [name_of(p) for p in FILES if "symvae" in set(imports(p)) and p.parent.name != "cli"] == []


def test_only_the_command_line_prints():
    found = {
        name_of(path): call
        for path in FILES
        for call in calls(path)
        if call in ("print", "sys.stdout.write", "sys.stderr.write", "typer.echo", "logging.basicConfig")
    }
    assert all(name.startswith("cli/") for name in found), found


def test_only_storage_puts_files_in_their_place():
    """Elsewhere a path is written to only where it is temporary, or the path that `whole_file` gives."""
    moves = ("os.replace", "os.rename", "shutil.move")
    found = {
        f"{name_of(path)}: {call}"
        for path in FILES
        for call in calls(path)
        if call in moves or call.endswith((".write_bytes", ".write_text", ".rename"))
        if not name_of(path).startswith("storage/")
    }
    assert found == {
        "audio/fluidsynth.py: midi.write_bytes",  # in a temporary folder
        "music/io/file_bytes.py: whole_file.write_bytes",
    }


def test_weight_files_are_touched_in_one_place():
    """The state of a run, ``state.pt``, belongs to the run folder."""
    wanted = ("torch.save", "torch.load", "save_file", "load_file", "safe_open")
    found = {(name_of(path), call) for path in FILES for call in calls(path) if call in wanted}
    assert found == {
        ("system/weight_file.py", "safe_open"),
        ("training/run.py", "torch.save"),
        ("training/run.py", "torch.load"),
    }


def test_parts_take_plain_arguments():
    """Below the floor of ``system``, no module imports a config."""
    low = ("storage", "music", "nn", "dsp", "tokens", "attributes", "models", "objective", "latent", "audio")
    found = [
        name_of(path)
        for path in FILES
        if path.relative_to(PACKAGE).parts[0] in low
        and any(n.startswith("symvae.config") for n in imports(path))
    ]
    assert found == []


def test_package_files_are_empty():
    full = [name_of(p) for p in PACKAGE.rglob("__init__.py") if p.parent != PACKAGE and p.read_text().strip()]
    assert full == []


def test_training_runs_without_any_midi_library():
    blocked = ("symusic", "pretty_midi", "miditok", "muspy", "music21", "matplotlib", "typer", "rich")
    code = (
        f"import sys\nfor name in {blocked!r}: sys.modules[name] = None\n"
        "import symvae.training.latent_fit, symvae.training.timbres, symvae.config.load\n"
        "from symvae.training.tasks import arousal, code_prior, faders, phrase, prior, probe, synth"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("package", ["errors", "config", "storage", "music", "tokens", "attributes"])
def test_the_music_knows_no_network(package):
    modules = [
        "symvae." + name_of(path).removesuffix(".py").replace("/", ".")
        for path in FILES
        if name_of(path).split("/")[0].removesuffix(".py") == package and path.stem != "__init__"
    ]
    # miditok and muspy themselves import torch where it is installed, so their files are excluded.
    apart = ("symvae.tokens.phrase_tokenizer", "symvae.music.io.bridges.muspy")
    modules = [module for module in modules if module not in apart]
    code = f"import sys\nsys.modules['torch'] = None\nimport {', '.join(modules)}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
