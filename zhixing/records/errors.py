"""What can go wrong with the records, each with a code, a Chinese sentence and the next step."""

from __future__ import annotations

from zhixing.errors import ZhixingError


class RecordsError(ZhixingError):
    """Something that was not written or not shown; nothing was half done.

    Parameters
    ----------
    message
        Chinese sentence: what, found, expected.
    english
        The same in English, for the log and the command line.
    """

    code = "records"
    next = "请稍后再试；仍不行时告诉管理员。"

    def __init__(self, message: str, english: str) -> None:
        self.message = message
        self.english = english
        super().__init__(f"{message}{self.next} ({english})")


class StoreError(RecordsError):
    """The records database cannot be used as it is."""

    code = "store"


class StoreLockedError(StoreError):
    """Another program held the write lock longer than we wait."""

    code = "store_locked"
    next = "您的内容没有丢失，请稍后再交一次。"


class StoreFullError(StoreError):
    """The disk of the database is full."""

    code = "store_full"
    next = "这一次没有保存，请告诉管理员清理磁盘后再交。"


class StoreUnwritableError(StoreError):
    """The folder or file of the database cannot be written."""

    code = "store_unwritable"
    next = "请检查这个文件夹的主人和权限，或用 --data 换一个文件夹。"


class StoreUnreachableError(StoreError):
    """The database server does not answer."""

    code = "store_unreachable"
    next = "请确认数据库服务已启动，地址、账号和密码正确。"


class StoreNewerError(StoreError):
    """The database was written by a newer program."""

    code = "store_newer"
    next = "请换用新版程序，或恢复升级前的备份。"


class StoreOlderError(StoreError):
    """The database lacks changes that this program needs."""

    code = "store_older"
    next = "请先运行 zhixing migrate；它会先备份。"


class AnswerRefusedError(RecordsError):
    """An answer that is well formed and yet not taken."""

    code = "answer_refused"


class TriesSpentError(AnswerRefusedError):
    """No try of this question is left."""

    code = "tries_spent"
    next = "请看解析，然后做下一题。"


class NotEnrolledError(AnswerRefusedError):
    """The person is unknown, no longer active, or in no cohort of the course."""

    code = "not_found"
    next = "请从首页重新进入。"


class NotYetOpenError(AnswerRefusedError):
    """Cohort or lesson has not begun."""

    code = "not_yet_open"
    next = "请在开班以后再来。"


class ClosedError(AnswerRefusedError):
    """Cohort or lesson has ended."""

    code = "closed"
    next = "请联系教员。"


class HandedInError(AnswerRefusedError):
    """The lesson was handed in and takes no more answers."""

    code = "handed_in"
    next = "请等教员批改；成绩和评语会出现在课程页上。"


class KeyReusedError(AnswerRefusedError):
    """One click key came with two different answers."""

    code = "key_reused"
    next = "请刷新页面后再答一次。"


class OutOfStepError(AnswerRefusedError):
    """A step of a case that does not follow the last one on record."""

    code = "out_of_step"
    next = "请刷新页面，从您现在所处的情形继续。"


class OtherSittingError(AnswerRefusedError):
    """An answer on a paper that is no longer the learner's: it was handed in, another began."""

    code = "other_sitting"
    next = "请刷新页面，在现在的卷子上作答。"


class NoResitError(RecordsError):
    """The learner has no further sitting of this lesson."""

    code = "no_resit"
    next = "需要补考的话，请联系教员。"


class UnknownReferenceError(AnswerRefusedError):
    """The enrolment or the question version is not in the records."""

    code = "unknown_reference"
    next = "请刷新页面，题目可能已经更新。"


class UnstorableError(AnswerRefusedError):
    """The answer holds something that the database cannot keep."""

    code = "unstorable"
    next = "请删去特殊字符后再答一次。"


class RecorderClosedError(StoreError):
    """The recorder was shut down; what came before is on disk."""

    code = "recorder_closed"
    next = "服务正在重启，请稍后再交一次。"


class NothingChangesError(RecordsError):
    """A regrade under which nobody's points change."""

    code = "nothing_changes"
    next = "不用做什么。"


class PreviewChangedError(RecordsError):
    """Something came in between the preview and the click."""

    code = "preview_changed"
    next = "请重新看一遍预览，再应用。"


class RegradedSinceError(RecordsError):
    """A later regrade stands on the one that is to be undone."""

    code = "regraded_since"
    next = "请先撤销后面的一次重新判分。"


class NotVisibleError(RecordsError, KeyError):
    """Outside the viewer's circle, or not existing: the answer is the same."""

    code = "not_visible"
    next = "请从自己的首页重新进入。"

    def __str__(self) -> str:
        """Sentence, not KeyError's quoted form."""
        return ZhixingError.__str__(self)
