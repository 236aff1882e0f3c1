"""Question types: a file each, with ``mark`` (pure) and ``reveal`` (what may be shown at last)."""
