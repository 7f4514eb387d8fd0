//! What people can call or write is named in the documents: routes, commands, keys of a manifest.

use super::{
    Finding, TextFile,
    source::{attribute, block, deriving, kebab, literal, literals, members},
};

/// A name with the place that defines it.
#[derive(Debug, PartialEq, Eq)]
struct Defined {
    name: String,
    place: String,
}

/// Everything that no document names. A part without sources yet is said and passed over.
pub(super) fn check(files: &[TextFile]) -> Vec<Finding> {
    let documents: Vec<&TextFile> = files
        .iter()
        .filter(|file| file.path.ends_with(".md"))
        .filter(|file| file.path.starts_with("docs/") || !file.path.contains('/'))
        .collect();
    let mut findings = Vec::new();

    let (routes, unreadable) = routes(files);
    findings.extend(unreadable);
    findings.extend(missing("route", &routes, |name| names_whole(&documents, name)));
    findings.extend(missing("command", &commands(files), |name| names_command(&documents, name)));

    let manifest: Vec<&TextFile> =
        documents.iter().copied().filter(|file| file.path == "docs/manifest.md").collect();
    let keys = manifest_keys(files);
    if manifest.is_empty() {
        findings
            .push(Finding::doubtful("docs/manifest.md", "is not there yet; keys were not checked"));
    } else {
        findings.extend(missing("manifest key", &keys, |name| names_whole(&manifest, name)));
    }
    findings
}

fn missing(what: &str, defined: &[Defined], is_named: impl Fn(&str) -> bool) -> Vec<Finding> {
    if defined.is_empty() {
        return vec![Finding::doubtful(
            "documents",
            format!("there is no {what} yet; none was checked"),
        )];
    }
    defined
        .iter()
        .filter(|defined| !is_named(&defined.name))
        .map(|Defined { name, place }| {
            Finding::wrong(
                place,
                format!("{what} `{name}` is named in no document; describe it in docs/"),
            )
        })
        .collect()
}

/// Whether a document has the name, not as a part of a longer one.
fn names_whole(documents: &[&TextFile], name: &str) -> bool {
    let longer = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "/_-{".contains(c));
    documents.iter().any(|document| {
        document.text.match_indices(name).any(|(at, _)| {
            let before = document.text[..at].chars().next_back();
            !longer(before) && !longer(document.text[at + name.len()..].chars().next())
        })
    })
}

/// Whether a line of a document has `kontor` and, somewhere after it, the command as a word.
fn names_command(documents: &[&TextFile], name: &str) -> bool {
    let is_end = |c: char| !(c.is_alphanumeric() || c == '-');
    documents.iter().flat_map(|document| document.text.lines()).any(|line| {
        let after = line.split_once("kontor ").map(|(_, after)| after);
        after.is_some_and(|after| after.split(is_end).any(|word| word == name))
    })
}

/// The one file that takes its routes from the descriptions of the operations, whose own test
/// holds them against docs/api.md.
const DESCRIBED: &str = "crates/web/src/api/described.rs";

/// The routes of the web crate: the first argument of each `.route(`.
fn routes(files: &[TextFile]) -> (Vec<Defined>, Vec<Finding>) {
    let (mut routes, mut unreadable) = (Vec::new(), Vec::new());
    let is_read = |file: &&TextFile| is_code_of(file, "crates/web/src/") && file.path != DESCRIBED;
    for file in files.iter().filter(is_read) {
        let code = without_tests(&file.text);
        for (at, call) in code.match_indices(".route(") {
            let place = place(file, at);
            match literal(&code[at + call.len()..]) {
                Some((path, _)) => routes.push(Defined { name: path.to_owned(), place }),
                None => unreadable.push(Finding::wrong(
                    place,
                    "write the route as a literal, so that one can search for it",
                )),
            }
        }
    }
    (routes, unreadable)
}

/// The commands of the binary: the variants of enums that derive clap's `Subcommand`.
fn commands(files: &[TextFile]) -> Vec<Defined> {
    let mut commands = Vec::new();
    for file in files.iter().filter(|file| is_code_of(file, "crates/cli/src/")) {
        for (_, body) in deriving(&file.text, "enum", "Subcommand") {
            for (attributes, variant) in members(body) {
                let is_hidden = attributes.contains("hide = true");
                let is_split = attributes.contains("flatten");
                if !is_hidden && !is_split {
                    let name = attribute(&attributes, "name")
                        .map_or_else(|| kebab(variant), str::to_owned);
                    commands.push(Defined { name, place: file.path.clone() });
                }
            }
        }
    }
    commands
}

/// The keys of a manifest, from every file of a module `manifest`: the fields of what derives
/// `Deserialize`, and the strings of constants whose name ends with `KEYS`.
fn manifest_keys(files: &[TextFile]) -> Vec<Defined> {
    let mut keys = Vec::new();
    for file in files {
        let is_manifest =
            file.path.contains("/src/manifest/") || file.path.ends_with("/src/manifest.rs");
        if !(is_manifest && is_code_of(file, "crates/")) {
            continue;
        }
        let code = without_tests(&file.text);
        for (header, body) in deriving(code, "struct", "Deserialize") {
            let is_kebab = attribute(header, "rename_all") == Some("kebab-case");
            for (attributes, field) in members(body) {
                if attributes.contains("skip") || attributes.contains("flatten") {
                    continue;
                }
                let own = if is_kebab { kebab(field) } else { field.to_owned() };
                let name = attribute(&attributes, "rename").map_or(own, str::to_owned);
                keys.push(Defined { name, place: file.path.clone() });
            }
        }
        for (at, _) in code.match_indices("KEYS:") {
            let value = code[at..].split_once('=').and_then(|(_, value)| block(value, '[', ']'));
            let names = value.map(literals).unwrap_or_default();
            keys.extend(
                names
                    .into_iter()
                    .map(|name| Defined { name: name.to_owned(), place: place(file, at) }),
            );
        }
    }
    keys
}

fn is_code_of(file: &TextFile, folder: &str) -> bool {
    file.path.starts_with(folder) && file.path.ends_with(".rs") && !file.path.contains("/tests/")
}

fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

fn place(file: &TextFile, at: usize) -> String {
    format!("{}:{}", file.path, file.text[..at].matches('\n').count() + 1)
}

#[cfg(test)]
mod tests {
    use super::{check, commands, manifest_keys, routes};
    use crate::tidy::{Finding, TextFile, Weight, tests::file};

    fn wrong(files: &[TextFile]) -> Vec<String> {
        let findings = check(files).into_iter().filter(|finding| finding.weight == Weight::Wrong);
        findings.map(|Finding { place, message, .. }| format!("{place}: {message}")).collect()
    }

    #[test]
    fn a_route_is_documented_only_by_its_whole_path() {
        let router = "Router::new()\n    .route(\"/healthz\", get(a))\n    .route(\n        \"/api/v1/backends\",";
        let code = file("crates/web/src/router.rs", router);
        let half = file("docs/api.md", "`/healthz` and `/api/v1/backends/{backend}`");
        let whole = file("docs/api.md", "`/healthz` and `/api/v1/backends`");
        assert_eq!(wrong(&[code.clone(), whole]), Vec::<String>::new());
        let found = wrong(&[code, half]);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].starts_with("crates/web/src/router.rs:3: route `/api/v1/backends`"),
            "{found:?}"
        );
    }

    #[test]
    fn a_route_that_is_no_literal_is_found() {
        let (found, unreadable) =
            routes(&[file("crates/web/src/router.rs", "x.route(PATH, get(a))")]);
        assert_eq!((found.len(), unreadable.len()), (0, 1));
    }

    #[test]
    fn a_command_is_documented_by_a_line_that_calls_it() {
        let cli = "#[derive(Subcommand)]\nenum Command {\n    Serve,\n    #[command(hide = true)]\n    Secret,\n    \
                   AuditVerify(Audit),\n}\n";
        let code = file("crates/cli/src/main.rs", cli);
        assert_eq!(commands(std::slice::from_ref(&code)).len(), 2);
        assert_eq!(
            wrong(&[code.clone(), file("README.md", "kontor serve\nkontor audit-verify")]).len(),
            0
        );
        assert_eq!(wrong(&[code, file("README.md", "kontor serves\naudit-verify")]).len(), 2);
    }

    #[test]
    fn manifest_keys_come_from_structs_and_lists() {
        let structs = "#[derive(Deserialize)]\n#[serde(rename_all = \"kebab-case\")]\npub struct Budget {\n    \
                       pub row_cap: u32,\n    #[serde(rename = \"timeout\")]\n    pub(crate) limit: String,\n}\n";
        let lists = "const FIELD_KEYS: &[&str] = &[\"title\", \"hidden\"];";
        let code = [
            file("crates/office/src/manifest/budget.rs", structs),
            file("crates/office/src/manifest/keys.rs", lists),
        ];
        let names: Vec<String> = manifest_keys(&code).into_iter().map(|key| key.name).collect();
        assert_eq!(names, ["row-cap", "timeout", "title", "hidden"]);
        let document = file("docs/manifest.md", "`row-cap`, `timeout`, `title`");
        let found = wrong(&[code[0].clone(), code[1].clone(), document]);
        assert_eq!(found.len(), 1);
        assert!(found[0].contains("manifest key `hidden`"), "{found:?}");
    }
}
