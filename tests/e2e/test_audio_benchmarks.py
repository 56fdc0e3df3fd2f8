"""The benchmark of speed prints its table, with fresh weights and without a sound font."""

import subprocess
import sys

from tests.conftest import ROOT


def test_rates_are_printed_with_those_of_rave() -> None:
    command = [sys.executable, str(ROOT / "benchmarks/audio/rates.py"), "--seconds", "0.5", "--rounds", "1"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = [line.split(" | ") for line in printed.splitlines() if line.startswith("|")]
    rates = {row[0].strip("| "): row[1] for row in rows[2:]}
    for way in ("synth, fp32", "synth, bf16", "Griffin-Lim, 32 iterations", "RAVE v1 decoder", "sine"):
        assert float(rates[way].replace(",", "")) > 0
    assert "published: CPU 985" in printed
