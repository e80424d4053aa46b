"""The commands of `colonnade-server`, one file for each subject."""
