//! How a description says that its service is signed in to, and where it is.

use super::document::{Document, entries, list, text};
use crate::http::Auth;

/// The address of the first server, its variables filled with what they are without being said.
pub(super) fn server(document: &Document) -> Option<String> {
    let server = list(document.root(), "servers").first()?;
    let mut url = text(server, "url")?.to_owned();
    for (name, variable) in entries(server, "variables") {
        url = url.replace(&format!("{{{name}}}"), text(variable, "default").unwrap_or_default());
    }
    Some(url)
}

/// The way of signing in that needs nothing but a secret: the one that the whole service asks for,
/// else the first that is described.
pub(super) fn auth(document: &Document) -> Option<Auth> {
    let components = document.root().get("components")?;
    let scheme = |wanted: &str| {
        let (_, scheme) =
            entries(components, "securitySchemes").find(|(name, _)| *name == wanted)?;
        let scheme = document.get(scheme)?;
        match (text(scheme, "type")?, text(scheme, "scheme").map(str::to_lowercase).as_deref()) {
            ("http", Some("bearer")) | ("oauth2" | "openIdConnect", _) => Some(Auth::Bearer),
            ("apiKey", _) => {
                let name = text(scheme, "name")?.to_owned();
                match text(scheme, "in")? {
                    "header" => Some(Auth::Header { name }),
                    "query" => Some(Auth::Query { name }),
                    _ => None,
                }
            }
            _ => None,
        }
    };
    let required = list(document.root(), "security").iter().flat_map(|requirement| {
        let names = requirement.as_mapping().into_iter().flatten();
        names.filter_map(|(name, _)| name.as_str())
    });
    let described = entries(components, "securitySchemes").map(|(name, _)| name);
    required.chain(described).find_map(scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(more: &str) -> Document {
        Document::read(format!("openapi: 3.0.0\npaths: {{}}\n{more}").as_bytes()).expect("document")
    }

    #[test]
    fn the_sign_in_is_the_one_that_the_service_asks_for() {
        let described = document(
            "components:
  securitySchemes:
    token: {type: http, scheme: Bearer}
    key: {type: apiKey, in: header, name: X-Api-Key}
security: [{key: []}]
",
        );
        assert_eq!(auth(&described), Some(Auth::Header { name: "X-Api-Key".into() }));
        assert_eq!(auth(&document("info: {}")), None);
    }

    #[test]
    fn variables_of_a_server_have_what_they_are_without_being_said() {
        let described = document(
            "servers:
  - url: https://{region}.shop.example/{version}
    variables: {region: {default: eu}, version: {default: v2}}
",
        );
        assert_eq!(server(&described).as_deref(), Some("https://eu.shop.example/v2"));
    }
}
