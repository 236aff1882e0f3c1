"""Kinds of cells that an examination knows."""

TEST, SOLUTION, GIVEN = "test", "solution", "given"
"""A test of the course; a learner's solution; code that the course gives and both sides run."""
