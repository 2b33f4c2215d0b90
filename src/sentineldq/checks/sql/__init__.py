"""SQL in contracts: row expressions with one meaning on every engine, and queries that only read."""
