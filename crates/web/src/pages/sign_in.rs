//! Signing in.

use maud::{Markup, html};

use crate::components::Shell;
use crate::components::control::{TextLine, submit};
use crate::components::notice::{Loudness, banner};
use crate::components::shell::bare_page;
use crate::links;

/// The state of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SignIn {
    /// The address that was given.
    pub email: String,
    /// Why it did not work.
    pub problem: Option<SignInProblem>,
    /// Where to go afterwards.
    pub next: Option<String>,
}

/// Why signing in did not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInProblem {
    /// Address and password do not belong together.
    Wrong,
    /// Too many attempts; seconds until the next.
    Throttled(u64),
    /// The session has ended.
    Ended,
}

/// The page.
#[must_use]
pub fn page(shell: &Shell, form: &SignIn) -> Markup {
    let t = shell.texts;
    let title = t.get("sign-in");
    let problem = form.problem.map(|problem| match problem {
        SignInProblem::Wrong => (Loudness::Bad, t.get("sign-in-wrong").into_owned()),
        SignInProblem::Throttled(seconds) => {
            (Loudness::Warning, t.count("sign-in-throttled", seconds))
        }
        SignInProblem::Ended => (Loudness::Quiet, t.get("sign-in-ended").into_owned()),
    });
    bare_page(
        shell,
        &title,
        &html! {
            h1 { (title) }
            @if let Some((loudness, text)) = &problem { (banner(*loudness, &html! { (text) }, None)) }
            form.stacked method="post" action=(links::SIGN_IN) {
                @if let Some(next) = &form.next { input type="hidden" name="next" value=(next); }
                (TextLine { name: "email", label: &t.get("email"), value: &form.email, kind: "email", autocomplete: "username", required: true, first: form.email.is_empty(), ..TextLine::default() }.render())
                (TextLine { name: "password", label: &t.get("password"), kind: "password", autocomplete: "current-password", required: true, first: !form.email.is_empty(), ..TextLine::default() }.render())
                (submit(&title))
            }
        },
    )
}
