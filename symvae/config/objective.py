"""Section ``objective``: the loss that training minimizes."""

from dataclasses import dataclass

from symvae.config.checks import check_at_least, check_choice, check_share

REGULARIZATIONS = ("none", "value", "attribute", "sign", "glsr", "condition", "adversarial")


@dataclass(frozen=True)
class ObjectiveConfig:
    """Weights and schedules of the evidence lower bound and of the attribute regularization."""

    beta: float = 0.2
    """Final weight of the KL divergence."""
    beta_schedule: str = "linear"
    """"linear", "cyclical" or "constant"."""
    beta_start: float = 0.0
    """Weight of the KL divergence at the start of the ramp."""
    beta_until: float = 0.5
    """Share of training after which beta is final."""
    beta_cycles: int = 4
    """Ramps of the cyclical schedule."""
    free_nats: float = 0.0
    """KL divergence of a phrase that costs nothing, in nats, summed over z."""
    word_dropout: float = 0.25
    """Share of input tokens that are hidden from the decoder."""
    second_mark_weight: float = 1.0
    """Weight of the second marks of members, as the durations of piano notes, for models of sets."""
    regularization: str = "none"
    """Term that ties the coordinates of model.faders to their attributes: "none", "value", "attribute",
    "sign", "glsr", "condition" or "adversarial" (see `symvae.objective.regularization`)."""
    regularization_weight: float = 10.0
    """Nats per phrase that one unit of regularization costs."""
    sampling_rate: float = 0.0
    """Final share of input tokens that the decoder chose itself (scheduled sampling)."""
    sampling_until: float = 0.5
    """Share of training after which the sampling rate is final."""

    def __post_init__(self) -> None:
        check_choice("objective.beta_schedule", self.beta_schedule, ("linear", "cyclical", "constant"))
        check_choice("objective.regularization", self.regularization, REGULARIZATIONS)
        check_at_least("objective", self, 0, "beta", "beta_start", "free_nats")
        check_at_least("objective", self, 0, "regularization_weight", "second_mark_weight")
        check_at_least("objective", self, 1, "beta_cycles")
        check_share("objective", self, "beta_until", "word_dropout", "sampling_rate", "sampling_until")
