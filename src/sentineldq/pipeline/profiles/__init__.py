"""Profiles of silver by the hour: made as it is written, mended from what was written, read back by the window."""
