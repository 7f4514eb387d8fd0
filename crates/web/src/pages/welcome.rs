//! The first administrator, or somebody who was invited, makes an account.

use maud::{Markup, html};

use crate::components::Shell;
use crate::components::control::{self, TextLine, submit};
use crate::components::shell::bare_page;
use crate::links;
use crate::texts::Language;

/// The state of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Welcome {
    /// The token of the link.
    pub token: String,
    /// Whether the account will be the first administrator.
    pub is_first: bool,
    /// Who invited, where somebody did.
    pub invited_by: Option<String>,
    /// Name as given so far.
    pub name: String,
    /// E-mail address as given so far.
    pub email: String,
    /// What is wrong with the name.
    pub name_error: Option<String>,
    /// What is wrong with the address.
    pub email_error: Option<String>,
    /// What is wrong with the password.
    pub password_error: Option<String>,
    /// What is wrong with its repetition.
    pub repeat_error: Option<String>,
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, form: &Welcome) -> Markup {
    let t = shell.texts;
    let title = t.get("welcome-title");
    let lead = match &form.invited_by {
        Some(name) => t.with("welcome-invited", &[("name", name.as_str().into())]),
        None if form.is_first => t.get("welcome-first").into_owned(),
        None => t.get("welcome-lead").into_owned(),
    };
    let languages: Vec<_> = Language::ALL.iter().map(|l| (l.code(), l.title())).collect();
    bare_page(
        shell,
        &title,
        &html! {
            h1 { (title) }
            p.lead { (lead) }
            form.stacked method="post" action=(links::welcome(&form.token)) {
                (TextLine { name: "name", label: &t.get("name"), value: &form.name, autocomplete: "name", error: form.name_error.as_deref(), required: true, first: true, ..TextLine::default() }.render())
                (TextLine { name: "email", label: &t.get("email"), value: &form.email, kind: "email", autocomplete: "username", error: form.email_error.as_deref(), required: true, ..TextLine::default() }.render())
                (TextLine { name: "password", label: &t.get("password"), kind: "password", autocomplete: "new-password", help: Some(&t.get("password-help")), error: form.password_error.as_deref(), required: true, ..TextLine::default() }.render())
                (TextLine { name: "repeat", label: &t.get("password-repeat"), kind: "password", autocomplete: "new-password", error: form.repeat_error.as_deref(), required: true, ..TextLine::default() }.render())
                (control::line("language", &t.get("language"), None, None, &control::select("language", "language", None, &languages, shell.language().code())))
                (submit(&t.get("welcome-go")))
            }
        },
    )
}
