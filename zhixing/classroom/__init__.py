"""Classroom: the pages a cadre sees and the API behind them; the only door to the records."""
