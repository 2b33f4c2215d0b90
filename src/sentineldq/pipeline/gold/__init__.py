"""Gold: models in SQL over versions of silver, written, audited and published."""
