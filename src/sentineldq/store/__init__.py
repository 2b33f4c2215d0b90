"""The operational database: runs, results, freshness, schedules, findings."""
