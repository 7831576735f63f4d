"""One line an answer, for logs and pipes."""

from ioclib.render.words import details, people, word
from ioclib.report import AnswerEntry


def line(shown: str, answer: AnswerEntry, page: str = "") -> str:
    """One answer that has just landed.

    Args:
        shown: the indicator, defanged.
        answer: one source's answer about it.
        page: the source's page about it, if it may be linked.
    """
    return f"{shown}  {people(answer.source):<22}  {word(answer):<10}  {details(answer, page, ours=True)}".rstrip()
