//! The goods of an order as the API shows them: on their way to the customer, and back.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::facts::{self, Facts, Parcel};
use crate::moment::Moment;

/// What left the house together.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShipmentView {
    /// Its number.
    pub number: String,
    /// Who carries.
    pub carrier: String,
    /// Its parcels.
    pub parcels: Vec<Parcel>,
    /// When it left.
    pub shipped_at: Moment,
    /// When it arrived.
    pub delivered_at: Option<Moment>,
    /// What is in it.
    pub lines: Vec<LineQuantity>,
}

/// Units of a line.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineQuantity {
    /// The line.
    pub position: i64,
    /// How many.
    pub quantity: i64,
}

/// What comes or came back.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReturnView {
    /// Its number, which stands on its label.
    pub number: String,
    /// return, exchange or claim.
    pub kind: String,
    /// The carrier's number of the label.
    pub label_number: Option<String>,
    /// What was noted.
    pub note: Option<String>,
    /// When it was announced.
    pub requested_at: Moment,
    /// When it arrived.
    pub received_at: Option<Moment>,
    /// When it was called off.
    pub cancelled_at: Option<Moment>,
    /// The order that replaces it.
    pub replacement: Option<String>,
    /// What is in it.
    pub lines: Vec<ReturnLineView>,
}

/// A line that comes or came back.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReturnLineView {
    /// The line.
    pub position: i64,
    /// How many.
    pub quantity: i64,
    /// Why.
    pub reason: String,
    /// What is wanted instead.
    pub exchange_sku: Option<String>,
    /// How many went back into stock.
    pub restocked: i64,
    /// How many were written off.
    pub written_off: i64,
    /// For how many of them the replacement stands.
    pub replaced: i64,
}

/// What left the house.
pub(super) fn shipments(facts: &Facts) -> Vec<ShipmentView> {
    let view = |it: &facts::Shipment| ShipmentView {
        number: it.number.clone(),
        carrier: it.carrier.clone(),
        parcels: it.parcels.clone(),
        shipped_at: it.shipped_at,
        delivered_at: it.delivered_at,
        lines: it
            .lines
            .iter()
            .map(|&(position, quantity)| LineQuantity { position, quantity })
            .collect(),
    };
    facts.shipments.iter().map(view).collect()
}

/// What comes or came back.
pub(super) fn returns(facts: &Facts) -> Vec<ReturnView> {
    let line = |it: &facts::ReturnLine| ReturnLineView {
        position: it.position,
        quantity: it.quantity,
        reason: it.reason.clone(),
        exchange_sku: it.exchange_sku.clone(),
        restocked: it.restocked,
        written_off: it.written_off,
        replaced: it.replaced,
    };
    let view = |it: &facts::Return| ReturnView {
        number: it.number.clone(),
        kind: it.kind.clone(),
        label_number: it.label_number.clone(),
        note: it.note.clone(),
        requested_at: it.requested_at,
        received_at: it.received_at,
        cancelled_at: it.cancelled_at,
        replacement: it.replacement.clone(),
        lines: it.lines.iter().map(line).collect(),
    };
    facts.returns.iter().map(view).collect()
}
