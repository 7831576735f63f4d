"""One line an answer, for logs and pipes."""

from ioclib.render.words import details, word
from ioclib.report import AnswerEntry


def line(shown: str, answer: AnswerEntry) -> str:
    """One answer.

    Args:
        shown: the indicator, defanged.
        answer: one source's answer about it.
    """
    return f"{shown}  {answer.source:<22}  {word(answer):<10}  {details(answer)}".rstrip()
