"""Boards: one Voila for many viewers, each kernel with the rights of the one who looks."""
