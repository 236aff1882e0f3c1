"""Pages: what a person opens; light, rendered on the server, no kernel behind them."""

from zhixing.classroom.pages.frame import problem_page
from zhixing.classroom.pages.routes import router

__all__ = ["problem_page", "router"]
