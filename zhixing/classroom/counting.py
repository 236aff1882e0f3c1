"""Counting: how many answers a question takes, and what the next can earn, in words."""

from __future__ import annotations

from zhixing.question import Question
from zhixing.rules import Counting, LessonRules


def counting_words(question: Question, rules: LessonRules, attempts: int) -> str:
    """Say how the next answer counts, after ``attempts`` tries; empty where none is left."""
    left = rules.tries_for(question.kind) - attempts
    if left <= 0:
        return ""
    if question.kind == "case":
        counts = "最后" if rules.is_test else "最好"
        return f"可以反复走，以{counts}的一次计分。"
    if rules.is_test or question.kind == "written":
        return "交卷前可以反复修改，以最后一次为准。"
    worth = _worth(rules, attempts)
    if attempts:
        return f"还可以再答 {left} 次{worth and '，'}{worth}。"
    if left == 1:
        return "这道题答一次，想好再提交。"
    return f"这道题可以答 {left} 次，以最好的一次计分{worth and '：'}{worth}。"


def outlook_words(question: Question, rules: LessonRules, *, is_handed_in: bool) -> str:
    """Say what an answer without a score waits for."""
    if question.kind == "written":
        when = "已交给教员，批阅后" if is_handed_in else "交卷后由教员批阅，"
        return f"{when}成绩和评语会出现在课程页上。"
    if rules.feedback == "closing":
        return "结果和解析要等这一讲对所有人截止以后才显示。"
    return "结果和解析在交卷后显示。"


def way_to_count(counting: Counting) -> str:
    """Say how the tries of a question add up in a lesson."""
    if counting.mode == "test":
        return "以交卷前最后一次计分"
    if not counting.falloff:
        return "以最好的一次计分"
    return f"以最好的一次计分，每多答一次少得 {100 * counting.falloff:.4g}%"


def _worth(rules: LessonRules, attempts: int) -> str:
    if not rules.falloff:
        return ""
    numbers = range(attempts + 1, rules.tries + 1)
    return "，".join(f"第 {number} 次答对得 {100 * rules.share(number):.4g}%" for number in numbers)
