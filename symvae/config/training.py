"""Section ``training``: steps, batches, optimizer, precision."""

from dataclasses import dataclass

from symvae.config.checks import check_above_zero, check_at_least, check_choice, check_share


@dataclass(frozen=True)
class TrainingConfig:
    """Length of training, its optimizer (AdamW) and its precision."""

    steps: int = 20_000
    batch_size: int = 256
    """Phrases a step, over all processes."""
    learning_rate: float = 2e-3
    warmup_steps: int = 300
    """Steps of linear warmup; a cosine follows."""
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    """Largest gradient norm."""
    ema_decay: float = 0.999
    """Weights are averaged over about 1 / (1 − decay) steps; the average is what is saved."""
    precision: str = "bf16"
    """"bf16" (matrix products in bfloat16) or "fp32"."""
    evaluate_every: int = 1000
    """Steps between validations and checkpoints."""
    patience: int = 0
    """Validations without progress after which training stops; 0 for never."""
    threads: int = 1
    """CPU threads a process; small recurrent models run fastest on one."""
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice("training.precision", self.precision, ("bf16", "fp32"))
        check_at_least("training", self, 1, "steps", "batch_size", "evaluate_every", "threads")
        check_at_least("training", self, 0, "warmup_steps", "weight_decay", "patience", "seed")
        check_above_zero("training", self, "learning_rate", "clip_norm")
        check_share("training", self, "ema_decay")
