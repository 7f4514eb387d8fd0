//! Faults of markup that a look at the text can find.

use std::collections::BTreeSet;

/// One tag of a page: its name and attributes.
struct Tag<'a> {
    name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> Tag<'a> {
    fn get(&self, name: &str) -> Option<&'a str> {
        self.attributes.iter().find(|(n, _)| *n == name).map(|(_, v)| *v)
    }
}

/// The opening tags of a page. Markup from maud has no `<` or `>` inside attributes that are not
/// escaped, except `>`, which quotes protect.
fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if !rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let end =
            rest.find(|c: char| c.is_whitespace() || c == '>' || c == '/').unwrap_or(rest.len());
        let mut tag = Tag { name: &rest[..end], attributes: Vec::new() };
        rest = rest[end..].trim_start();
        while !rest.is_empty() && !rest.starts_with('>') {
            let end = rest
                .find(|c: char| c.is_whitespace() || c == '>' || c == '=')
                .unwrap_or(rest.len());
            let name = &rest[..end];
            rest = &rest[end..];
            let mut value = "";
            if let Some(quoted) = rest.strip_prefix("=\"") {
                let close = quoted.find('"').expect("a closing quote");
                value = &quoted[..close];
                rest = &quoted[close + 1..];
            }
            tag.attributes.push((name, value));
            rest = rest.trim_start();
        }
        tags.push(tag);
    }
    tags
}

/// What is wrong with a page: double ids, inputs without a label, styles and handlers in the
/// markup, references to ids that are not there, texts that are missing.
pub(crate) fn faults(html: &str) -> Vec<String> {
    let tags = tags(html);
    let mut faults = Vec::new();
    let mut ids = BTreeSet::new();
    for tag in &tags {
        if let Some(id) = tag.get("id")
            && !ids.insert(id)
        {
            faults.push(format!("the id “{id}” stands twice"));
        }
    }
    let labelled: BTreeSet<&str> =
        tags.iter().filter(|t| t.name == "label").filter_map(|t| t.get("for")).collect();
    for tag in &tags {
        faults.extend(faults_of(tag, &ids, &labelled));
    }
    if let Some(at) = html.find('⟨') {
        let end = html[at..].find('⟩').map_or(html.len(), |end| at + end);
        faults.push(format!("the text {} is missing", &html[at..end]));
    }
    faults
}

fn faults_of(tag: &Tag<'_>, ids: &BTreeSet<&str>, labelled: &BTreeSet<&str>) -> Vec<String> {
    let mut faults = Vec::new();
    for (name, value) in &tag.attributes {
        if *name == "style" || name.starts_with("on") {
            faults.push(format!("<{}> has the attribute {name}", tag.name));
        }
        let refers = matches!(
            *name,
            "for" | "aria-labelledby" | "aria-describedby" | "aria-controls" | "form" | "list"
        );
        if refers {
            for id in
                value.split_whitespace().filter(|id| !ids.contains(id) && *id != "sheet-title")
            {
                faults.push(format!("<{}> {name} refers to “{id}”, which is not there", tag.name));
            }
        }
    }
    let is_input =
        matches!(tag.name, "input" | "select" | "textarea") && tag.get("type") != Some("hidden");
    let has_label = tag.get("aria-label").is_some()
        || tag.get("aria-labelledby").is_some()
        || tag.get("id").is_some_and(|id| labelled.contains(id));
    if is_input && !has_label {
        faults.push(format!("the input “{}” has no label", tag.get("name").unwrap_or("?")));
    }
    faults
}

#[test]
fn faults_are_found() {
    let html = "<label for=\"a\"></label><input id=\"a\"><input name=\"b\" onclick=\"x\"><p id=\"a\" style=\"\" aria-labelledby=\"z\">⟨key⟩";
    let found = faults(html);
    assert_eq!(found.len(), 6, "{found:#?}");
}
