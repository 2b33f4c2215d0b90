-- description: One finished bar per asset and day.
SELECT
    symbol,
    -- A day begins at midnight of its exchange, which is up to half a day before or after midnight in UTC.
    CAST(time AT TIME ZONE 'UTC' + INTERVAL 12 HOUR AS DATE) AS day,
    open,
    high,
    low,
    close,
    coalesce(adj_close, close) AS adj_close,
    volume,
    currency
FROM silver.bars
WHERE "interval" = '1d' AND complete IS NOT FALSE
ORDER BY symbol, day
