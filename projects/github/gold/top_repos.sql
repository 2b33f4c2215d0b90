-- description: The 100 repositories with most events, per day.
-- incremental: event_date
-- source_date: created_at
-- partition: day(event_date)
WITH counted AS (
    SELECT
        CAST(created_at AT TIME ZONE 'UTC' AS DATE) AS event_date,
        repo.id AS repo_id,
        -- Its newest name of the day; the id decides between events of the same second.
        max_by(repo.name, {'created_at': created_at, 'id': id}) AS repo_name,
        count(*) AS events,
        count(DISTINCT actor.id) AS actors,
        count(*) FILTER (type = 'PushEvent') AS pushes,
        count(*) FILTER (type = 'WatchEvent') AS stars,
        count(*) FILTER (type = 'ForkEvent') AS forks
    FROM silver.events
    GROUP BY ALL
)

SELECT
    event_date,
    row_number() OVER (PARTITION BY event_date ORDER BY events DESC, repo_id) AS rank,
    * EXCLUDE (event_date)
FROM counted
QUALIFY rank <= 100
ORDER BY event_date, rank
