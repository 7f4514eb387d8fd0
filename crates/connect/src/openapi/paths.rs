//! The paths of a document and what may be done at them.

use reqwest::Method;
use yaml_serde::Value;

use super::document::{Document, entries, flag, list, text};

/// A part of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    Fixed(String),
    Variable(String),
}

/// A path with its operations.
pub(super) struct Path<'a> {
    pub(super) text: &'a str,
    pub(super) segments: Vec<Segment>,
    pub(super) operations: Vec<Operation<'a>>,
}

/// What may be done at a path.
pub(super) struct Operation<'a> {
    pub(super) method: Method,
    pub(super) node: &'a Value,
    pub(super) parameters: Vec<Parameter<'a>>,
}

/// A parameter of an operation.
#[derive(Debug, Clone)]
pub(super) struct Parameter<'a> {
    pub(super) name: &'a str,
    pub(super) place: &'a str,
    pub(super) schema: Option<&'a Value>,
    pub(super) required: bool,
    pub(super) description: &'a str,
    /// Whether several values repeat the parameter; else commas stand between them.
    pub(super) repeats: bool,
    /// Whether the members of an object are parameters of their own: `filter[status]`.
    pub(super) deep: bool,
}

const METHODS: [Method; 5] =
    [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// All paths whose segments can be told apart.
pub(super) fn paths(document: &Document) -> Vec<Path<'_>> {
    let mut found = Vec::new();
    for (path, node) in entries(document.root(), "paths") {
        let Some(node) = document.get(node) else { continue };
        let Some(segments) = segments(path) else {
            document.note(format!("{path}: a variable is only a part of a segment of the path"));
            continue;
        };
        let common = parameters(document, list(node, "parameters"));
        let operations = METHODS
            .into_iter()
            .filter_map(|method| {
                let own = node.get(method.as_str().to_lowercase().as_str())?;
                let mut all = parameters(document, list(own, "parameters"));
                for parameter in &common {
                    let is_own = |own: &Parameter<'_>| {
                        own.name == parameter.name && own.place == parameter.place
                    };
                    if !all.iter().any(is_own) {
                        all.push(parameter.clone());
                    }
                }
                Some(Operation { method, node: own, parameters: all })
            })
            .collect();
        found.push(Path { text: path, segments, operations });
    }
    found
}

fn segments(path: &str) -> Option<Vec<Segment>> {
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts
        .map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) if !name.contains(['{', '}']) => Some(Segment::Variable(name.to_owned())),
            None if !part.contains(['{', '}']) => Some(Segment::Fixed(part.to_owned())),
            _ => None,
        })
        .collect()
}

fn parameters<'a>(document: &'a Document, nodes: &'a [Value]) -> Vec<Parameter<'a>> {
    let read = |node: &'a Value| {
        let node = document.get(node)?;
        let schema = node.get("schema").or_else(|| {
            let (_, content) = entries(node, "content").next()?;
            content.get("schema")
        });
        let style = text(node, "style").unwrap_or("form");
        let explode = node.get("explode").and_then(Value::as_bool);
        Some(Parameter {
            name: text(node, "name")?,
            place: text(node, "in")?,
            schema,
            required: flag(node, "required"),
            description: text(node, "description").unwrap_or_default(),
            repeats: explode.unwrap_or(style == "form"),
            deep: style == "deepObject",
        })
    };
    nodes.iter().filter_map(read).collect()
}

impl<'a> Path<'a> {
    pub(super) fn operation(&self, method: &Method) -> Option<&Operation<'a>> {
        self.operations.iter().find(|operation| operation.method == *method)
    }

    /// The name of the variable that the path ends with.
    pub(super) fn last_variable(&self) -> Option<&str> {
        match self.segments.last()? {
            Segment::Variable(name) => Some(name),
            Segment::Fixed(_) => None,
        }
    }
}

impl<'a> Operation<'a> {
    pub(super) fn at(&self, place: &str) -> impl Iterator<Item = &Parameter<'a>> {
        self.parameters.iter().filter(move |parameter| parameter.place == place)
    }

    /// What the operation calls itself.
    pub(super) fn summary(&self) -> Option<&'a str> {
        text(self.node, "summary").map(str::trim).filter(|summary| !summary.is_empty())
    }

    /// The schema of what it answers when all went well, or an example of it.
    pub(super) fn answer(&self, document: &'a Document) -> Option<Content<'a>> {
        let responses: Vec<(&str, &Value)> = entries(self.node, "responses").collect();
        let of = |wanted: &dyn Fn(&str) -> bool| {
            let (_, node) = responses.iter().find(|(status, _)| wanted(status))?;
            content(document, document.get(node)?)
        };
        of(&|status| status == "200")
            .or_else(|| of(&|status| status == "201"))
            .or_else(|| of(&|status| status.starts_with('2')))
            .or_else(|| of(&|status| status == "default"))
    }

    /// The schema of what it takes.
    pub(super) fn body(&self, document: &'a Document) -> Option<Content<'a>> {
        content(document, document.get(self.node.get("requestBody")?)?)
    }

    /// Whether it takes a body that is none of those that can be written.
    pub(super) fn has_other_body(&self, document: &'a Document) -> bool {
        self.node.get("requestBody").is_some() && self.body(document).is_none()
    }
}

/// A schema or an example under a type of content.
#[derive(Clone, Copy)]
pub(super) struct Content<'a> {
    pub(super) schema: Option<&'a Value>,
    pub(super) example: Option<&'a Value>,
    pub(super) is_form: bool,
}

fn content<'a>(document: &'a Document, node: &'a Value) -> Option<Content<'a>> {
    let kinds: Vec<(&str, &Value)> = entries(node, "content").collect();
    let plain = |kind: &str| kind.split(';').next().unwrap_or_default().trim().to_lowercase();
    let is_json = |kind: &str| {
        let kind = plain(kind);
        kind == "application/json"
            || kind == "*/*"
            || (kind.ends_with("+json") && kind != "application/json-patch+json")
    };
    let json = kinds.iter().find(|(kind, _)| plain(kind) == "application/json");
    let json = json.or_else(|| kinds.iter().find(|(kind, _)| is_json(kind)));
    let form = || kinds.iter().find(|(kind, _)| plain(kind) == "application/x-www-form-urlencoded");
    let (is_form, (_, node)) = match json {
        Some(found) => (false, found),
        None => (true, form()?),
    };
    let examples = || {
        let (_, example) = entries(node, "examples").next()?;
        document.get(example)?.get("value")
    };
    Some(Content {
        schema: node.get("schema"),
        example: node.get("example").or_else(examples),
        is_form,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart() {
        let variable = |name: &str| Segment::Variable(name.to_owned());
        let fixed = |name: &str| Segment::Fixed(name.to_owned());
        assert_eq!(
            segments("/v1/orders/{id}/lines/"),
            Some(vec![fixed("v1"), fixed("orders"), variable("id"), fixed("lines")])
        );
        assert_eq!(segments("/orders/{id}.json"), None);
        assert_eq!(segments("/orders({id})"), None);
    }

    #[test]
    fn parameters_of_the_path_are_those_of_its_operations_unless_they_have_their_own() {
        let document = Document::read(
            b"openapi: 3.0.0
paths:
  /orders/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
      - {name: fields, in: query, description: general, schema: {type: string}}
    get:
      parameters:
        - {name: fields, in: query, description: own, schema: {type: string}}
      responses: {'200': {description: ok}}
",
        )
        .expect("a document");
        let paths = paths(&document);
        let get = paths[0].operation(&Method::GET).expect("get");
        let described: Vec<(&str, &str)> =
            get.parameters.iter().map(|p| (p.name, p.description)).collect();
        assert_eq!(described, [("fields", "own"), ("id", "")]);
    }
}
