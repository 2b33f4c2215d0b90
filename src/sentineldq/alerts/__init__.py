"""Alerts: findings that nobody has resolved yet, grouped, told to their owners, and followed to their end."""
