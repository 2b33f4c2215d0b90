-- description: Products on sale of which few are left in a warehouse, by the newest count.
WITH newest AS (
    SELECT * FROM silver.inventory
    QUALIFY row_number() OVER (PARTITION BY product_id, warehouse ORDER BY updated_at DESC) = 1
)

SELECT
    newest.product_id,
    newest.warehouse,
    products.sku,
    products.name,
    newest.on_hand,
    newest.reserved,
    newest.on_hand - newest.reserved AS available,
    CASE WHEN newest.on_hand = newest.reserved THEN 'out of stock' ELSE 'low' END AS alert,
    newest.updated_at AS counted_at
FROM newest
JOIN silver.products AS products ON products.product_id = newest.product_id
WHERE products.active AND newest.on_hand - newest.reserved < 5
ORDER BY available, newest.product_id, newest.warehouse
