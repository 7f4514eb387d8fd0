//! Fields with few values, which are shown as coloured dots and quick filters.

use kontor_model::FieldType;

use super::super::edit::{Choice, Color, ManifestEdit};
use super::super::proposal::{Confidence, Fact, Proposal};
use super::super::words::{ends_with, has_any, own_words, words};
use super::Look;

const NAMES: [&str; 9] = [
    "status",
    "state",
    "zustand",
    "stage",
    "phase",
    "progress",
    "zahlstatus",
    "bestellstatus",
    "lieferstatus",
];

/// Words of fields whose few values are no states of their record.
const OTHERS: [&str; 40] = [
    "country", "land", "language", "lang", "locale", "sprache", "currency", "waehrung", "city",
    "ort", "town", "name", "title", "titel", "region", "zone", "postcode", "zip", "plz", "code",
    "unit", "einheit", "template", "file", "filename", "image", "path", "url", "module",
    "function", "class", "ip", "version", "timezone", "id", "nr", "text", "author", "color",
    "date",
];

/// More different values than this are no choice.
const VALUES: usize = 12;

/// Records without which few values are not yet remarkable.
const RECORDS: u64 = 50;

pub(super) fn statuses(look: &Look<'_>) -> Vec<Proposal> {
    look.fields().filter_map(|(at, _)| status(look, at)).collect()
}

fn status(look: &Look<'_>, at: usize) -> Option<Proposal> {
    let field = &look.resource.fields[at];
    let own = own_words(&look.resource.table, &field.name);
    let says_status = NAMES.iter().any(|name| ends_with(&own, name)) && !is_province(look, at);
    let seen: Vec<(String, u64)> =
        look.sample.counted(at).into_iter().filter(|(value, _)| !value.trim().is_empty()).collect();
    let values: Vec<String> = match &field.ty {
        FieldType::Enum { choices } => choices.clone(),
        FieldType::Text { .. } => seen.iter().map(|(value, _)| value.clone()).collect(),
        _ => return None,
    };
    let is_enum = matches!(field.ty, FieldType::Enum { .. });
    let are_words = is_enum || values.iter().all(|value| is_word(value));
    let is_few = (2..=VALUES).contains(&values.len());
    let is_remarkable = || {
        look.sample.records() >= RECORDS
            && seen.iter().all(|(_, records)| *records >= 2)
            && seen.len() as u64 * 8 <= seen.iter().map(|(_, records)| records).sum()
            && values.iter().all(|value| value.chars().count() > 1)
            && !has_any(&own, &OTHERS)
            && !is_reference(look, at)
            && !is_province(look, at)
    };
    if !are_words || !is_few || !(says_status || is_enum || is_remarkable()) {
        return None;
    }
    let mut evidence = Vec::new();
    if says_status {
        evidence.push(Fact::FieldName { field: field.name.clone() });
    }
    evidence.push(match look.sample.records() {
        // Only what is declared is known of it.
        0 => Fact::DeclaredValues { values: values.clone() },
        records => Fact::FewValues { values: values.clone(), records },
    });
    let edit = ManifestEdit::Choices {
        resource: look.resource.name.clone(),
        field: field.name.clone(),
        choices: choices(values, is_enum, says_status),
    };
    let percent = if says_status { 93 } else { 75 };
    Some(Proposal::new(Confidence::percent(percent), evidence, edit))
}

/// A short word or two, without digits or punctuation that words do not have.
fn is_word(value: &str) -> bool {
    value.chars().count() <= 24
        && value.split_whitespace().count() <= 3
        && value.chars().any(char::is_alphabetic)
        && value.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '_' | '-' | '.' | '/'))
}

/// `state` in an address is a province.
fn is_province(look: &Look<'_>, at: usize) -> bool {
    let is_state = ends_with(&words(&look.resource.fields[at].name), "state");
    is_state
        && look.resource.fields.iter().any(|field| {
            has_any(
                &words(&field.name),
                &["city", "zip", "postcode", "street", "country", "postal"],
            )
        })
}

fn is_reference(look: &Look<'_>, at: usize) -> bool {
    look.resource.references.iter().any(|reference| reference.fields.contains(&at))
}

/// The choices: an enumeration in its own order, others as things go, from new to ended. Only a
/// status has colours by meaning: “late” as the reason of a return is neither good nor bad.
fn choices(values: Vec<String>, keep_order: bool, is_status: bool) -> Vec<Choice> {
    let choice = |value: String| {
        let color = if is_status { color(&value) } else { Color::Grey };
        Choice { value, color }
    };
    let mut choices: Vec<Choice> = values.into_iter().map(choice).collect();
    if !keep_order {
        choices.sort_by_key(|choice| match choice.color {
            Color::Blue => 0,
            Color::Amber => 1,
            Color::Green => 2,
            Color::Grey => 3,
            Color::Red => 4,
        });
    }
    choices
}

/// The colour of a meaning, in English and German; grey where it is not known.
pub(super) fn color(value: &str) -> Color {
    let meanings: [(Color, &[&str]); 5] = [
        (
            Color::Amber,
            &[
                "pending",
                "waiting",
                "wartend",
                "wartet",
                "processing",
                "partial",
                "partly",
                "partially",
                "teilweise",
                "teil",
                "hold",
                "held",
                "incomplete",
                "unvollstaendig",
                "ausstehend",
                "bearbeitung",
                "review",
                "not",
                "nicht",
                "unpaid",
                "unbezahlt",
                "angemahnt",
                "gemahnt",
                "retry",
                "delayed",
                "verzoegert",
                "unshipped",
                "paused",
            ],
        ),
        (
            Color::Red,
            &[
                "failed",
                "failure",
                "error",
                "fehler",
                "fehlgeschlagen",
                "rejected",
                "abgelehnt",
                "declined",
                "denied",
                "cancelled",
                "canceled",
                "storniert",
                "storno",
                "overdue",
                "ueberfaellig",
                "blocked",
                "gesperrt",
                "fraud",
                "lost",
                "reversed",
                "chargeback",
            ],
        ),
        (
            Color::Grey,
            &[
                "refunded",
                "erstattet",
                "voided",
                "void",
                "archived",
                "archiviert",
                "inactive",
                "inaktiv",
                "closed",
                "geschlossen",
                "expired",
                "abgelaufen",
                "deleted",
                "geloescht",
                "draft",
                "entwurf",
                "disabled",
                "returned",
                "retourniert",
            ],
        ),
        (
            Color::Green,
            &[
                "paid",
                "bezahlt",
                "shipped",
                "versendet",
                "versandt",
                "verschickt",
                "active",
                "aktiv",
                "delivered",
                "geliefert",
                "zugestellt",
                "complete",
                "completed",
                "abgeschlossen",
                "done",
                "erledigt",
                "captured",
                "success",
                "succeeded",
                "successful",
                "erfolgreich",
                "approved",
                "genehmigt",
                "freigegeben",
                "ok",
                "arrived",
                "published",
                "fulfilled",
                "settled",
            ],
        ),
        (
            Color::Blue,
            &[
                "open",
                "offen",
                "new",
                "neu",
                "created",
                "erstellt",
                "ordered",
                "bestellt",
                "placed",
                "confirmed",
                "bestaetigt",
                "authorised",
                "authorized",
                "packed",
                "gepackt",
                "started",
                "ready",
                "bereit",
                "accepted",
                "scheduled",
                "geplant",
                "received",
                "eingegangen",
            ],
        ),
    ];
    let all = words(value);
    let found = meanings.iter().find(|(_, meaning)| has_any(&all, meaning));
    found.map_or(Color::Grey, |(color, _)| *color)
}
