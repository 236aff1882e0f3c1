"""Documents: what a course cites, since when it holds, and what a replaced one freezes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from zhixing.coursefiles.finding import Finding, shown
from zhixing.coursefiles.questionfile import QuestionFile
from zhixing.coursefiles.toml import TomlFile

_DATES = ("effective", "replaced_on", "review_by")


def document_findings(toml: TomlFile) -> Iterator[Finding]:
    """Ids used twice and dates that no calendar has."""
    seen: set[str] = set()
    for place, document in enumerate(toml.data.get("document", ())):
        named = f"document {document['id']}"
        line = toml.line(("document", place)) or 1
        if document["id"] in seen:
            found = f"{document['id']} 出现两次"
            yield Finding(toml.name, line, named, found, "每个编号只用一次", "请改用别的编号。")
        seen.add(document["id"])
        for field in _DATES:
            if field in document and not _is_date(document[field]):
                where = toml.line(("document", place, field)) or line
                found, expected = shown(document[field]), "日历上有的日期，如 2024-05-01"
                yield Finding(toml.name, where, f"{named} {field}", found, expected, "请改正。")


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def citation_findings(
    file: QuestionFile, known: Mapping[str, Any], today: str
) -> Iterator[Finding]:
    """Questions that cite a document that is unknown, not yet in force, or replaced by now."""
    for question in file.questions:
        document = known.get(question.document)
        line, field = file.lines[question.id], f"{question.id} document"
        if question.document and document is None:
            expected = f"course.toml 里的文件之一（{'、'.join(known) or '无'}）"
            found = shown(question.document)
            yield Finding(file.name, line, field, found, expected, "请改正，或补上 [[document]]。")
        elif document:
            for found, advice in _not_in_force(document, today):
                yield Finding(file.name, line, field, found, "现行有效的文件", advice)


def _not_in_force(document: Mapping[str, Any], today: str) -> Iterator[tuple[str, str]]:
    title = f"《{document['title']}》"
    if document.get("effective", today) > today:
        advice = "请等施行以后再用，或改引现行文件。"
        yield f"{title}{document['effective']} 起才施行", advice
    if document.get("replaced_on", "9999") <= today:
        by = document.get("replaced_by", "新文件")
        advice = "请按现行文件改题（会成为新版本），或从课时中取下。"
        yield f"{title}已于 {document['replaced_on']} 被{by}替代，此题冻结", advice


def review_findings(toml: TomlFile, today: str) -> Iterator[Finding]:
    """Documents that were to be looked at again by a day that has passed."""
    for place, document in enumerate(toml.data.get("document", ())):
        due = document.get("review_by", "")
        if due and due < today and document.get("replaced_on", "9999") > today:
            line = toml.line(("document", place, "review_by")) or 1
            field = f"document {document['id']} review_by"
            found = f"《{document['title']}》应在 {due} 前复核，已过期"
            advice = "请核对文件是否仍然有效，再改 review_by，或写上 replaced_on。"
            yield Finding(toml.name, line, field, found, f"不早于今天（{today}）", advice)
