"""Doctor: whether this machine and this installation are fit, and whether the walls hold."""
