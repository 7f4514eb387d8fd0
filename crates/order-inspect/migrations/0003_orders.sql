-- Order: from "add to basket" to "money back". Facts are stored; statuses are worked out from them.

CREATE TABLE basket (
    id BIGINT PRIMARY KEY,
    -- SHA-256 of the random token that a guest holds
    token_hash BYTEA NOT NULL UNIQUE,
    channel_id BIGINT NOT NULL REFERENCES channel (id),
    currency TEXT NOT NULL,
    locale TEXT NOT NULL,
    customer_id BIGINT REFERENCES customer (id),
    email TEXT,
    -- JSON
    coupons TEXT NOT NULL,
    billing_address TEXT,
    delivery_address TEXT,
    delivery_method TEXT,
    payment_method TEXT,
    -- drafts are orders that staff write for somebody on the phone
    draft BOOLEAN NOT NULL,
    -- who began it, where that was staff
    created_by TEXT,
    -- what it became
    order_id BIGINT,
    -- the basket of the same customer that took its lines
    merged_into BIGINT,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    -- when it is deleted; none for drafts
    expires_at BIGINT
);
CREATE INDEX basket_by_customer ON basket (customer_id, id);
CREATE INDEX basket_by_email ON basket (email) WHERE email IS NOT NULL AND customer_id IS NULL;
CREATE INDEX basket_by_target ON basket (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX basket_drafts ON basket (id) WHERE draft;
CREATE INDEX basket_due ON basket (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE basket_line (
    id BIGINT PRIMARY KEY,
    basket_id BIGINT NOT NULL REFERENCES basket (id),
    variant_id BIGINT NOT NULL REFERENCES variant (id),
    quantity BIGINT NOT NULL,
    -- JSON list of service codes
    services TEXT NOT NULL,
    -- set by staff on a phone order
    unit_price BIGINT,
    note TEXT
);
CREATE INDEX basket_line_by_basket ON basket_line (basket_id, id);

CREATE TABLE orders (
    id BIGINT PRIMARY KEY,
    channel_id BIGINT NOT NULL REFERENCES channel (id),
    number TEXT NOT NULL UNIQUE,
    customer_id BIGINT,
    email TEXT COLLATE "C" NOT NULL,
    -- the name of who pays
    name TEXT NOT NULL,
    -- what it is found by: its words in small letters, the last one first
    name_key TEXT COLLATE "C" NOT NULL,
    phone TEXT,
    -- the same: its digits without country and leading zeros
    phone_key TEXT,
    postal_code TEXT NOT NULL,
    locale TEXT NOT NULL,
    currency TEXT NOT NULL,
    prices_include_tax BOOLEAN NOT NULL,
    -- JSON
    billing_address TEXT NOT NULL,
    delivery_address TEXT NOT NULL,
    delivery_method TEXT NOT NULL,
    payment_method TEXT NOT NULL,
    provider TEXT NOT NULL,
    payment_flow TEXT NOT NULL,
    -- JSON: the frozen quote: how every cent came about
    quote TEXT NOT NULL,
    subtotal BIGINT NOT NULL,
    discount BIGINT NOT NULL,
    shipping BIGINT NOT NULL,
    tax BIGINT NOT NULL,
    total BIGINT NOT NULL,
    -- worked out from the facts, and written by nothing but `settle::settle`
    status TEXT NOT NULL,
    payment_status TEXT NOT NULL,
    fulfilment_status TEXT NOT NULL,
    return_status TEXT NOT NULL,
    -- until when stock is held for a payment that has not been authorised or, paid in advance, has not come
    held_until BIGINT,
    -- when the customer was reminded to pay in advance; once for each deadline
    reminded_at BIGINT,
    -- payment: somebody has to look at its money; derived like the statuses
    attention TEXT,
    -- how often its content was edited
    version BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    placed_at BIGINT NOT NULL,
    closed_at BIGINT,
    cancelled_at BIGINT,
    updated_at BIGINT NOT NULL
);
-- Lists of orders are walks along one of these, the newest first.
CREATE INDEX orders_by_time ON orders (placed_at, id);
CREATE INDEX orders_by_customer ON orders (customer_id, placed_at, id) WHERE customer_id IS NOT NULL;
CREATE INDEX orders_by_email ON orders (email, id);
CREATE INDEX orders_by_name ON orders (name_key, id);
CREATE INDEX orders_by_phone ON orders (phone_key) WHERE phone_key IS NOT NULL;
CREATE INDEX orders_by_status ON orders (status, placed_at, id);
CREATE INDEX orders_by_payment ON orders (payment_status, placed_at, id) WHERE closed_at IS NULL;
CREATE INDEX orders_by_fulfilment ON orders (fulfilment_status, placed_at, id) WHERE closed_at IS NULL;
CREATE INDEX orders_by_return ON orders (return_status, placed_at, id) WHERE return_status <> 'none';
CREATE INDEX orders_held ON orders (held_until) WHERE held_until IS NOT NULL;
CREATE INDEX orders_to_remind ON orders (held_until)
    WHERE payment_flow = 'prepayment' AND reminded_at IS NULL AND held_until IS NOT NULL;
CREATE INDEX orders_by_attention ON orders (attention, id) WHERE attention IS NOT NULL;

CREATE TABLE order_line (
    order_id BIGINT NOT NULL REFERENCES orders (id),
    -- its place in the order, from 1; it never changes
    position BIGINT NOT NULL,
    -- product or service
    kind TEXT NOT NULL,
    -- the line that a service belongs to
    parent BIGINT,
    variant_id BIGINT,
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    -- JSON: options, product, brand, services: as it was when ordered
    details TEXT NOT NULL,
    quantity BIGINT NOT NULL,
    unit_price BIGINT NOT NULL,
    tax_rate BIGINT NOT NULL,
    discount BIGINT NOT NULL,
    total BIGINT NOT NULL,
    tax BIGINT NOT NULL,
    -- JSON: what each unit's share of total and tax is
    shares TEXT NOT NULL,
    shipped BIGINT NOT NULL,
    cancelled BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    -- which order version brought it
    version BIGINT NOT NULL,
    PRIMARY KEY (order_id, position),
    CHECK (shipped + cancelled <= quantity),
    CHECK (returned <= shipped)
);
CREATE INDEX order_line_by_variant ON order_line (variant_id, order_id);

-- Which stock an order holds. What is still held of it is quantity - shipped - released.
CREATE TABLE allocation (
    order_id BIGINT NOT NULL REFERENCES orders (id),
    position BIGINT NOT NULL,
    variant_id BIGINT NOT NULL,
    location_id BIGINT NOT NULL,
    -- how many of this variant one unit of the line needs (more than one in bundles)
    per_unit BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    shipped BIGINT NOT NULL,
    released BIGINT NOT NULL,
    PRIMARY KEY (order_id, position, variant_id, location_id),
    CHECK (shipped + released <= quantity)
);
CREATE INDEX allocation_open ON allocation (variant_id, location_id) WHERE quantity > shipped + released;

CREATE TABLE promotion_use (
    promotion_id BIGINT NOT NULL REFERENCES promotion (id),
    order_id BIGINT NOT NULL REFERENCES orders (id),
    coupon TEXT,
    customer_id BIGINT,
    email TEXT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (promotion_id, order_id)
);
CREATE INDEX promotion_use_by_email ON promotion_use (promotion_id, email);

-- The timeline: everything that happened, when and by whom.
CREATE TABLE order_event (
    id BIGINT PRIMARY KEY,
    order_id BIGINT NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- JSON
    facts TEXT NOT NULL
);
CREATE INDEX order_event_by_order ON order_event (order_id, id);

-- A reason why an order is not shipped: fraud, address, stock, customer, other.
CREATE TABLE order_hold (
    id BIGINT PRIMARY KEY,
    order_id BIGINT NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    placed_by TEXT NOT NULL,
    placed_at BIGINT NOT NULL,
    released_by TEXT,
    released_at BIGINT
);
CREATE INDEX order_hold_by_order ON order_hold (order_id);
CREATE INDEX order_hold_open ON order_hold (order_id) WHERE released_at IS NULL;

-- Edits of an order: what went, what came, and what it charged before and after, less credits. Version 1 is what was
-- ordered.
CREATE TABLE order_version (
    order_id BIGINT NOT NULL REFERENCES orders (id),
    version BIGINT NOT NULL,
    delta TEXT NOT NULL,
    total_before BIGINT NOT NULL,
    total_after BIGINT NOT NULL,
    reason TEXT NOT NULL,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (order_id, version)
);

CREATE TABLE shipment (
    id BIGINT PRIMARY KEY,
    order_id BIGINT NOT NULL REFERENCES orders (id),
    location_id BIGINT NOT NULL REFERENCES location (id),
    number TEXT NOT NULL UNIQUE,
    carrier TEXT NOT NULL,
    -- JSON: list of {tracking, url, weight_grams}
    parcels TEXT NOT NULL,
    shipped_at BIGINT NOT NULL,
    delivered_at BIGINT
);
CREATE INDEX shipment_by_order ON shipment (order_id);

CREATE TABLE shipment_line (
    shipment_id BIGINT NOT NULL REFERENCES shipment (id),
    position BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    PRIMARY KEY (shipment_id, position)
);

-- Which parcel a tracking number belongs to, in capital letters and digits only.
CREATE TABLE parcel (
    tracking TEXT NOT NULL,
    shipment_id BIGINT NOT NULL REFERENCES shipment (id),
    PRIMARY KEY (tracking, shipment_id)
);

CREATE TABLE order_return (
    id BIGINT PRIMARY KEY,
    order_id BIGINT NOT NULL REFERENCES orders (id),
    number TEXT NOT NULL UNIQUE,
    -- return, exchange, claim
    kind TEXT NOT NULL,
    label_number TEXT,
    note TEXT,
    requested_at BIGINT NOT NULL,
    requested_by TEXT NOT NULL,
    received_at BIGINT,
    cancelled_at BIGINT,
    -- the order that replaces what comes back; after a cancelled one another may be placed
    replacement_id BIGINT
);
CREATE INDEX order_return_by_order ON order_return (order_id);
CREATE INDEX order_return_by_label ON order_return (label_number) WHERE label_number IS NOT NULL;
CREATE INDEX order_return_by_replacement ON order_return (replacement_id) WHERE replacement_id IS NOT NULL;

CREATE TABLE return_line (
    return_id BIGINT NOT NULL REFERENCES order_return (id),
    position BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    reason TEXT NOT NULL,
    -- what is wanted instead, in an exchange
    exchange_sku TEXT,
    restocked BIGINT NOT NULL,
    written_off BIGINT NOT NULL,
    -- units for which the replacement stands
    replaced BIGINT NOT NULL,
    PRIMARY KEY (return_id, position),
    CHECK (restocked + written_off <= quantity),
    CHECK (replaced <= quantity)
);

-- What was asked of a provider, and what became of it.
CREATE TABLE payment (
    id BIGINT PRIMARY KEY,
    order_id BIGINT NOT NULL REFERENCES orders (id),
    provider TEXT NOT NULL,
    method TEXT NOT NULL,
    -- ours, unique; the provider is asked for it when an answer was lost
    reference TEXT NOT NULL UNIQUE,
    -- the provider's
    provider_id TEXT,
    amount BIGINT NOT NULL,
    -- where the customer goes on
    redirect_url TEXT,
    declined TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX payment_by_order ON payment (order_id);
CREATE INDEX payment_by_provider_id ON payment (provider_id, provider);

-- A wish for money to move: intent first, then the provider is asked, then the outcome. Nothing is asked
-- twice: what has no outcome is settled by reading.
CREATE TABLE payment_operation (
    id BIGINT PRIMARY KEY,
    payment_id BIGINT NOT NULL REFERENCES payment (id),
    order_id BIGINT NOT NULL REFERENCES orders (id),
    -- authorise, capture, void, refund
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    -- pending, succeeded, declined, failed, unknown
    state TEXT NOT NULL,
    reason TEXT,
    -- a refund of what was paid beyond the order
    overpayment BOOLEAN NOT NULL DEFAULT FALSE,
    -- a refund that people transfer: no provider is asked
    by_hand BOOLEAN NOT NULL DEFAULT FALSE,
    -- where it is transferred to, if the customer has said so
    iban TEXT,
    -- what names the transfer on the bank's statement
    reference TEXT,
    attempts BIGINT NOT NULL,
    due_at BIGINT,
    created_at BIGINT NOT NULL,
    settled_at BIGINT
);
CREATE INDEX payment_operation_by_order ON payment_operation (order_id);
CREATE INDEX payment_operation_due ON payment_operation (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX payment_operation_by_hand ON payment_operation (state, id) WHERE by_hand;

-- The money ledger. Statuses of payment are sums over it.
CREATE TABLE money_entry (
    id BIGINT PRIMARY KEY,
    order_id BIGINT NOT NULL REFERENCES orders (id),
    payment_id BIGINT NOT NULL REFERENCES payment (id),
    -- authorised, voided, captured, refunded, charged_back, corrected (takes back what was booked by mistake)
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    -- the provider's name of this movement: it is booked once
    provider_reference TEXT NOT NULL,
    at BIGINT NOT NULL,
    UNIQUE (payment_id, kind, provider_reference)
);
CREATE INDEX money_entry_by_order ON money_entry (order_id);

-- Which cents of an order have been given back, line by line (position 0 is the shipping).
CREATE TABLE refund (
    id BIGINT PRIMARY KEY,
    order_id BIGINT NOT NULL REFERENCES orders (id),
    operation_id BIGINT,
    reason TEXT NOT NULL,
    amount BIGINT NOT NULL,
    tax BIGINT NOT NULL,
    actor TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX refund_by_order ON refund (order_id);

CREATE TABLE refund_line (
    refund_id BIGINT NOT NULL REFERENCES refund (id),
    order_id BIGINT NOT NULL,
    position BIGINT NOT NULL,
    -- thousandths of a percent; the shipping has a row for each rate
    tax_rate BIGINT NOT NULL,
    units BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    tax BIGINT NOT NULL,
    PRIMARY KEY (refund_id, position, tax_rate)
);
CREATE INDEX refund_line_by_order ON refund_line (order_id, position);

-- Invoices, delivery notes, credit notes: what they say is stored, the PDF is made from it.
CREATE TABLE order_document (
    id BIGINT PRIMARY KEY,
    order_id BIGINT NOT NULL REFERENCES orders (id),
    kind TEXT NOT NULL,
    number TEXT NOT NULL UNIQUE,
    locale TEXT NOT NULL,
    content TEXT NOT NULL,
    -- what it belongs to: a shipment or a refund
    subject_id BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX order_document_by_order ON order_document (order_id);

-- Messages of payment providers that have been taken in.
CREATE TABLE webhook_receipt (
    provider TEXT NOT NULL,
    event_id TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (provider, event_id)
);
