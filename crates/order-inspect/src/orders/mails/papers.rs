//! A document on its own.

use super::{Composed, Event, MailKind, scene::Scene};
use crate::{
    documents::DocumentKind,
    mail::DocumentCopy,
    orders::documents::{day, language},
};

/// The document of this kind that the event names; the last one if it names none.
pub(super) fn document(scene: &Scene<'_>, event: &Event, kind: MailKind) -> Composed {
    let of_kind = || scene.facts.documents.iter().filter(|it| it.kind == kind.word());
    let named = of_kind().find(|it| event.is_about(&["subject"], it.id, &it.number, None));
    let Some(found) = named.or_else(|| of_kind().next_back()) else { return Composed::Nothing };
    let order = &scene.facts.order;
    let kind = match kind {
        MailKind::CreditNote => DocumentKind::CreditNote,
        MailKind::DeliveryNote => DocumentKind::DeliveryNote,
        _ => DocumentKind::Invoice,
    };
    let language = language(scene.language);
    let Ok(date) = day(scene.channel, found.created_at) else { return Composed::Nothing };
    let written = DocumentCopy {
        customer: order.name.clone(),
        order_number: order.number.clone(),
        kind,
        number: found.number.clone(),
        date: language.date(date),
    };
    scene.letter(Some(found.id), |language, shop| written.write(language, shop))
}
