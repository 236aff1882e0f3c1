"""Grading: how work is released, handed in, scored and given back, on nbgrader."""
