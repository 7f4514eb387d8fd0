//! Proposals, their evidence and drift, in the reader's words.

use kontor_office::DriftLine;
use kontor_office::proposals::{
    Confidence as Percent, Fact, Kind, ManifestEdit, NameAgreement, Proposal as Found,
    secrets::Reason,
};

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
    let of = |key: &str, resource: &str| t.with(key, &[("resource", resource.into())]);
    let field = |key: &str, resource: &str, field: &str| {
        t.with(key, &[("resource", resource.into()), ("field", field.into())])
    };
    match line {
        DriftLine::ResourceAdded(name) => of("drift-resource-added", name),
        DriftLine::ResourceRemoved(name) => of("drift-resource-removed", name),
        DriftLine::FieldAdded(name, added) => field("drift-field-added", name, added),
        DriftLine::FieldRemoved(name, removed) => field("drift-field-removed", name, removed),
        DriftLine::FieldRetyped(name, retyped, before, now) => t.with(
            "drift-field-retyped",
            &[
                ("resource", name.as_str().into()),
                ("field", retyped.as_str().into()),
                ("before", before.as_str().into()),
                ("now", now.as_str().into()),
            ],
        ),
        DriftLine::FieldNullable(name, changed, true) => {
            field("drift-field-optional", name, changed)
        }
        DriftLine::FieldNullable(name, changed, false) => {
            field("drift-field-required", name, changed)
        }
        DriftLine::KeyChanged(name) => of("drift-key", name),
    }
}
