-- description: Each asset in one row: what it returned, and how much it moved.
-- export: csv
SELECT
    aggregates.symbol,
    min(aggregates.day) AS first_day,
    max(aggregates.day) AS last_day,
    count(*) AS bars,
    max_by(aggregates.close, aggregates.day) AS last_close,
    max_by(aggregates.adj_close, aggregates.day) / min_by(aggregates.adj_close, aggregates.day) - 1 AS total_return,
    stddev_samp(ln(1 + aggregates.return_1d)) * sqrt(any_value(assets.periods_per_year)) AS volatility,
    min(aggregates.drawdown) AS max_drawdown,
    max(aggregates.return_1d) AS best_day,
    min(aggregates.return_1d) AS worst_day
FROM gold.aggregates AS aggregates
JOIN gold.assets AS assets ON assets.symbol = aggregates.symbol
GROUP BY aggregates.symbol
ORDER BY aggregates.symbol
