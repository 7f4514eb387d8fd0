//! From the office's terms to what pages show.

use std::sync::Arc;

use jiff::Timestamp;
use kontor_model::{BackendName, ChangeKind, FieldType, RecordKey, Resource, ResourceName, Value};
use kontor_office::catalog::{Catalog, Choice, Face, Format as OfficeFormat, MemberFace};
use kontor_office::manifest::Label;
use kontor_office::{Edit, FarTitle, FarTrouble, LinkedTitle, Permit, Read, ReadOnlyReason};

use crate::format::Format;
use crate::shown::{
    Cell, ChoiceView, Far, FarState, FieldView, Inside, LinkView, Linked, Locked, MemberView,
    RecordRef, Tone,
};
use crate::texts::{Language, Texts};

/// A resource with everything that views of it need.
pub(crate) struct View<'a> {
    pub(crate) permit: &'a Permit<Read>,
    pub(crate) catalog: &'a Catalog,
    pub(crate) face: &'a Face,
    pub(crate) language: Language,
}

/// Why something cannot be changed, as pages say it.
pub(crate) fn locked(reason: ReadOnlyReason) -> Locked {
    match reason {
        ReadOnlyReason::Manifest => Locked::ReadOnly,
        ReadOnlyReason::Resource => Locked::Resource,
        ReadOnlyReason::Field => Locked::Field,
        ReadOnlyReason::Key => Locked::Key,
        ReadOnlyReason::View => Locked::View,
        ReadOnlyReason::NoKey => Locked::NoKey,
        ReadOnlyReason::Privilege => Locked::NoPrivilege,
        ReadOnlyReason::NotOffered => Locked::NotOffered,
        ReadOnlyReason::Generated => Locked::Generated,
        ReadOnlyReason::Type => Locked::Type,
    }
}

fn tone(color: Option<&str>, word: &str) -> Tone {
    match color {
        Some("green") => Tone::Good,
        Some("blue") => Tone::Active,
        Some("amber") => Tone::Waiting,
        Some("red") => Tone::Bad,
        Some(_) => Tone::Neutral,
        None => Tone::of_word(word),
    }
}

impl<'a> View<'a> {
    pub(crate) fn resource(&self) -> &'a Resource {
        self.catalog.resource(self.face)
    }

    pub(crate) fn backend(&self) -> &'a BackendName {
        &self.permit.backend.name
    }

    /// Why a record does not allow something, in the words of its backend, which may be in another
    /// language than the page: so it is told who says it.
    pub(crate) fn refusal(&self, why: &str) -> String {
        let t = self.language.texts();
        if why.is_empty() {
            return t.get("action-refused").into_owned();
        }
        let backend = self.backend_title();
        t.with("said-by", &[("backend", backend.as_str().into()), ("reason", why.into())])
    }

    /// The title of an action; its name where the backend has it no more.
    pub(crate) fn action_title(&self, name: &str) -> String {
        let own = self.face.actions.iter().find(|action| action.name == name);
        let title = own.map(|action| action.title.in_language(self.language.code()));
        title.unwrap_or(name).to_owned()
    }

    pub(crate) fn title(&self) -> String {
        self.face.title.in_language(self.language.code()).to_owned()
    }

    pub(crate) fn backend_title(&self) -> String {
        self.permit.backend.manifest().title.in_language(self.language.code()).to_owned()
    }

    /// The view of another face of the same backend.
    pub(crate) fn of(&self, face: &'a Face) -> Self {
        View { permit: self.permit, catalog: self.catalog, face, language: self.language }
    }

    /// Why the reader cannot change records here.
    pub(crate) fn change_locked(&self) -> Option<Locked> {
        match self.face.read_only {
            Some(reason) => Some(locked(reason)),
            None if !self.permit.has::<Edit>() => Some(Locked::NoRight),
            None => None,
        }
    }

    /// Whether the reader could take back a change of a kind, as far as rights and manifest go.
    pub(crate) fn undo_is_offered(&self, kind: ChangeKind) -> bool {
        match kind {
            ChangeKind::Act => {
                self.permit.has::<Edit>() && self.permit.backend.manifest().is_writable(self.name())
            }
            _ => self.change_locked().is_none(),
        }
    }

    /// Why the reader cannot make a kind of change here.
    pub(crate) fn locked_for(&self, kind: ChangeKind) -> Option<Locked> {
        let offered = self.resource().offers(kind);
        self.change_locked().or_else(|| (!offered).then_some(Locked::NotOffered))
    }

    /// A field as pages show it.
    pub(crate) fn field(&self, index: usize) -> FieldView {
        let resource = self.resource();
        let field = &resource.fields[index];
        let face = &self.face.fields[index];
        let link = self.face.link_at(index);
        let is_key = resource.key.contains(&index);
        FieldView {
            name: field.name.clone(),
            title: face.title.in_language(self.language.code()).to_owned(),
            ty: field.ty.clone(),
            format: format(&field.ty, &face.format),
            help: field.comment.clone(),
            nullable: field.nullable,
            required: resource.requires(index),
            sortable: field.sortable,
            filterable: field.comparable,
            is_key,
            holds_numbers: false,
            is_status: face.format == OfficeFormat::Status || !face.choices.is_empty(),
            choices: self.choices(&face.choices),
            inside: Inside { members: self.members(&face.members), currency: None },
            link: link.map(|link| LinkView {
                name: link.name.clone(),
                backend: self.backend().clone(),
                resource: self.catalog.faces[link.target].name.clone(),
            }),
            is_far: self.face.far_at(index).is_some_and(|link| !link.is_inside()),
            locked: face
                .read_only
                .map(locked)
                .or_else(|| (!self.permit.has::<Edit>()).then_some(Locked::NoRight))
                .or_else(|| face.kept.then_some(Locked::Kept)),
        }
    }

    /// Values with their titles.
    pub(crate) fn choices(&self, choices: &[Choice]) -> Vec<ChoiceView> {
        let view = |choice: &Choice| ChoiceView {
            value: choice.value.clone(),
            title: choice.title.in_language(self.language.code()).to_owned(),
            tone: tone(choice.color.as_deref(), &choice.value),
        };
        choices.iter().map(view).collect()
    }

    /// The members of objects in a field.
    fn members(&self, members: &[MemberFace]) -> Arc<[MemberView]> {
        members.iter().map(|member| self.member(member)).collect()
    }

    fn member(&self, face: &MemberFace) -> MemberView {
        let ty = face.ty.clone().unwrap_or(FieldType::Any);
        // Whole numbers are minor units also where nobody says that they are whole.
        let format = format(&ty, &face.format);
        let is_text = face.ty == Some(FieldType::text());
        MemberView {
            hidden: face.hidden,
            is_named: face.is_named,
            currency: face.currency.clone(),
            field: FieldView {
                title: face.title.in_language(self.language.code()).to_owned(),
                format: if is_text && format == Format::Auto { Format::Plain } else { format },
                help: face.comment.clone(),
                is_key: face.is_identifier,
                is_status: face.format == OfficeFormat::Status,
                choices: self.choices(&face.choices),
                inside: Inside { members: self.members(&face.members), currency: None },
                ..FieldView::new(&face.name, ty)
            },
        }
    }

    /// All fields that may be seen, in the order in which people read them.
    pub(crate) fn fields(&self) -> Vec<FieldView> {
        self.face.order.iter().map(|&index| self.field(index)).collect()
    }

    /// A value where it stands.
    pub(crate) fn cell(&self, index: usize, value: Value, title: Option<&LinkedTitle>) -> Cell {
        let linked = self.face.link_at(index).filter(|_| !value.is_null()).map(|_| match title {
            Some(found) => Linked {
                title: found.title.clone().unwrap_or_default(),
                to: Some(RecordRef {
                    backend: self.backend().clone(),
                    resource: self.catalog.faces[found.face].name.clone(),
                    key: found.key.clone(),
                }),
            },
            None => Linked { title: String::new(), to: None },
        });
        let is_key = self.resource().key.contains(&index);
        let editable = self.locked_for(ChangeKind::Update).is_none()
            && self.resource().takes(ChangeKind::Update, index)
            && self.face.fields[index].read_only.is_none()
            && !self.face.fields[index].kept
            && !is_key
            && value.is_whole();
        Cell { value, linked, far: None, concealed: None, editable, currency: None }
    }

    /// A value with what it points to in another backend, where it does.
    pub(crate) fn with_far(&self, index: usize, cell: Cell, far: Option<&FarTitle>) -> Cell {
        let link = self.face.far_at(index).zip(far);
        let far = link.map(|(link, title)| Far {
            is_identity: link.is_identity(self.resource()),
            ..self.far(title, link.is_inside())
        });
        Cell { far, ..cell }
    }

    fn far(&self, title: &FarTitle, is_inside: bool) -> Far {
        let t = self.language.texts();
        let name = |label: &Label| label.in_language(self.language.code()).to_owned();
        let told = |key: &str, backend: &Label| t.with(key, &[("backend", name(backend).into())]);
        let (state, note) = match title {
            FarTitle::Found(found) => {
                let to = RecordRef {
                    backend: found.backend.clone(),
                    resource: found.resource.clone(),
                    key: found.key.clone(),
                };
                let title = found.title.clone().unwrap_or_default();
                (FarState::Found { title, to }, name(&found.backend_title))
            }
            FarTitle::Missing { backend } => (FarState::Missing, told("far-missing", backend)),
            FarTitle::Unavailable(trouble) => {
                let state = match trouble {
                    FarTrouble::OutOfReach => FarState::NoRight,
                    _ => FarState::Unavailable,
                };
                (state, far_trouble(t, trouble))
            }
        };
        Far { state, note, is_inside, is_identity: false }
    }

    /// The currency of a money field is the record's own where a field says it.
    pub(crate) fn with_currency(
        &self,
        mut field: FieldView,
        index: usize,
        value_of: impl Fn(usize) -> Option<Value>,
    ) -> FieldView {
        if let Some(currency) = self.currency_of(index) {
            let code = value_of(currency).and_then(|value| value.to_text()).unwrap_or_default();
            field.format = field.format.in_currency(&code);
            field.inside.currency = Some(code);
        }
        field
    }

    /// The field that holds the currency of an amount, or of the amounts inside of a value.
    pub(crate) fn currency_of(&self, index: usize) -> Option<usize> {
        self.face.fields[index].currency_field()
    }

    /// The field that holds the currency of an amount, where the record has its own.
    pub(crate) fn currency_field(&self, index: usize) -> Option<usize> {
        match self.face.fields[index].format {
            OfficeFormat::Money { currency_field, .. } => currency_field,
            _ => None,
        }
    }

    pub(crate) fn record(&self, key: &RecordKey) -> RecordRef {
        RecordRef {
            backend: self.backend().clone(),
            resource: self.face.name.clone(),
            key: key.clone(),
        }
    }

    pub(crate) fn name(&self) -> &'a ResourceName {
        &self.face.name
    }
}

/// Why the other end of a link cannot be read, in the reader's words.
pub(crate) fn far_trouble(t: &Texts, trouble: &FarTrouble) -> String {
    let told = |key: &str, backend: &Label| {
        let title = backend.in_language(t.language().code()).to_owned();
        t.with(key, &[("backend", title.into())])
    };
    match trouble {
        FarTrouble::OutOfReach => t.get("far-out-of-reach").into_owned(),
        FarTrouble::Misfit { backend } => told("far-misfit", backend),
        FarTrouble::Slow { backend } => told("far-slow", backend),
        FarTrouble::Down { backend } => told("far-down", backend),
        FarTrouble::Refused { backend } => told("far-refused", backend),
    }
}

/// How values of a type are shown and entered.
pub(crate) fn format(ty: &FieldType, format: &OfficeFormat) -> Format {
    match format {
        OfficeFormat::Money { currency_code, decimals, .. } => Format::Money {
            currency: currency_code.clone(),
            minor: matches!(ty, FieldType::Int { .. } | FieldType::Any)
                .then(|| u8::try_from(*decimals).unwrap_or(2)),
        },
        OfficeFormat::Email | OfficeFormat::Url | OfficeFormat::Phone => Format::Address,
        OfficeFormat::Multiline => Format::Lines,
        OfficeFormat::Json => Format::Json,
        OfficeFormat::UnixTime(unit) => Format::UnixTime { per_second: unit.per_second() },
        _ => Format::Auto,
    }
}

/// A moment of the office's clock.
pub(crate) fn at(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
}
