"""The work-management model, one folder for each bounded context; it knows no framework, no store and no transport."""

__all__: list[str] = []
