"""JSON, TOML, CSV and arrays of strangers: what is too large, too deep or no such file is one sentence."""

import io
import json
import os
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from symvae.errors import ConfigError, SymvaeError
from symvae.files import limits
from symvae.files.arrays import read_arrays
from symvae.files.json_file import read_json
from symvae.files.limit import Limit, shown
from symvae.files.plain import read_bytes, read_text
from symvae.files.table import read_records, read_rows
from symvae.files.toml_file import read_toml


class FileError(SymvaeError):
    """The class that a reader was told to raise."""


def refused(read, path: Path, *more) -> SymvaeError:
    with pytest.raises(FileError) as refusal:
        list(read(path, *more) or ())
    assert str(refusal.value).startswith((str(path), "There is no file"))
    assert str(refusal.value).isprintable()
    return refusal.value


def test_a_limit_checks_both_of_its_ends() -> None:
    limit = Limit(
        "rate", 8, "Hz", "a reason", "{where} has {count} Hz, not {least} to {most}.", FileError, least=2
    )
    for count in (2, 8, 4.5):
        limit.check(count, "a.wav")
    for count in (1, 9, float("nan"), float("inf"), 10**400):
        with pytest.raises(FileError, match=r"^a\.wav has .* Hz, not 2 to 8\.$") as refusal:
            limit.check(count, "a.wav")
        assert refusal.value.limit == "rate"
    limit.check(100, "a.wav", most=100)
    with pytest.raises(ConfigError):
        limit.check(9, "a.wav", error=ConfigError)


@pytest.mark.parametrize(
    "value",
    ["a" * 10**6, "\x1b[31m\n", [[[[[1]]]]], {"a": {"b": {"c": 1}}}, 16**5000, None],
    ids=["long", "control", "list", "table", "number", "none"],
)
def test_a_foreign_value_is_shown_on_one_short_line(value: object) -> None:
    assert len(shown(value)) <= 60
    assert shown(value).isprintable()
    assert shown("it's") == '"it\'s"'


def test_files_that_never_end_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        refused(read_bytes, path, limits.JSON_MIB, FileError)
    refused(read_bytes, tmp_path / "none", limits.JSON_MIB, FileError)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"NaN",
        b'{"a": Infinity}',
        b"1" * 5_000,
        b"[" * 10**6,
        b'{"a":' * 10**5,
        b'"\\' * 10**6,
    ],
)
def test_no_json_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_bytes(content)
    refused(read_json, tmp_path / "a.json", FileError, "Restore it.")


def test_json_is_read_with_or_without_a_mark_and_to_its_depth(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'\xef\xbb\xbf{"a": [1, "[[[[{{{{"]}')
    assert read_json(path, FileError, "") == {"a": [1, "[[[[{{{{"]}
    deepest = limits.JSON_DEPTH.most
    path.write_text("[" * deepest + "]" * deepest)
    assert json.dumps(read_json(path, FileError, "")) == path.read_text()
    path.write_text("[" * (deepest + 1) + "]" * (deepest + 1))
    assert refused(read_json, path, FileError, "").limit == "json-nesting"
    path.write_text(json.dumps(["[" * 100, '"' * 9, "\\"] * 100))
    assert len(read_json(path, FileError, "")) == 300


def test_sizes_are_compared_before_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(2**40)  # a hole of a terabyte
    assert refused(read_json, path, FileError, "").limit == "json-size"
    assert refused(read_toml, path, FileError).limit == "toml-size"
    assert refused(read_rows, path, FileError).limit == "csv-size"
    assert refused(read_text, path, limits.TOML_KIB, FileError).limit == "toml-size"


@pytest.mark.parametrize(
    "content",
    [b"a = ", b"\xff", b"a = 9" + b"9" * 5_000, b"a = " + b"[" * 9_000, b"a" + b".a" * 7_000 + b" ="],
)
def test_no_toml_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.toml").write_bytes(content)
    refused(read_toml, tmp_path / "a.toml", FileError)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"a,b\n" + b"1," * 300, "csv-columns"),
        (b'a,b\n"' + b"x" * 20_000, "csv-text"),
        (b"a" * 3_000_000, "csv-text"),
        (b"\xff\xfea", ""),
    ],
)
def test_a_table_beyond_its_limits_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert refused(read_rows, tmp_path / "a.csv", FileError).limit == code


def test_rows_are_counted_while_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symvae.files.table.CSV_ROWS", limits.CSV_ROWS._replace(most=3))
    (tmp_path / "a.csv").write_text("a\n1\n2\n3\n")
    rows = read_rows(tmp_path / "a.csv", FileError)
    assert [next(rows).cells for _ in range(3)] == [["a"], ["1"], ["2"]]
    with pytest.raises(FileError, match="has more than 3 rows"):
        next(rows)


def test_records_have_every_column_of_the_first_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a, b,c\n\n1,2\n 3 ,,5,6\n")
    assert list(read_records(tmp_path / "a.csv", ("a", "c"), FileError)) == [
        (3, {"a": "1", "b": "2", "c": ""}),
        (4, {"a": "3", "b": "", "c": "5"}),
    ]
    refused(read_records, tmp_path / "a.csv", ("d",), FileError)


def archive(path: Path, member: bytes, *, method: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        file.writestr("z.npy", member)
    return path


def head(shape: str, kind: str = "'<f4'") -> bytes:
    text = f"{{'descr': {kind}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


@pytest.mark.parametrize(
    "member",
    [
        head("(1000000000000, 16)"),
        head("(1000000, 16)"),
        head("(-1, 16)"),
        head("(10**9,)"),
        head("(1,)", "'<U1000000000'"),
        head("(1,)", "'|O'"),
        head("(1,)", "[('a', '<f4')]"),
        b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65_535,
        b"",
    ],
)
def test_an_array_that_promises_more_than_it_holds_is_refused(tmp_path: Path, member: bytes) -> None:
    refused(read_arrays, archive(tmp_path / "a.npz", member), ("z",), FileError, "Write it again.")


def test_an_array_is_measured_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symvae.files.arrays.ARRAYS_MIB", limits.ARRAYS_MIB._replace(most=2))
    path = archive(tmp_path / "a.npz", head("(750000,)") + bytes(3_000_000), method=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 10_000
    assert refused(read_arrays, path, ("z",), FileError, "").limit == "npz-size"


def test_arrays_are_read_by_name_and_others_are_not_looked_at(tmp_path: Path) -> None:
    file = io.BytesIO()
    np.savez_compressed(file, z=np.arange(3), model=np.array("name"), bad=np.array([None]))
    (tmp_path / "a.npz").write_bytes(file.getvalue())
    arrays = read_arrays(tmp_path / "a.npz", ("z", "model", "none"), FileError, "")
    assert (arrays["z"].tolist(), str(arrays["model"]), len(arrays)) == ([0, 1, 2], "name", 2)
    refused(
        read_arrays,
        archive(tmp_path / "b.npz", file.getvalue(), method=zipfile.ZIP_LZMA),
        ("z",),
        FileError,
        "",
    )
