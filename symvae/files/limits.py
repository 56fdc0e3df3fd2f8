"""Limits of plain files: JSON, TOML, CSV and arrays of numpy, of whatever content."""

from symvae.files.limit import Limit

JSON_MIB = Limit(
    "json-size",
    4,
    "MiB",
    "the largest file of a released model has 31 KB of JSON",
    "{where} is larger than {most} MiB, and no file of its kind is. Restore it or write it again.",
)
JSON_DEPTH = Limit(
    "json-nesting",
    32,
    "levels",
    "configs and figures have up to 6 levels",
    "{where} nests its values more than {most} deep. Restore it or write it again.",
)
TOML_KIB = Limit(
    "toml-size",
    16,
    "KiB",
    "a preset has 3 KB; the time that Python's parser takes for one key grows with the square of its length",
    "{where} is larger than {most} KiB. Give a preset, a short list of choices.",
)
CSV_MIB = Limit(
    "csv-size",
    256,
    "MiB",
    "a row for each of a million tunes, with their names",
    "{where} is larger than {most} MiB. Give a table with a row for each bar or piece.",
)
CSV_ROWS = Limit(
    "csv-rows",
    2_000_000,
    "rows",
    "the largest free collections of music have 180,000 pieces of several tunes each",
    "{where} has more than {most} rows. Split it.",
)
CSV_COLUMNS = Limit(
    "csv-columns",
    256,
    "columns",
    "a column for each fader, attribute or figure",
    "{where} has a row of more than {most} columns. Remove what does not belong there.",
)
CSV_CELL = Limit(
    "csv-text",
    10_000,
    "characters",
    "the longest cells are titles and reasons",
    "{where} has a cell of more than {most} characters. A missing quotation mark is likely.",
)
ARRAYS_MIB = Limit(
    "npz-size",
    256,
    "MiB",
    "100,000 latents of 256 coordinates, with their standard deviations",
    "{where} unpacks to more than {most} MiB. Split it.",
)
ARRAYS = Limit(
    "npz-arrays",
    64,
    "arrays",
    "a file of latents has six",
    "{where} holds more than {most} arrays. Keep those that are needed.",
)
