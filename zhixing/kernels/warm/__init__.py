"""Warm kernels: one process imports what kernels need and forks one for each launch."""
