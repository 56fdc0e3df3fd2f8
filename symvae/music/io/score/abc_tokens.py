"""Tokens of a music line of ABC, by one regular expression that takes time in proportion to the line."""

import re

_NOTE_PATTERN = r"(?P<sign>\^\^?|__?|=)?(?P<letter>[A-Ga-g])(?P<octave>[,']*)(?P<length>[\d/]*)"
NOTE = re.compile(_NOTE_PATTERN)
TOKEN = re.compile(
    rf"(?P<note> {_NOTE_PATTERN} )"
    r"""
  | (?P<bar> (?P<line> :*\.?(?:\[\||\|)[|\]]*:* | ::+ ) (?:\s*\[?(?P<after>\d[\d,.\-]*))? )
  | (?P<rest> [zx](?P<rest_length>[\d/]*) )
  | (?P<tie> - )
  | (?P<broken> >+|<+ )
  | "(?P<text> [^"]* )"
  | !(?P<symbol> [^!|\s"]* )!
  | \{(?P<grace> [^{}]* )\}
  | \((?P<tuplet> \d+(?::\d*){0,2} )
  | \+(?P<old_chord> (?:[_^=]*[A-Ga-g][,']*[\d/]*)+ )\+
  | \+[A-Za-z.]+\+
  | \[(?P<inline> [A-Za-z]:[^\[\]]* )\]
  | \[(?P<ending> \d[\d,.\-]* )
  | (?P<chord> \[ )
  | \](?P<chord_end> [\d/]* )
  | (?P<rest_bars> [ZX]\d* )
  | (?P<overlay> & )
  | (?P<letter_symbol> [SO] )
  | y\d*
    """,
    re.VERBOSE,
)
