//! A failure as a page.

use std::sync::Arc;

use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kontor_office::{Actor, OfficeError};

use super::told;
use crate::app::App;
use crate::components::shell::Here;
use crate::frame::Frame;
use crate::links;
use crate::pages::failure;

/// A page that could not be shown, as a page.
pub(crate) struct PageFailure(Response);

impl PageFailure {
    /// The page that tells an error.
    pub(crate) async fn of(
        app: &App,
        frame: Frame,
        actor: Option<&Arc<Actor>>,
        error: OfficeError,
    ) -> Self {
        let shell = frame.shell(app, actor, Here::Elsewhere).await;
        let told = told(shell.texts, &error);
        let page = failure::Failure {
            status: told.status.as_u16(),
            title: told.title,
            text: told.text,
            written: None,
            backend: told.backend,
            operation: told.operation,
            retry: told.is_passing.then(|| frame.address.clone()),
        };
        let markup = if frame.is_fragment {
            failure::content(&shell, &page)
        } else {
            failure::show(&shell, &page)
        };
        Self((told.status, markup).into_response())
    }

    /// The page that tells why a request could not be read.
    pub(crate) async fn plain(app: &App, frame: &Frame, status: StatusCode, text: &str) -> Self {
        let shell = frame.shell(app, None, Here::Elsewhere).await;
        let page = failure::Failure {
            status: status.as_u16(),
            title: shell.texts.get("failure-invalid").into_owned(),
            text: shell.texts.get(text).into_owned(),
            written: None,
            backend: None,
            operation: None,
            retry: None,
        };
        let markup = if frame.is_fragment {
            failure::content(&shell, &page)
        } else {
            failure::show(&shell, &page)
        };
        Self((status, markup).into_response())
    }

    /// Signing in comes first; then one is back where one wanted to go.
    pub(crate) fn sign_in_first(frame: &Frame) -> Self {
        if frame.is_fragment {
            return Self(StatusCode::UNAUTHORIZED.into_response());
        }
        let next = if frame.address == links::HOME { "" } else { frame.address.as_str() };
        let address = links::with_query(links::SIGN_IN, [("next", next)]);
        let location =
            HeaderValue::from_str(&address).unwrap_or(HeaderValue::from_static(links::SIGN_IN));
        Self((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
    }
}

impl IntoResponse for PageFailure {
    fn into_response(self) -> Response {
        self.0
    }
}
