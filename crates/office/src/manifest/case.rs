//! What a file `cases/<name>.toml` says: which records are the same thing, what belongs to it,
//! which facts matter, what happened when, and what is odd. `docs/manifest.md` describes every key.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use kontor_model::filter::Filter;
use kontor_model::{BackendName, ResourceName};

use super::action::read_filter;
use super::label::Label;
use super::problem::{ManifestErrors, listed};
use super::read::files;
use super::source::{Entry, Places, Section, Source};

const CASE_KEYS: &[&str] =
    &["title", "icon", "heads", "facts", "fields", "belongs", "events", "rules"];
const BELONGS_KEYS: &[&str] = &["resource", "link", "title", "show"];
const RULE_KEYS: &[&str] = &["of", "when", "without", "disagree", "severity", "text"];

/// Records that a panel shows where nothing else is said.
const SHOWN: u32 = 5;

/// What a file says about a type of case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseFile {
    /// The type's name, which is also the stem of the file's name.
    pub name: String,
    /// The file.
    pub file: PathBuf,
    /// Name for people.
    pub title: Option<Label>,
    /// Its icon.
    pub icon: CaseIcon,
    /// The resources whose records are the thing itself, beside those whose manifest says so.
    pub heads: Vec<CasePlace>,
    /// The facts that stand first, in their order; the rest follows.
    pub facts: Vec<String>,
    /// What is shown of records that are the thing itself, in their order; of others, the columns of
    /// their list.
    pub fields: Vec<(CasePlace, Vec<String>)>,
    /// What belongs to it; none where that is derived from the links.
    pub belongs: Option<Vec<Belongs>>,
    /// Fields that hold when something happened, with what that was.
    pub events: Vec<(CasePlace, Vec<(String, Label)>)>,
    /// What is odd.
    pub rules: Vec<Rule>,
    /// Where in the file all this stands.
    pub places: Places,
}

/// A resource of a backend, written `orders:shipments`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CasePlace {
    /// The backend.
    pub backend: BackendName,
    /// The resource.
    pub resource: ResourceName,
}

/// Records that belong to a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Belongs {
    /// The resource that they are of.
    pub place: CasePlace,
    /// The link between them and the thing; none for the first that there is.
    pub link: Option<String>,
    /// What they are called in their panel.
    pub title: Option<Label>,
    /// How many of them the panel shows.
    pub show: u32,
}

/// Something that is odd about a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// When it is.
    pub test: RuleTest,
    /// Whether somebody should act, and not only know.
    pub is_warning: bool,
    /// What is odd, for people.
    pub text: Label,
}

/// What a rule looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleTest {
    /// Two records say different things of a fact.
    Disagree(String),
    /// A record of a resource is as the filter says, and nothing of another belongs to the case.
    Record {
        /// The resource.
        of: CasePlace,
        /// How the record is; any where nothing is said.
        when: Filter,
        /// The resource of which nothing belongs to the case.
        without: Option<CasePlace>,
    },
}

/// The icon of a type of case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the names say what they show")]
pub enum CaseIcon {
    #[default]
    Link,
    Person,
    People,
    Basket,
    Box,
    Truck,
    Money,
    File,
    Clock,
}

impl CaseIcon {
    /// All icons by the word that files have for them.
    pub const ALL: &[(&'static str, Self)] = &[
        ("link", Self::Link),
        ("person", Self::Person),
        ("people", Self::People),
        ("basket", Self::Basket),
        ("box", Self::Box),
        ("truck", Self::Truck),
        ("money", Self::Money),
        ("file", Self::File),
        ("clock", Self::Clock),
    ];

    /// The word that files have for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, icon)| *icon == self).map_or("", |(word, _)| word)
    }
}

impl fmt::Display for CasePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.backend, self.resource)
    }
}

impl CasePlace {
    /// The place of a resource.
    #[must_use]
    pub fn new(backend: BackendName, resource: ResourceName) -> Self {
        Self { backend, resource }
    }

    fn read(entry: &Entry<'_>) -> Option<Self> {
        Self::parse(entry, &entry.text()?)
    }

    /// The place of a text that stands at an entry.
    fn parse(entry: &Entry<'_>, text: &str) -> Option<Self> {
        let found = text.split_once(':').and_then(|(backend, resource)| {
            let backend = BackendName::new(backend).ok()?;
            (!resource.is_empty()).then(|| Self::new(backend, ResourceName::new(resource)))
        });
        if found.is_none() {
            entry.refuse(format!(
                "names no resource: “{text}”; write its backend, a colon and its name, as in \
                 \"orders:customers\""
            ));
        }
        found
    }
}

impl CaseFile {
    /// Reads a file; its name is the type's.
    ///
    /// # Errors
    /// All that is wrong with it, or why it cannot be read.
    pub fn read(file: impl Into<PathBuf>) -> Result<Self, ManifestErrors> {
        let file = file.into();
        let name = name_of(&file)?;
        match fs::read_to_string(&file) {
            Ok(text) => Self::parse(&name, &text, file),
            Err(error) => Err(ManifestErrors::whole_file(file, format!("cannot be read: {error}"))),
        }
    }

    /// Reads a text; `file` is where it comes from.
    ///
    /// # Errors
    /// All that is wrong with it. Where the text is no TOML, only that.
    pub fn parse(name: &str, text: &str, file: impl Into<PathBuf>) -> Result<Self, ManifestErrors> {
        let file = file.into();
        let source = Source::new(text, &file);
        let table = source.parse();
        let read = table
            .as_ref()
            .map(|table| Self::of(name, file.clone(), &source.root(table.get_ref(), CASE_KEYS)));
        let (problems, places) = source.finish();
        match read {
            Some(read) if problems.is_empty() => Ok(Self { places, ..read }),
            _ => Err(ManifestErrors::of(problems)),
        }
    }

    fn of(name: &str, file: PathBuf, root: &Section<'_>) -> Self {
        Self {
            name: name.to_owned(),
            file,
            title: root.get("title").and_then(|title| Label::read(&title)),
            icon: root.get("icon").and_then(|icon| icon.word(CaseIcon::ALL)).unwrap_or_default(),
            heads: root.get("heads").map(|heads| places(&heads)).unwrap_or_default(),
            facts: root.get("facts").and_then(|facts| facts.names()).unwrap_or_default(),
            fields: root.get("fields").map(|fields| read_fields(&fields)).unwrap_or_default(),
            belongs: root.get("belongs").map(|belongs| tables(&belongs, Belongs::read)),
            events: root.get("events").map(|events| read_events(&events)).unwrap_or_default(),
            rules: root.get("rules").map(|rules| tables(&rules, Rule::read)).unwrap_or_default(),
            places: Places::default(),
        }
    }
}

fn places(entry: &Entry<'_>) -> Vec<CasePlace> {
    let Some(items) = entry.items() else {
        // The list's own message says what it should look like.
        entry.names();
        return Vec::new();
    };
    items.iter().filter_map(CasePlace::read).collect()
}

/// Tables with a heading in two brackets.
fn tables<T>(entry: &Entry<'_>, read: impl Fn(&Entry<'_>) -> Option<T>) -> Vec<T> {
    let Some(items) = entry.items() else {
        let name = entry.name();
        entry.refuse(format!("must be tables that begin with [[{name}]], with two brackets"));
        return Vec::new();
    };
    items.iter().filter_map(read).collect()
}

fn read_fields(entry: &Entry<'_>) -> Vec<(CasePlace, Vec<String>)> {
    let resources =
        entry.entries("a table such as { \"orders:orders\" = [\"status\", \"total\"] }");
    let read = |of: Entry<'_>| Some((CasePlace::parse(&of, of.name())?, of.names()?));
    resources.into_iter().filter_map(read).collect()
}

fn read_events(entry: &Entry<'_>) -> Vec<(CasePlace, Vec<(String, Label)>)> {
    let resources = entry.entries("tables such as [events.\"orders:orders\"]");
    let read = |of: Entry<'_>| {
        let place = CasePlace::parse(&of, of.name())?;
        let fields = of.entries("a table such as { placed_at = \"placed\" }");
        let each = fields
            .into_iter()
            .filter_map(|field| Some((field.name().to_owned(), Label::read(&field)?)));
        Some((place, each.collect()))
    };
    resources.into_iter().filter_map(read).collect()
}

impl Belongs {
    fn read(entry: &Entry<'_>) -> Option<Self> {
        let section = entry.section(BELONGS_KEYS, "a table that begins with [[belongs]]")?;
        let place = section.need("resource").and_then(|of| CasePlace::read(&of));
        let link = section.get("link").map(|link| link.text());
        let title = section.get("title").and_then(|title| Label::read(&title));
        let show = section.get("show").map_or(Some(SHOWN), |show| show.number(1..=50));
        Some(Self { place: place?, link: link.unwrap_or(None), title, show: show? })
    }
}

impl Rule {
    fn read(entry: &Entry<'_>) -> Option<Self> {
        let section = entry.section(RULE_KEYS, "a table that begins with [[rules]]")?;
        let text = section.need("text").and_then(|text| Label::read(&text));
        let severities = [("hint", false), ("warning", true)];
        let is_warning = section.get("severity").map_or(Some(false), |of| of.word(&severities));
        let test = match section.get("disagree") {
            Some(fact) => {
                for key in ["of", "when", "without"] {
                    if let Some(entry) = section.get(key) {
                        entry
                            .refuse("and “disagree” exclude each other: make it a rule of its own");
                    }
                }
                RuleTest::Disagree(fact.text()?)
            }
            None => RuleTest::record(&section)?,
        };
        Some(Self { test, is_warning: is_warning?, text: text? })
    }
}

impl RuleTest {
    fn record(section: &Section<'_>) -> Option<Self> {
        let (when, without) = (section.get("when"), section.get("without"));
        if when.is_none() && without.is_none() {
            section.refuse(format!(
                "says nothing{}",
                listed("it needs one of", ["disagree", "when", "without"])
            ));
            return None;
        }
        let of = section.need("of").and_then(|of| CasePlace::read(&of));
        let when = when.map_or(Some(Filter::everything()), |when| read_filter(&when));
        let without = without.map(|without| CasePlace::read(&without));
        let without = match without {
            Some(None) => return None,
            Some(place) => place,
            None => None,
        };
        Some(Self::Record { of: of?, when: when?, without })
    }
}

/// Where the types of cases are: in the folder `cases` beside that of the manifests.
#[must_use]
pub fn cases_folder(manifests: &Path) -> PathBuf {
    manifests.with_file_name("cases")
}

/// Reads all files of a folder, `<name>.toml`, in order of their names. What is wrong with one does
/// not keep the others from being read. A folder that does not exist has none.
#[must_use]
pub fn load_cases(folder: &Path) -> (Vec<CaseFile>, Vec<ManifestErrors>) {
    let found = match files(folder) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            let wrong = ManifestErrors::whole_file(folder, format!("cannot be read: {error}"));
            return (Vec::new(), vec![wrong]);
        }
    };
    let (mut cases, mut refused) = (Vec::new(), Vec::new());
    for file in found {
        match CaseFile::read(file) {
            Ok(case) => cases.push(case),
            Err(errors) => refused.push(errors),
        }
    }
    (cases, refused)
}

/// The type that a file describes.
fn name_of(file: &Path) -> Result<String, ManifestErrors> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
    if !stem.is_empty() && stem.chars().all(is_plain) {
        return Ok(stem.into_owned());
    }
    let wrong = format!(
        "“{stem}” is no name of a case: only a–z, 0–9, - and _ are allowed; rename the file, and \
         write “case” in the manifests in the same way"
    );
    Err(ManifestErrors::whole_file(file, wrong))
}
