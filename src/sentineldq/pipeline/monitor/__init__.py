"""Monitors over a project: what is measured, kept as time series, judged, and told as findings."""
