"""Optimizer, learning rate and plan of a task, as the section ``training`` of its config has them."""

import torch
from torch import nn

from symvae.config.training import TrainingConfig
from symvae.objective.schedule import warmup_cosine
from symvae.training.task import Plan


def adamw(model: nn.Module, training: TrainingConfig) -> torch.optim.AdamW:
    """AdamW over all weights of a model."""
    return torch.optim.AdamW(
        model.parameters(), lr=training.learning_rate, weight_decay=training.weight_decay, fused=True
    )


def rate_at(training: TrainingConfig, step: int) -> float:
    """Learning rate of a step: linear warmup, then a cosine."""
    return training.learning_rate * warmup_cosine(step, training.steps, training.warmup_steps)


def plan_of(training: TrainingConfig) -> Plan:
    """Plan of a training of one module, ``model``, whose gradient is clipped as a whole."""
    return Plan(
        training.steps,
        training.evaluate_every,
        {"model": training.clip_norm},
        patience=training.patience,
        phrases_per_step=training.batch_size,
    )
