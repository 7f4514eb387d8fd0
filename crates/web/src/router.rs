//! Every address in one list.

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, Request, Response};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate as _};
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

use crate::app::{App, Settings};
use crate::handlers::{
    account, acting, audit, backend, bulk, case, changes, connect, entry, home, import, linking,
    list, operating, people, queue, record, search, write,
};
use crate::{api, assets, body};

/// Scripts and styles are our own files; nothing is inline, nothing comes from elsewhere.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
    font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The largest body of a request.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// The whole of Kontor's face over an office.
pub fn app(settings: Settings) -> Router {
    let state = App {
        office: settings.office,
        metrics: settings.metrics,
        secure_cookies: settings.secure_cookies,
        trusted_proxies: settings.trusted_proxies.into(),
        metrics_on_machine: settings.metrics_on_machine,
    };
    let csrf = settings.trusted_origins.iter().fold(CsrfLayer::new(), |layer, origin| {
        layer.clone().add_trusted_origin(origin).unwrap_or_else(|error| {
            tracing::error!(origin, %error, "a trusted origin is not one and is left out");
            layer
        })
    });
    let routes = Router::new()
        .route("/", get(home::mosaic))
        .route("/sign-in", get(entry::sign_in_page).post(entry::sign_in))
        .route("/sign-out", post(entry::sign_out))
        .route("/welcome/{token}", get(entry::welcome_page).post(entry::welcome))
        .route("/look", post(entry::look))
        .route("/account", get(account::page).post(account::act))
        .route("/people", get(people::list).post(people::invite))
        .route("/people/{id}", get(people::person).post(people::act))
        .route("/audit", get(audit::page).post(audit::verify))
        .route("/connect", get(connect::page).post(connect::act))
        .route("/links", get(linking::page).post(linking::act))
        .route("/case/{backend}/{resource}/{key}", get(case::page))
        .route("/case/{backend}/{resource}/{key}/timeline", get(case::happened))
        .route("/search", get(search::find))
        .route("/changes/{operation}", get(changes::page))
        .route("/changes/{operation}/undo", post(changes::undo))
        .route("/b/{backend}", get(backend::page).post(backend::decide))
        .route("/b/{backend}/-/read-again", post(backend::read_again))
        .route("/b/{backend}/{resource}", get(list::page))
        .route("/b/{backend}/{resource}/count", get(list::count))
        .route("/b/{backend}/{resource}/filter", get(list::filter))
        .route("/b/{backend}/{resource}/columns", get(list::columns))
        .route("/b/{backend}/{resource}/views", post(list::save_view))
        .route("/b/{backend}/{resource}/export.csv", get(list::export_csv))
        .route("/b/{backend}/{resource}/export.xlsx", get(list::export_xlsx))
        .route("/b/{backend}/{resource}/export.ndjson", get(list::export_ndjson))
        .route("/b/{backend}/{resource}/bulk", post(bulk::act).get(bulk::progress))
        .route("/b/{backend}/{resource}/import", get(import::ask).post(import::send))
        .route("/b/{backend}/{resource}/import/{id}", get(import::page).post(import::act))
        .route("/b/{backend}/{resource}/import/{id}/refused.csv", get(import::refused))
        .route("/b/{backend}/{resource}/queue", get(queue::next))
        .route("/b/{backend}/{resource}/new", get(write::new_page).post(write::create))
        .route("/b/{backend}/{resource}/r/{key}", get(record::page))
        .route("/b/{backend}/{resource}/r/{key}/peek", get(record::peek))
        .route("/b/{backend}/{resource}/r/{key}/timeline", get(record::timeline))
        .route("/b/{backend}/{resource}/r/{key}/related/{link}", get(record::related))
        .route("/b/{backend}/{resource}/r/{key}/file/{field}", get(record::file))
        .route("/b/{backend}/{resource}/r/{key}/edit", get(write::edit_page).post(write::edit))
        .route("/b/{backend}/{resource}/r/{key}/do/{action}", get(acting::ask).post(acting::act))
        .route("/b/{backend}/{resource}/r/{key}/do/{action}/preview", post(acting::foresee))
        .route(
            "/b/{backend}/{resource}/r/{key}/delete",
            get(write::delete_page).post(write::delete),
        )
        .route("/assets/icon.svg", get(assets::icon))
        .route("/assets/{name}", get(assets::asset))
        .route("/healthz", get(operating::alive))
        .route("/readyz", get(operating::ready))
        .route("/metrics", get(operating::metrics))
        .merge(api::routes())
        .fallback(home::not_found)
        .with_state(state.clone());
    let compressed =
        DefaultPredicate::new().and(NotForContentType::new("application/vnd.openxmlformats"));
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    let routes = routes
        .layer(from_fn_with_state(state, body::first))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(csrf)
        .layer(CompressionLayer::new().compress_when(compressed))
        .layer(header(CONTENT_SECURITY_POLICY, CSP))
        .layer(header(X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(X_FRAME_OPTIONS, "DENY"))
        .layer(header(REFERRER_POLICY, "same-origin"))
        .layer(header(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        .layer(header(
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=()",
        ))
        .layer(SetResponseHeaderLayer::if_not_present(
            axum::http::header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ));
    let routes = if settings.secure_cookies {
        routes.layer(header(STRICT_TRANSPORT_SECURITY, "max-age=31536000"))
    } else {
        routes
    };
    routes.layer(
        TraceLayer::new_for_http()
            .make_span_with(|request: &Request<_>| {
                // The route, not the address: one-time links and search words stay out of the log.
                let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
                tracing::debug_span!("request", method = %request.method(), route)
            })
            .on_response(|response: &Response<_>, took: std::time::Duration, _: &tracing::Span| {
                metrics::histogram!("kontor_http_seconds", "status" => response.status().as_u16().to_string()).record(took.as_secs_f64());
            })
            .on_failure(()),
    )
}
