-- Inspect: what a customer looks at before buying.

-- One row: how often master data (everything that products share: brands, categories, attributes, size guides,
-- services …) has changed. Rendered pages are compared with it.
CREATE TABLE catalogue_state (
    revision BIGINT NOT NULL
);
INSERT INTO catalogue_state (revision) VALUES (0);

-- Manufacturers and responsible persons in the EU (GPSR Art. 19).
CREATE TABLE economic_operator (
    id BIGINT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    postal_address TEXT NOT NULL,
    electronic_address TEXT NOT NULL,
    country TEXT NOT NULL,
    revision BIGINT NOT NULL
);

CREATE TABLE brand (
    id BIGINT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    manufacturer_id BIGINT REFERENCES economic_operator (id),
    revision BIGINT NOT NULL
);

CREATE TABLE category (
    id BIGINT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    parent_id BIGINT REFERENCES category (id),
    position BIGINT NOT NULL,
    -- JSON: locale → {name, description, seo_title, seo_description}
    texts TEXT NOT NULL,
    revision BIGINT NOT NULL
);
CREATE INDEX category_by_parent ON category (parent_id, position);

CREATE TABLE attribute (
    id BIGINT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    -- text, long_text, number, boolean, date, choice, multi_choice, colour, reference
    kind TEXT NOT NULL,
    unit TEXT,
    -- JSON: locale → label
    labels TEXT NOT NULL,
    -- JSON: list of {code, labels, colour?}
    choices TEXT NOT NULL,
    facet BOOLEAN NOT NULL,
    revision BIGINT NOT NULL
);

CREATE TABLE product_type (
    id BIGINT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- JSON: list of {attribute, level: product|variant, required}
    attributes TEXT NOT NULL,
    revision BIGINT NOT NULL
);

CREATE TABLE size_guide (
    id BIGINT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    -- JSON: locale → {title, intro, columns, rows}
    texts TEXT NOT NULL,
    revision BIGINT NOT NULL
);

CREATE TABLE product (
    id BIGINT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    product_type_id BIGINT NOT NULL REFERENCES product_type (id),
    brand_id BIGINT REFERENCES brand (id),
    manufacturer_id BIGINT REFERENCES economic_operator (id),
    responsible_person_id BIGINT REFERENCES economic_operator (id),
    size_guide_id BIGINT REFERENCES size_guide (id),
    tax_class TEXT NOT NULL REFERENCES tax_class (code),
    -- JSON: attribute code → value
    attributes TEXT NOT NULL,
    -- JSON: list of {code, labels, values: [{code, labels}]}
    options TEXT NOT NULL,
    -- JSON: list of {id, url, kind, alt: locale → text, width, height, variant?}
    media TEXT NOT NULL,
    -- JSON: list of {kind, url, titles: locale → text}
    documents TEXT NOT NULL,
    -- JSON: locale → warning (GPSR Art. 19 d)
    warnings TEXT NOT NULL,
    eprel_code TEXT,
    active BOOLEAN NOT NULL,
    -- grows with every change of the product, its variants, prices, reviews and publication; what its page
    -- shows of master data and of related products has revisions of its own
    revision BIGINT NOT NULL,
    rating_count BIGINT NOT NULL,
    rating_sum BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX product_by_brand ON product (brand_id);
CREATE INDEX product_by_type ON product (product_type_id);
CREATE INDEX product_by_change ON product (updated_at, id);

-- Texts for one locale; channel 0 stands for every channel that has no text of its own.
CREATE TABLE product_text (
    product_id BIGINT NOT NULL REFERENCES product (id),
    channel_id BIGINT NOT NULL,
    locale TEXT NOT NULL,
    name TEXT NOT NULL,
    slug TEXT NOT NULL,
    summary TEXT NOT NULL,
    description TEXT NOT NULL,
    seo_title TEXT,
    seo_description TEXT,
    PRIMARY KEY (product_id, channel_id, locale)
);
CREATE UNIQUE INDEX product_text_by_slug ON product_text (slug, channel_id, locale);

-- A slug that a product had: it goes on leading to it.
CREATE TABLE product_old_slug (
    slug TEXT NOT NULL,
    channel_id BIGINT NOT NULL,
    locale TEXT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES product (id),
    PRIMARY KEY (slug, channel_id, locale)
);

-- The slice of the catalogue that a shop shows.
CREATE TABLE product_channel (
    product_id BIGINT NOT NULL REFERENCES product (id),
    channel_id BIGINT NOT NULL REFERENCES channel (id),
    published_from BIGINT NOT NULL,
    published_until BIGINT,
    PRIMARY KEY (product_id, channel_id)
);
CREATE INDEX product_channel_by_channel ON product_channel (channel_id, product_id);

CREATE TABLE product_category (
    product_id BIGINT NOT NULL REFERENCES product (id),
    category_id BIGINT NOT NULL REFERENCES category (id),
    position BIGINT NOT NULL,
    PRIMARY KEY (product_id, category_id)
);
CREATE INDEX product_category_by_category ON product_category (category_id, position, product_id);

-- Values that lists can be narrowed by, one row for each, to count and to filter; the attribute says whether it is
-- a facet.
CREATE TABLE product_facet (
    attribute TEXT NOT NULL,
    value TEXT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES product (id),
    PRIMARY KEY (attribute, value, product_id)
);
CREATE INDEX product_facet_by_product ON product_facet (product_id);

-- What lists are made from: one row for each product that a shop publishes, and each of the shop's currencies.
CREATE TABLE listing (
    channel_id BIGINT NOT NULL REFERENCES channel (id),
    currency TEXT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES product (id),
    brand_id BIGINT,
    -- the name in the shop's first language, as it is sorted
    name TEXT NOT NULL,
    -- the lowest price of one piece for everybody, and when that changes; without a price a large number
    price BIGINT NOT NULL,
    price_due BIGINT,
    -- hundredths of a star
    rating BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    published_from BIGINT NOT NULL,
    published_until BIGINT,
    PRIMARY KEY (channel_id, currency, product_id)
);
CREATE INDEX listing_by_product ON listing (product_id);
CREATE INDEX listing_by_age ON listing (channel_id, currency, created_at, product_id);
CREATE INDEX listing_by_name ON listing (channel_id, currency, name, product_id);
CREATE INDEX listing_by_price ON listing (channel_id, currency, price, product_id);
CREATE INDEX listing_by_rating ON listing (channel_id, currency, rating, product_id);
CREATE INDEX listing_due ON listing (price_due) WHERE price_due IS NOT NULL;

-- cross_sell, accessory, replacement, similar
CREATE TABLE product_relation (
    product_id BIGINT NOT NULL REFERENCES product (id),
    kind TEXT NOT NULL,
    related_id BIGINT NOT NULL REFERENCES product (id),
    position BIGINT NOT NULL,
    PRIMARY KEY (product_id, kind, related_id)
);

CREATE TABLE variant (
    id BIGINT PRIMARY KEY,
    product_id BIGINT NOT NULL REFERENCES product (id),
    sku TEXT NOT NULL UNIQUE,
    gtin TEXT,
    -- JSON: option code → value code
    options TEXT NOT NULL,
    -- JSON: attribute code → value
    attributes TEXT NOT NULL,
    position BIGINT NOT NULL,
    weight_grams BIGINT,
    -- for the price per unit (PAngV § 4): thousandths of the unit
    content_amount BIGINT,
    content_unit TEXT,
    eprel_code TEXT,
    -- sold by the customer's order even without stock, with so many days until it is there
    backorder_days BIGINT,
    -- a bundle is sold as one and taken from the stock of its parts
    bundle BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL
);
CREATE INDEX variant_by_product ON variant (product_id, position);
CREATE INDEX variant_by_gtin ON variant (gtin);

CREATE TABLE bundle_part (
    bundle_id BIGINT NOT NULL REFERENCES variant (id),
    variant_id BIGINT NOT NULL REFERENCES variant (id),
    quantity BIGINT NOT NULL,
    PRIMARY KEY (bundle_id, variant_id)
);
CREATE INDEX bundle_part_by_variant ON bundle_part (variant_id);

-- Prices are intervals. What has been in force is never changed; an open one is closed when the next begins.
CREATE TABLE price (
    id BIGINT PRIMARY KEY,
    variant_id BIGINT NOT NULL REFERENCES variant (id),
    channel_id BIGINT NOT NULL REFERENCES channel (id),
    currency TEXT NOT NULL,
    -- none for everybody
    customer_group TEXT,
    min_quantity BIGINT NOT NULL,
    -- regular or sale (an announced reduction)
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    -- the manufacturer's recommended price
    list_amount BIGINT,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT,
    -- the interval that ended this one by beginning: this one goes on if that one is withdrawn
    closed_by BIGINT,
    -- the interval that interrupted this price: it begins where that one ends
    resumes_after BIGINT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL
);
CREATE INDEX price_closed_by ON price (closed_by) WHERE closed_by IS NOT NULL;
CREATE INDEX price_resumes_after ON price (resumes_after) WHERE resumes_after IS NOT NULL;
CREATE INDEX price_by_variant ON price (variant_id, channel_id, currency, valid_from);

CREATE TABLE stock (
    variant_id BIGINT NOT NULL REFERENCES variant (id),
    location_id BIGINT NOT NULL REFERENCES location (id),
    on_hand BIGINT NOT NULL,
    reserved BIGINT NOT NULL,
    incoming BIGINT NOT NULL,
    incoming_at BIGINT,
    safety BIGINT NOT NULL,
    PRIMARY KEY (variant_id, location_id),
    CHECK (on_hand >= 0),
    CHECK (reserved >= 0)
);

-- The ledger: the sum of its rows is what is on hand. What is reserved is the sum of the allocations of orders.
CREATE TABLE stock_movement (
    id BIGINT PRIMARY KEY,
    variant_id BIGINT NOT NULL,
    location_id BIGINT NOT NULL,
    -- opening, receipt, correction, transfer, shipment, return
    kind TEXT NOT NULL,
    on_hand_change BIGINT NOT NULL,
    order_id BIGINT,
    reason TEXT,
    actor TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX stock_movement_by_variant ON stock_movement (variant_id, location_id, id);

CREATE TABLE review (
    id BIGINT PRIMARY KEY,
    product_id BIGINT NOT NULL REFERENCES product (id),
    channel_id BIGINT NOT NULL REFERENCES channel (id),
    customer_id BIGINT REFERENCES customer (id),
    -- set where the customer has bought the product here
    order_id BIGINT,
    author TEXT NOT NULL,
    locale TEXT NOT NULL,
    rating BIGINT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    -- pending, published, rejected
    state TEXT NOT NULL,
    reply TEXT,
    moderated_by TEXT,
    moderated_at BIGINT,
    created_at BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    CHECK (rating BETWEEN 1 AND 5)
);
CREATE INDEX review_by_product ON review (product_id, state, id);
CREATE INDEX review_by_state ON review (state, id);

-- Services that are bought along with a product: assembly, long-term guarantee, taking the old one away.
CREATE TABLE service (
    id BIGINT PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    -- JSON: locale → {name, description}
    texts TEXT NOT NULL,
    tax_class TEXT NOT NULL REFERENCES tax_class (code),
    -- JSON: list of {channel, currency, amount}
    prices TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    revision BIGINT NOT NULL
);

CREATE TABLE product_service (
    product_id BIGINT NOT NULL REFERENCES product (id),
    service_id BIGINT NOT NULL REFERENCES service (id),
    position BIGINT NOT NULL,
    PRIMARY KEY (product_id, service_id)
);

CREATE TABLE delivery_method (
    id BIGINT PRIMARY KEY,
    channel_id BIGINT NOT NULL REFERENCES channel (id),
    code TEXT NOT NULL,
    carrier TEXT NOT NULL,
    -- JSON: locale → {name, description}
    texts TEXT NOT NULL,
    -- JSON: list of {currency, amount, free_from?}
    prices TEXT NOT NULL,
    -- with {tracking}
    tracking_url TEXT,
    position BIGINT NOT NULL,
    active BOOLEAN NOT NULL,
    revision BIGINT NOT NULL,
    UNIQUE (channel_id, code)
);

-- Where a method delivers and how long that takes; the longest prefix of the postcode counts.
CREATE TABLE delivery_area (
    method_id BIGINT NOT NULL REFERENCES delivery_method (id),
    country TEXT NOT NULL,
    postcode_prefix TEXT NOT NULL,
    transit_days_min BIGINT NOT NULL,
    transit_days_max BIGINT NOT NULL,
    -- JSON: list of {currency, amount}
    surcharges TEXT NOT NULL,
    PRIMARY KEY (method_id, country, postcode_prefix)
);

CREATE TABLE payment_method (
    id BIGINT PRIMARY KEY,
    channel_id BIGINT NOT NULL REFERENCES channel (id),
    code TEXT NOT NULL,
    -- which provider speaks for it; manual for what is booked by hand
    provider TEXT NOT NULL,
    -- authorise (captured with the shipment), sale (captured at once), prepayment and invoice (transferred)
    flow TEXT NOT NULL,
    -- days after the invoice until which it has to be paid
    due_days BIGINT,
    texts TEXT NOT NULL,
    -- how many days there are to pay in advance
    pay_within_days BIGINT,
    position BIGINT NOT NULL,
    active BOOLEAN NOT NULL,
    revision BIGINT NOT NULL,
    UNIQUE (channel_id, code)
);

CREATE TABLE promotion (
    id BIGINT PRIMARY KEY,
    code TEXT COLLATE "C" NOT NULL UNIQUE,
    -- JSON: what it gives, when, and how much of it
    rule TEXT NOT NULL,
    active BOOLEAN NOT NULL,
    -- what has been used of its budget
    used_count BIGINT NOT NULL,
    used_amount BIGINT NOT NULL,
    revision BIGINT NOT NULL
);
