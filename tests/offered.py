"""The samplers on offer, as the tests need them."""

from desktop.diffusion.samplers import SAMPLERS

CLASSIC = tuple(each for each in SAMPLERS if "epsilon" in each.predictions)  # those that Stable Diffusion can use, some after distilling
