"""Paper (卷子): the questions and data one learner gets, worked out from a seed, never stored.

The same seed gives the same paper for ever, on every machine: everything is ordered by hashes of
the seed and a name, so that neither the order in a file nor Python's own random numbers matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from zhixing.course import Course, Form, Lesson
from zhixing.question import Question

SHUFFLED_KINDS = frozenset({"single", "multiple", "panel"})
"""Options of a truth question are always 对 and 错; what is placed is shuffled by its version."""


def seed_of(course_id: str, lesson_id: str, username: str, sitting: int) -> str:
    """Seed of one learner's paper in one sitting of a lesson, from 1; 0 for all of them."""
    return _digest(course_id, lesson_id, username, str(sitting))


def paper_of(lesson: Lesson, seed: str, used: frozenset[str] = frozenset()) -> tuple[Question, ...]:
    """Questions of one learner, with the ids of the lesson's places and in their order.

    Parameters
    ----------
    used
        Origins of earlier sittings; they come again only where the pool has nothing else.
    """
    if not lesson.is_drawn:
        return lesson.questions
    drawn = _drawn(lesson, seed, used)
    forms = (drawn.get(q.id) or Form(q.id, q) for q in lesson.questions)
    if not lesson.rules.shuffle:
        return tuple(form.question for form in forms)
    return tuple(_shuffled(form.question, seed) for form in forms)


def own_course(course: Course, username: str) -> Course:
    """Return the course as one learner has it in the first sitting of each lesson."""
    lessons = (own_lesson(lesson, course.id, username, 1) for lesson in course.lessons)
    return replace(course, lessons=tuple(lessons))


def own_lesson(lesson: Lesson, course_id: str, username: str, sitting: int) -> Lesson:
    """Return the lesson as one learner has it in a sitting: with the own paper in its places."""
    if not lesson.is_drawn:
        return lesson
    used: frozenset[str] = frozenset()
    for earlier in range(1, sitting):
        drawn = _drawn(lesson, seed_of(course_id, lesson.id, username, earlier), used)
        used |= {form.origin for form in drawn.values()}
    seed = seed_of(course_id, lesson.id, username, sitting)
    own = replace(lesson, questions=paper_of(lesson, seed, used))
    return _with_own_data(own, seed_of(course_id, lesson.id, username, 0))


def _with_own_data(lesson: Lesson, seed: str) -> Lesson:
    """Put one drawing into the place of each data task, the same in every sitting.

    Who downloaded a table must find its answers asked for, whenever they come back with them.
    """
    if not lesson.draws:
        return lesson
    own = {task: draws[_number(seed, task) % len(draws)] for task, draws in lesson.draws.items()}
    questions = {name: q for draw in own.values() for name, q in draw.questions.items()}
    return replace(
        lesson,
        tasks=tuple(own[task.id].task if task.id in own else task for task in lesson.tasks),
        questions=tuple(questions.get(q.id, q) for q in lesson.questions),
    )


def unfilled_places(forms: Mapping[str, Sequence[Form]]) -> list[str]:
    """Places that stay empty however one draws, because no two may hold one origin."""
    filled = _filled({place: _origins(found) for place, found in forms.items()})
    return [place for place in forms if place not in filled.values()]


def _drawn(lesson: Lesson, seed: str, used: frozenset[str]) -> dict[str, Form]:
    wishes = {
        place: sorted(
            _origins(forms), key=lambda origin: (origin in used, _digest(seed, place, origin))
        )
        for place, forms in lesson.forms.items()
    }
    return {
        place: _variant(lesson.forms[place], origin, seed)
        for origin, place in _filled(wishes).items()
    }


def _origins(forms: Sequence[Form]) -> list[str]:
    return list(dict.fromkeys(form.origin for form in forms))


def _variant(forms: Sequence[Form], origin: str, seed: str) -> Form:
    own = [form for form in forms if form.origin == origin]
    return min(own, key=lambda form: _digest(seed, origin, form.question.version))


def _filled(wishes: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Origin to place, each used once, as many places as can be: Kuhn's augmenting paths.

    A place takes the first of its wishes that is free, or moves another place on to its next.
    """
    taken: dict[str, str] = {}
    for place in wishes:
        for path in _paths(place, wishes, taken, set()):
            taken.update(path)
            break
    return taken


def _paths(
    place: str, wishes: Mapping[str, Sequence[str]], taken: Mapping[str, str], seen: set[str]
) -> Iterator[dict[str, str]]:
    for origin in wishes[place]:
        if origin in seen:
            continue
        seen.add(origin)
        if origin not in taken:
            yield {origin: place}
            return
        for path in _paths(taken[origin], wishes, taken, seen):
            yield {**path, origin: place}
            return


def _shuffled(question: Question, seed: str) -> Question:
    if question.kind not in SHUFFLED_KINDS or question.keep_order:
        return question
    ids = [option.id for option in question.options]
    ids.sort(key=lambda name: _digest(seed, question.version, name))
    return replace(question, shown=tuple(ids))


def _number(*parts: str) -> int:
    return int(_digest(*parts), 16)


def _digest(*parts: str) -> str:
    # A separator that no id holds, so that ("ab", "c") and ("a", "bc") differ.
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
