//! The bytes of a field, as a picture or a file.

use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use kontor_office::Read;

use crate::app::App;
use crate::failure::PageFailure;
use crate::handlers::{Place, key, place};
use crate::visitor::Reader;

/// The bytes of a field. Only pictures are shown in the browser; all else is kept as a file, since
/// a page in a field would run as one of ours.
pub(crate) async fn file(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, record, field)): Path<(String, String, String, String)>,
) -> Result<Response, PageFailure> {
    let asked = async {
        let place: Place<Read> = place(&app, &reader, &backend, &resource)?;
        app.office.bytes(&place.permit, &place.resource, &key(&record)?, &field).await
    };
    match asked.await {
        Ok(bytes) => {
            let picture = picture_type(&bytes);
            let mut response = bytes.into_response();
            let headers = response.headers_mut();
            headers.insert(
                CONTENT_TYPE,
                HeaderValue::from_static(picture.unwrap_or("application/octet-stream")),
            );
            if picture.is_none() {
                let name = format!(
                    "attachment; filename=\"{}.bin\"",
                    field.chars().filter(char::is_ascii_alphanumeric).collect::<String>()
                );
                if let Ok(name) = HeaderValue::from_str(&name) {
                    headers.insert(CONTENT_DISPOSITION, name);
                }
            }
            Ok(response)
        }
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

/// Pictures by their first bytes; SVG is not among them, for it can hold scripts.
fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 5] = [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"BM", "image/bmp"),
        (b"RIFF", "image/webp"),
    ];
    KNOWN.into_iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, kind)| kind)
}
