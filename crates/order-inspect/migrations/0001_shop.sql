-- What every part of the shop stands on: shops (channels), places, people, keys, and the machinery of writes.
-- Amounts are minor units of their currency. Moments are microseconds since 1970-01-01 UTC.

CREATE TABLE channel (
    id BIGINT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- ISO 3166-1 alpha-2: whose taxes are taken where an address does not say otherwise
    country TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    -- JSON lists; the first is the one that is taken when nobody chooses
    currencies TEXT NOT NULL,
    locales TEXT NOT NULL,
    prices_include_tax BOOLEAN NOT NULL,
    -- how long stock is held for an order whose payment has not been authorised
    hold_seconds BIGINT NOT NULL,
    number_prefix TEXT NOT NULL UNIQUE,
    -- JSON list of the locations that it sells from; all where it is empty
    locations TEXT NOT NULL,
    -- JSON: name, address, VAT id, register, bank, e-mail …: what stands on its documents and mails
    seller TEXT NOT NULL,
    -- JSON: language → terms, notice of withdrawal, its form, privacy
    legal TEXT NOT NULL DEFAULT '{}',
    active BOOLEAN NOT NULL,
    revision BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- The numbers that people read, one range per shop and kind (order, invoice, credit_note, shipment,
-- return, customer).
CREATE TABLE number_range (
    channel_id BIGINT NOT NULL REFERENCES channel (id),
    kind TEXT NOT NULL,
    prefix TEXT NOT NULL,
    next_number BIGINT NOT NULL,
    PRIMARY KEY (channel_id, kind)
);

CREATE TABLE tax_class (
    code TEXT PRIMARY KEY,
    id BIGINT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    revision BIGINT NOT NULL
);

-- Thousandths of a percent.
CREATE TABLE tax_rate (
    tax_class TEXT NOT NULL REFERENCES tax_class (code),
    country TEXT NOT NULL,
    rate BIGINT NOT NULL,
    valid_from BIGINT NOT NULL,
    -- JSON: language → what invoices say about it, such as why nothing is taxed
    notes TEXT NOT NULL DEFAULT '{}',
    PRIMARY KEY (tax_class, country, valid_from)
);

CREATE TABLE location (
    id BIGINT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    -- orders that come after this minute of the day are handled the next working day
    cut_off_minute BIGINT NOT NULL,
    handling_days BIGINT NOT NULL,
    -- JSON list of ISO weekdays (1 Monday … 7 Sunday) and of dates on which nobody works
    working_days TEXT NOT NULL,
    holidays TEXT NOT NULL,
    -- smaller is asked first
    priority BIGINT NOT NULL,
    active BOOLEAN NOT NULL,
    revision BIGINT NOT NULL
);

CREATE TABLE customer (
    id BIGINT PRIMARY KEY,
    channel_id BIGINT NOT NULL REFERENCES channel (id),
    number TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    -- the name in small letters, for the search by its beginning; compared byte by byte
    name_key TEXT COLLATE "C" NOT NULL DEFAULT '',
    phone TEXT,
    customer_group TEXT,
    locale TEXT NOT NULL,
    -- JSON list of addresses
    addresses TEXT NOT NULL,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- when everything personal was taken out
    erased_at BIGINT
);
CREATE UNIQUE INDEX customer_by_email ON customer (channel_id, email);
CREATE INDEX customer_by_name ON customer (name_key, id);

CREATE TABLE api_key (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    -- SHA-256 of the key: keys are random, so that nothing slower is needed
    hash BYTEA NOT NULL UNIQUE,
    -- JSON list
    scopes TEXT NOT NULL,
    -- the one shop whose baskets, customers and orders it sees; none for all of them
    channel_id BIGINT REFERENCES channel (id),
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);

-- The answer to a write, stored in the transaction of the write.
CREATE TABLE idempotency (
    api_key_id BIGINT NOT NULL,
    idempotency_key TEXT NOT NULL,
    -- SHA-256 of method, path and body
    fingerprint BYTEA NOT NULL,
    status BIGINT NOT NULL,
    headers TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (api_key_id, idempotency_key)
);
CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- What is to be done after a change, stored in the transaction of the change.
CREATE TABLE outbox (
    id BIGINT PRIMARY KEY,
    topic TEXT NOT NULL,
    order_id BIGINT,
    payload TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    -- when it is due; none once it is done or given up
    due_at BIGINT,
    claimed_until BIGINT,
    done_at BIGINT,
    error TEXT
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX outbox_by_order ON outbox (order_id);

-- Files that change the catalogue: first compared with it (a dry run), then applied.
CREATE TABLE import_run (
    id BIGINT PRIMARY KEY,
    format TEXT NOT NULL,
    channel_id BIGINT NOT NULL REFERENCES channel (id),
    -- JSON: what the request said beside the file
    choices TEXT NOT NULL,
    -- uploading, reading, matching, comparing, planned, applying, applied, cancelled, failed
    state TEXT NOT NULL,
    -- bytes of the file
    size BIGINT NOT NULL,
    -- how many records of the file are stored
    records BIGINT NOT NULL,
    -- how many products they speak of
    items BIGINT NOT NULL,
    -- the position of the last item that was compared, or applied
    done BIGINT NOT NULL,
    -- the product up to which the shop was searched for those that the file does not have
    matched TEXT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    applied BIGINT NOT NULL,
    conflicts BIGINT NOT NULL,
    -- JSON list: what was ignored, each told once
    warnings TEXT NOT NULL,
    -- why the file as a whole was refused
    failure TEXT,
    -- JSON: which version of which supplier's catalogue it is (BMEcat)
    edition TEXT,
    actor TEXT NOT NULL,
    -- whose turn it is: others find it changed and leave off
    claim BIGINT,
    -- when it may be taken; none while there is nothing to do
    due_at BIGINT,
    created_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX import_run_due ON import_run (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX import_run_by_channel ON import_run (channel_id, id);

-- The file in pieces, so that any server can read it.
CREATE TABLE import_chunk (
    import_id BIGINT NOT NULL REFERENCES import_run (id),
    position BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (import_id, position)
);

-- What the file says, record by record (a row of a table, an element of a document).
CREATE TABLE import_record (
    import_id BIGINT NOT NULL REFERENCES import_run (id),
    position BIGINT NOT NULL,
    item_key TEXT NOT NULL,
    -- JSON
    content TEXT NOT NULL,
    PRIMARY KEY (import_id, position)
);
CREATE INDEX import_record_by_item ON import_record (import_id, item_key, position);

-- The products that the file speaks of, each with what would change, and what became of it.
CREATE TABLE import_item (
    import_id BIGINT NOT NULL REFERENCES import_run (id),
    -- that of its first record
    position BIGINT NOT NULL,
    item_key TEXT NOT NULL,
    -- created, changed, unchanged, failed
    outcome TEXT,
    -- JSON list of {field, before, after}, long values cut
    changes TEXT NOT NULL,
    -- SHA-256 of all of it, uncut
    fingerprint BYTEA,
    -- applied, conflict, failed
    result TEXT,
    PRIMARY KEY (import_id, position)
);
CREATE UNIQUE INDEX import_item_by_key ON import_item (import_id, item_key);
CREATE INDEX import_item_by_outcome ON import_item (import_id, outcome, position);

CREATE TABLE import_error (
    id BIGINT PRIMARY KEY,
    import_id BIGINT NOT NULL REFERENCES import_run (id),
    -- of the file, from 1
    line BIGINT,
    item TEXT,
    field TEXT,
    message TEXT NOT NULL
);
CREATE INDEX import_error_by_run ON import_error (import_id, id);
