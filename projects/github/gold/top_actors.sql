-- description: The 100 accounts with most events, per day.
-- incremental: event_date
-- source_date: created_at
-- partition: day(event_date)
WITH counted AS (
    SELECT
        CAST(created_at AT TIME ZONE 'UTC' AS DATE) AS event_date,
        actor.id AS actor_id,
        -- The newest login of the day; the id decides between events of the same second.
        max_by(actor.login, {'created_at': created_at, 'id': id}) AS actor_login,
        count(*) AS events,
        count(DISTINCT repo.id) AS repos,
        count(*) FILTER (type = 'PushEvent') AS pushes
    FROM silver.events
    GROUP BY ALL
)

SELECT
    event_date,
    row_number() OVER (PARTITION BY event_date ORDER BY events DESC, actor_id) AS rank,
    actor_id,
    actor_login,
    -- GitHub ends the login of every app with [bot]; bots that are plain accounts cannot be told.
    actor_login LIKE '%[bot]' AS app,
    events,
    repos,
    pushes
FROM counted
QUALIFY rank <= 100
ORDER BY event_date, rank
