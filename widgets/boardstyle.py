"""Board style: one sheet for everything that is shown as a board."""

from pathlib import Path

STYLE = f"<style>{Path(__file__).with_name('boards.css').read_text()}</style>"
