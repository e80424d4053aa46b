"""The Colonnade server: everything put together, and nothing else."""

__all__: list[str] = []
