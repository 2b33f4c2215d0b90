"""Measurements in, findings out."""
