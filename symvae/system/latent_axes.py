"""The file of an audio model's principal axes."""

from symvae.latent.principal_axes import PrincipalAxes
from symvae.system.artifact import TensorFile

LATENT_AXES = TensorFile[PrincipalAxes](
    "axes.safetensors",
    "axes",
    "Restore it or train the audio model again.",
    PrincipalAxes.state,
    PrincipalAxes.of_state,
)
