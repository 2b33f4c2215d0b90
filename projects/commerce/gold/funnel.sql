-- description: How far visits get on their way to a purchase, per day.
-- incremental: event_date
-- source_date: occurred_at
-- partition: day(event_date)
SELECT
    CAST(occurred_at AT TIME ZONE 'UTC' AS DATE) AS event_date,
    count(DISTINCT session_id) AS sessions,
    count(DISTINCT session_id) FILTER (WHERE event_type = 'add_to_cart') AS carts,
    count(DISTINCT session_id) FILTER (WHERE event_type = 'checkout') AS checkouts,
    count(DISTINCT session_id) FILTER (WHERE event_type = 'purchase') AS purchases,
    purchases / sessions AS conversion
FROM silver.clickstream
-- Robots that say what they are.
WHERE NOT regexp_matches(user_agent, '(?i)bot|crawler|spider')
GROUP BY event_date
ORDER BY event_date
