"""Widgets: what a learner sees and touches, the same in page, notebook and Voila."""
