"""Advice leads somewhere: whatever a message names is followed, and works."""

import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import symvae
from symvae.errors import ConfigError, SymvaeError
from symvae.music.song import MetreChange, Song, TempoChange, Track
from symvae.pipelines.needs import READERS
from symvae.pipelines.preflight import Checked, check
from symvae.pipelines.reconstruct import reconstruct
from symvae.pipelines.tracks import each_track
from symvae.pipelines.trial import Source
from symvae.system.choice import ModelFacts, released
from tests.conftest import TUNES

SIXTEENTH = 120
MODELS = [None, *symvae.available()]
FADERS = ("arousal", "contour", "register", "tempo", "loudness")


def part(steps: int, kind: str, first: int = 0) -> Track:
    """A part with a note on every second sixteenth: one line, chords or drums."""
    onset = np.arange(first, steps, 2)
    pitch = 60 + onset % 12
    if kind == "chords":
        onset, pitch = np.repeat(onset, 3), np.concatenate([pitch, pitch + 4, pitch + 7])
    columns = (onset * SIXTEENTH, np.full(len(onset), 2 * SIXTEENTH), pitch, np.full(len(onset), 90))
    return Track(kind, 0, kind == "drums", *columns)


def song(metre: str, bars: int, kinds: tuple[str, ...] = ("line",), rest_bars: int = 0) -> Song:
    """Parts that last some bars; the first part begins after ``rest_bars``."""
    numerator, denominator = map(int, metre.split("/"))
    bar = 16 * numerator // denominator
    parts = [part(bars * bar, kind, rest_bars * bar if not row else 0) for row, kind in enumerate(kinds)]
    return Song(
        4 * SIXTEENTH,
        (MetreChange(0, numerator, denominator),),
        (TempoChange(0, 120.0),),
        tuple(parts),
        bars * bar * SIXTEENTH,
    )


def run(verb: str, model: str | None, sources: list[Source], **asked: object) -> Checked:
    need, read = READERS[verb]
    return check(replace(need, **asked), model, sources, read)


def advised(message: str) -> list[dict[str, object]]:
    """Every change of the call that a message names, as a change of the keywords of `walk`."""
    names = [
        name
        for group in re.findall(r"se --model ((?:[\w-]+(?:, | or )?)+)", message)
        for name in re.split(r", | or ", group)
    ]
    tracks = re.findall(r"--track (\d+)", message)
    bars = [bar for group in re.findall(r"--bar among ([\d, ]*\d)", message) for bar in group.split(", ")]
    changes: list[dict[str, object]] = [{"model": name} for name in names]
    changes += [{"track": int(track)} for track in tracks]
    changes += [{"bar": int(bar)} for bar in (*bars[:1], *bars[1:][-1:])]
    changes += [{"bar": None}] * ("Leave out --bar" in message)
    for command in re.findall(r"`symvae ([^`]+)`", message):
        verb, *words = shlex.split(command)
        if verb in READERS and words:
            vector = words[words.index("--set") + 1].partition("=")[0] if "--set" in words else None
            asked = {} if vector is None else {"vectors": (vector,)}
            changes.append({"verb": verb, "model": None, "bar": None, "asked": asked})
    return changes


def walk(read_before: Song, call: dict[str, Any], steps: int = 4) -> None:
    """Follow every piece of advice, one after the other, until the call works."""
    source = Source("song.mid", call["track"], call["bar"], read_before=read_before)
    message = ""
    try:
        checked = run(call["verb"], call["model"], [source], **call["asked"])
        assert bool(checked.why) == (call["model"] is None)
        assert all(intake.phrases for intake in checked.intakes)
    except SymvaeError as error:
        message = str(error)
    # There is always something to do about it, and the advice does not loop.
    assert not message or re.search(r"\b(Choose|Write|Give|Ask|Known|It has)\b|--|`symvae", message), message
    assert steps or not message, message
    for change in advised(message):
        walk(read_before, call | change, steps - 1)


@given(
    verb=st.sampled_from(sorted(READERS)),
    model=st.sampled_from(MODELS),
    metre=st.sampled_from(["4/4", "3/4", "6/8", "2/4", "12/8", "3/8", "6/4", "5/4", "7/8"]),
    bars=st.sampled_from([1, 2, 3, 8, 17]),
    kinds=st.sampled_from(
        [("line",), ("chords",), ("line", "drums"), ("drums",), ("drums", "line", "chords")]
    ),
    track=st.sampled_from([None, None, 0, 1]),
    bar=st.sampled_from([None, None, 2, 99]),
    faders=st.sets(st.sampled_from(FADERS), max_size=2),
)
@settings(max_examples=40)
def test_every_piece_of_advice_works(verb, model, metre, bars, kinds, track, bar, faders) -> None:
    asked = {"faders": tuple(sorted(faders))} if verb == "fade" else {}
    call = {"verb": verb, "model": model, "track": track, "bar": bar, "asked": asked}
    walk(song(metre, bars, kinds), call)


@pytest.mark.parametrize(
    ("verb", "metre", "bars", "kinds", "faders", "model"),
    [
        ("reconstruct", "4/4", 16, ("line",), None, "melody-16bar"),
        ("reconstruct", "4/4", 2, ("line",), None, "melody-2bar"),
        ("reconstruct", "4/4", 17, ("line",), None, "melody-2bar"),  # the longer ones leave out a bar
        ("reconstruct", "4/4", 1, ("line",), None, "melody-2bar"),
        ("reconstruct", "2/4", 32, ("line",), None, "melody-16bar"),
        ("reconstruct", "3/4", 16, ("line",), None, "melody-16bar-3-4"),
        ("reconstruct", "12/8", 8, ("line",), None, "melody-16bar-6-8"),
        ("reconstruct", "4/4", 16, ("chords",), None, "melody-16bar"),
        ("variations", "4/4", 6, ("line",), None, "melody-4bar-faders"),
        ("continue", "4/4", 16, ("line",), None, "melody-16bar"),
        ("continue", "3/4", 1, ("line",), None, "melody-16bar-3-4"),
        ("infill", "4/4", 2, ("line",), None, "melody-2bar"),
        ("fade", "4/4", 8, ("line",), ("register",), "melody-4bar-faders"),
        ("fade", "4/4", 8, ("chords",), ("register",), "piano-4bar"),
        ("fade", "4/4", 8, ("line",), ("arousal",), "piano-4bar"),
        ("fade", "4/2", 8, ("line", "chords"), ("register",), "piano-4bar"),
    ],
)
def test_the_best_model_is_chosen(verb, metre, bars, kinds, faders, model) -> None:
    asked = {} if faders is None else {"faders": faders}
    checked = run(verb, None, [Source("song.mid", read_before=song(metre, bars, kinds))], **asked)
    assert checked.facts.name == model
    assert checked.why == f"{checked.facts.grid.bars} bars of {checked.facts.grid.metre}"


def refusal(verb: str, model: str | None, *songs: Song, **asked: object) -> str:
    sources = [Source(f"{'ab'[row]}.mid", read_before=each) for row, each in enumerate(songs)]
    with pytest.raises(SymvaeError) as refused:
        run(verb, model, sources, **asked)
    return str(refused.value)


@pytest.mark.parametrize("model", [None, "melody-16bar-3-4", "piano-4bar"])
def test_a_waltz_is_not_sent_from_model_to_model(model) -> None:
    message = refusal("fade", model, song("3/4", 16), faders=("arousal",))
    assert "--model" not in message
    assert "Choose among those in 3/4: contour, mean_interval, note_density" in message


def test_music_that_no_model_reads_says_how_to_write_it() -> None:
    assert refusal("reconstruct", None, song("5/4", 8)) == (
        "a.mid is in 5/4, which no released model reads. Write it in 4/4, 3/4 or 6/8, or in a metre whose "
        "bars fill such bars, as 2/4 and 12/8."
    )


def test_a_short_waltz_has_models_of_its_length() -> None:
    message = refusal("infill", "melody-16bar-3-4", song("3/4", 5))
    assert message.endswith("Use --model melody-4bar-3-4.")


def test_files_of_two_metres_have_no_model_together() -> None:
    assert refusal("interpolate", None, song("4/4", 16), song("3/4", 16)) == (
        "No released model reads all these files: a.mid in 4/4 and b.mid in 3/4. Choose files of one metre, "
        "or with --bar places in them of one metre."
    )


def test_a_track_that_can_be_read_is_named() -> None:
    source = Source("a.mid", 0, read_before=song("4/4", 16, ("drums", "line", "chords")))
    with pytest.raises(SymvaeError, match=r"Use --track 1 or --track 2\.$"):
        run("fade", None, [source], faders=("register",))


def test_faders_of_two_models_are_listed() -> None:
    message = refusal("fade", None, song("4/4", 8), faders=("arousal", "contour"))
    assert message.startswith("No released model has arousal and contour together: ")
    assert "melody-4bar-faders has" in message
    assert "There is no fader loudness. Known faders: arousal," in refusal(
        "fade", None, song("4/4", 8), faders=("loudness",)
    )


def test_all_faults_are_named_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(symvae.SymVAE, "load", lambda *words: pytest.fail("a model was loaded"))
    (tmp_path / "bad.mid").write_bytes(b"no music")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "reconstruction.mid").write_bytes(b"")
    from symvae.pipelines.interpolate import interpolate
    from symvae.pipelines.output import Output

    with pytest.raises(SymvaeError) as refused:
        interpolate([tmp_path / "none.mid", tmp_path / "bad.mid"], "no-such-model", device="toaster")
    lines = str(refused.value).split("\n")
    assert [re.search("no-such-model|toaster|none.mid|bad.mid", line).group() for line in lines] == [  # type: ignore[union-attr]
        "no-such-model",
        "toaster",
        "none.mid",
        "bad.mid",
    ]
    with pytest.raises(SymvaeError) as refused:
        reconstruct(tmp_path / "none.mid", output=Output(tmp_path / "out"))
    assert "none.mid" in str(refused.value)
    assert "reconstruction.mid exists" in str(refused.value)
    with pytest.raises(SymvaeError, match=r"reconstruction\.mid exists"):
        reconstruct(TUNES / "ode_to_joy.mid", output=Output(tmp_path / "out"))


def test_facts_are_those_of_the_loaded_model(tiny_model: Path) -> None:
    model = symvae.load(tiny_model)
    facts, in_memory = ModelFacts.of(tiny_model), ModelFacts.of(model)
    assert (facts.name, facts.grid, facts.latent_size) == ("tiny", model.grid, model.latent_size)
    assert (facts.faders, facts.has_prior, facts.vectors) == ({}, True, tuple(model.directions))
    assert (in_memory.faders, in_memory.has_prior, in_memory.vectors) == ({}, True, tuple(model.directions))
    assert all(facts.rate_nats > 0 for facts in released())


@pytest.mark.parametrize(
    ("track", "tracks"),
    [(None, [None] * 2), (1, [1, 1]), ("bass", ["bass"] * 2), ((2, 0), [2, 0]), ([3], [3, 3])],
)
def test_a_track_is_for_all_files_or_for_each(track, tracks) -> None:
    assert each_track(track, 2) == tracks


def test_another_number_of_tracks_is_refused() -> None:
    with pytest.raises(
        ConfigError, match=r"There are 3 tracks for 2 files\. Give --track once, or once for each\."
    ):
        each_track((0, 1, 2), 2)
