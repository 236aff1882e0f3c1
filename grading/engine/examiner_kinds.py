"""Kinds of cells that an examination knows, and the steps it takes with them."""

TEST, SOLUTION, GIVEN = "test", "solution", "given"
"""A test of the course; a learner's solution; code that the course gives and both sides run."""

RUN, TAKE, EXAMINE = "run", "take", "examine"
"""Steps of an examination, told before they begin: what hangs in one is known by it."""

SECONDS_FOR_VALUES = 20.0
"""How long the learner's values may take to come."""
