"""Grading benches: the same generated course under stock nbgrader and under this engine."""
