//! Script and style, bundled into the binary and served under names that change with them.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kontor_model::value::hex;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "assets/dist/"]
struct Bundle;

/// The address of the script.
pub(crate) static SCRIPT: LazyLock<String> = LazyLock::new(|| address("app.js"));
/// The address of the style.
pub(crate) static STYLE: LazyLock<String> = LazyLock::new(|| address("app.css"));

fn address(name: &str) -> String {
    let mark =
        Bundle::get(name).map(|file| hex(&file.metadata.sha256_hash()[..6])).unwrap_or_default();
    let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
    format!("/assets/{stem}.{mark}.{ending}")
}

/// The address of the icon.
pub(crate) const ICON: &str = "/assets/icon.svg";

/// The sign of the house in a browser's tab.
pub(crate) async fn icon() -> Response {
    let headers = [(CONTENT_TYPE, "image/svg+xml"), (CACHE_CONTROL, "public, max-age=86400")];
    (headers, crate::components::shell::ICON).into_response()
}

/// A file of the bundle; its name holds its hash, so that it may be kept for ever.
pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    let mut parts = name.split('.');
    let (stem, ending) = (parts.next().unwrap_or_default(), parts.next_back().unwrap_or_default());
    let Some(file) = Bundle::get(&format!("{stem}.{ending}")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match ending {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let tag = format!("\"{}\"", hex(&file.metadata.sha256_hash()[..12]));
    let mut response = file.data.into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    response
}
