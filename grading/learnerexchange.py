"""Learner's exchange: nbgrader's list, fetch, submit and feedback over the classroom API.

Everything goes through the API with the learner's own token. What ``nbgrader submit`` hands in is
what 交卷 on the page hands in: the records, with the sources of known solution cells added.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from nbgrader.exchange import abc

from grading.exchange import Exchange
from grading.feedbackpage import feedback_page
from grading.ownfiles import OwnFileError, code_to_send, files_from_zip, texts_to_record
from grading.submittedfile import SubmittedFileError

TIME = "%Y-%m-%d %H:%M:%S %z"
"""Shown, and the name of a feedback folder; nbgrader's own form, with the zone as a number."""


class LearnerExchange(Exchange):
    """What the verbs have together: own lessons, and where they lie in the own folder."""

    def init_src(self) -> None:
        """Nothing to ask for: whoever is in one course only need not name it."""

    def own_lessons(self) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Pairs of course and lesson that are asked for."""
        return [
            (course, lesson)
            for course in self.classroom.courses()
            for lesson in course["lessons"]
            if self.coursedir.course_id in ("", course["id"]) and self.lesson in ("", lesson["id"])
        ]

    def own_lesson(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the one course and lesson that is meant."""
        found = self.own_lessons()
        if not found:
            self.fail(f"您的课程里没有《{self.lesson}》。运行 nbgrader list 看有哪些课时。")
        if len(found) > 1:
            names = "、".join(course["id"] for course, _ in found)
            self.fail(f"《{self.lesson}》在几门课里都有（{names}）：请加 --course 指明是哪一门。")
        course, lesson = found[0]
        self.coursedir.course_id = course["id"]
        return course, lesson

    def place(self, course: str, lesson: str) -> Path:
        """Folder of a lesson: ``<course>/<lesson>``, so that two courses may have an L1 each."""
        root = Path(self.assignment_dir).resolve()
        inside = root / lesson
        # As in nbgrader's own exchange the command may also be given in the course's folder.
        is_inside = root.name == course and inside.is_dir()
        return inside if is_inside else root / course / lesson

    def shown(self, moment: str) -> str:
        """Write a time of the API in the configured zone."""
        return datetime.fromisoformat(moment).astimezone(ZoneInfo(self.timezone)).strftime(TIME)


class OwnList(LearnerExchange, abc.ExchangeList):
    """Own lessons with their dates, or own hand-ins."""

    def copy_files(self) -> None:
        """Copy nothing; listing reads."""

    def list_files(self) -> list[dict[str, Any]]:
        """Entries of the form nbgrader's own exchange gives; a lesson to come is only told of."""
        pairs = self.own_lessons()
        if self.inbound or self.cached:
            who = self.classroom.me()["username"]
            return [self._handed_in(*pair, who) for pair in pairs if pair[1]["submitted_at"]]
        for pair in pairs:
            self.log.info(self._line(*pair))
        return [self._released(*pair) for pair in pairs if not _is_to_come(pair[1])]

    def remove_files(self) -> list[dict[str, Any]]:
        """Refuse: what was released or handed in is a record."""
        return self.fail("发布和交卷都是记录，不能从这里删除。")  # type: ignore[no-any-return]

    def _line(self, course: dict[str, Any], lesson: dict[str, Any]) -> str:
        name = f"{course['id']} {lesson['id']} 《{lesson['title']}》"
        if _is_to_come(lesson):
            return f"{name} {self.shown(lesson['opens'])} 开始（{self.timezone}）"
        extended = "，教员已为您延期" if lesson["extended"] else ""
        until = f"{self.shown(lesson['closes'])} 截止{extended}（{self.timezone}）"
        if lesson["submitted_at"]:
            return f"{name} {self.shown(lesson['submitted_at'])} 已交卷"
        is_here = self.place(course["id"], lesson["id"]).is_dir()
        return f"{name} {until}{' 已下载' if is_here else ''}"

    def _released(self, course: dict[str, Any], lesson: dict[str, Any]) -> dict[str, Any]:
        folder = self.place(course["id"], lesson["id"])
        return {
            "course_id": course["id"],
            "assignment_id": lesson["id"],
            "status": "fetched" if folder.is_dir() else "released",
            "path": str(folder),
            "opens": self.shown(lesson["opens"]),
            "closes": self.shown(lesson["closes"]),
            "notebooks": [
                {"notebook_id": path.stem, "path": str(path)}
                for path in sorted(folder.glob("*.ipynb"))
            ],
        }

    def _handed_in(
        self, course: dict[str, Any], lesson: dict[str, Any], who: str
    ) -> dict[str, Any]:
        timestamp = self.shown(lesson["submitted_at"])
        self.log.info("%s %s %s %s 已交卷", course["id"], who, lesson["id"], timestamp)
        feedback = self._feedback(course, lesson, timestamp)
        notebooks = [{"notebook_id": lesson["id"], **feedback}]
        submission = {"timestamp": timestamp, "notebooks": notebooks, **feedback}
        return {
            "course_id": course["id"],
            "assignment_id": lesson["id"],
            "student_id": who,
            "status": "submitted",
            "submissions": [submission],
        }

    def _feedback(
        self, course: dict[str, Any], lesson: dict[str, Any], timestamp: str
    ) -> dict[str, Any]:
        folder = self.place(course["id"], lesson["id"]) / "feedback" / timestamp
        page = folder / f"{lesson['id']}.html"
        is_here, grade = page.is_file(), lesson["grade"]
        is_old = bool(is_here and grade and page.read_text() != feedback_page(lesson))
        return {
            "has_local_feedback": is_here,
            "has_exchange_feedback": grade is not None,
            "feedback_updated": is_old,
            "local_feedback_path": str(folder) if is_here else None,
        }


def _is_to_come(lesson: dict[str, Any]) -> bool:
    opens = datetime.fromisoformat(lesson["opens"])
    return datetime.now(opens.tzinfo) < opens


class FetchAssignment(LearnerExchange, abc.ExchangeFetchAssignment):
    """Fetch: the released lesson, into the own folder; what is there already stays."""

    def copy_files(self) -> None:
        """Write the files that are missing; the server refuses a lesson to come."""
        course, lesson = self.own_lesson()
        folder = self.place(course["id"], lesson["id"])
        if (folder.parent / "course.toml").exists():
            self.fail(f"{folder.parent} 是教员的课程目录。请换一个文件夹再下载。")
        if folder.is_dir() and not self.replace_missing_files:
            self.fail(f"{folder} 已经有了。只补缺少的文件，请加 --replace。")
        files = files_from_zip(self.classroom.release(lesson["id"]))
        for name, content in files.items():
            path = folder / name
            if path.exists() or path.is_symlink():
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            self.log.info("已下载 %s", path)


class Submit(LearnerExchange, abc.ExchangeSubmit):
    """Hand-in: the same as 交卷 on the page, with what the notebooks add to it."""

    def copy_files(self) -> None:
        """Send what is new in the notebooks, then hand in."""
        course, lesson = self.own_lesson()
        if lesson["submitted_at"]:
            moment = self.shown(lesson["submitted_at"])
            self.fail(f"《{lesson['id']}》已于 {moment} 交卷，不能再交。成绩和评语在课程页上。")
        folder = self.place(course["id"], lesson["id"])
        if not folder.is_dir():
            self.fail(f"没有 {folder}。请先运行 nbgrader fetch_assignment {lesson['id']}。")
        try:
            self._send(lesson["id"], folder)
        except (OwnFileError, SubmittedFileError) as error:
            self.fail(f"没有交卷：{error}")
        key = sha256(f"{course['id']}/{lesson['id']}".encode()).hexdigest()[:32]
        receipt = self.classroom.hand_in(lesson["id"], f"nbgrader-{key}")
        moment = self.shown(receipt["submitted_at"])
        self.log.info("已交卷：《%s》 %s，回执编号 %s", lesson["id"], moment, receipt["receipt"])

    def _send(self, lesson: str, folder: Path) -> None:
        files = files_from_zip(self.classroom.release(lesson))
        released = {name: one for name, one in files.items() if name.endswith(".ipynb")}
        missing = [name for name in released if not (folder / name).exists()]
        if missing and self.strict:
            raise OwnFileError(f"少了 {'、'.join(missing)}。运行 fetch_assignment 时加 --replace。")
        texts = texts_to_record(released, folder, self.classroom.lesson(lesson)["questions"])
        code = code_to_send(released, folder)
        for name, notebook in code.items():
            self.classroom.send_workbook(lesson, name, notebook)
            self.log.info("已送交 %s.ipynb 里的代码", name)
        for question, text in texts:
            key = f"nbgrader-{sha256(text.encode()).hexdigest()[:32]}"
            self.classroom.answer(question, text, key)
            self.log.info("已保存 %s 的文字", question["id"])


class FetchFeedback(LearnerExchange, abc.ExchangeFetchFeedback):
    """Feedback: points and comments that the trainer released, as one page of plain text."""

    def copy_files(self) -> None:
        """Write the page beside the lesson."""
        course, lesson = self.own_lesson()
        if not lesson["submitted_at"]:
            self.fail(f"《{lesson['id']}》还没有交卷，没有成绩。")
        if lesson["grade"] is None:
            self.fail(f"《{lesson['id']}》的成绩还没有发布，请过几天再看。")
        timestamp = self.shown(lesson["submitted_at"])
        folder = self.place(course["id"], lesson["id"]) / "feedback" / timestamp
        folder.mkdir(parents=True, exist_ok=True)
        page = folder / f"{lesson['id']}.html"
        page.write_text(feedback_page(lesson))
        self.log.info("成绩和评语：%s", page)
