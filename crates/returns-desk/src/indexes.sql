CREATE INDEX returns_parcel ON returns (parcel_id);
CREATE INDEX returns_order ON returns (order_no);
CREATE INDEX returns_email ON returns (customer_email);
CREATE INDEX returns_customer ON returns (customer_no);
CREATE INDEX returns_sku ON returns (sku);
CREATE INDEX returns_registered ON returns (registered_at, rma);
CREATE INDEX comments_rma ON comments (rma);
