# 书记课堂 as a genuine nbgrader course directory: `nbgrader generate_assignment L1` works here.
# Learner code runs in a box with these settings and questions are scored from the records.
from pathlib import Path

from grading.configuration import configure

configure(get_config(), Path(__file__).resolve().parent)
