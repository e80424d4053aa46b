"""The database's own clock: leases are measured by it, since the clocks of several machines differ."""

from typing import Any

from sqlalchemy import Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class seconds_now(FunctionElement[float]):  # noqa: N801 - reads as the SQL function that it is
    """The present moment, in seconds since 1970."""

    inherit_cache = True
    type = Float()
    name = "seconds_now"


@compiles(seconds_now, "postgresql")
def _seconds_now_postgresql(element: seconds_now, compiler: SQLCompiler, **options: Any) -> str:
    return "extract(epoch FROM clock_timestamp())::float8"


@compiles(seconds_now)
def _seconds_now(element: seconds_now, compiler: SQLCompiler, **options: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"
