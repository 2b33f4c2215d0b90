-- description: Rows that point to a row that is not there, per reference.
SELECT 'order_items.order_id' AS reference, order_id AS missing, count(*) AS found_in
FROM silver.order_items ANTI JOIN silver.orders USING (order_id)
GROUP BY order_id
UNION ALL
SELECT 'order_items.product_id', product_id, count(*)
FROM silver.order_items ANTI JOIN silver.products USING (product_id)
GROUP BY product_id
UNION ALL
SELECT 'orders.customer_id', customer_id, count(*)
FROM silver.orders ANTI JOIN silver.customers USING (customer_id)
GROUP BY customer_id
UNION ALL
SELECT 'inventory.product_id', product_id, count(*)
FROM silver.inventory ANTI JOIN silver.products USING (product_id)
GROUP BY product_id
ORDER BY reference, missing
