//! The face of a record: the fields that name it, and the columns that a list shows at first.

use kontor_model::{Field, FieldType, Resource};

use super::secrets;
use super::words::{all_alike, ends_with, has_any, is, own_words, words};

/// The greatest number of columns that a list shows at first.
const COLUMNS: usize = 8;

/// Texts longer than this are read on the record's page.
const TITLE_CHARACTERS: u32 = 512;

/// Names of fields that name a record, the best first. They are compared without the resource's
/// own name before them.
const TITLES: [&str; 56] = [
    "name",
    "display name",
    "full name",
    "title",
    "titel",
    "bezeichnung",
    "label",
    "anzeigename",
    "titel de",
    "name de",
    "caption",
    "headline",
    "ueberschrift",
    "subject",
    "betreff",
    "username",
    "user name",
    "login",
    "benutzername",
    "nick",
    "number",
    "nummer",
    "nr",
    "no",
    "num",
    "code",
    "sku",
    "model",
    "artikelnummer",
    "artikelnr",
    "artnr",
    "reference",
    "referenz",
    "company name",
    "companyname",
    "company",
    "firma",
    "firmenname",
    "contact name",
    "recipient",
    "empfaenger",
    "email",
    "email address",
    "mail",
    "slug",
    "key",
    "schluessel",
    "filename",
    "file name",
    "dateiname",
    "token name",
    "url",
    "term name",
    "description",
    "beschreibung",
    "text",
];

/// Pairs of fields that name a person together.
const PERSONS: [(&[&str], &[&str]); 4] = [
    (&["first name", "firstname"], &["last name", "lastname", "surname"]),
    (&["given name", "givenname"], &["family name", "familyname", "surname"]),
    (&["vorname"], &["nachname", "familienname", "name", "zuname"]),
    (&["forename"], &["surname", "last name"]),
];

/// Names of the amounts that people look for in a list.
const AMOUNTS: [&str; 10] = [
    "total",
    "price",
    "amount",
    "sum",
    "betrag",
    "preis",
    "summe",
    "total cents",
    "price cents",
    "amount cents",
];

/// The fields whose values, joined by a space, name a record; empty where no field does and the
/// key must do. Never a secret.
#[must_use]
pub fn title_fields(resource: &Resource) -> Vec<usize> {
    let mut person = None;
    for (firsts, lasts) in PERSONS {
        let found = |names: &[&str]| {
            (0..resource.fields.len()).find(|&at| {
                let own = own_words(&resource.table, &resource.fields[at].name);
                names.iter().any(|name| is(&own, name)) && can_title(resource, at)
            })
        };
        person = person.or_else(|| Some(vec![found(firsts)?, found(lasts)?]));
    }
    if let Some(person) = person {
        return person;
    }
    let best = (0..resource.fields.len())
        .filter(|&at| can_title(resource, at))
        .filter_map(|at| Some((rank(resource, at)?, at)))
        .min();
    match best {
        Some((_, at)) => vec![at],
        None => street_and_town(resource).or_else(|| natural_key(resource)).unwrap_or_default(),
    }
}

/// The field that names a record of another table, `table`, whose texts a resource holds. An
/// address or a file name is no title.
pub(super) fn title_of(resource: &Resource, table: &str) -> Option<usize> {
    let heads = [
        "name",
        "title",
        "titel",
        "bezeichnung",
        "label",
        "caption",
        "headline",
        "subject",
        "betreff",
        "text",
        "description",
        "beschreibung",
    ];
    let reads = |at: &usize| {
        let all = words(&resource.fields[*at].name);
        can_title(resource, *at) && heads.iter().any(|head| ends_with(&all, head))
    };
    let ranked = |at: usize| (rank_in(resource, table, at).unwrap_or(usize::MAX), at);
    (0..resource.fields.len()).filter(reads).map(ranked).min().map(|(_, at)| at)
}

fn rank(resource: &Resource, at: usize) -> Option<usize> {
    rank_in(resource, &resource.table, at)
}

/// How good a title a field makes; less is better.
fn rank_in(resource: &Resource, table: &str, at: usize) -> Option<usize> {
    let field = &resource.fields[at];
    let own = own_words(table, &field.name);
    if let Some(rank) = TITLES.iter().position(|title| is(&own, title)) {
        return Some(rank * 2);
    }
    let all = words(&field.name);
    // `city.city`
    if all_alike(&all, &words(table)) {
        return Some(5);
    }
    if ends_with(&all, "subject") || ends_with(&all, "betreff") {
        return Some(80);
    }
    // Another thing's name names this one where nothing better does.
    let technical = ["file", "host", "domain", "template", "table", "module", "class", "field"];
    let is_name = ends_with(&all, "name") || ends_with(&all, "bezeichnung");
    if has_any(&all, &technical) {
        return None;
    }
    if is_name {
        return Some(90);
    }
    (ends_with(&all, "title") || ends_with(&all, "titel")).then_some(95)
}

fn can_title(resource: &Resource, at: usize) -> bool {
    let field = &resource.fields[at];
    let fits = match &field.ty {
        FieldType::Text { max } => max.is_none_or(|max| max <= TITLE_CHARACTERS && max > 1),
        FieldType::Enum { .. } | FieldType::Any => true,
        FieldType::Int { .. } => {
            let own = own_words(&resource.table, &field.name);
            ["number", "nummer", "nr", "no"].iter().any(|name| is(&own, name))
                // A line's number within its order does not name it.
                && !(resource.key.len() > 1 && resource.key.contains(&at))
        }
        _ => false,
    };
    fits && secrets::by_name(resource, field).is_none() && !is_reference(resource, at)
}

fn is_reference(resource: &Resource, at: usize) -> bool {
    resource.references.iter().any(|reference| reference.fields.contains(&at))
}

/// What names an address; an invoice has a street, too, but is none.
fn street_and_town(resource: &Resource) -> Option<Vec<usize>> {
    let places = [
        "address",
        "addresses",
        "adresse",
        "adressen",
        "anschrift",
        "anschriften",
        "location",
        "locations",
        "branch",
        "branches",
        "filiale",
        "filialen",
    ];
    if !has_any(&words(&resource.table), &places) {
        return None;
    }
    let found = |names: &[&str]| {
        (0..resource.fields.len()).find(|&at| {
            can_title(resource, at)
                && names.iter().any(|name| ends_with(&words(&resource.fields[at].name), name))
        })
    };
    let street = found(&["street", "street address", "strasse"])?;
    Some(vec![street, found(&["city", "town", "ort", "stadt"])?])
}

/// A key of one text field that refers to nothing else, such as a currency's code.
fn natural_key(resource: &Resource) -> Option<Vec<usize>> {
    match resource.key.as_slice() {
        [only] if can_title(resource, *only) => Some(vec![*only]),
        _ => None,
    }
}

/// The columns that a list shows at first: what names the record, then numbers, states,
/// references, dates and amounts, in the table's order. Never a secret, a long text or bytes;
/// indexes into the resource's fields, at most eight.
#[must_use]
pub fn default_columns(resource: &Resource) -> Vec<usize> {
    let titles = title_fields(resource);
    let mut ranked: Vec<(u8, usize)> = (0..resource.fields.len())
        .filter(|at| !titles.contains(at))
        .filter_map(|at| Some((weight(resource, at)?, at)))
        .collect();
    ranked.sort_unstable();
    ranked.truncate(COLUMNS.saturating_sub(titles.len()));
    let mut rest: Vec<usize> = ranked.into_iter().map(|(_, at)| at).collect();
    rest.sort_unstable();
    let leads_with_key = rest.first().is_some_and(|first| resource.key.contains(first));
    let place = usize::from(leads_with_key);
    rest.splice(place..place, titles);
    rest
}

/// How early a column comes; less is earlier. `None` for what a list does not show.
fn weight(resource: &Resource, at: usize) -> Option<u8> {
    let field = &resource.fields[at];
    if secrets::by_name(resource, field).is_some() || !fits_a_list(field) {
        return None;
    }
    let (all, own) = (words(&field.name), own_words(&resource.table, &field.name));
    let is_any = |names: &[&str]| names.iter().any(|name| is(&own, name));
    let ends = |names: &[&str]| names.iter().any(|name| ends_with(&all, name));
    let is_time = is_time(&field.ty);
    let dealt = ["placed", "ordered", "purchased", "date", "datum", "bestellt", "am"];
    Some(match () {
        () if resource.key.contains(&at) => 0,
        () if matches!(field.ty, FieldType::Bool) => 7,
        () if is_any(&["number", "nummer", "nr", "code", "sku"]) => 1,
        () if ends(&["status", "zustand"]) || is_any(&["state"]) => 1,
        () if ends(&AMOUNTS) || (is_time && has_any(&all, &dealt)) => 2,
        () if is_reference(resource, at) => 3,
        () if ends(&["email", "mail", "quantity", "menge"]) => 4,
        () if is_any(&["company", "firma", "city", "town", "ort"]) => 4,
        () if is_time && has_any(&all, &["created", "added", "erstellt", "angelegt"]) => 4,
        () if is_time => 6,
        () => 5,
    })
}

fn is_time(ty: &FieldType) -> bool {
    matches!(ty, FieldType::Date | FieldType::DateTime | FieldType::Instant)
}

fn fits_a_list(field: &Field) -> bool {
    match &field.ty {
        FieldType::Text { max } => {
            let long = [
                "text",
                "description",
                "beschreibung",
                "note",
                "notes",
                "comment",
                "comments",
                "html",
                "body",
                "content",
                "remark",
                "bemerkung",
            ];
            max.is_none_or(|max| max <= TITLE_CHARACTERS)
                && !long.iter().any(|head| ends_with(&words(&field.name), head))
        }
        FieldType::Bytes | FieldType::Json { .. } | FieldType::Array { .. } | FieldType::Other => {
            false
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::table;
    use super::*;

    fn names(resource: &Resource, places: &[usize]) -> String {
        let names: Vec<&str> = places.iter().map(|&at| resource.fields[at].name.as_str()).collect();
        names.join(" ")
    }

    #[test]
    fn a_record_is_named_by_the_field_that_people_would_choose() {
        for (name, fields, title) in [
            ("products", "products_id:int* products_model products_name", "products_name"),
            ("customers", "id:int* email first_name last_name company", "first_name last_name"),
            ("KUNDEN", "KDNR* TITEL NACHNAME VORNAME FIRMA", "VORNAME NACHNAME"),
            (
                "customers",
                "customers_id:int* customers_firstname customers_lastname",
                "customers_firstname customers_lastname",
            ),
            ("orders", "id:int* number status customer_name", "number"),
            ("LAENDER", "LKZ* BEZEICHNUNG", "BEZEICHNUNG"),
            ("sites", "code* opened:int", "code"),
            ("Customers", "CustomerID* CompanyName ContactName", "CompanyName"),
            ("admin_users", "id:int* password_hash login api_key", "login"),
            ("addresses", "id:int* street city", "street city"),
            ("order_lines", "order_id:int* line_no:int* quantity:int", ""),
            ("ezpages_content", "pages_id:int* language_id:int* pages_title", "pages_title"),
            ("newsletters", "id:int* subject body:long", "subject"),
            ("email_archive", "id:int* email_to_name email_subject", "email_subject"),
            ("city", "city_id:int* city country_id:int", "city"),
            ("invoice", "id:int* billing_street billing_city", ""),
            ("Suppliers", "SupplierID:int* ContactTitle CompanyName ContactName", "CompanyName"),
        ] {
            let resource = table(name, fields);
            assert_eq!(names(&resource, &title_fields(&resource)), title, "{name}");
        }
    }

    #[test]
    fn a_list_begins_with_few_telling_columns_and_no_secret() {
        let resource = table(
            "users",
            "id:int* name password_hash bio:long status email image:bytes created_at:time note \
             a b c d e f g",
        );
        assert_eq!(
            names(&resource, &default_columns(&resource)),
            "id name status email created_at a b c"
        );
        let orders = table(
            "orders",
            "id:int* number status customer_id:int a_id:int b_id:int c_id:int d_id:int \
             placed_at:time total_cents:int created_at:time",
        );
        let shown = names(&orders, &default_columns(&orders));
        assert!(shown.ends_with("placed_at total_cents created_at"), "{shown}");
    }
}
