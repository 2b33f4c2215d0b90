"""Quarantined records: shown, mended, tried again under today's rules, moved exactly once, or dropped."""
