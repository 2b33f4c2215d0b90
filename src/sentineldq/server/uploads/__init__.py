"""Uploads: files that people hand in, taken to disk, checked by a limited process, judged and remembered."""
