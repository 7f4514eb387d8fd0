//! `GET /inspect/products/{slug}`.

use std::sync::Arc;

use axum::{
    extract::State as Shared,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{
            ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
            LOCATION, VARY,
        },
    },
    response::{IntoResponse as _, Response},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    cache::{Address, Page},
    page::{Looked, draw},
    view::ProductPage,
    window::{Looking, Window, group_refused, signature},
};
use crate::{
    app::App,
    error::{Error, Refusal},
    http::{Params, PathParams, Visitor},
    moment::Moment,
    refuse,
};

/// For how long a browser may show a page without asking again, in seconds: so old the stock that it shows may
/// be. Prices are never older, see [`max_age`].
const LONGEST: i64 = 30;

/// Everything that a product page shows, in one answer. It can be kept until the next moment at which a price,
/// a publication or a cut-off changes it, 30 seconds at most, and be asked for again with its ETag.
#[utoipa::path(get, path = "/inspect/products/{slug}", tag = "Inspect", operation_id = "inspect_product",
    params(("slug" = String, Path, description = "The last part of its address"), Looking),
    responses(
        (status = 200, description = "The page", body = ProductPage,
            headers(("ETag" = String), ("Cache-Control" = String))),
        (status = 304, description = "The page is the one that the ETag in If-None-Match names"),
        (status = 308, description = "The product stands at another address",
            headers(("Location" = String)))))]
pub(super) async fn inspect(
    Shared(app): Shared<App>,
    visitor: Visitor,
    PathParams(slug): PathParams<String>,
    Params(looking): Params<Looking>,
    headers: HeaderMap,
) -> crate::Result<Response> {
    check(&looking)?;
    if looking.customer_group.is_some() && !visitor.is_trusted() {
        refuse!(group_refused());
    }
    let now = app.clock.now();
    let setup = signature(&*app.setup.get(&app.db, now).await?);
    let address = (slug, looking);
    if let Some(page) = app.pages.get(&address)
        && page.setup == setup
        && page.until.is_none_or(|until| now < until)
        && app.pages.checks.still_true(&app.db, &page).await?
    {
        return Ok(answer(&page, &address.1, &headers, now));
    }
    render(&app, &visitor, address, setup, &headers).await
}

/// Long texts would only fill the memory of pages.
fn check(looking: &Looking) -> crate::Result<()> {
    let longest = [
        Some(&looking.channel),
        looking.locale.as_ref(),
        looking.currency.as_ref(),
        looking.customer_group.as_ref(),
        looking.country.as_ref(),
        looking.postcode.as_ref(),
    ];
    if longest.into_iter().flatten().any(|it| it.len() > 64) {
        let detail = "A parameter is longer than anything that it could mean.";
        refuse!(Refusal::new(400, "invalid_parameter", detail));
    }
    Ok(())
}

async fn render(
    app: &App,
    visitor: &Visitor,
    address: Address,
    setup: u64,
    headers: &HeaderMap,
) -> crate::Result<Response> {
    let window = Window::open(app, visitor, &address.1).await?;
    let now = window.now;
    let slug = address.0.clone();
    let looked =
        app.db.read(move |tx| Box::pin(async move { draw(tx, &window, &slug).await })).await?;
    let drawn = match looked {
        Looked::Page(drawn) => drawn,
        Looked::Elsewhere(slug) => return Ok(elsewhere(&slug, &address.1)),
    };
    let body = serde_json::to_vec(&drawn.page)
        .map_err(|error| Error::Broken(format!("a page cannot be written: {error}")))?;
    let page = Page::pack(body, drawn.subject, drawn.state, setup, drawn.next_change)?;
    let page = Arc::new(page);
    let answer = answer(&page, &address.1, headers, now);
    app.pages.keep(address, page);
    Ok(answer)
}

fn answer(page: &Page, looking: &Looking, headers: &HeaderMap, now: Moment) -> Response {
    let zipped = accepts_gzip(headers);
    // Each form of a page has a name of its own (RFC 9110, 8.8.1).
    let tag = if zipped { format!("\"{}-gz\"", page.tag) } else { format!("\"{}\"", page.tag) };
    let mut response = if knows(headers, &page.tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let body = if zipped { page.zipped.clone() } else { page.body.clone() };
        let mut response = body.into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let encoding = if zipped { "gzip" } else { "identity" };
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        response
    };
    let headers = response.headers_mut();
    // The prices of a group are nobody else's business.
    let whose = if looking.customer_group.is_some() { "private" } else { "public" };
    let kept = format!("{whose}, max-age={}", max_age(page.until, now));
    for (name, value) in [(ETAG, tag), (CACHE_CONTROL, kept)] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    response
}

/// Whole seconds, never beyond the next change.
fn max_age(until: Option<Moment>, now: Moment) -> i64 {
    until.map_or(LONGEST, |until| ((until.0 - now.0) / 1_000_000).clamp(0, LONGEST))
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|it| it.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let gzip = parts.next().is_some_and(|it| it.eq_ignore_ascii_case("gzip"));
        gzip && parts.all(|weight| !matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// Whether the caller has the page in one of its forms.
fn knows(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|it| it.to_str().ok());
    known.flat_map(|it| it.split(',')).any(|it| {
        let it = it.trim();
        let it = it.strip_prefix("W/").unwrap_or(it).trim_matches('"');
        it == "*" || it.strip_suffix("-gz").unwrap_or(it) == tag
    })
}

/// The same question at the address where the product is.
fn elsewhere(slug: &str, looking: &Looking) -> Response {
    let mut place = format!("/inspect/products/{slug}?channel={}", encoded(&looking.channel));
    let others = [
        ("locale", &looking.locale),
        ("currency", &looking.currency),
        ("customer_group", &looking.customer_group),
        ("country", &looking.country),
        ("postcode", &looking.postcode),
    ];
    for (name, value) in others {
        if let Some(value) = value {
            place.push_str(&format!("&{name}={}", encoded(value)));
        }
    }
    let mut response = StatusCode::PERMANENT_REDIRECT.into_response();
    if let Ok(place) = HeaderValue::try_from(place) {
        response.headers_mut().insert(LOCATION, place);
    }
    response
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

#[cfg(test)]
mod tests {
    use super::{accepts_gzip, knows, max_age};
    use crate::moment::Moment;

    fn headers(name: &'static str, value: &'static str) -> axum::http::HeaderMap {
        [(name.parse().unwrap(), value.parse().unwrap())].into_iter().collect()
    }

    #[test]
    fn a_page_is_kept_until_it_changes_and_never_longer_than_half_a_minute() {
        let now = Moment(1_000_000_000);
        assert_eq!(max_age(None, now), 30);
        assert_eq!(max_age(Some(Moment(now.0 + 4_999_999)), now), 4);
        assert_eq!(max_age(Some(Moment(now.0 + 400_000_000)), now), 30);
        assert_eq!(max_age(Some(now), now), 0);
    }

    #[test]
    fn either_form_of_a_page_is_known_by_its_tag() {
        for known in ["\"abc\"", "\"abc-gz\"", "W/\"abc\"", "\"x\", \"abc\"", "*"] {
            assert!(knows(&headers("if-none-match", known), "abc"), "{known}");
        }
        assert!(!knows(&headers("if-none-match", "\"abd\""), "abc"));
    }

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        assert!(accepts_gzip(&headers("accept-encoding", "br, GZIP;q=0.5")));
        assert!(!accepts_gzip(&headers("accept-encoding", "br, gzip;q=0")));
    }
}
