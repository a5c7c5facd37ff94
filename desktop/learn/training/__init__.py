"""Training a small diffusion model (Ho et al. 2020, Algorithm 1)."""
