"""Log lines that a user cannot forge: one event, one line."""

import logging


class OneLine(logging.Formatter):
    """Escapes line breaks and control characters in the finished message."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if record.exc_info:  # a traceback is ours, and unreadable on one line
            return text
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
