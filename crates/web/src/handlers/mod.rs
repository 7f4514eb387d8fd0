//! One module per place of the screens: extract, call the office, answer.

pub(crate) mod account;
pub(crate) mod acting;
pub(crate) mod audit;
pub(crate) mod backend;
pub(crate) mod bulk;
pub(crate) mod case;
pub(crate) mod changes;
pub(crate) mod connect;
pub(crate) mod entry;
pub(crate) mod home;
pub(crate) mod import;
pub(crate) mod linking;
pub(crate) mod list;
pub(crate) mod operating;
pub(crate) mod people;
pub(crate) mod queue;
pub(crate) mod record;
pub(crate) mod search;
pub(crate) mod write;

use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kontor_model::{BackendName, RecordKey, ResourceName};
use kontor_office::{OfficeError, Permit, Right};

use crate::app::App;
use crate::components::shell::Here;
use crate::failure::PageFailure;
use crate::frame::TOAST;
use crate::links;
use crate::visitor::Reader;

/// The pairs of a query or of a form, in order, doubles included.
pub(crate) type Pairs = Vec<(String, String)>;

/// The first value of a name.
pub(crate) fn first<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

/// All values of a name.
pub(crate) fn all<'a>(pairs: &'a Pairs, name: &str) -> Vec<&'a str> {
    pairs.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect()
}

/// The place that an address names.
pub(crate) struct Place<R> {
    pub(crate) permit: Permit<R>,
    pub(crate) resource: ResourceName,
}

/// Looks up the backend of an address and asks for a right on it.
pub(crate) fn place<R: Right>(
    app: &App,
    reader: &Reader,
    backend: &str,
    resource: &str,
) -> Result<Place<R>, OfficeError> {
    let name =
        BackendName::new(backend).map_err(|_| OfficeError::UnknownBackend(backend.to_owned()))?;
    Ok(Place {
        permit: app.office.permit(&reader.actor, &name)?,
        resource: ResourceName::new(resource),
    })
}

/// The key of an address.
pub(crate) fn key(text: &str) -> Result<RecordKey, OfficeError> {
    RecordKey::from_text(text).ok_or_else(|| OfficeError::UnknownRecord(text.to_owned()))
}

/// Where a page of a resource stands in the sidebar.
pub(crate) fn here<R>(place: &Place<R>) -> Here {
    Here::Resource(place.permit.backend.name.clone(), place.resource.clone())
}

impl Reader {
    /// The page that tells an error to this reader.
    pub(crate) async fn fails(self, app: &App, error: OfficeError) -> PageFailure {
        PageFailure::of(app, self.frame, Some(&self.actor), error).await
    }
}

/// The longest title of a record that another page tells along.
const MOST_TITLE: usize = 60;

/// Goes on to another page and tells there what was done: a word, and the operation to undo.
pub(crate) fn done(address: &str, word: &str, operation: Option<&str>) -> Response {
    done_to(address, word, operation, None)
}

/// The same, with the record to which it was done, by title and page.
pub(crate) fn done_to(
    address: &str,
    word: &str,
    operation: Option<&str>,
    about: Option<(&str, &str)>,
) -> Response {
    let mut told = word.to_owned();
    if let Some(operation) = operation {
        told.push('.');
        told.push_str(operation);
    }
    if let Some((title, link)) = about {
        let title = match title.char_indices().nth(MOST_TITLE) {
            Some((end, _)) => format!("{}…", &title[..end]),
            None => title.to_owned(),
        };
        told.push_str(&format!("|{}|{}", links::encode(link), links::encode(&title)));
    }
    tells(address, &told)
}

/// Goes on to another page and tells there what the last answer told, with another word.
pub(crate) fn tells_on(address: &str, told: &str, word: &str) -> Response {
    let end = told.find(['.', '|']).unwrap_or(told.len());
    tells(address, &format!("{word}{}", &told[end..]))
}

fn tells(address: &str, told: &str) -> Response {
    let cookie = format!("{TOAST}={told}; Path=/; Max-Age=20; SameSite=Lax; HttpOnly");
    let mut response = go(address);
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Goes on to another page of ours; never to another host.
pub(crate) fn go(address: &str) -> Response {
    // Browsers leave tabs and line breaks out of addresses, so that none may stand there.
    let is_plain = !address.contains(|c: char| c.is_control() || c == ' ' || c == '\\');
    let is_local = is_plain && address.starts_with('/') && !address.starts_with("//");
    let address = if is_local { address } else { "/" };
    let location = HeaderValue::from_str(address).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
}

/// A page, with the toast's cookie taken back once it was told.
pub(crate) fn shown(shell: &crate::components::Shell, markup: maud::Markup) -> Response {
    let mut response = markup.into_response();
    response
        .headers_mut()
        .insert("vary", HeaderValue::from_static("HX-Request, Accept-Language, Cookie"));
    if shell.toast.is_some() {
        let cookie = format!("{TOAST}=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    response
}
