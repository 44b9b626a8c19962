"""Names and titles of the samplers of `latentlab.models.samplers`. Torch-free."""

from __future__ import annotations

# The sampler with new noise at each step.
ANCESTRAL = "ddpm"
SAMPLER_NAMES = ("ddim", ANCESTRAL, "dpm++")
SAMPLER_TITLES = {"ddim": "DDIM", ANCESTRAL: "DDPM (ancestral)", "dpm++": "DPM-Solver++ 2M"}
SAMPLER_LABELS = {"ddim": "DDIM", ANCESTRAL: "DDPM", "dpm++": "DPM++"}
SAMPLER_TIP = (
    "DDIM: deterministic for eta 0. DDPM: adds new noise at each step, as in training. "
    "DPM-Solver++: good pictures in the fewest steps."
)
ETA_TIP = "How much new noise DDIM adds at each step: 0 none, 1 as much as DDPM."
ETA_HELP = "eta of ddim, the noise added at each step: 0 (the default) none, 1 as much as ddpm"
