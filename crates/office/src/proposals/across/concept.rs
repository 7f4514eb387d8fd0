//! What the names of columns mean, in English and German, so that `KDNR` and `customer_id` meet.

use super::super::words::{alike, words};

/// Words that say no more than: this is an address of a record.
const GENERIC: [&str; 17] = [
    "id",
    "ids",
    "no",
    "nr",
    "num",
    "nummer",
    "number",
    "code",
    "key",
    "uuid",
    "guid",
    "ref",
    "fk",
    "kz",
    "nbr",
    "kuerzel",
    "reference",
];

/// Endings that are written without a space behind an abbreviation: `KDNR`, `artnr`.
const ENDINGS: [&str; 8] = ["nummer", "number", "nr", "no", "num", "id", "kz", "code"];

/// Words for the same thing.
const MEANINGS: &[&[&str]] = &[
    &["customer", "kunde", "kunden", "kd", "client", "cust", "debitor", "buyer", "kaeufer"],
    &["order", "bestellung", "auftrag", "auftr", "best", "ord"],
    &["product", "artikel", "article", "produkt", "art", "prod", "item", "sku", "ware"],
    &["supplier", "lieferant", "lief", "vendor", "kreditor"],
    &["employee", "mitarbeiter", "staff", "personal", "rep"],
    &["shipper", "via", "carrier", "versender", "spediteur"],
    &["category", "kategorie", "warengruppe", "kat"],
    &["country", "land", "laender", "l"],
    &["site", "standort", "lager", "warehouse", "location"],
    &["invoice", "rechnung", "rech", "bill"],
    &["address", "adresse", "adr", "anschrift"],
    &["email", "mail"],
    &["phone", "telefon", "tel"],
    &["payment", "zahlung"],
    &["shipment", "lieferung", "delivery", "sendung"],
    &["region", "gebiet", "territory", "bezirk"],
];

/// The thing that a column names: its last word that says something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Concept {
    /// All its words.
    pub(super) all: Vec<String>,
    /// The word, or the first word of its meaning; none where it only says that it is an address.
    pub(super) thing: Option<String>,
}

impl Concept {
    /// The concept of a field; a key that is only called `number` is that of its resource.
    pub(super) fn of(resource: &str, field: &str, is_key: bool) -> Self {
        let all = split(field);
        let of_resource = || if is_key { head(&split(resource)) } else { None };
        let thing = head(&all).or_else(of_resource).map(|word| meaning(&word));
        Self { all, thing }
    }

    /// How much two columns mean the same, in percent; none where they do not.
    pub(super) fn likeness(&self, other: &Self) -> Option<u32> {
        let (one, two) = (self.thing.as_ref()?, other.thing.as_ref()?);
        alike(one, two).then_some(if self.all == other.all { 90 } else { 80 })
    }
}

fn split(name: &str) -> Vec<String> {
    let mut all = Vec::new();
    for word in words(name) {
        let ending = ENDINGS.iter().find(|ending| {
            word.len() > ending.len() && word.ends_with(**ending) && !is_word(&word)
        });
        match ending.and_then(|ending| Some((word.strip_suffix(*ending)?, *ending))) {
            Some((start, ending)) => all.extend([start.to_owned(), ending.to_owned()]),
            None => all.push(word),
        }
    }
    all
}

fn is_word(word: &str) -> bool {
    MEANINGS.iter().any(|same| same.contains(&word))
}

fn head(all: &[String]) -> Option<String> {
    all.iter().rev().find(|word| !GENERIC.contains(&word.as_str())).cloned()
}

fn meaning(word: &str) -> String {
    let same = MEANINGS.iter().find(|same| same.iter().any(|other| alike(word, other)));
    same.map_or_else(|| word.to_owned(), |same| same[0].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(one: (&str, &str), other: (&str, &str)) -> Option<u32> {
        Concept::of(one.0, one.1, false).likeness(&Concept::of(other.0, other.1, true))
    }

    #[test]
    fn names_of_one_thing_meet_in_both_languages() {
        for (one, other) in [
            (("ADRESSEN", "KDNR"), ("customers", "number")),
            (("Merkmale", "Kunden Nr"), ("customer", "id")),
            (("stock", "sku"), ("products", "sku")),
            (("lager", "artnr"), ("products", "product_no")),
            (("orders", "ship_via"), ("shippers", "shipper_id")),
            (("suppliers", "country"), ("LAENDER", "LKZ")),
        ] {
            assert!(likeness(one, other).is_some(), "{one:?} {other:?}");
        }
    }

    #[test]
    fn names_of_different_things_do_not_meet() {
        for (one, other) in [
            (("ADRESSEN", "KDNR"), ("orders", "number")),
            (("movements", "reference"), ("orders", "number")),
            (("ORDER", "AUFTRNR"), ("customers", "number")),
            (("orders", "id"), ("customers", "id")),
        ] {
            assert_eq!(likeness(one, other), None, "{one:?} {other:?}");
        }
    }
}
