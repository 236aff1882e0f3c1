# 书记课堂 as a genuine nbgrader course directory: `nbgrader generate_assignment L1` works here.
from pathlib import Path

c = get_config()

_course = Path(__file__).resolve().parent

c.CourseDirectory.root = str(_course)
c.CourseDirectory.course_id = "shujiketang"
c.CourseDirectory.db_url = f"sqlite:///{_course / 'gradebook.db'}"
c.Exchange.timezone = "Asia/Shanghai"
c.ClearSolutions.code_stub = {"python": "# 在这里写代码\nraise NotImplementedError()"}
c.ClearSolutions.text_stub = "（交卷后，这里是您写下的工作建议，由教员按评分标准批改。）"
