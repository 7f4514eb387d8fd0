-- orders.db: the shop itself, by a careful hand.
CREATE TABLE customers (
    id          INTEGER PRIMARY KEY,
    number      TEXT NOT NULL UNIQUE CHECK (number GLOB 'K-[0-9]*'),
    email       TEXT NOT NULL UNIQUE CHECK (email LIKE '%_@_%'),
    first_name  TEXT NOT NULL,
    last_name   TEXT NOT NULL,
    company     TEXT,
    phone       TEXT,
    language    TEXT NOT NULL DEFAULT 'de' CHECK (language IN ('de', 'en')),
    newsletter  BOOLEAN NOT NULL DEFAULT 0 CHECK (newsletter IN (0, 1)),
    created_at  DATETIME NOT NULL,
    updated_at  DATETIME NOT NULL,
    deleted_at  DATETIME
);
CREATE TABLE addresses (
    id           INTEGER PRIMARY KEY,
    customer_id  INTEGER NOT NULL REFERENCES customers (id),
    recipient    TEXT NOT NULL,
    street       TEXT NOT NULL,
    house_number TEXT NOT NULL,
    extra        TEXT,
    postcode     TEXT NOT NULL,
    town         TEXT NOT NULL,
    country      TEXT NOT NULL DEFAULT 'DE' CHECK (country IN ('DE', 'AT', 'CH')),
    is_default   BOOLEAN NOT NULL DEFAULT 0 CHECK (is_default IN (0, 1))
);
CREATE TABLE categories (
    id        INTEGER PRIMARY KEY,
    parent_id INTEGER REFERENCES categories (id),
    name      TEXT NOT NULL,
    slug      TEXT NOT NULL UNIQUE,
    position  INTEGER NOT NULL DEFAULT 0,
    visible   BOOLEAN NOT NULL DEFAULT 1 CHECK (visible IN (0, 1))
);
CREATE TABLE products (
    id          INTEGER PRIMARY KEY,
    sku         TEXT NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    description TEXT,
    price_cents INTEGER NOT NULL CHECK (price_cents >= 0),
    currency    CHAR(3) NOT NULL DEFAULT 'EUR',
    tax_rate    DECIMAL(4, 2) NOT NULL DEFAULT 19,
    status      TEXT NOT NULL DEFAULT 'draft' CHECK (status IN ('active', 'draft', 'archived')),
    gtin        CHAR(13) UNIQUE,
    weight_g    INTEGER CHECK (weight_g > 0),
    attributes  TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(attributes)),
    tags        TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags)),
    image       BLOB,
    created_at  DATETIME NOT NULL,
    updated_at  DATETIME NOT NULL,
    deleted_at  DATETIME
);
CREATE TABLE product_category (
    product_id  INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    category_id INTEGER NOT NULL REFERENCES categories (id) ON DELETE CASCADE,
    PRIMARY KEY (product_id, category_id)
) WITHOUT ROWID;
CREATE TABLE product_translation (
    product_id  INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    language    TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT,
    PRIMARY KEY (product_id, language)
);
CREATE TABLE coupons (
    code          TEXT PRIMARY KEY,
    kind          TEXT NOT NULL CHECK (kind IN ('percent', 'amount')),
    percent       INTEGER CHECK (percent BETWEEN 1 AND 100),
    amount_cents  INTEGER CHECK (amount_cents > 0),
    currency      CHAR(3) NOT NULL DEFAULT 'EUR',
    minimum_cents INTEGER NOT NULL DEFAULT 0,
    valid_from    DATE NOT NULL,
    valid_until   DATE NOT NULL,
    CHECK ((kind = 'percent') = (percent IS NOT NULL)),
    CHECK ((kind = 'amount') = (amount_cents IS NOT NULL)),
    CHECK (valid_from <= valid_until)
);
CREATE TABLE orders (
    id                  INTEGER PRIMARY KEY,
    number              TEXT NOT NULL UNIQUE,
    customer_id         INTEGER NOT NULL REFERENCES customers (id),
    status              TEXT NOT NULL DEFAULT 'new'
                        CHECK (status IN ('new', 'confirmed', 'packed', 'shipped', 'delivered', 'cancelled')),
    payment_status      TEXT NOT NULL DEFAULT 'open'
                        CHECK (payment_status IN ('open', 'authorised', 'paid', 'partly_refunded', 'refunded', 'voided', 'failed')),
    placed_at           DATETIME NOT NULL,
    shipped_at          DATETIME,
    billing_address_id  INTEGER NOT NULL REFERENCES addresses (id),
    shipping_address_id INTEGER NOT NULL REFERENCES addresses (id),
    currency            CHAR(3) NOT NULL DEFAULT 'EUR',
    subtotal_cents      INTEGER NOT NULL,
    shipping_cents      INTEGER NOT NULL DEFAULT 0,
    discount_cents      INTEGER NOT NULL DEFAULT 0,
    total_cents         INTEGER NOT NULL CHECK (total_cents = subtotal_cents + shipping_cents - discount_cents),
    coupon_code         TEXT REFERENCES coupons (code),
    note                TEXT,
    channel             TEXT NOT NULL DEFAULT 'web',
    created_at          DATETIME NOT NULL,
    updated_at          DATETIME NOT NULL
);
CREATE TABLE order_lines (
    order_id         INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
    line_no          INTEGER NOT NULL CHECK (line_no > 0),
    product_id       INTEGER REFERENCES products (id),
    sku              TEXT NOT NULL,
    name             TEXT NOT NULL,
    quantity         INTEGER NOT NULL CHECK (quantity > 0),
    unit_price_cents INTEGER NOT NULL,
    tax_rate         DECIMAL(4, 2) NOT NULL,
    line_total_cents INTEGER GENERATED ALWAYS AS (quantity * unit_price_cents) STORED,
    PRIMARY KEY (order_id, line_no)
);
CREATE TABLE payments (
    id                 INTEGER PRIMARY KEY,
    order_id           INTEGER NOT NULL REFERENCES orders (id),
    method             TEXT NOT NULL
                       CHECK (method IN ('invoice', 'paypal', 'card', 'sepa_debit', 'instalments', 'prepayment')),
    amount_cents       INTEGER NOT NULL,
    currency           CHAR(3) NOT NULL,
    provider_reference TEXT,
    state              TEXT NOT NULL
                       CHECK (state IN ('pending', 'authorised', 'captured', 'voided', 'failed', 'refunded')),
    api_token          TEXT,
    created_at         DATETIME NOT NULL
);
CREATE TABLE shipments (
    id            INTEGER PRIMARY KEY,
    order_id      INTEGER NOT NULL REFERENCES orders (id),
    carrier       TEXT NOT NULL,
    tracking_code TEXT NOT NULL UNIQUE,
    shipped_at    DATETIME NOT NULL,
    delivered_at  DATETIME CHECK (delivered_at IS NULL OR delivered_at >= shipped_at)
);
CREATE TABLE returns (
    id           INTEGER PRIMARY KEY,
    order_id     INTEGER NOT NULL,
    line_no      INTEGER NOT NULL,
    quantity     INTEGER NOT NULL CHECK (quantity > 0),
    reason       TEXT NOT NULL
                 CHECK (reason IN ('does_not_fit', 'does_not_please', 'damaged', 'wrong_article', 'late', 'other')),
    received_at  DATETIME,
    refund_cents INTEGER NOT NULL,
    currency     CHAR(3) NOT NULL,
    note         TEXT,
    FOREIGN KEY (order_id, line_no) REFERENCES order_lines (order_id, line_no)
);
CREATE TABLE admin_users (
    id            INTEGER PRIMARY KEY,
    login         TEXT NOT NULL UNIQUE,
    display_name  TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    api_key       TEXT,
    totp_secret   TEXT,
    last_login_at DATETIME,
    active        BOOLEAN NOT NULL DEFAULT 1 CHECK (active IN (0, 1))
);
CREATE VIEW order_totals AS
SELECT o.id AS order_id, o.number, o.currency, count(l.line_no) AS line_count, sum(l.quantity) AS pieces,
       sum(l.line_total_cents) AS lines_cents, o.total_cents
FROM orders o JOIN order_lines l ON l.order_id = o.id
GROUP BY o.id;
CREATE VIEW daily_revenue AS
SELECT date(placed_at) AS day, currency, count(*) AS order_count, sum(total_cents) AS revenue_cents
FROM orders WHERE status <> 'cancelled'
GROUP BY date(placed_at), currency;
