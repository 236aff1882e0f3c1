"""Configuration: how nbgrader works on a course directory of ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

TIMEZONE = "Asia/Shanghai"

SECONDS_A_CELL = 30
"""How long one cell of learner code may run."""

RELEASE_STEPS = (
    *("IncludeHeaderFooter", "InstantiateTests", "LockCells", "ClearSolutions", "ClearOutput"),
    *("CheckCellMetadata", "ComputeChecksums", "SaveCells", "ClearHiddenTests", "ClearMarkScheme"),
    *("ComputeChecksums", "CheckCellMetadata"),
)
"""The preprocessors of nbgrader's GenerateAssignment, in their order."""


def configure(c: Any, course_dir: Path) -> None:
    """Fill nbgrader's configuration object.

    ``courses/<course>/nbgrader_config.py`` and a trainer's JupyterLab call this; the exchange
    needs ``ZHIXING_API_URL`` and ``JUPYTERHUB_API_TOKEN`` in the environment only when used.
    """
    c.CourseDirectory.root = str(course_dir.resolve())
    c.CourseDirectory.course_id = course_dir.resolve().name
    c.CourseDirectory.db_url = f"sqlite:///{course_dir.resolve() / 'gradebook.db'}"
    c.Exchange.timezone = TIMEZONE
    c.NbGraderAPI.timezone = TIMEZONE
    c.NbGraderAPI.timestamp_format = "%Y-%m-%d %H:%M:%S"
    c.IncludeHeaderFooter.header = ""
    _configure_solutions(c)
    _configure_release(c)
    _configure_autograde(c)
    _configure_exchange(c)


def _configure_solutions(c: Any) -> None:
    c.ClearSolutions.code_stub = {"python": "# 在这里写代码\nraise NotImplementedError()"}
    c.ClearSolutions.text_stub = "（交卷后，这里是您写下的工作建议，由教员按评分标准批改。）"
    c.ClearSolutions.enforce_metadata = False


def _configure_release(c: Any) -> None:
    # nbgrader's own list, and then a look whether all of the key is really gone.
    c.GenerateAssignment.preprocessors = [
        "grading.refusedrafts.RefuseDrafts",
        *(f"nbgrader.preprocessors.{name}" for name in RELEASE_STEPS),
        "grading.refusekeys.RefuseKeys",
    ]


def _configure_autograde(c: Any) -> None:
    c.Execute.timeout = SECONDS_A_CELL
    c.Autograde.exporter_class = "grading.checkednotebook.CheckedNotebookExporter"
    c.Autograde.autograde_preprocessors = [
        "grading.preprocessors.ScoreQuestions",
        "nbgrader.preprocessors.IgnorePattern",
        "nbconvert.preprocessors.ClearMetadataPreprocessor",
        "nbgrader.preprocessors.LimitOutput",
        "grading.plainoutputs.PlainOutputs",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    c.ClearMetadataPreprocessor.enabled = False
    c.LimitOutput.max_lines = 200
    c.LimitOutput.max_traceback = 20
    c.GenerateFeedback.exporter_class = "grading.formgrader.exporter.InertHTMLExporter"


def _configure_exchange(c: Any) -> None:
    factory = c.ExchangeFactory
    factory.exchange = "grading.exchange.Exchange"
    factory.list = "grading.exchange.List"
    factory.release_assignment = "grading.exchange.ReleaseAssignment"
    factory.collect = "grading.exchange.Collect"
    factory.release_feedback = "grading.exchange.ReleaseFeedback"
    _configure_own_work(c)


def configure_learner(c: Any) -> None:
    """Fill nbgrader's configuration in a learner's JupyterLab: own work, in every own course."""
    c.Exchange.timezone = TIMEZONE
    c.ExchangeFactory.exchange = "grading.learnerexchange.LearnerExchange"
    c.ExchangeFactory.list = "grading.learnerexchange.OwnList"
    _configure_own_work(c)


def _configure_own_work(c: Any) -> None:
    c.ExchangeFactory.fetch_assignment = "grading.learnerexchange.FetchAssignment"
    c.ExchangeFactory.fetch_feedback = "grading.learnerexchange.FetchFeedback"
    c.ExchangeFactory.submit = "grading.learnerexchange.Submit"
