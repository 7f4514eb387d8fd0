-- The shop that is measured. Every value follows from its row's number, so that each run measures the
-- same shop. {orders}, {customers} and {small} are numbers of rows.

CREATE FUNCTION pg_temp.pick(n bigint, salt bigint, among bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (hashint8extended(n, salt) & 9223372036854775807) % among;

CREATE TABLE customers (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL,
    city text NOT NULL,
    country text NOT NULL,
    created_at timestamptz NOT NULL
);
INSERT INTO customers
SELECT n, first || ' ' || last, lower(first) || '.' || lower(last) || n || '@example.org',
    (ARRAY['Berlin','Hamburg','Wien','München','Köln','Graz','Leipzig','Bremen','Linz','Essen'])[1 + pg_temp.pick(n, 3, 10)],
    CASE WHEN pg_temp.pick(n, 4, 10) < 8 THEN 'DE' ELSE 'AT' END,
    timestamptz '2015-01-01 00:00Z' + pg_temp.pick(n, 5, 315360000) * interval '1 second'
FROM generate_series(1, {customers}::bigint) n,
LATERAL (SELECT
    (ARRAY['Anna','Ben','Clara','David','Emma','Finn','Greta','Hans','Ida','Jonas','Karla','Leon','Mia','Noah',
        'Olga','Paul','Rosa','Simon','Thea','Willi'])[1 + pg_temp.pick(n, 1, 20)] AS first,
    (ARRAY['Acker','Berg','Busch','Dorn','Eich','Feld','Gold','Hahn','Kirch','Lang','Linden','Moor','Neu','Ober',
        'Quell','Reb','Rosen','Schön','Stein','Sumpf','Tann','Unter','Vogel','Wald','Wein','Weiß','Wester','Wiesen',
        'Winter','Zirbel'])[1 + pg_temp.pick(n, 2, 30)]
    || (ARRAY['ach','auer','bach','baum','beck','burg','dorf','egger','feld','furt','gruber','hagen','hauser','heim',
        'hof','holz','huber','inger','kamp','kötter','lechner','leitner','mann','maier','moser','müller','reuter',
        'rieder','stätter','thaler'])[1 + pg_temp.pick(n, 6, 30)] AS last) names;

CREATE TABLE orders (
    id bigint PRIMARY KEY,
    number text NOT NULL,
    customer_id bigint NOT NULL,
    status text NOT NULL,
    total numeric(12,2) NOT NULL,
    placed_at timestamptz NOT NULL,
    note text
);
CREATE TABLE small_orders (LIKE orders INCLUDING ALL);
INSERT INTO orders
SELECT n, 'B-' || lpad(n::text, 8, '0'), 1 + pg_temp.pick(n, 11, {customers}),
    CASE WHEN share < 80 THEN 'delivered' WHEN share < 88 THEN 'shipped' WHEN share < 93 THEN 'paid'
        WHEN share < 96 THEN 'open' WHEN share < 99 THEN 'cancelled' ELSE 'returned' END,
    (500 + pg_temp.pick(n, 13, 49500)) / 100.0,
    timestamptz '2022-01-01 00:00Z' + (n * 150000000 / {orders} + pg_temp.pick(n, 14, 3600)) * interval '1 second',
    CASE WHEN pg_temp.pick(n, 15, 10) = 0 THEN 'Bitte beim Nachbarn abgeben' END
FROM generate_series(1, {orders}::bigint) n, LATERAL (SELECT pg_temp.pick(n, 12, 100) AS share) shares;
INSERT INTO small_orders SELECT * FROM orders WHERE id <= {small};

CREATE TABLE order_lines (
    order_id bigint NOT NULL,
    line_no integer NOT NULL,
    sku text NOT NULL,
    title text NOT NULL,
    quantity integer NOT NULL,
    unit_price numeric(12,2) NOT NULL
);
INSERT INTO order_lines
SELECT n, line, 'SKU-' || pg_temp.pick(n * 8 + line, 21, 50000), 'Artikel ' || pg_temp.pick(n * 8 + line, 21, 50000),
    1 + pg_temp.pick(n * 8 + line, 22, 3), (100 + pg_temp.pick(n * 8 + line, 23, 20000)) / 100.0
FROM generate_series(1, {orders}::bigint) n, generate_series(1, 1 + n % 5) line;

CREATE UNIQUE INDEX orders_number ON orders (number);
CREATE INDEX orders_newest ON orders (placed_at DESC, id DESC);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX orders_status ON orders (status, placed_at);
CREATE INDEX small_orders_newest ON small_orders (placed_at DESC, id DESC);
CREATE INDEX small_orders_customer ON small_orders (customer_id);
CREATE UNIQUE INDEX customers_email ON customers (email);
ALTER TABLE order_lines ADD PRIMARY KEY (order_id, line_no);
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE small_orders ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE order_lines ADD FOREIGN KEY (order_id) REFERENCES orders;

-- The same orders twice, of which one is linked to another backend: by its manifest, not here.
CREATE TABLE plain_orders AS
SELECT id, number, customer_id, 1 + customer_id * 7 % {customers} AS payer_id, status, total, placed_at
FROM small_orders;
ALTER TABLE plain_orders ADD PRIMARY KEY (id);
CREATE TABLE linked_orders (LIKE plain_orders INCLUDING ALL);
INSERT INTO linked_orders SELECT * FROM plain_orders;
CREATE INDEX plain_orders_newest ON plain_orders (placed_at DESC, id DESC);
CREATE INDEX linked_orders_newest ON linked_orders (placed_at DESC, id DESC);

-- Where the floor writes down its edits. Kontor does not see this schema.
CREATE SCHEMA floor;
CREATE TABLE floor.audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    resource text NOT NULL,
    record text NOT NULL,
    body text NOT NULL
);
