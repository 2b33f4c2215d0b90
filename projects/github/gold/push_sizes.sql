-- description: How many commits pushes have, per day.
-- incremental: event_date
-- source_date: created_at
-- partition: day(event_date)
SELECT
    CAST(created_at AT TIME ZONE 'UTC' AS DATE) AS event_date,
    count(*) AS pushes,
    -- GitHub has not sent the size of pushes since October 2025.
    count(payload.size) AS sized_pushes,
    CAST(sum(payload.size) AS BIGINT) AS commits,
    CAST(sum(payload.distinct_size) AS BIGINT) AS distinct_commits,
    quantile_cont(payload.size, 0.5) AS size_p50,
    quantile_cont(payload.size, 0.95) AS size_p95,
    max(payload.size) AS size_max
FROM silver.events
WHERE type = 'PushEvent'
GROUP BY event_date
ORDER BY event_date
