"""The log of a command: a file in the working directory, so that the terminal shows the incident and nothing else."""

import logging
import secrets

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LOG_FILE = "first-responder.log"
OURS = ("agents", "bot", "incident", "scenarios", "storage")


class _LogFile(logging.FileHandler):
    """Is made when there is something to write. Where it can't be, the work goes on without a log."""

    lost = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; remember that it couldn't be written."""
        try:
            super().emit(record)
        except OSError:
            self.lost = True


def keep_log(level: str = "INFO") -> _LogFile:
    """Send our records from ``level`` on, and everybody's warnings, to the file and nowhere else; may be repeated."""
    root = logging.getLogger()
    for handler in root.handlers:
        if isinstance(handler, _LogFile):
            handler.close()
            root.removeHandler(handler)
    file = _LogFile(LOG_FILE, delay=True, encoding="utf-8")
    file.setFormatter(logging.Formatter(FORMAT))
    root.addHandler(file)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    return file


def log_to_stderr() -> None:
    """Send what `keep_log` lets through to standard error instead, where a server's log is looked for."""
    logging.basicConfig(format=FORMAT, force=True)


def log_failure(failure: Exception) -> tuple[str, bool]:
    """Log it with its traceback; return the id to look for, and whether it could be written."""
    error_id = secrets.token_hex(4)
    file = keep_log()
    logging.getLogger("bot").error("internal error %s", error_id, exc_info=failure)
    file.close()
    return error_id, not file.lost
