//! What screens show of backends, resources, fields and values: the parts that view models share.

mod inside;

use kontor_model::{BackendName, FieldType, RecordKey, ResourceName, Value};

pub use inside::{Inside, MemberView};

use crate::format::{Format, is_number};
use crate::links;

/// The address of a record in full.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordRef {
    /// Backend.
    pub backend: BackendName,
    /// Resource.
    pub resource: ResourceName,
    /// Key.
    pub key: RecordKey,
}

impl RecordRef {
    /// The record's page.
    #[must_use]
    pub fn link(&self) -> String {
        links::record(&self.backend, &self.resource, &self.key)
    }

    /// A part of the record's page: `edit`, `delete`, `peek`, `timeline`.
    #[must_use]
    pub fn part(&self, part: &str) -> String {
        links::record_part(&self.backend, &self.resource, &self.key, part)
    }
}

/// How a backend is, as its last checks say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Health {
    /// It answers in time.
    Ok,
    /// It answers late.
    Slow,
    /// It does not answer.
    Down,
    /// Nobody has asked it yet.
    #[default]
    Unknown,
}

impl Health {
    /// Colour of its dot.
    #[must_use]
    pub fn tone(self) -> Tone {
        match self {
            Self::Ok => Tone::Good,
            Self::Slow => Tone::Waiting,
            Self::Down => Tone::Bad,
            Self::Unknown => Tone::Neutral,
        }
    }

    /// Key of its word.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Ok => "health-ok",
            Self::Slow => "health-slow",
            Self::Down => "health-down",
            Self::Unknown => "health-unknown",
        }
    }
}

/// The meaning that the colour of a dot adds to its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing to say.
    #[default]
    Neutral,
    /// Done well.
    Good,
    /// On its way.
    Active,
    /// Somebody has to do something.
    Waiting,
    /// Went wrong or was ended.
    Bad,
}

impl Tone {
    /// Name of the style.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Good => "good",
            Self::Active => "active",
            Self::Waiting => "waiting",
            Self::Bad => "bad",
        }
    }

    /// The tone that a status word of a shop usually has, in English and German.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        const GOOD: &[&str] = &[
            "paid",
            "done",
            "completed",
            "complete",
            "delivered",
            "active",
            "approved",
            "ok",
            "success",
            "closed",
            "bezahlt",
            "erledigt",
            "zugestellt",
            "aktiv",
            "geliefert",
            "abgeschlossen",
            "freigegeben",
        ];
        const ACTIVE: &[&str] = &[
            "shipped",
            "processing",
            "in progress",
            "running",
            "sent",
            "packed",
            "picking",
            "versandt",
            "versendet",
            "in arbeit",
            "unterwegs",
            "gepackt",
        ];
        const WAITING: &[&str] = &[
            "new",
            "open",
            "pending",
            "waiting",
            "on hold",
            "hold",
            "draft",
            "placed",
            "neu",
            "offen",
            "wartet",
            "angehalten",
            "entwurf",
            "ausstehend",
        ];
        const BAD: &[&str] = &[
            "cancelled",
            "canceled",
            "failed",
            "error",
            "refunded",
            "returned",
            "rejected",
            "blocked",
            "overdue",
            "storniert",
            "fehler",
            "erstattet",
            "retoure",
            "abgelehnt",
            "gesperrt",
        ];
        let word = word.trim().to_lowercase().replace(['_', '-'], " ");
        let in_list = |list: &[&str]| list.contains(&word.as_str());
        if in_list(GOOD) {
            Self::Good
        } else if in_list(ACTIVE) {
            Self::Active
        } else if in_list(WAITING) {
            Self::Waiting
        } else if in_list(BAD) {
            Self::Bad
        } else {
            Self::Neutral
        }
    }
}

/// A field as screens show it.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldView {
    /// Name in the backend; what addresses and forms use.
    pub name: String,
    /// Title in the reader's language.
    pub title: String,
    /// What it holds.
    pub ty: FieldType,
    /// How it is shown.
    pub format: Format,
    /// What it is for, where the manifest or the database says it.
    pub help: Option<String>,
    /// Whether it may be `NULL`.
    pub nullable: bool,
    /// Whether a value must be given for a new record.
    pub required: bool,
    /// Whether the backend can order by it.
    pub sortable: bool,
    /// Whether it can be filtered by.
    pub filterable: bool,
    /// Whether it belongs to the key.
    pub is_key: bool,
    /// Whether its values are numbers although the database does not say it, as those that a view
    /// computes.
    pub holds_numbers: bool,
    /// Whether its few values are states, shown as a dot and a word.
    pub is_status: bool,
    /// Titles and tones of known values, where the manifest gives them.
    pub choices: Vec<ChoiceView>,
    /// What is known of the objects in it, where it holds JSON.
    pub inside: Inside,
    /// The link that begins here: name and target.
    pub link: Option<LinkView>,
    /// Whether its values stand for records of another backend.
    pub is_far: bool,
    /// Why this reader cannot change it; `None` where they can.
    pub locked: Option<Locked>,
}

impl FieldView {
    /// A readable, editable field of a type, with its name as title.
    #[must_use]
    pub fn new(name: &str, ty: FieldType) -> Self {
        Self {
            name: name.to_owned(),
            title: name.to_owned(),
            ty,
            format: Format::Auto,
            help: None,
            nullable: true,
            required: false,
            sortable: true,
            filterable: true,
            is_key: false,
            holds_numbers: false,
            is_status: false,
            choices: Vec::new(),
            inside: Inside::default(),
            link: None,
            is_far: false,
            locked: None,
        }
    }

    /// The format in force: keys and links are told apart by digits, not counted.
    #[must_use]
    pub fn effective_format(&self) -> &Format {
        if self.format == Format::Auto && (self.is_key || self.link.is_some() || self.is_far) {
            &Format::Plain
        } else {
            &self.format
        }
    }

    /// The field as a cell shows it: amounts in the record's own currency.
    #[must_use]
    pub fn in_currency_of(&self, cell: &Cell) -> Self {
        match &cell.currency {
            Some(code) => Self {
                format: self.format.in_currency(code),
                inside: Inside { currency: Some(code.clone()), ..self.inside.clone() },
                ..self.clone()
            },
            None => self.clone(),
        }
    }

    /// The currency of its amounts, where it is known.
    #[must_use]
    pub fn currency(&self) -> Option<&str> {
        match &self.format {
            Format::Money { currency, .. } => currency.as_deref(),
            _ => None,
        }
    }

    /// With what its values tell: where the database gives no type and all of them are numbers, they
    /// stand as numbers do.
    #[must_use]
    pub fn told_by<'a>(self, values: impl IntoIterator<Item = &'a Value>) -> Self {
        let mut values = values.into_iter().filter(|value| !value.is_null()).peekable();
        let holds_numbers =
            self.ty == FieldType::Any && values.peek().is_some() && values.all(is_number);
        Self { holds_numbers, ..self }
    }

    /// Whether people know it as a number: then it is not hidden behind the title of what it points
    /// to.
    #[must_use]
    pub fn is_called_a_number(&self) -> bool {
        const ENDINGS: [&str; 2] = ["nummer", "number"];
        const WORDS: [&str; 4] = ["nr", "no", "sku", "gtin"];
        let title = self.title.to_lowercase();
        let last = title.trim_end_matches('.').rsplit([' ', '-']).next().unwrap_or_default();
        ENDINGS.iter().any(|ending| last.ends_with(ending)) || WORDS.contains(&last)
    }

    /// Whether its numbers are moments.
    #[must_use]
    pub fn is_unix_time(&self) -> bool {
        matches!(self.format, Format::UnixTime { .. })
    }

    /// Whether its values stand right-aligned.
    #[must_use]
    pub fn is_right_aligned(&self) -> bool {
        (self.ty.is_numeric() || self.holds_numbers)
            && self.link.is_none()
            && !self.is_far
            && !self.is_unix_time()
    }
}

/// A known value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceView {
    /// The value's text.
    pub value: String,
    /// What people call it.
    pub title: String,
    /// What its colour adds.
    pub tone: Tone,
}

/// A link from a field to another resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkView {
    /// Name of the link, as filters use it.
    pub name: String,
    /// Backend of the target.
    pub backend: BackendName,
    /// Resource of the target.
    pub resource: ResourceName,
}

/// Why a field or a record cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locked {
    /// The manifest leaves the backend read-only.
    ReadOnly,
    /// The manifest leaves the resource read-only.
    Resource,
    /// The manifest leaves the field read-only.
    Field,
    /// The reader's role does not permit it.
    NoRight,
    /// It is a view.
    View,
    /// No key tells the records apart.
    NoKey,
    /// The database makes the value.
    Generated,
    /// The type can only be read.
    Type,
    /// The account of the connection may not write.
    NoPrivilege,
    /// The service has no operation for it.
    NotOffered,
    /// The record's key; changing it would make another record of it.
    Key,
    /// The database or the application keeps it: counted keys, stamps, the mark of deletion.
    Kept,
}

impl Locked {
    /// Key of its explanation.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::ReadOnly => "locked-read-only",
            Self::Resource => "locked-resource",
            Self::Field => "locked-field",
            Self::NoRight => "locked-no-right",
            Self::View => "locked-view",
            Self::NoKey => "locked-no-key",
            Self::Generated => "locked-generated",
            Self::Type => "locked-type",
            Self::NoPrivilege => "locked-no-privilege",
            Self::NotOffered => "locked-not-offered",
            Self::Key => "locked-key",
            Self::Kept => "locked-kept",
        }
    }
}

/// What stands in one place of a list or a record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// The value.
    pub value: Value,
    /// What it points to.
    pub linked: Option<Linked>,
    /// What it points to in another backend.
    pub far: Option<Far>,
    /// Why the value is not here.
    pub concealed: Option<Concealed>,
    /// Whether this reader may change it where it stands.
    pub editable: bool,
    /// The record's own currency, for amounts of money.
    pub currency: Option<String>,
}

impl Cell {
    /// A value that can only be read.
    #[must_use]
    pub fn of(value: Value) -> Self {
        Self { value, ..Self::default() }
    }

    /// Whether it is shown as a link to another record.
    #[must_use]
    pub fn leads_elsewhere(&self) -> bool {
        let far = self.far.as_ref().map(|far| &far.state);
        self.linked.is_some() || matches!(far, Some(FarState::Found { .. }))
    }
}

/// The record at the other end of a link.
#[derive(Debug, Clone, PartialEq)]
pub struct Linked {
    /// Its title; empty where only its key is known.
    pub title: String,
    /// Where it is; `None` where nothing is there or the reader may not open it.
    pub to: Option<RecordRef>,
}

/// The record of another backend at the other end of a link.
#[derive(Debug, Clone, PartialEq)]
pub struct Far {
    /// What is known of it.
    pub state: FarState,
    /// Which backend it is, or why it is not known, in the reader's words.
    pub note: String,
    /// Whether it stands inside the value, which is then shown, too.
    pub is_inside: bool,
    /// Whether the value tells the records apart, and is shown for itself, too.
    pub is_identity: bool,
}

/// What is known of a record of another backend.
#[derive(Debug, Clone, PartialEq)]
pub enum FarState {
    /// It is there.
    Found {
        /// Its title; empty where only its key is known.
        title: String,
        /// Where it is.
        to: RecordRef,
    },
    /// The other backend has none.
    Missing,
    /// The other backend did not say, or not in time.
    Unavailable,
    /// The reader may not know.
    NoRight,
}

/// Why a value is kept from the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concealed {
    /// It is a secret such as a password's hash.
    Secret,
    /// The reader's role does not show it.
    NoRight,
}
