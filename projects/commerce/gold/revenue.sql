-- description: Orders and revenue per day and currency.
-- incremental: order_date
-- source_date: created_at
-- partition: day(order_date)
-- export: csv
WITH dated AS (
    SELECT *, status IN ('paid', 'shipped', 'delivered') AS earned
    FROM silver.orders
)

SELECT
    CAST(created_at AT TIME ZONE 'UTC' AS DATE) AS order_date,
    currency,
    count(*) AS orders,
    count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE earned) AS paid_orders,
    count(DISTINCT customer_id) FILTER (WHERE earned) AS customers,
    CAST(coalesce(sum(total) FILTER (WHERE earned), 0) AS DECIMAL(18, 2)) AS revenue
FROM dated
GROUP BY ALL
ORDER BY order_date, currency
