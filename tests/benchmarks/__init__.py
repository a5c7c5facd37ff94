"""Benchmarks with goals: `python -m tests.benchmarks [NAME…] [--quick]` prints one table.

Every subject runs in a process of its own. What is compared is interleaved. Medians are told, or the worst where a single wait
counts; `prompt` tells the best of 100 calls. The same code takes twice as long on a busy machine: read the ratios first, and the
load above the table.
"""
