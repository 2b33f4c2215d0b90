"""Checks: named boolean expressions over a batch, compiled to one pass."""
