-- returns.db: what comes back from customers, what is wrong with it, and what becomes of it.
CREATE TABLE parcels (
    id           INTEGER PRIMARY KEY,
    carrier      TEXT NOT NULL,
    tracking_no  TEXT NOT NULL UNIQUE,
    announced_at TEXT NOT NULL,
    arrived_at   TEXT,
    weight_grams INTEGER CHECK (weight_grams > 0)
) STRICT;

CREATE TABLE returns (
    rma            TEXT NOT NULL PRIMARY KEY CHECK (rma GLOB 'RMA-[0-9][0-9][0-9][0-9]-[0-9]*'),
    parcel_id      INTEGER NOT NULL REFERENCES parcels (id),
    -- as the customer types them into the form: a hash mark before the number, capitals anywhere
    order_no       TEXT NOT NULL,
    customer_email TEXT NOT NULL,
    -- only of those who were signed in
    customer_no    INTEGER,
    -- with the mark of the shop before it: the desk works for several
    sku            TEXT NOT NULL,
    article        TEXT NOT NULL,
    quantity       INTEGER NOT NULL CHECK (quantity > 0),
    reason         TEXT NOT NULL,
    remark         TEXT,
    registered_at  TEXT NOT NULL,
    received_at    TEXT,
    condition      TEXT,
    inspected_by   TEXT,
    inspected_at   TEXT,
    photos         INTEGER NOT NULL DEFAULT 0 CHECK (photos >= 0),
    decision       TEXT CHECK (decision IN ('RESTOCK', 'WRITE_OFF')),
    decided_at     TEXT,
    decision_note  TEXT,
    state          TEXT NOT NULL GENERATED ALWAYS AS (
        CASE WHEN decision = 'RESTOCK' THEN 'RESTOCKED'
             WHEN decision = 'WRITE_OFF' THEN 'WRITTEN_OFF'
             WHEN condition IS NOT NULL THEN 'INSPECTED'
             WHEN received_at IS NOT NULL THEN 'RECEIVED'
             ELSE 'ANNOUNCED' END) VIRTUAL,
    CHECK (condition IS NULL OR received_at IS NOT NULL),
    CHECK (decision IS NULL OR condition IS NOT NULL)
) STRICT;

CREATE TABLE comments (
    id     INTEGER PRIMARY KEY,
    rma    TEXT NOT NULL REFERENCES returns (rma),
    author TEXT,
    at     TEXT NOT NULL,
    text   TEXT NOT NULL CHECK (text <> '')
) STRICT;
