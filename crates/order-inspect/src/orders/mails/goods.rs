//! “Your parcel is on its way”, and “what you sent back is here”.

use super::{Composed, Event, scene::Scene};
use crate::{
    mail::{self, Parcel, ReturnAnnounced, ReturnReason, ReturnReceived},
    orders::facts::{self, Return, Shipment},
};

/// The first shipment brings the invoice, also one that was issued before.
pub(super) fn shipment(scene: &Scene<'_>, event: &Event) -> Composed {
    let fields = ["shipment_id", "shipment", "subject"];
    let about = |it: &&Shipment| event.is_about(&fields, it.id, &it.number, Some(it.shipped_at));
    let all = &scene.facts.shipments;
    let Some(shipment) = all.iter().find(about).or(all.last()) else { return Composed::Nothing };
    let order = &scene.facts.order;
    let parcel = |it: &facts::Parcel| Parcel {
        carrier: shipment.carrier.clone(),
        tracking_number: it.tracking.clone(),
        tracking_url: it.url.clone(),
    };
    let written = mail::Shipment {
        customer: order.name.clone(),
        order_number: order.number.clone(),
        lines: scene.units(shipment.lines.iter().copied()),
        parcels: shipment.parcels.iter().map(parcel).collect(),
        more_follows: scene.facts.lines.iter().any(|it| it.goods && it.open() > 0),
        delivery_address: scene.address(&order.delivery_address),
    };
    let is_first = all.first().is_some_and(|first| first.id == shipment.id);
    let invoices = scene.facts.documents.iter().filter(|it| is_first && it.kind == "invoice");
    scene.letter(invoices.map(|it| it.id), |language, shop| written.write(language, shop))
}

pub(super) fn return_announced(scene: &Scene<'_>, event: &Event) -> Composed {
    let fields = ["return_id", "return", "subject"];
    let about = |it: &&Return| event.is_about(&fields, it.id, &it.number, Some(it.requested_at));
    let all = &scene.facts.returns;
    let Some(it) = all.iter().find(about).or(all.last()) else { return Composed::Nothing };
    let order = &scene.facts.order;
    let written = ReturnAnnounced {
        customer: order.name.clone(),
        order_number: order.number.clone(),
        return_number: it.number.clone(),
        reason: match it.kind.as_str() {
            "claim" => ReturnReason::Claim,
            "exchange" => ReturnReason::Exchange,
            _ => ReturnReason::Withdrawal,
        },
        registered_at: it.requested_at.text(scene.language, &scene.channel.zone()),
        lines: scene.units(it.lines.iter().map(|it| (it.position, it.quantity))),
        label_number: it.label_number.clone(),
    };
    scene.letter(None, |language, shop| written.write(language, shop))
}

pub(super) fn return_received(scene: &Scene<'_>, event: &Event) -> Composed {
    let fields = ["return_id", "return", "subject"];
    let about = |it: &&Return| event.is_about(&fields, it.id, &it.number, it.received_at);
    let mut received = scene.facts.returns.iter().filter(|it| it.received_at.is_some());
    let found = received.clone().find(about).or_else(|| received.next_back());
    let Some(it) = found else { return Composed::Nothing };
    let order = &scene.facts.order;
    let written = ReturnReceived {
        customer: order.name.clone(),
        order_number: order.number.clone(),
        return_number: it.number.clone(),
        lines: scene.units(it.lines.iter().map(|it| (it.position, it.received()))),
        missing: scene.units(it.lines.iter().map(|it| (it.position, it.missing()))),
    };
    scene.letter(None, |language, shop| written.write(language, shop))
}
