"""Lives of the ground floor's records, each one table."""

from congress.kernel.workflow import Move, Transition, Workflow, by_time
from congress.models import PrintedReport, PrintState

T = Transition


def enclose(printed: PrintedReport, move: Move) -> None:
    """The file is there: which, how many rows it holds, and what its content is known by."""
    printed.attachment = move.data["attachment"]
    printed.rows = move.data["rows"]
    printed.content_hash = move.data["content_hash"]
    printed.progress, printed.problem, printed.finished_at = 100, "", move.at


def say_why(printed: PrintedReport, move: Move) -> None:
    """The sentence the asker reads instead of a file."""
    printed.problem = move.note[:300]
    printed.finished_at = move.at


# A worker that died leaves “rendering” behind: the next try starts from there.
# fmt: off
PRINT = Workflow(PrintedReport, [
    # verb      from                                     to                    who      when  then
    T("start",  [PrintState.QUEUED, PrintState.RENDERING], PrintState.RENDERING, by_time, [], []),
    T("finish", [PrintState.RENDERING],                  PrintState.READY,     by_time, [], [enclose]),
    T("fail",   [PrintState.QUEUED, PrintState.RENDERING], PrintState.FAILED,    by_time, [], [say_why]),
])
# fmt: on
