//! Reading `kontor.toml`. A key that is not known, a value of the wrong type: everything that is
//! wrong is told with its line, and where it can be guessed, with what was meant.

use std::ops::Range;
use std::path::Path;

use clap::ValueEnum as _;
use kontor_web::NoNetwork;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::options::{Given, LogFormat, MetricsFor, check_origin};
use super::{ConfigurationError, FILE};
use crate::logging::check_level;

const KEYS: [&str; 10] = [
    "data",
    "listen",
    "store",
    "manifests",
    "log",
    "log_level",
    "secure_cookies",
    "trusted_origins",
    "trusted_proxies",
    "metrics",
];

/// Reads a file. One that lies in the data folder cannot say where that folder is.
pub(super) fn read(path: &Path, may_say_data: bool) -> Result<Given, ConfigurationError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigurationError::Unreadable { path: path.to_owned(), source })?;
    parse(&text, path, may_say_data)
}

/// Reads a file's text. Paths in it begin in the file's own folder.
pub(super) fn parse(
    text: &str,
    path: &Path,
    may_say_data: bool,
) -> Result<Given, ConfigurationError> {
    let mut reading = Reading { text, path, may_say_data, problems: Vec::new() };
    let given = match DeTable::parse(text) {
        Ok(table) => reading.table(table.get_ref()),
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            reading.problem(span, &format!("this is not TOML: {}", error.message()));
            Given::default()
        }
    };
    if reading.problems.is_empty() {
        return Ok(given);
    }
    // A table keeps its keys in the order of their names; people read from the top.
    reading.problems.sort();
    let problems = reading.problems.into_iter().map(|(_, problem)| problem);
    Err(ConfigurationError::Wrong(problems.collect()))
}

struct Reading<'a> {
    text: &'a str,
    path: &'a Path,
    may_say_data: bool,
    /// Each with the byte where it begins.
    problems: Vec<(usize, String)>,
}

type Entry<'a> = Spanned<DeValue<'a>>;

impl Reading<'_> {
    fn table(&mut self, table: &DeTable<'_>) -> Given {
        let mut given = Given::default();
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "data" if self.may_say_data => given.data = self.path_of(value),
                "data" => self.problem(
                    key.span(),
                    &format!(
                        "a {FILE} in the data folder cannot say where that is; give --data, or name \
                         the file with --config"
                    ),
                ),
                "listen" => given.listen = self.read(value, |text| {
                    text.parse().map_err(|_| {
                        format!("“{text}” is no address; write for example 127.0.0.1:4711")
                    })
                }),
                "store" => given.store = self.store(value),
                "manifests" => given.manifests = self.path_of(value),
                "log" => given.log = self.read(value, |text| LogFormat::from_str(text, false)
                    .map_err(|_| format!("“{text}” must be readable or json"))),
                "log_level" => given.log_level = self.read(value, check_level),
                "secure_cookies" => given.secure_cookies = self.flag(value),
                "trusted_origins" => {
                    given.trusted_origins = self.list(value, "https://office.example.com", check_origin);
                }
                "trusted_proxies" => {
                    given.trusted_proxies = self.list(value, "127.0.0.1", |text| {
                        text.parse().map_err(|error: NoNetwork| error.to_string())
                    });
                }
                "metrics" => given.metrics = self.read(value, |text| MetricsFor::from_str(text, false)
                    .map_err(|_| format!("“{text}” must be token or machine"))),
                unknown => self.unknown(key.span(), unknown),
            }
        }
        given
    }

    fn text_of<'v>(&mut self, value: &'v Entry<'_>) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.problem(value.span(), "must be a text in quotation marks");
        }
        text
    }

    fn read<T>(
        &mut self,
        value: &Entry<'_>,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        match read(self.text_of(value)?) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.problem(value.span(), &problem);
                None
            }
        }
    }

    fn flag(&mut self, value: &Entry<'_>) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.problem(value.span(), "must be true or false");
        }
        flag
    }

    fn path_of(&mut self, value: &Entry<'_>) -> Option<std::path::PathBuf> {
        let text = self.text_of(value)?;
        Some(self.beside(text))
    }

    fn beside(&self, path: &str) -> std::path::PathBuf {
        self.path.parent().unwrap_or_else(|| Path::new("")).join(path)
    }

    /// A store in a file lies beside the configuration, like every other path in it.
    fn store(&mut self, value: &Entry<'_>) -> Option<String> {
        let url = self.text_of(value)?;
        let Some(path) = url.strip_prefix("sqlite:") else { return Some(url.to_owned()) };
        let path = path.strip_prefix("//").unwrap_or(path);
        Some(format!("sqlite:{}", self.beside(path).display()))
    }

    fn list<T>(
        &mut self,
        value: &Entry<'_>,
        example: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let Some(items) = value.get_ref().as_array() else {
            self.problem(value.span(), &format!("must be a list such as [\"{example}\"]"));
            return None;
        };
        items.iter().map(|item| self.read(item, &read)).collect()
    }

    fn unknown(&mut self, span: Range<usize>, key: &str) {
        let meant = nearest(key).map_or_else(
            || format!("; known are {}", KEYS.join(", ")),
            |meant| format!("; did you mean “{meant}”?"),
        );
        self.problem(span, &format!("unknown key “{key}”{meant}"));
    }

    fn problem(&mut self, span: Range<usize>, message: &str) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let problem = format!("{}:{line}:{column}: {message}", self.path.display());
        self.problems.push((span.start, problem));
    }
}

/// The key that was probably meant: `-` for `_` and a typing error or two are forgiven.
fn nearest(key: &str) -> Option<&'static str> {
    let plain = key.to_lowercase().replace('-', "_");
    KEYS.into_iter()
        .map(|known| (strsim::damerau_levenshtein(&plain, known), known))
        .filter(|(distance, known)| *distance <= (known.len() / 3).max(1))
        .min()
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> String {
        match parse(text, Path::new("kontor.toml"), false) {
            Err(error) => error.to_string(),
            Ok(_) => String::new(),
        }
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_place_and_what_was_meant() {
        let text = "log = \"json\"\nlitsen = \"127.0.0.1:1\"\ncolour = 1\n";
        assert_eq!(
            problems(text),
            "kontor.toml:2:1: unknown key “litsen”; did you mean “listen”?\n\
             kontor.toml:3:1: unknown key “colour”; known are data, listen, store, manifests, log, \
             log_level, secure_cookies, trusted_origins, trusted_proxies, metrics"
        );
        assert!(problems("secure-cookies = true").ends_with("did you mean “secure_cookies”?"));
    }

    #[test]
    fn a_value_of_the_wrong_type_is_refused_with_its_place() {
        for (text, expected) in [
            ("listen = 4711", "kontor.toml:1:10: must be a text in quotation marks"),
            ("listen = \"4711\"", "kontor.toml:1:10: “4711” is no address"),
            ("\nlog = \"xml\"", "kontor.toml:2:7: “xml” must be readable or json"),
            ("secure_cookies = \"yes\"", "kontor.toml:1:18: must be true or false"),
            ("trusted_origins = [\"a\"]", "kontor.toml:1:20: “a” is no origin"),
            ("metrics = \"all\"", "kontor.toml:1:11: “all” must be token or machine"),
            ("trusted_proxies = [\"a\"]", "kontor.toml:1:20: “a” is no address"),
            ("log_level = \"kontor=loud\"", "kontor.toml:1:13: "),
            ("listen", "kontor.toml:1:7: this is not TOML"),
        ] {
            assert!(problems(text).starts_with(expected), "{text}: {}", problems(text));
        }
    }

    #[test]
    fn paths_begin_in_the_folder_of_the_file() {
        let given = parse(
            "data = \"d\"\nmanifests = \"/m\"\nstore = \"sqlite:k.db\"",
            Path::new("/etc/kontor.toml"),
            true,
        );
        let given = given.unwrap_or_default();
        assert_eq!(given.data.as_deref(), Some(Path::new("/etc/d")));
        assert_eq!(given.manifests.as_deref(), Some(Path::new("/m")));
        assert_eq!(given.store.as_deref(), Some("sqlite:/etc/k.db"));
    }

    /// With every “#” before a key taken away.
    #[test]
    fn the_example_names_every_key_and_can_be_used() {
        let example = include_str!("../../../../docs/kontor.example.toml");
        let uncommented = |line: &str| {
            let bare = line.strip_prefix("# ").unwrap_or(line);
            let is_key = KEYS.iter().any(|key| bare.starts_with(&format!("{key} = ")));
            is_key.then(|| bare.to_owned())
        };
        let lines: Vec<String> = example.lines().filter_map(uncommented).collect();
        assert_eq!(lines.len(), KEYS.len(), "{lines:?}");
        let given = parse(&lines.join("\n"), Path::new("kontor.toml"), true);
        assert_eq!(given.map_err(|error| error.to_string()).err(), None);
        assert!(
            parse(example, Path::new("kontor.toml"), false).is_ok(),
            "as it is, it says nothing"
        );
    }

    #[test]
    fn a_file_in_the_data_folder_cannot_move_it() {
        assert!(problems("data = \"elsewhere\"").contains("give --data"));
    }
}
