"""Migrations of the store, run by `sentineldq.store.migrate`."""
