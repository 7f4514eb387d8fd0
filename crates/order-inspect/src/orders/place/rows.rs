//! Orders as rows.

use serde::Serialize;

use crate::{
    args,
    db::Value,
    error::Error,
    moment::Moment,
    orders::{
        facts::{Allocation, Line, Order},
        search::{name_key, phone_key},
        standing::Standing,
    },
};

/// The columns of an order.
pub(crate) const ORDER: &[&str] = &[
    "id",
    "channel_id",
    "number",
    "customer_id",
    "email",
    "name",
    "name_key",
    "phone",
    "phone_key",
    "postal_code",
    "locale",
    "currency",
    "prices_include_tax",
    "billing_address",
    "delivery_address",
    "delivery_method",
    "payment_method",
    "provider",
    "payment_flow",
    "quote",
    "subtotal",
    "discount",
    "shipping",
    "tax",
    "total",
    "status",
    "payment_status",
    "fulfilment_status",
    "return_status",
    "held_until",
    "version",
    "revision",
    "placed_at",
    "closed_at",
    "cancelled_at",
    "updated_at",
];

/// The columns of a line.
pub(crate) const LINE: &[&str] = &[
    "order_id",
    "position",
    "kind",
    "parent",
    "variant_id",
    "sku",
    "name",
    "details",
    "quantity",
    "unit_price",
    "tax_rate",
    "discount",
    "total",
    "tax",
    "shares",
    "shipped",
    "cancelled",
    "returned",
    "version",
];

/// The columns of stock that is held.
pub(crate) const ALLOCATION: &[&str] = &[
    "order_id",
    "position",
    "variant_id",
    "location_id",
    "per_unit",
    "quantity",
    "shipped",
    "released",
];

/// The columns of what a promotion gave.
pub(crate) const USE: &[&str] =
    &["promotion_id", "order_id", "coupon", "customer_id", "email", "amount"];

/// An order where it stands.
pub(crate) fn order(
    order: &Order,
    standing: &Standing,
    updated_at: Moment,
) -> crate::Result<Vec<Value>> {
    Ok(args![
        order.id,
        order.channel_id,
        &order.number,
        order.customer_id,
        &order.email,
        &order.name,
        name_key(&order.name),
        order.phone.clone(),
        order.phone.as_deref().and_then(phone_key),
        &order.delivery_address.postal_code,
        order.locale.code(),
        order.currency.code(),
        order.quote.price_basis == crate::tax::PriceBasis::Gross,
        text(&order.billing_address)?,
        text(&order.delivery_address)?,
        &order.delivery_method,
        &order.payment_method,
        &order.provider,
        order.payment_flow.word(),
        text(&order.quote)?,
        order.quote.subtotal,
        order.quote.discount,
        order.quote.shipping.total,
        order.quote.tax,
        order.total,
        standing.order.word(),
        standing.payment.word(),
        standing.fulfilment.word(),
        standing.returns.word(),
        order.held_until,
        order.version,
        order.revision,
        order.placed_at,
        order.closed_at,
        order.cancelled_at,
        updated_at
    ])
}

/// A line of an order.
pub(crate) fn line(order_id: i64, line: &Line) -> crate::Result<Vec<Value>> {
    Ok(args![
        order_id,
        line.position,
        if line.goods { "product" } else { "service" },
        line.parent,
        line.variant_id,
        &line.sku,
        &line.name,
        text(&line.details)?,
        line.quantity,
        line.unit_price,
        line.tax_rate.thousandths(),
        line.discount,
        line.total,
        line.tax,
        text(&line.shares)?,
        line.shipped,
        line.cancelled,
        line.returned,
        line.version
    ])
}

/// Stock that an order holds.
pub(crate) fn allocation(order_id: i64, it: &Allocation) -> Vec<Value> {
    args![
        order_id,
        it.position,
        it.variant_id,
        it.location_id,
        it.per_unit,
        it.quantity,
        it.shipped,
        it.released
    ]
}

/// A document as it is stored.
pub(crate) fn text(document: &impl Serialize) -> crate::Result<String> {
    serde_json::to_string(document).map_err(|error| Error::Broken(error.to_string()))
}
