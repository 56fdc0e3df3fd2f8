"""Names of the attributes (`symvae.attributes`) that a representation preserves."""

#: Attributes of notes and their places in the bar.
SCORE_ATTRIBUTES = (
    "notes_per_bar",
    "onset_density",
    "rhythm_density",
    "note_density",
    "rest_share",
    "mean_interval",
    "contour",
    "pitch_range",
    "register",
    "pitch_class_entropy",
    "c_major_membership",
    "diatonic_share",
    "mode",
    "syncopation_8th",
    "syncopation_16th",
    "rhythmic_complexity",
    "repeated_bar_share",
    "bar_similarity",
    "cadence",
    "articulation",
)
#: Attributes of several parts together.
PARTS_ATTRIBUTES = ("bass_on_chord", "bass_kick_agreement")
#: Attributes of drum tracks: places in the bar, and classes of the kit.
DRUM_ATTRIBUTES = (
    "drum_density",
    "kick_density",
    "snare_density",
    "hihat_density",
    "open_hihat_density",
    "tom_density",
    "crash_density",
    "ride_density",
    "drum_syncopation",
    "kick_snare_entropy",
    "rhythm_density",
    "repeated_bar_share",
    "bar_similarity",
)
#: Attributes of the dynamics and timing of drum tracks.
GROOVE_ATTRIBUTES = ("mean_velocity", "velocity_range", "laid_backness", "swing_ratio")
#: Attributes that need velocities or a tempo.
PERFORMANCE_ATTRIBUTES = ("mean_velocity", "tempo", "notes_per_second")
