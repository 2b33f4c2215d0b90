"""Drift: pure functions over two profiles that say what changed, how much, and whether it means something."""
