"""The weight of the KL term of the VAE of points, which grows in the first steps. Torch-free."""

WARM_UP = 300  # steps until it is β


def kl_weight(beta: float, step: int) -> float:
    """Of step `step`, from 1."""
    return beta * min(1, step / WARM_UP)
