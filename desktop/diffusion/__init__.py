"""Run recipes with diffusers models and report every step. Imports no Qt."""

import os

# The libraries read these once, at their first import, so they are set before it.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # two spinning threads collapse on a busy machine
os.environ.setdefault("HF_HUB_OFFLINE", "1")  # models come from folders; nothing is downloaded
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
os.environ.setdefault("DIFFUSERS_DISABLE_REMOTE_CODE", "1")  # a model is data, never a program
os.environ["DIFFUSERS_GGUF_CUDA_KERNELS"] = "false"  # they are code from a repository
os.environ.setdefault("TORCH_FORCE_WEIGHTS_ONLY_LOAD", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")  # they warn about harmless differences between versions
os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
