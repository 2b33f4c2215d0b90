-- description: Trading days without a bar, between an asset's first and last.
WITH expected AS (
    SELECT symbol, calendar, CAST(unnest(generate_series(first_day, last_day, INTERVAL 1 DAY)) AS DATE) AS day
    FROM gold.assets
    WHERE calendar IS NOT NULL
)

SELECT expected.symbol, expected.day, dayname(expected.day) AS weekday
FROM expected
ANTI JOIN gold.daily AS present ON present.symbol = expected.symbol AND present.day = expected.day
WHERE
    expected.calendar = 'every day'
    OR (isodow(expected.day) <= 5 AND expected.day NOT IN (SELECT day FROM gold.holidays))
ORDER BY expected.symbol, expected.day
