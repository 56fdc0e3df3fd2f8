"""Contents of tracked files: no path of one machine, nothing unfinished, no skipped test."""

import re
import subprocess

from tests.conftest import ROOT

#: Folders and addresses of one machine, which mean nothing elsewhere.
MACHINE = re.compile(rb"/(?:root|tmp|home|work|Users)/[\w.-]|localhost:\d|127\.0\.0\.1:\d")


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_no_tracked_file_names_a_path_of_one_machine():
    found = {
        name: match.group().decode()
        for name in tracked()
        if (match := MACHINE.search((ROOT / name).read_bytes())) and name != "tests/architecture/test_tree.py"
    }
    assert found == {}


def test_no_file_has_a_mark_of_unfinished_work():
    marks = re.compile(rb"\b(?:TO" + rb"DO|FIX" + rb"ME|X" + rb"XX)\b")
    found = [
        name
        for name in tracked()
        if name.endswith((".py", ".md", ".toml")) and marks.search((ROOT / name).read_bytes())
    ]
    assert found == []


def test_no_test_is_skipped_or_expected_to_fail():
    words = re.compile(r"pytest\.(?:mark\.)?(?:skip|xfail|importorskip)")
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("*.py")
        if words.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
