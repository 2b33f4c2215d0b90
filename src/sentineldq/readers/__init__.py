"""Readers: any input a person may have, as one table."""
