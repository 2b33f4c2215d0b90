-- description: The weekdays on which the New York Stock Exchange is closed, for the years that there are bars of.
WITH years AS (
    SELECT CAST(unnest(range(greatest(year(min(day)), 1998), year(max(day)) + 1)) AS INTEGER) AS y
    FROM gold.daily
),

-- Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher).
easter_1 AS (
    SELECT y, y % 19 AS a, y // 100 AS b, y % 100 AS c FROM years
),

easter_2 AS (
    SELECT *, (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30 AS h FROM easter_1
),

easter_3 AS (
    SELECT *, (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7 AS l FROM easter_2
),

easter AS (
    SELECT y, h + l - 7 * ((a + 11 * h + 22 * l) // 451) + 114 AS n FROM easter_3
),

-- The first day of a month, and how many days it is to a weekday (1 is Monday) from there.
movable AS (
    SELECT y, 'Martin Luther King Day' AS holiday, make_date(y, 1, 1) AS start, 1 AS weekday, 3 AS nth FROM years
    UNION ALL SELECT y, 'Presidents'' Day', make_date(y, 2, 1), 1, 3 FROM years
    UNION ALL SELECT y, 'Memorial Day', make_date(y, 5, 25), 1, 1 FROM years
    UNION ALL SELECT y, 'Labor Day', make_date(y, 9, 1), 1, 1 FROM years
    UNION ALL SELECT y, 'Thanksgiving', make_date(y, 11, 1), 4, 4 FROM years
),

fixed AS (
    SELECT y, 'New Year' AS holiday, make_date(y, 1, 1) AS day FROM years
    UNION ALL SELECT y, 'Juneteenth', make_date(y, 6, 19) FROM years WHERE y >= 2022
    UNION ALL SELECT y, 'Independence Day', make_date(y, 7, 4) FROM years
    UNION ALL SELECT y, 'Christmas', make_date(y, 12, 25) FROM years
),

closures (day, holiday) AS (
    VALUES
    (DATE '2001-09-11', 'Attacks of 11 September'),
    (DATE '2001-09-12', 'Attacks of 11 September'),
    (DATE '2001-09-13', 'Attacks of 11 September'),
    (DATE '2001-09-14', 'Attacks of 11 September'),
    (DATE '2004-06-11', 'Mourning for Ronald Reagan'),
    (DATE '2007-01-02', 'Mourning for Gerald Ford'),
    (DATE '2012-10-29', 'Hurricane Sandy'),
    (DATE '2012-10-30', 'Hurricane Sandy'),
    (DATE '2018-12-05', 'Mourning for George Bush'),
    (DATE '2025-01-09', 'Mourning for Jimmy Carter')
),

found AS (
    SELECT start + CAST((weekday - isodow(start) + 7) % 7 + 7 * (nth - 1) AS INTEGER) AS day, holiday FROM movable
    UNION ALL
    SELECT make_date(y, n // 31, n % 31 + 1) - 2, 'Good Friday' FROM easter
    UNION ALL
    -- On a Saturday the day before is kept, but for New Year; on a Sunday the day after.
    SELECT CASE isodow(day) WHEN 6 THEN day - 1 WHEN 7 THEN day + 1 ELSE day END, holiday
    FROM fixed
    WHERE NOT (holiday = 'New Year' AND isodow(day) = 6)
    UNION ALL
    SELECT closures.day, closures.holiday FROM closures JOIN years ON year(closures.day) = years.y
)

SELECT day, holiday FROM found ORDER BY day
