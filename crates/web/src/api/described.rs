//! Routes and their description, made by the same line, so that neither can lack the other.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{MethodFilter, on};
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::{Components, Info, OpenApi, Paths};

use crate::app::App;

/// Where all addresses of the API begin.
pub(super) const PREFIX: &str = "/api/v1";

/// A router with the document that describes it.
pub(super) struct Described {
    pub(super) router: Router<App>,
    pub(super) document: OpenApi,
}

impl Described {
    pub(super) fn new(info: Info) -> Self {
        let mut document = OpenApi::new(info, Paths::new());
        document.components = Some(Components::new());
        Self { router: Router::new(), document }
    }

    /// Adds an operation under the address and method that its description says.
    pub(super) fn with<P, H, T>(mut self, _: P, handler: H) -> Self
    where
        P: utoipa::Path + utoipa::__dev::SchemaReferences + utoipa::__dev::Tags<'static>,
        H: Handler<T, App>,
        T: 'static,
    {
        let path = format!("{PREFIX}{}", P::path());
        let methods = P::methods();
        if let Some(filter) = methods.iter().map(filter).reduce(MethodFilter::or) {
            self.router = self.router.route(&path, on(filter, handler));
        }
        let mut operation: Operation = P::operation();
        let tags = P::tags().into_iter().map(str::to_owned).collect::<Vec<_>>();
        if !tags.is_empty() {
            operation.tags = Some(tags);
        }
        self.document.paths.add_path_operation(path, methods, operation);
        let mut schemas = Vec::new();
        P::schemas(&mut schemas);
        self.document.components.get_or_insert_default().schemas.extend(schemas);
        self
    }
}

fn filter(method: &HttpMethod) -> MethodFilter {
    match method {
        HttpMethod::Get => MethodFilter::GET,
        HttpMethod::Post => MethodFilter::POST,
        HttpMethod::Put => MethodFilter::PUT,
        HttpMethod::Delete => MethodFilter::DELETE,
        HttpMethod::Options => MethodFilter::OPTIONS,
        HttpMethod::Head => MethodFilter::HEAD,
        HttpMethod::Patch => MethodFilter::PATCH,
        HttpMethod::Trace => MethodFilter::TRACE,
    }
}
