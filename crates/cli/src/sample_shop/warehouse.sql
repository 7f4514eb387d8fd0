-- warehouse.db: three sites, composite keys, strict where it matters.
CREATE TABLE sites (
    code TEXT PRIMARY KEY CHECK (length(code) = 3),
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    square_metres INTEGER NOT NULL,
    opened
);
CREATE TABLE bins (
    site TEXT NOT NULL REFERENCES sites (code),
    aisle TEXT NOT NULL,
    rack INTEGER NOT NULL,
    level INTEGER NOT NULL,
    max_weight_kg REAL NOT NULL,
    blocked INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (site, aisle, rack, level)
) STRICT, WITHOUT ROWID;
CREATE TABLE stock (
    site TEXT NOT NULL REFERENCES sites (code),
    sku TEXT NOT NULL,
    aisle TEXT NOT NULL,
    rack INTEGER NOT NULL,
    level INTEGER NOT NULL,
    on_hand INTEGER NOT NULL CHECK (on_hand >= 0),
    reserved INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    safety INTEGER NOT NULL DEFAULT 0,
    reorder_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (site, sku),
    FOREIGN KEY (site, aisle, rack, level) REFERENCES bins (site, aisle, rack, level)
) STRICT;
CREATE TABLE movements (
    site TEXT NOT NULL,
    day TEXT NOT NULL,
    seq INTEGER NOT NULL,
    sku TEXT NOT NULL,
    quantity INTEGER NOT NULL CHECK (quantity <> 0),
    reason TEXT NOT NULL CHECK (reason IN ('opening', 'delivery', 'sale', 'return', 'transfer', 'correction')),
    reference TEXT,
    PRIMARY KEY (site, day, seq),
    FOREIGN KEY (site, sku) REFERENCES stock (site, sku)
) STRICT, WITHOUT ROWID;
CREATE TABLE suppliers (
    supplier_no TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    email TEXT,
    payment_days INTEGER NOT NULL DEFAULT 30,
    rating NUMERIC,
    remark
);
CREATE TABLE supplier_items (
    supplier_no TEXT NOT NULL REFERENCES suppliers (supplier_no),
    supplier_sku TEXT NOT NULL,
    sku TEXT NOT NULL,
    cost_cents INTEGER NOT NULL,
    currency TEXT NOT NULL DEFAULT 'EUR',
    lead_days INTEGER,
    minimum INTEGER,
    PRIMARY KEY (supplier_no, supplier_sku)
);
CREATE TABLE deliveries (
    delivery_no TEXT PRIMARY KEY,
    supplier_no TEXT NOT NULL REFERENCES suppliers (supplier_no),
    site TEXT NOT NULL REFERENCES sites (code),
    ordered_on TEXT NOT NULL,
    due_on TEXT NOT NULL,
    arrived_on TEXT,
    state TEXT NOT NULL CHECK (state IN ('ordered', 'arrived', 'incomplete'))
);
CREATE TABLE delivery_lines (
    delivery_no TEXT NOT NULL REFERENCES deliveries (delivery_no),
    line_no INTEGER NOT NULL,
    supplier_no TEXT NOT NULL,
    supplier_sku TEXT NOT NULL,
    ordered INTEGER NOT NULL,
    received INTEGER,
    PRIMARY KEY (delivery_no, line_no),
    FOREIGN KEY (supplier_no, supplier_sku) REFERENCES supplier_items (supplier_no, supplier_sku)
) WITHOUT ROWID;
CREATE TABLE price_history (
    sku TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    price_cents INTEGER NOT NULL,
    currency TEXT NOT NULL,
    PRIMARY KEY (sku, valid_from, currency)
) STRICT, WITHOUT ROWID;
CREATE VIEW stock_summary AS
SELECT sku, sum(on_hand) AS on_hand, sum(reserved) AS reserved, sum(on_hand - reserved) AS available,
       group_concat(site, ', ') AS sites
FROM stock GROUP BY sku;
