-- description: The assets there are, what kind they are of, and on which days they trade.
WITH named AS (
    SELECT
        symbol,
        CASE
            WHEN regexp_matches(symbol, '-[A-Z]{3,4}$') THEN 'crypto'
            WHEN symbol LIKE '%=F' THEN 'future'
            WHEN symbol LIKE '%=X' THEN 'currency'
            WHEN contains(symbol, '.') THEN 'foreign'
            WHEN symbol LIKE '^%' THEN 'index'
            ELSE 'stock'
        END AS kind,
        any_value(currency) AS currency,
        min(day) AS first_day,
        max(day) AS last_day,
        count(*) AS bars
    FROM gold.daily
    GROUP BY symbol
)

SELECT
    symbol,
    kind,
    currency,
    -- The holidays of other exchanges are not known here.
    CASE kind WHEN 'crypto' THEN 'every day' WHEN 'currency' THEN NULL WHEN 'foreign' THEN NULL ELSE 'new york' END AS calendar,
    CASE kind WHEN 'crypto' THEN 365 ELSE 252 END AS periods_per_year,
    first_day,
    last_day,
    bars
FROM named
ORDER BY symbol
