//! Proposals, their evidence and drift, in the reader's words.

use kontor_office::proposals::{
    Confidence as Percent, Fact, Kind, ManifestEdit, NameAgreement, Proposal as Found,
    secrets::Reason,
};
use kontor_office::{Affected, DriftLine, Drifted, Writing};

use crate::pages::backend::{Confidence, Proposal, ProposalKind};
use crate::texts::Texts;

/// A proposal as the page shows it.
pub(super) fn proposal(t: &Texts, id: &str, found: &Found) -> Proposal {
    Proposal {
        id: id.to_owned(),
        kind: kind(found.kind),
        subject: subject(&found.edit),
        evidence: found.evidence.iter().map(|fact| evidence(t, fact)).collect(),
        confidence: confidence(found.confidence),
    }
}

fn kind(kind: Kind) -> ProposalKind {
    match kind {
        Kind::Link => ProposalKind::Link,
        Kind::Secret => ProposalKind::Secret,
        Kind::SoftDelete => ProposalKind::SoftDelete,
        Kind::Stamps | Kind::UnixTime => ProposalKind::Stamps,
        Kind::Translations => ProposalKind::Translation,
        Kind::Kinds => ProposalKind::Inheritance,
        Kind::JoinTable => ProposalKind::Join,
        Kind::Money => ProposalKind::Money,
        Kind::Status => ProposalKind::Status,
        Kind::List => ProposalKind::List,
    }
}

pub(crate) fn confidence(percent: Percent) -> Confidence {
    match percent.as_percent() {
        90.. => Confidence::High,
        65..90 => Confidence::Medium,
        _ => Confidence::Low,
    }
}

/// What is proposed, in the words of the manifest.
fn subject(edit: &ManifestEdit) -> String {
    let resource = edit.resource();
    match edit {
        ManifestEdit::AddLink { fields, to, to_fields, .. } => {
            let (here, there) = (fields.join(", "), to_fields.join(", "));
            format!("{resource}.{here} → {to}.{there}")
        }
        ManifestEdit::Translations { texts, .. } => format!("{resource} ← {texts}"),
        ManifestEdit::Stamps { created, updated, .. } => {
            let fields: Vec<&str> =
                [created, updated].into_iter().flatten().map(String::as_str).collect();
            format!("{resource}: {}", fields.join(", "))
        }
        ManifestEdit::Kinds { field, of, .. } => {
            let kinds: Vec<&str> = of.iter().map(|(kind, _)| kind.as_str()).collect();
            format!("{resource}.{field}: {}", kinds.join(", "))
        }
        ManifestEdit::Choices { field, choices, .. } => {
            let values: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
            format!("{resource}.{field}: {}", values.join(", "))
        }
        _ => match edit.field() {
            Some(field) => format!("{resource}.{field}"),
            None => resource.to_string(),
        },
    }
}

fn evidence(t: &Texts, fact: &Fact) -> String {
    let number = |n: u64| crate::format::integer(t.language(), i128::from(n));
    let list = |words: &[String]| words.join(", ");
    match fact {
        Fact::Name { agreement } => t.get(agreement_key(*agreement)).into_owned(),
        Fact::FieldName { field } => t.with("fact-field-name", &[("field", field.as_str().into())]),
        Fact::NoValues => t.get("fact-no-values").into_owned(),
        Fact::Included { found, of, records } => t.with(
            "fact-included",
            &[
                ("found", number(*found).into()),
                ("of", number(*of).into()),
                ("records", number(*records).into()),
            ],
        ),
        Fact::Orphans { values, examples } => t.with(
            "fact-orphans",
            &[("values", number(*values).into()), ("examples", list(examples).into())],
        ),
        Fact::NoneWrittenAs { value, records } => t.with(
            "fact-none-written-as",
            &[("value", value.as_str().into()), ("records", number(*records).into())],
        ),
        Fact::Cardinality { one_to_one: true } => t.get("fact-one-to-one").into_owned(),
        Fact::Cardinality { one_to_one: false } => t.get("fact-many-to-one").into_owned(),
        Fact::UniqueInSample { records } => {
            t.with("fact-unique", &[("records", number(*records).into())])
        }
        Fact::Matching { found, of, examples } => t.with(
            "fact-matching",
            &[
                ("found", number(*found).into()),
                ("of", number(*of).into()),
                ("examples", list(examples).into()),
            ],
        ),
        Fact::FewValues { values, records } => t.with(
            "fact-few-values",
            &[("values", list(values).into()), ("records", number(*records).into())],
        ),
        Fact::DeclaredValues { values } => {
            t.with("fact-declared-values", &[("values", list(values).into())])
        }
        Fact::EmptyFor { kind, fields, records } => t.with(
            "fact-empty-for",
            &[
                ("kind", kind.as_str().into()),
                ("fields", list(fields).into()),
                ("records", number(*records).into()),
            ],
        ),
        Fact::Beside { field } => t.with("fact-beside", &[("field", field.as_str().into())]),
        Fact::SecretKind { reason } => t.get(secret_key(*reason)).into_owned(),
        Fact::Covers { targets } => {
            let targets: Vec<&str> =
                targets.iter().map(kontor_model::ResourceName::as_str).collect();
            t.with("fact-covers", &[("targets", targets.join(", ").into())])
        }
    }
}

fn agreement_key(agreement: NameAgreement) -> &'static str {
    match agreement {
        NameAgreement::SameAsKey => "fact-name-same",
        NameAgreement::ResourceName => "fact-name-resource",
        NameAgreement::EndsWithResourceName => "fact-name-ends",
        NameAgreement::PartOfResourceName => "fact-name-part",
        NameAgreement::Parent => "fact-name-parent",
        NameAgreement::Role => "fact-name-role",
        NameAgreement::AllOfKey => "fact-name-all",
    }
}

fn secret_key(reason: Reason) -> &'static str {
    match reason {
        Reason::Password => "secret-password",
        Reason::Token => "secret-token",
        Reason::ApiKey => "secret-api-key",
        Reason::SecondFactor => "secret-second-factor",
        Reason::CardNumber => "secret-card-number",
        Reason::CardCode => "secret-card-code",
        Reason::Secret => "secret-other",
    }
}

/// A change of the schema.
pub(super) fn drift(t: &Texts, line: &DriftLine) -> String {
    use Drifted as D;
    let resource = ("resource", line.resource.as_str().into());
    let of = |key: &str| t.with(key, std::slice::from_ref(&resource));
    let with = |key: &str, more: &[(&'static str, &str)]| {
        let more = more.iter().map(|(name, value)| (*name, (*value).into()));
        t.with(key, &std::iter::once(resource.clone()).chain(more).collect::<Vec<_>>())
    };
    let choices = |choices: &[String]| choices.join(", ");
    match &line.what {
        D::Added => of("drift-resource-added"),
        D::Removed => of("drift-resource-removed"),
        D::Key => of("drift-key"),
        D::FieldAdded(field) => with("drift-field-added", &[("field", field)]),
        D::FieldRemoved(field) => with("drift-field-removed", &[("field", field)]),
        D::FieldRetyped(field, before, now) => {
            with("drift-field-retyped", &[("field", field), ("before", before), ("now", now)])
        }
        D::FieldNullable(field, true) => with("drift-field-optional", &[("field", field)]),
        D::FieldNullable(field, false) => with("drift-field-required", &[("field", field)]),
        D::ChoicesAdded(field, all) => {
            with("drift-choices-added", &[("field", field), ("choices", &choices(all))])
        }
        D::ChoicesRemoved(field, all) => {
            with("drift-choices-removed", &[("field", field), ("choices", &choices(all))])
        }
        D::FilterAdded(field) => with("drift-filter-added", &[("field", field)]),
        D::FilterRemoved(field) => with("drift-filter-removed", &[("field", field)]),
        D::Order(field, true) => with("drift-order-added", &[("field", field)]),
        D::Order(field, false) => with("drift-order-removed", &[("field", field)]),
        D::Search(true) => of("drift-search-added"),
        D::Search(false) => of("drift-search-removed"),
        D::Written(Writing::Create, true) => of("drift-create-added"),
        D::Written(Writing::Create, false) => of("drift-create-removed"),
        D::Written(Writing::Update, true) => of("drift-update-added"),
        D::Written(Writing::Update, false) => of("drift-update-removed"),
        D::Written(Writing::Delete, true) => of("drift-delete-added"),
        D::Written(Writing::Delete, false) => of("drift-delete-removed"),
        D::ActionAdded(action) => with("drift-action-added", &[("action", action)]),
        D::ActionRemoved(action) => with("drift-action-removed", &[("action", action)]),
        D::InputAdded(action, input) => {
            with("drift-input-added", &[("action", action), ("input", input)])
        }
        D::InputNeeded(action, input) => {
            with("drift-input-needed", &[("action", action), ("input", input)])
        }
        D::InputRemoved(action, input) => {
            with("drift-input-removed", &[("action", action), ("input", input)])
        }
    }
}

/// Something that uses what is not as it was.
pub(super) fn affected(t: &Texts, affected: &Affected) -> String {
    match affected {
        Affected::View(name) => t.with("drift-view", &[("name", name.as_str().into())]),
        Affected::Link(from, to) => {
            t.with("drift-link", &[("from", from.as_str().into()), ("to", to.as_str().into())])
        }
        Affected::Action(name) => t.with("drift-action", &[("name", name.as_str().into())]),
    }
}
