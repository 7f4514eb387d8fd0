//! Reasons, in the reader's language.

use kontor_model::InvalidInput;
use kontor_model::change::Rule;
use kontor_model::filter::FilterError;
use kontor_model::filter::bind::BindError;
use kontor_office::manifest::Label;
use kontor_office::{
    FarRefusal, FarTrouble, FieldProblem, LONGEST_NAME, NameProblem, Needed, NotUndoable,
    PeopleError, Problem, ReadOnlyReason, Role,
};

use crate::texts::Texts;
use crate::view::locked;

/// Where a filter cannot be read and, if that can be told, what would be right.
pub(super) fn filter_text(t: &Texts, problem: &FilterError) -> String {
    if let Some(most) = problem.most {
        return t.with("failure-filter-most", &[("most", most.to_string().into())]);
    }
    let wrong = t.with(
        "failure-filter-text",
        &[
            ("at", problem.at.to_string().into()),
            ("found", problem.found.clone().unwrap_or_else(|| "…".to_owned()).into()),
        ],
    );
    match &problem.meant {
        Some(meant) => {
            let meant = t.with("failure-filter-meant", &[("meant", meant.as_str().into())]);
            format!("{wrong} {meant}")
        }
        None => wrong,
    }
}

/// Why a filter does not fit, in the reader's language.
pub(super) fn bind_text(t: &Texts, problem: &BindError) -> String {
    match problem {
        BindError::UnknownField { name, resource } | BindError::UnknownLink { name, resource } => t
            .with(
                "failure-no-field",
                &[("name", name.as_str().into()), ("resource", resource.as_str().into())],
            ),
        BindError::Operator { symbol, field } => t.with(
            "failure-filter-operator",
            &[("operator", (*symbol).into()), ("field", field.as_str().into())],
        ),
        BindError::NotOffered { symbol, field } => t.with(
            "failure-filter-not-offered",
            &[("operator", (*symbol).into()), ("field", field.as_str().into())],
        ),
        BindError::OnlyAll { .. } => t.get("failure-filter-only-all").into_owned(),
        BindError::Value { field, problem } => format!("{field}: {}", input_text(t, problem)),
        BindError::Period { field, .. } => {
            t.with("failure-filter-period", &[("field", field.as_str().into())])
        }
    }
}

/// Why a filter over a link to another backend cannot be answered, and what helps.
pub(super) fn far_text(t: &Texts, link: &Label, refusal: &FarRefusal) -> String {
    let link = link.in_language(t.language().code()).to_owned();
    let said = |key: &str, more: (&'static str, String)| {
        t.with(key, &[("link", link.clone().into()), (more.0, more.1.into())])
    };
    let backend = |label: &Label| ("backend", label.in_language(t.language().code()).to_owned());
    let nothing = || ("backend", String::new());
    match refusal {
        FarRefusal::TooMany { most } => {
            let most = i128::try_from(*most).unwrap_or(i128::MAX);
            said("failure-far-many", ("most", crate::format::integer(t.language(), most)))
        }
        FarRefusal::Lossy => said("failure-far-lossy", nothing()),
        FarRefusal::Inside => said("failure-far-inside", nothing()),
        FarRefusal::TooFar => said("failure-far-far", nothing()),
        FarRefusal::OneOnly { found } => {
            let found = i128::try_from(*found).unwrap_or(i128::MAX);
            said("failure-far-one", ("found", crate::format::integer(t.language(), found)))
        }
        FarRefusal::Trouble(trouble) => match trouble {
            FarTrouble::OutOfReach => said("failure-far-reach", nothing()),
            FarTrouble::Misfit { backend: b } => said("failure-far-misfit", backend(b)),
            FarTrouble::Slow { backend: b } => said("failure-far-slow", backend(b)),
            FarTrouble::Down { backend: b } => said("failure-far-down", backend(b)),
            FarTrouble::Refused { backend: b } => said("failure-far-refused", backend(b)),
        },
    }
}

/// What somebody would need.
pub(super) fn needed_text(t: &Texts, needed: &Needed) -> String {
    match needed {
        Needed::SignIn => t.get("failure-sign-in").into_owned(),
        Needed::Administrator => t.get("failure-administrator").into_owned(),
        Needed::Role { backend, role } => {
            let role = t.get(role_key(*role)).into_owned();
            t.with("failure-role", &[("backend", backend.as_str().into()), ("role", role.into())])
        }
    }
}

/// Key of why a change cannot be taken back.
pub(crate) fn not_undoable_key(reason: NotUndoable) -> &'static str {
    match reason {
        NotUndoable::NotApplied => "failure-undo-not-applied",
        NotUndoable::AlreadyUndone => "failure-undo-already",
        NotUndoable::ValuesNotKept => "failure-undo-not-kept",
        NotUndoable::OthersLost => "failure-undo-others-lost",
        NotUndoable::ChangedSince => "failure-undo-changed-since",
        NotUndoable::OthersPoint => "failure-undo-others-point",
        NotUndoable::AnAction => "failure-undo-action",
    }
}

/// Key of a role's name.
fn role_key(role: Role) -> &'static str {
    match role {
        Role::Administrator => "role-administrator",
        Role::Editor => "role-editor",
        Role::Reader => "role-reader",
    }
}

/// Key of why something can only be read.
pub(crate) fn read_only_key(reason: ReadOnlyReason) -> &'static str {
    locked(reason).key()
}

/// What is wrong with an input, in the reader's language.
pub(crate) fn field_text(t: &Texts, problem: &FieldProblem) -> String {
    match &problem.problem {
        Problem::Input(input) => input_text(t, input),
        Problem::Required => t.get("input-required").into_owned(),
        Problem::OneOf(titles) => {
            let code = t.language().code();
            let titles =
                titles.iter().map(|title| title.in_language(code)).collect::<Vec<_>>().join(", ");
            t.with("input-one-of", &[("fields", titles.into())])
        }
        Problem::Unknown => t.with("input-unknown", &[("field", problem.field.as_str().into())]),
        Problem::ReadOnly(reason) => t.get(read_only_key(*reason)).into_owned(),
        Problem::Refused(refusal) => {
            let key = match refusal.rule {
                Rule::Unique => "refused-unique",
                Rule::ReferenceMissing => "refused-reference-missing",
                Rule::ReferencedBy => "refused-referenced-by",
                Rule::NotNull => "input-required",
                Rule::Check => "refused-check",
                Rule::Invalid => "refused-invalid",
                Rule::Privilege => "locked-no-privilege",
                Rule::Other => "refused-other",
            };
            let constraint = refusal.constraint.clone().unwrap_or_default();
            let other = refusal.other.clone().unwrap_or_default();
            t.with(
                key,
                &[
                    ("message", refusal.message.as_str().into()),
                    ("constraint", constraint.into()),
                    ("other", other.into()),
                ],
            )
        }
    }
}

/// What is wrong with a text, in the reader's language.
pub(crate) fn input_text(t: &Texts, input: &InvalidInput) -> String {
    match input {
        InvalidInput::Form { expected, .. } => {
            use kontor_model::field_type::Expected as E;
            let key = match expected {
                E::Bool => "expected-bool",
                E::Integer => "expected-integer",
                E::Decimal => "expected-decimal",
                E::Number => "expected-number",
                E::Date => "expected-date",
                E::Time => "expected-time",
                E::DateTime => "expected-datetime",
                E::Instant => "expected-instant",
                E::Year => "expected-year",
                E::Uuid => "expected-uuid",
                E::Json => "expected-json",
                E::Hex => "expected-hex",
                E::Bits => "expected-bits",
            };
            t.get(key).into_owned()
        }
        InvalidInput::Bounds { min, max, .. } => {
            t.with("input-bounds", &[("min", min.as_str().into()), ("max", max.as_str().into())])
        }
        InvalidInput::Scale { scale, .. } => {
            t.with("input-scale", &[("scale", (*scale).to_string().into())])
        }
        InvalidInput::Length { length, max } => t.with(
            "input-length",
            &[("length", length.to_string().into()), ("max", max.to_string().into())],
        ),
        InvalidInput::Choice { .. } => t.get("input-choice").into_owned(),
        InvalidInput::ReadOnly => t.get("locked-type").into_owned(),
    }
}

/// What is wrong with a person's data, in the reader's language.
pub(crate) fn people_text(t: &Texts, problem: &PeopleError) -> String {
    match problem {
        PeopleError::WrongPassword => t.get("people-wrong-password").into_owned(),
        PeopleError::Throttled { seconds } => {
            t.with("people-throttled", &[("seconds", (*seconds).to_string().into())])
        }
        PeopleError::LinkSpent => t.get("people-link-spent").into_owned(),
        PeopleError::PasswordShort { least } => {
            t.with("people-password-short", &[("least", (*least).to_string().into())])
        }
        PeopleError::PasswordCommon => t.get("people-password-common").into_owned(),
        PeopleError::Email(_) => t.get("people-email").into_owned(),
        PeopleError::EmailTaken => t.get("people-email-taken").into_owned(),
        PeopleError::Name(problem) => name_text(t, *problem),
        PeopleError::TimeZone(_) => t.get("people-time-zone").into_owned(),
        PeopleError::Disabled => t.get("people-disabled").into_owned(),
        PeopleError::LastAdministrator => t.get("people-last-administrator").into_owned(),
    }
}

fn name_text(t: &Texts, problem: NameProblem) -> String {
    match problem {
        NameProblem::Missing => t.get("people-name-missing").into_owned(),
        NameProblem::Long => {
            t.with("people-name-long", &[("most", LONGEST_NAME.to_string().into())])
        }
        NameProblem::Unseen => t.get("people-name-unseen").into_owned(),
        NameProblem::Mixed => t.get("people-name-mixed").into_owned(),
        NameProblem::Taken => t.get("people-name-taken").into_owned(),
    }
}
