//! Mails about goods: on their way to the customer, and back.

use super::{
    super::facts::{self, Return, Shipment},
    Composed, Event, Scene,
};
use crate::mail::{self, Parcel, ReturnReceived};

pub(super) fn shipment(scene: &Scene<'_>, event: &Event) -> Composed {
    let about = |it: &&Shipment| {
        event.is_about(
            &["shipment_id", "shipment", "subject"],
            it.id,
            &it.number,
            Some(it.shipped_at),
        )
    };
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
        lines: shipment
            .lines
            .iter()
            .filter_map(|(at, units)| scene.line(*at, *units, false))
            .collect(),
        parcels: shipment.parcels.iter().map(parcel).collect(),
        more_follows: scene.facts.lines.iter().any(|it| it.goods && it.open() > 0),
        delivery_note: None,
        delivery_address: order.delivery_address.lines(),
    };
    let mut letter = scene.letter(|language, shop| written.write(language, shop));
    let issued_with_it = scene
        .facts
        .documents
        .iter()
        .filter(|it| it.kind == "invoice" && it.created_at == shipment.shipped_at);
    letter.documents = issued_with_it.map(|it| it.id).collect();
    Composed::Letter(letter)
}

pub(super) fn return_received(scene: &Scene<'_>, event: &Event) -> Composed {
    let about = |it: &&Return| {
        event.is_about(&["return_id", "return", "subject"], it.id, &it.number, it.received_at)
    };
    let mut received = scene.facts.returns.iter().filter(|it| it.received_at.is_some());
    let found = received.clone().find(about).or_else(|| received.next_back());
    let Some(it) = found else { return Composed::Nothing };
    let order = &scene.facts.order;
    let written = ReturnReceived {
        customer: order.name.clone(),
        order_number: order.number.clone(),
        return_number: it.number.clone(),
        lines: it
            .lines
            .iter()
            .filter_map(|it| scene.line(it.position, it.quantity, false))
            .collect(),
        next_step: None,
    };
    Composed::Letter(scene.letter(|language, shop| written.write(language, shop)))
}
