"""Demo: a made-up district with eight weeks of history, so that every screen shows something."""
