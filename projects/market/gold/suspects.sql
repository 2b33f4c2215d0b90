-- description: Bars whose price against the day before asks for a look: wrong units, splits, dividends, and real crashes.
WITH changes AS (
    SELECT
        symbol,
        day,
        close,
        lag(close) OVER days AS previous_close,
        close / lag(close) OVER days AS change,
        adj_close / lag(adj_close) OVER days AS adjusted_change,
        (adj_close / close) / lag(adj_close / close) OVER days AS factor_change
    FROM gold.daily
    WINDOW days AS (PARTITION BY symbol ORDER BY day)
),

judged AS (
    SELECT
        *,
        greatest(change, 1 / change) AS times,
        CASE
            -- Prices a hundred times the others are in the smaller unit of a currency.
            WHEN times BETWEEN 80 AND 125 THEN 'unit'
            -- A whole number of times is a split that was left out, or was made twice.
            WHEN times > 1.9 AND abs(round(times) / times - 1) < 0.03 THEN 'split'
            -- A dividend of more than a sixth of the price, or one that was taken back.
            WHEN factor_change NOT BETWEEN 0.98 AND 1.2 THEN 'dividend'
            WHEN adjusted_change NOT BETWEEN 0.6 AND 1 / 0.6 THEN 'return'
        END AS reason
    FROM changes
    WHERE previous_close IS NOT NULL
)

SELECT symbol, day, reason, close, previous_close, change - 1 AS change, adjusted_change - 1 AS adjusted_change, factor_change - 1 AS factor_change
FROM judged
WHERE reason IS NOT NULL
ORDER BY symbol, day
