"""Profiles: mergeable summaries of data, from which drift, monitors and reports are told."""
