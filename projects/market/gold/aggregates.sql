-- description: Return, moving averages, volatility and drawdown per asset and day.
-- export: csv
WITH returns AS (
    SELECT
        daily.symbol,
        daily.day,
        daily.close,
        daily.adj_close,
        daily.volume,
        assets.periods_per_year,
        daily.adj_close / lag(daily.adj_close) OVER days - 1 AS return_1d,
        ln(daily.adj_close / lag(daily.adj_close) OVER days) AS log_return
    FROM gold.daily AS daily
    JOIN gold.assets AS assets ON assets.symbol = daily.symbol
    WINDOW days AS (PARTITION BY daily.symbol ORDER BY daily.day)
)

SELECT
    symbol,
    day,
    close,
    adj_close,
    volume,
    return_1d,
    -- All of adjusted closes; empty until there are enough days.
    CASE WHEN count(adj_close) OVER last_20 = 20 THEN avg(adj_close) OVER last_20 END AS sma_20,
    CASE WHEN count(adj_close) OVER last_50 = 50 THEN avg(adj_close) OVER last_50 END AS sma_50,
    CASE
        WHEN count(log_return) OVER last_20 = 20 THEN stddev_samp(log_return) OVER last_20 * sqrt(periods_per_year)
    END AS volatility_20,
    adj_close / max(adj_close) OVER so_far - 1 AS drawdown
FROM returns
WINDOW
    last_20 AS (PARTITION BY symbol ORDER BY day ROWS BETWEEN 19 PRECEDING AND CURRENT ROW),
    last_50 AS (PARTITION BY symbol ORDER BY day ROWS BETWEEN 49 PRECEDING AND CURRENT ROW),
    so_far AS (PARTITION BY symbol ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
ORDER BY symbol, day
