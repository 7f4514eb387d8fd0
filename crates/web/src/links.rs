//! Every address of the screens, built in one place. Segments and query values are
//! percent-encoded here and nowhere else.

use kontor_model::{BackendName, RecordKey, ResourceName};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stays readable inside a segment or a query value.
const PLAIN: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b',');

/// A text as one segment of a path or one value of a query.
#[must_use]
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// What [`encode`] was given; none where it was given nothing of the kind.
#[must_use]
pub fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

/// A new mail to an address. Nothing in it becomes a subject, a copy or a text of the mail.
#[must_use]
pub fn mail(address: &str) -> String {
    const ADDRESS: &AsciiSet = &PLAIN.remove(b'@').remove(b'+');
    format!("mailto:{}", utf8_percent_encode(address, ADDRESS))
}

/// The mosaic.
pub const HOME: &str = "/";
/// Sign in.
pub const SIGN_IN: &str = "/sign-in";
/// Sign out (POST).
pub const SIGN_OUT: &str = "/sign-out";
/// Language, theme and density of this browser (POST).
pub const LOOK: &str = "/look";
/// One's own account.
pub const ACCOUNT: &str = "/account";
/// The people and their roles.
pub const PEOPLE: &str = "/people";
/// The audit.
pub const AUDIT: &str = "/audit";
/// Connecting a database.
pub const CONNECT: &str = "/connect";
/// Links between backends.
pub const LINKS: &str = "/links";
/// The palette.
pub const SEARCH: &str = "/search";

/// Where a new administrator or an invited person begins.
#[must_use]
pub fn welcome(token: &str) -> String {
    format!("/welcome/{}", encode(token))
}

/// A backend's page.
#[must_use]
pub fn backend(backend: &BackendName) -> String {
    format!("/b/{backend}")
}

/// A resource's list.
#[must_use]
pub fn list(backend: &BackendName, resource: &ResourceName) -> String {
    format!("/b/{backend}/{}", encode(resource.as_str()))
}

/// A part of a resource: `count`, `filter`, `new`, `bulk`, `columns`, `views`, `export.csv`.
#[must_use]
pub fn part(backend: &BackendName, resource: &ResourceName, part: &str) -> String {
    format!("{}/{part}", list(backend, resource))
}

/// A record.
#[must_use]
pub fn record(backend: &BackendName, resource: &ResourceName, key: &RecordKey) -> String {
    format!("{}/r/{}", list(backend, resource), encode(&key.to_text()))
}

/// A part of a record: `edit`, `delete`, `peek`, `timeline`.
#[must_use]
pub fn record_part(
    backend: &BackendName,
    resource: &ResourceName,
    key: &RecordKey,
    part: &str,
) -> String {
    format!("{}/{part}", record(backend, resource, key))
}

/// The case of a record.
#[must_use]
pub fn case(record: &crate::shown::RecordRef) -> String {
    let resource = encode(record.resource.as_str());
    format!("/case/{}/{resource}/{}", record.backend, encode(&record.key.to_text()))
}

/// A part of a case: `timeline`.
#[must_use]
pub fn case_part(record: &crate::shown::RecordRef, part: &str) -> String {
    format!("{}/{part}", case(record))
}

/// The page of an action of a record.
#[must_use]
pub fn action(record: &crate::shown::RecordRef, action: &str) -> String {
    record.part(&format!("do/{}", encode(action)))
}

/// What an action would do (POST).
#[must_use]
pub fn foresee(record: &crate::shown::RecordRef, action: &str) -> String {
    format!("{}/preview", self::action(record, action))
}

/// Goes through a list record by record.
#[must_use]
pub fn queue(backend: &BackendName, resource: &ResourceName) -> String {
    part(backend, resource, "queue")
}

/// The bytes of a field.
#[must_use]
pub fn file(
    backend: &BackendName,
    resource: &ResourceName,
    key: &RecordKey,
    field: &str,
) -> String {
    format!("{}/file/{}", record(backend, resource, key), encode(field))
}

/// The records that point to a record over a link.
#[must_use]
pub fn related(
    backend: &BackendName,
    resource: &ResourceName,
    key: &RecordKey,
    link: &str,
) -> String {
    format!("{}/related/{}", record(backend, resource, key), encode(link))
}

/// A record in the API.
#[must_use]
pub fn api_record(backend: &BackendName, resource: &ResourceName, key: &RecordKey) -> String {
    format!(
        "/api/v1/backends/{backend}/resources/{}/records/{}",
        encode(resource.as_str()),
        encode(&key.to_text())
    )
}

/// The records of a resource in the API, for its list.
#[must_use]
pub fn api_records(backend: &BackendName, resource: &ResourceName) -> String {
    format!("/api/v1/backends/{backend}/resources/{}/records", encode(resource.as_str()))
}

/// A recorded change.
#[must_use]
pub fn change(operation: &str) -> String {
    format!("/changes/{}", encode(operation))
}

/// Taking a change back (POST).
#[must_use]
pub fn undo(operation: &str) -> String {
    format!("/changes/{}/undo", encode(operation))
}

/// A person.
#[must_use]
pub fn person(id: &str) -> String {
    format!("/people/{}", encode(id))
}

/// An address with a query; pairs without a value are left out.
#[must_use]
pub fn with_query<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut address = path.to_owned();
    let mut mark = if path.contains('?') { '&' } else { '?' };
    for (name, value) in pairs {
        if value.is_empty() {
            continue;
        }
        address.push(mark);
        address.push_str(name);
        address.push('=');
        address.push_str(&encode(value));
        mark = '&';
    }
    address
}

/// The reference picker: records of a resource that match words.
#[must_use]
pub fn search_in(backend: &BackendName, resource: &ResourceName, words: &str) -> String {
    let place = format!("{backend}/{resource}");
    with_query(SEARCH, [("in", place.as_str()), ("q", words)])
}

#[cfg(test)]
mod tests {
    use kontor_model::Value;

    use super::*;

    #[test]
    fn an_address_of_a_mail_is_no_more_than_that() {
        assert_eq!(mail("anna+b@example.org"), "mailto:anna+b@example.org");
        assert_eq!(mail("a@b.de?bcc=c@d.de&body=x"), "mailto:a@b.de%3Fbcc%3Dc@d.de%26body%3Dx");
    }

    #[test]
    fn names_with_spaces_and_slashes_stay_one_segment() {
        let backend = BackendName::new("north").expect("a name");
        let resource = ResourceName::new("Order Details/ä?#");
        let key = RecordKey::Values(vec![Value::Int(1), Value::Text("a&b".into())]);
        assert_eq!(
            record(&backend, &resource, &key),
            "/b/north/Order%20Details%2F%C3%A4%3F%23/r/1~.a%26b"
        );
    }

    #[test]
    fn an_empty_value_leaves_no_trace_in_the_address() {
        assert_eq!(
            with_query("/x", [("f", "a = 1"), ("q", ""), ("s", "-b,c")]),
            "/x?f=a%20%3D%201&s=-b,c"
        );
    }
}
