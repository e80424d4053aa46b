"""Logs, metrics, traces and health for a service; each part is an extra and stands alone."""

__all__: list[str] = []
