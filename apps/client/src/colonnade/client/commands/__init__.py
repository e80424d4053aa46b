"""The commands, one file for each subject; each file names its own in `COMMANDS`."""
