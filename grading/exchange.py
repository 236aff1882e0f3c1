"""Exchange: nbgrader's plug-ins for trainers over the classroom API; no folder is shared."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook
from nbgrader.exchange import abc
from nbgrader.utils import parse_utc

from grading.answersfile import NAME
from grading.classroom import Classroom, ClassroomError
from grading.released import grades_payload
from grading.submittedfile import LARGEST_BYTES, SubmittedFileError, require_notebook
from zhixing.errors import ZhixingError

MOST_FILES = 20


class Exchange(abc.Exchange):
    """What the verbs have together: the course, and the classroom as this trainer."""

    def init_src(self) -> None:
        """Nothing to look for on disk; the classroom has it."""
        if not self.coursedir.course_id:
            self.fail("没有指定课程：请在课程目录里运行，或加 --course。")

    def init_dest(self) -> None:
        """Nothing to prepare."""

    @property
    def classroom(self) -> Classroom:
        """The classroom API with the rights of whoever runs this."""
        return Classroom.from_environ(self.coursedir.course_id)

    def start(self) -> Any:
        """Turn errors of the classroom into nbgrader's, whose message formgrader shows."""
        try:
            return super().start()
        except ZhixingError as error:
            return self.fail(str(error))

    @property
    def lesson(self) -> str:
        """Lesson asked for."""
        return str(self.coursedir.assignment_id)

    @property
    def _is_for_all(self) -> bool:
        return self.coursedir.student_id in ("", "*")

    def _is_asked_for(self, entry: dict[str, Any]) -> bool:
        """Whether a hand-in is of the learner asked for."""
        return self._is_for_all or entry["username"] == self.coursedir.student_id


class List(Exchange, abc.ExchangeList):
    """Released lessons, or what was handed in."""

    def copy_files(self) -> None:
        """Copy nothing; listing reads."""

    def list_files(self) -> list[dict[str, Any]]:
        """Entries of the form nbgrader's own exchange gives."""
        if self.cached:
            return []
        return self._inbound() if self.inbound else self._outbound()

    def remove_files(self) -> list[dict[str, Any]]:
        """Refuse: what was released or handed in is a record."""
        return self.fail("发布和交卷都是记录，不能从这里删除。")  # type: ignore[no-any-return]

    def _outbound(self) -> list[dict[str, Any]]:
        folder = Path(self.coursedir.root) / "release"
        entry = {"course_id": self.coursedir.course_id, "status": "released"}
        return [
            {**entry, "assignment_id": path.name, "path": str(path), "notebooks": _notebooks(path)}
            for path in sorted(folder.glob("*"))
            if self.lesson in ("", path.name)
        ]

    def _inbound(self) -> list[dict[str, Any]]:
        entries = self.classroom.submissions(self.lesson) if self.lesson else []
        return [
            {
                "course_id": self.coursedir.course_id,
                "assignment_id": self.lesson,
                "student_id": entry["username"],
                "status": "submitted",
                "submissions": [{"timestamp": entry["submitted_at"], "notebooks": []}],
            }
            for entry in entries
        ]


def _notebooks(folder: Path) -> list[dict[str, str]]:
    return [
        {"notebook_id": path.stem, "path": str(path)} for path in sorted(folder.glob("*.ipynb"))
    ]


class ReleaseAssignment(Exchange, abc.ExchangeReleaseAssignment):
    """Release: the classroom reads the release folder of this course directory by itself."""

    def copy_files(self) -> None:
        """Make sure there is something to release."""
        folder = Path(self.coursedir.root) / "release" / self.lesson
        if not folder.is_dir():
            self.fail(f"{self.lesson} 还没有生成学员版，请先点“生成学员版”。")


class Collect(Exchange, abc.ExchangeCollect):
    """Collect: bring the newest hand-in of each learner into ``submitted/``."""

    def copy_files(self) -> None:
        """Fetch what is new; one hand-in that cannot be taken does not stop the others."""
        entries = [
            entry for entry in self.classroom.submissions(self.lesson) if self._is_asked_for(entry)
        ]
        if not entries:
            self.log.warning("《%s》还没有人交卷", self.lesson)
        self._taken = 0
        refused = [entry["username"] for entry in entries if not self._is_taken(entry)]
        self._name_students(entries)
        self.log.info("共有 %s 份卷子，这次新收 %s 份", len(entries), self._taken)
        if refused:
            self.fail(f"有 {len(refused)} 份没有收下，其余已收：{'、'.join(refused)}。原因见上面。")

    def _is_taken(self, entry: dict[str, Any]) -> bool:
        target = self._place_of(entry)
        is_new = self._is_wanted(target, entry)
        if not is_new and not entry.get("regraded"):
            return True
        try:
            package = self.classroom.package(entry["id"])
            if not is_new and not _is_judged_anew(package, target):
                return True
            unpack(package, target)
        except (ClassroomError, SubmittedFileError) as error:
            # A clerk reads this: one sentence, no traceback.
            message = f"{entry['username']} 的《{self.lesson}》没有收下：{error}"
            self.log.error(message)  # noqa: TRY400 - see above
            return False
        self.log.debug("已收 %s 的《%s》", entry["username"], self.lesson)
        self._taken += 1
        return True

    def _place_of(self, entry: dict[str, Any]) -> Path:
        submitted = self.coursedir.submitted_directory
        return Path(self.coursedir.format_path(submitted, entry["username"], self.lesson))

    def _is_wanted(self, target: Path, entry: dict[str, Any]) -> bool:
        if not target.is_dir():
            return True
        there = self.coursedir.get_existing_timestamp(str(target))
        newer = there is None or parse_utc(entry["submitted_at"]) > there
        return bool(newer and (self.update or self.before_duedate))

    def _name_students(self, entries: list[dict[str, Any]]) -> None:
        """Let formgrader show names; nbgrader wants two parts where Chinese names have one."""
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            for entry in entries:
                gradebook.update_or_create_student(
                    entry["username"], last_name=entry["name"], first_name=""
                )


def _is_judged_anew(package: bytes, target: Path) -> bool:
    """Whether a regrade changed what the answers of a collected hand-in are judged at."""
    answers = target / NAME
    return _files_from_zip(package).get(NAME) != (
        answers.read_bytes() if answers.exists() else None
    )


def unpack(package: bytes, target: Path) -> None:
    """Unpack a hand-in beside its place and put it there whole; no name may leave the folder.

    Raises
    ------
    ClassroomError
        If it is no zip or holds names or sizes that the platform never writes.
    SubmittedFileError
        If a notebook in it is none.
    """
    files = _files_from_zip(package)
    draft = target.with_name(f".{target.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for name, content in files.items():
        (draft / name).write_bytes(content)
    shutil.rmtree(target, ignore_errors=True)
    draft.replace(target)


def _files_from_zip(package: bytes) -> dict[str, bytes]:
    files = {}
    try:
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            members = archive.infolist()
            if len(members) > MOST_FILES:
                raise ClassroomError(f"交卷包里有 {len(members)} 个文件，没有收下。")
            for member in members:
                if not _is_plain(member):
                    raise ClassroomError(f"交卷包里的 {member.filename} 名字或大小不对，没有收下。")
                files[member.filename] = archive.read(member)
    except zipfile.BadZipFile as error:
        raise ClassroomError(f"交卷包打不开（{error}），没有收下。请稍后重新收卷。") from error
    for name, content in files.items():
        if name.endswith(".ipynb"):
            require_notebook(name, content)
    return files


def _is_plain(member: zipfile.ZipInfo) -> bool:
    is_known = member.filename in (NAME, "timestamp.txt") or member.filename.endswith(".ipynb")
    is_inside = Path(member.filename).name == member.filename and member.filename[0] != "."
    return is_known and is_inside and member.file_size <= LARGEST_BYTES


class ReleaseFeedback(Exchange, abc.ExchangeReleaseFeedback):
    """Release scores and comments of the gradebook to the learners' course pages."""

    def __init__(self, authentictor: Any = None, **options: Any) -> None:
        # nbgrader 0.9.6 misspells the name here, and traitlets warns of it.
        super().__init__(**{"authenticator": authentictor, **options})

    def copy_files(self) -> None:
        """Post the grades of everybody asked for whose grading is finished."""
        entries = [
            entry for entry in self.classroom.submissions(self.lesson) if self._is_asked_for(entry)
        ]
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as gradebook:
            waiting = [entry["username"] for entry in entries if not self._given(gradebook, entry)]
        self.log.info("已发布 %s 份成绩", len(entries) - len(waiting))
        if waiting:
            self.log.warning("还没有批完，暂不发布：%s", "、".join(waiting))
        if not entries or (waiting and not self._is_for_all):
            self.fail(f"《{self.lesson}》没有可以发布的成绩：请先收卷、自动批改并批完建议题。")

    def _given(self, gradebook: Gradebook, entry: dict[str, Any]) -> bool:
        payload = grades_payload(gradebook, self.lesson, entry["username"], entry["submitted_at"])
        if payload is None:
            return False
        self.classroom.release_grades(entry["id"], payload)
        self.log.debug("已向 %s 发布《%s》的成绩", entry["username"], self.lesson)
        return True
