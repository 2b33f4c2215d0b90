"""Contracts: what a dataset should be, in the Open Data Contract Standard (ODCS v3)."""
