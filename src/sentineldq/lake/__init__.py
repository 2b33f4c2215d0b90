"""Open tables: bronze, silver, gold and quarantine, in Iceberg; the raw archive; their upkeep."""
