"""Files of other systems, read into tasks."""
