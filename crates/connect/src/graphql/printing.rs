//! How a question is written: only what is wanted is asked for, and all values travel as variables.

use std::fmt::Write as _;

use kontor_model::service::{Argument, Selection, Step};
use serde_json::value::RawValue;

use crate::json::{Object, quoted};

/// What is selected of a record: fields inside fields.
#[derive(Default)]
pub(super) struct Tree<'a> {
    children: Vec<(&'a Step, Tree<'a>)>,
    inside: Option<&'a str>,
}

impl<'a> Tree<'a> {
    /// Also this.
    pub(super) fn add(&mut self, selection: &'a Selection) {
        let mut here = self;
        for step in &selection.steps {
            let at = match here.children.iter().position(|(own, _)| *own == step) {
                Some(at) => at,
                None => {
                    here.children.push((step, Tree::default()));
                    here.children.len() - 1
                }
            };
            here = &mut here.children[at].1;
        }
        here.inside = selection.inside.as_deref();
    }

    /// The selection with its braces; nothing for a single value.
    pub(super) fn to_text(&self) -> String {
        if let Some(inside) = self.inside {
            return inside.to_owned();
        }
        if self.children.is_empty() {
            return String::new();
        }
        let mut parts: Vec<String> = Vec::new();
        let mut kinds: Vec<(&str, Vec<String>)> = Vec::new();
        for (step, inner) in &self.children {
            let name = if step.key == step.field {
                step.field.clone()
            } else {
                format!("{}: {}", step.key, step.field)
            };
            let text = format!("{name} {}", inner.to_text()).trim_end().to_owned();
            if step.on.is_empty() {
                parts.push(text.clone());
            }
            for kind in &step.on {
                match kinds.iter_mut().find(|(own, _)| own == kind) {
                    Some((_, own)) => own.push(text.clone()),
                    None => kinds.push((kind, vec![text.clone()])),
                }
            }
        }
        let kinds =
            kinds.into_iter().map(|(kind, own)| format!("... on {kind} {{ {} }}", own.join(" ")));
        parts.extend(kinds);
        format!("{{ {} }}", parts.join(" "))
    }

    /// The same; where nothing is wanted, what every object has.
    pub(super) fn of_object(&self) -> String {
        let text = self.to_text();
        if text.is_empty() { "{ __typename }".to_owned() } else { text }
    }
}

/// A question with several fields, each with arguments of its own.
pub(super) struct Question {
    kind: &'static str,
    declared: Vec<String>,
    fields: Vec<String>,
    variables: Object,
}

impl Question {
    pub(super) fn query() -> Self {
        Self::of("query")
    }

    pub(super) fn mutation() -> Self {
        Self::of("mutation")
    }

    fn of(kind: &'static str) -> Self {
        Self { kind, declared: Vec::new(), fields: Vec::new(), variables: Object::default() }
    }

    /// Asks for a field. Its values are in `given`, by paths that begin with an argument.
    pub(super) fn ask(
        &mut self,
        alias: &str,
        (field, arguments): (&str, &[Argument]),
        given: Vec<(Vec<String>, Box<RawValue>)>,
        selected: &str,
    ) {
        let mut used: Vec<String> = Vec::new();
        for (mut path, value) in given {
            let Some(name) = path.first().cloned() else { continue };
            let variable = format!("{alias}_{name}");
            if !used.contains(&name)
                && let Some((_, ty)) = arguments.iter().find(|(own, _)| *own == name)
            {
                self.declared.push(format!("${variable}: {ty}"));
                used.push(name.clone());
            }
            path[0] = variable;
            self.variables.set(&path, value);
        }
        let given: Vec<String> =
            used.iter().map(|name| format!("{name}: ${alias}_{name}")).collect();
        let mut text = format!("{alias}: {field}");
        if !given.is_empty() {
            // Writing to a text cannot fail.
            let _ = write!(text, "({})", given.join(", "));
        }
        self.fields.push(format!("{text} {selected}").trim_end().to_owned());
    }

    /// The query as it is written.
    pub(super) fn text(&self) -> String {
        let declared = if self.declared.is_empty() {
            String::new()
        } else {
            format!(" Kontor({})", self.declared.join(", "))
        };
        format!("{}{declared} {{ {} }}", self.kind, self.fields.join(" "))
    }

    /// The body of the request.
    pub(super) fn body(&self) -> String {
        let variables = self.variables.to_text();
        format!("{{\"query\":{},\"variables\":{variables}}}", quoted(&self.text()))
    }
}

/// A list of values that were written each for itself.
pub(super) fn list(values: &[Box<RawValue>]) -> Option<Box<RawValue>> {
    let texts: Vec<&str> = values.iter().map(|value| value.get()).collect();
    RawValue::from_string(format!("[{}]", texts.join(","))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(key: &str, field: &str, on: &[&str]) -> Step {
        Step {
            key: key.into(),
            field: field.into(),
            on: on.iter().map(|&on| on.to_owned()).collect(),
        }
    }

    fn selection(steps: Vec<Step>, inside: Option<&str>) -> Selection {
        Selection { steps, inside: inside.map(str::to_owned), weight: 1 }
    }

    #[test]
    fn fields_of_one_object_are_asked_for_together() {
        let all = [
            selection(vec![Step::plain("id")], None),
            selection(vec![Step::plain("address"), Step::plain("city")], None),
            selection(vec![Step::plain("lines")], Some("{ sku }")),
            selection(vec![Step::plain("address"), Step::plain("zip")], None),
            selection(vec![step("title_Book", "title", &["Book"])], None),
            selection(vec![step("price", "price", &["Book", "Game"])], None),
        ];
        let mut tree = Tree::default();
        all.iter().for_each(|selection| tree.add(selection));
        assert_eq!(
            tree.to_text(),
            "{ id address { city zip } lines { sku } ... on Book { title_Book: title price } ... on Game { price } }"
        );
        assert_eq!(Tree::default().of_object(), "{ __typename }");
    }

    #[test]
    fn values_travel_as_variables() {
        let raw = |text: &str| RawValue::from_string(text.into()).expect(text);
        let path = |path: &str| path.split('.').map(str::to_owned).collect::<Vec<_>>();
        let arguments =
            [("first".to_owned(), "Int".to_owned()), ("filter".to_owned(), "F!".to_owned())];
        let mut question = Question::query();
        let given = vec![
            (path("first"), raw("10")),
            (path("filter.name.eq"), raw("\"a\\\") { x\"")),
            (path("filter.total.gte"), raw("1.50")),
        ];
        question.ask("list", ("orders", &arguments), given, "{ id }");
        assert_eq!(
            question.text(),
            "query Kontor($list_first: Int, $list_filter: F!) { list: orders(first: $list_first, filter: $list_filter) { id } }"
        );
        let body: serde_json::Value = serde_json::from_str(&question.body()).expect("JSON");
        assert_eq!(body["variables"]["list_filter"]["name"]["eq"], "a\") { x");
    }
}
