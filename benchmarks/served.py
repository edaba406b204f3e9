"""The application as gunicorn serves it here: a request that asks for it is told how many SQL statements it took."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection

from congress.wsgi import application as real


def application(environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
    """The application itself, untouched, unless the request carries `X-Count-SQL`."""
    if "HTTP_X_COUNT_SQL" not in environ:
        return real(environ, start_response)
    asked: list[str] = []

    def note(execute: Callable, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, ("X-SQL", str(len(asked)))], *rest)

    with connection.execute_wrapper(note):
        return list(real(environ, start))
