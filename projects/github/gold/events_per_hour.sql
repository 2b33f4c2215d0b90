-- description: Events per hour and type, with the actors and repositories behind them.
-- incremental: event_date
-- source_date: created_at
-- partition: day(event_date)
-- export: csv
SELECT
    CAST(created_at AT TIME ZONE 'UTC' AS DATE) AS event_date,
    date_trunc('hour', created_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS hour,
    type,
    count(*) AS events,
    count(DISTINCT actor.id) AS actors,
    count(DISTINCT repo.id) AS repos
FROM silver.events
GROUP BY ALL
ORDER BY hour, type
