"""The command line: one file per verb, imports inside the command so that start-up stays quick."""
