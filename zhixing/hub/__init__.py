"""Hub: the only part that knows JupyterHub; it wires everything and nothing imports it."""
