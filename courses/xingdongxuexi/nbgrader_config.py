# 行动学习锻炼计划 as a genuine nbgrader course directory: try `nbgrader generate_assignment Z1`.
# Learner code runs in a box with these settings and questions are scored from the records.
from pathlib import Path

from grading.configuration import configure

configure(get_config(), Path(__file__).resolve().parent)
