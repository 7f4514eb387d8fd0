//! The types of cases: those that are always there, and what the files `cases/<name>.toml` say.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, RwLock};

use kontor_model::BackendName;

use crate::Office;
use crate::backend::{read, write};
use crate::catalog::{Face, humanised};
use crate::manifest::{CaseFile, CasePlace, Label, cases_folder, load_cases};

/// A type of case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseType {
    /// Its name in manifests and addresses.
    pub name: String,
    /// Its title.
    pub title: Label,
    /// All that is said of it.
    pub said: CaseFile,
}

/// The files of the types that are always there; one of the folder takes the place of its own.
const READY_MADE: [(&str, &str); 3] = [
    ("customer", include_str!("ready/customer.toml")),
    ("order", include_str!("ready/order.toml")),
    ("product", include_str!("ready/product.toml")),
];

impl CaseType {
    fn of(said: CaseFile) -> Self {
        let name = said.name.clone();
        let title = said.title.clone().unwrap_or_else(|| Label::same(&humanised(&name)));
        Self { name, title, said }
    }

    /// A type of which no more is known than its name.
    fn unsaid(name: &str) -> Self {
        let said = CaseFile::parse(name, "", format!("{name}.toml"));
        Self::of(said.expect("a text that says nothing says nothing wrong"))
    }

    /// The fields of a resource that are shown of its records; none where nothing is said of it.
    #[must_use]
    pub fn fields_of(&self, place: &CasePlace) -> Option<&[String]> {
        self.said.fields.iter().find(|(of, _)| of == place).map(|(_, fields)| fields.as_slice())
    }

    /// Whether records of a resource are the thing itself, as its file says.
    fn has_head(&self, place: &CasePlace) -> bool {
        self.said.heads.contains(place)
    }
}

/// All types by name.
pub(crate) struct CaseTypes(RwLock<BTreeMap<String, Arc<CaseType>>>);

impl Default for CaseTypes {
    fn default() -> Self {
        Self(RwLock::new(in_force(Vec::new())))
    }
}

/// The types of files, and the ready-made ones that none of them replaces.
fn in_force(files: Vec<CaseFile>) -> BTreeMap<String, Arc<CaseType>> {
    let ready = READY_MADE.iter().map(|(name, text)| {
        CaseFile::parse(name, text, format!("{name}.toml")).expect("what comes along is right")
    });
    let all = ready.chain(files).map(CaseType::of);
    all.map(|case| (case.name.clone(), Arc::new(case))).collect()
}

impl Office {
    /// Where the files of the types of cases are.
    #[must_use]
    pub fn cases_folder(&self) -> PathBuf {
        cases_folder(&self.manifests)
    }

    /// Reads the files of the types of cases; what is wrong with them, as messages. A type whose
    /// file is wrong stays as it was.
    pub(crate) fn read_cases(&self) -> Vec<String> {
        let (files, refused) = load_cases(&self.cases_folder());
        *write(&self.cases.0) = in_force(files);
        refused.iter().map(ToString::to_string).collect()
    }

    /// The type of a name; one of which no file speaks is called as it is named.
    #[must_use]
    pub fn case_type(&self, name: &str) -> Arc<CaseType> {
        let known = read(&self.cases.0).get(name).cloned();
        known.unwrap_or_else(|| Arc::new(CaseType::unsaid(name)))
    }

    /// The type of case whose things the records of a resource are: what its manifest says, else
    /// the first type whose file names it.
    #[must_use]
    pub fn case_of(&self, backend: &BackendName, face: &Face) -> Option<Arc<CaseType>> {
        if let Some(name) = &face.case {
            return Some(self.case_type(name));
        }
        let place = CasePlace::new(backend.clone(), face.name.clone());
        let types = read(&self.cases.0);
        types.values().find(|case| case.has_head(&place)).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_along_is_right_and_a_file_takes_its_place() {
        let own = "title = \"Buyer\"\nheads = [\"crm:people\"]\n";
        let file = CaseFile::parse("customer", own, "cases/customer.toml").unwrap();
        let types = in_force(vec![file]);
        assert_eq!(types.keys().collect::<Vec<_>>(), ["customer", "order", "product"]);
        assert_eq!(types["customer"].title, Label::same("Buyer"));
        assert!(types["customer"].said.rules.is_empty(), "the file stands for all of it");
        assert_eq!(types["order"].title.de, "Bestellung");
    }
}
