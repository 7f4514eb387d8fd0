//! The people who work here, and one of them.

use jiff::Timestamp;
use kontor_model::BackendName;
use maud::{Markup, html};

use crate::components::control::{self, TextLine, post_button, submit};
use crate::components::notice::{Loudness, banner};
use crate::components::shell::{Layout, page as shell_page};
use crate::components::{Shell, status, time};
use crate::links;
use crate::pages::account::{SessionRow, TokenRow, sessions, tokens};
use crate::shown::Tone;
use crate::texts::Texts;

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Everything, people and connections included.
    Administrator,
    /// Read and change.
    Editor,
    /// Read.
    Reader,
    /// Nothing.
    Nothing,
}

impl Role {
    /// All roles with their codes in forms and the keys of their words.
    pub const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Administrator, "administrator", "role-administrator"),
        (Self::Editor, "editor", "role-editor"),
        (Self::Reader, "reader", "role-reader"),
        (Self::Nothing, "nothing", "role-nothing"),
    ];

    /// The role's code in forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::ALL.iter().find(|(role, ..)| *role == self).map_or("", |(_, code, _)| code)
    }

    /// The role of a code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == code).map(|(role, ..)| *role)
    }

    fn word(self, t: &Texts) -> String {
        let key = Self::ALL.iter().find(|(role, ..)| *role == self).map_or("", |(.., key)| key);
        t.get(key).into_owned()
    }
}

/// Whether somebody can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonState {
    /// Yes.
    Active,
    /// Not yet: the invitation has not been used.
    Invited,
    /// Not any more.
    Disabled,
}

impl PersonState {
    fn told(self) -> (Tone, &'static str) {
        match self {
            Self::Active => (Tone::Good, "person-active"),
            Self::Invited => (Tone::Waiting, "person-invited"),
            Self::Disabled => (Tone::Neutral, "person-disabled"),
        }
    }
}

/// The list of people.
#[derive(Debug, Clone, PartialEq)]
pub struct PeopleScreen {
    /// The people, by name.
    pub people: Vec<PersonRow>,
    /// The invitation that was just made, shown once: whom it is for, its link.
    pub invitation: Option<(String, String)>,
    /// E-mail address as given so far.
    pub email: String,
    /// What is wrong with it.
    pub email_error: Option<String>,
}

/// Somebody in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonRow {
    /// Id.
    pub id: String,
    /// Name; the address where there is none yet.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// The role where no backend says otherwise.
    pub role: Role,
    /// On how many backends it is another.
    pub exceptions: usize,
    /// Whether they can sign in.
    pub state: PersonState,
    /// When they were last here.
    pub last_seen: Option<Timestamp>,
}

/// One person.
#[derive(Debug, Clone, PartialEq)]
pub struct PersonScreen {
    /// The person.
    pub person: PersonRow,
    /// Whether it is the reader, who cannot lock themselves out.
    pub is_self: bool,
    /// The role on each backend; `None` where the general one holds.
    pub roles: Vec<(BackendName, String, Option<Role>)>,
    /// Where they are signed in.
    pub sessions: Vec<SessionRow>,
    /// Their API tokens.
    pub tokens: Vec<TokenRow>,
    /// A link to choose a new password, shown once.
    pub reset_link: Option<String>,
    /// What went wrong.
    pub problem: Option<String>,
}

/// The list.
#[must_use]
pub fn list(shell: &Shell, screen: &PeopleScreen) -> Markup {
    let t = shell.texts;
    let title = t.get("people-title");
    let content = html! {
        div.page {
            header.head { div { h1 { (title) } p.lead { (t.count("people-count", screen.people.len() as u64)) } } }
            @if let Some((email, link)) = &screen.invitation { (secret(t, &t.with("invite-made", &[("email", email.as_str().into())]), link)) }
            div.scroll tabindex="0" role="region" aria-label=(title) {
                table.plain {
                    thead { tr { th scope="col" { (t.get("name")) } th scope="col" { (t.get("email")) } th scope="col" { (t.get("role")) } th scope="col" { (t.get("state")) } th scope="col" { (t.get("last-seen")) } } }
                    tbody { @for person in &screen.people { (row(shell, person)) } }
                }
            }
            section.narrow-form {
                h2 { (t.get("invite")) }
                p.help { (t.get("invite-help")) }
                form.row-form method="post" action=(links::PEOPLE) {
                    (TextLine { name: "email", label: &t.get("email"), value: &screen.email, kind: "email", autocomplete: "off", error: screen.email_error.as_deref(), required: true, ..TextLine::default() }.render())
                    (control::line("role", &t.get("role"), None, None, &role_select(t, Role::Reader)))
                    (submit(&t.get("invite-go")))
                }
            }
        }
    };
    shell_page(shell, &title, Layout::Flow, &content)
}

fn row(shell: &Shell, person: &PersonRow) -> Markup {
    let t = shell.texts;
    let (tone, key) = person.state.told();
    html! {
        tr {
            td { a.open href=(links::person(&person.id)) { (person.name) } }
            td { (person.email) }
            td { (person.role.word(t)) @if person.exceptions > 0 { " " span.help { (t.count("role-exceptions", person.exceptions as u64)) } } }
            td { (status::dot(tone, &t.get(key))) }
            td { @if let Some(at) = person.last_seen { (time::ago(shell, at)) } @else { span.null { "–" } } }
        }
    }
}

fn role_select(t: &Texts, chosen: Role) -> Markup {
    html! {
        select #role name="role" {
            @for (role, code, key) in Role::ALL { option value=(code) selected[role == chosen] { (t.get(key)) } }
        }
    }
}

/// Something that is shown once and never again.
pub(crate) fn secret(t: &Texts, text: &str, secret: &str) -> Markup {
    banner(
        Loudness::Quiet,
        &html! { p { (text) } p.secret { code { (secret) } (control::copy(t, secret)) } p.help { (t.get("shown-now")) } },
        None,
    )
}

/// One person.
#[must_use]
pub fn person(shell: &Shell, screen: &PersonScreen) -> Markup {
    let t = shell.texts;
    let person = &screen.person;
    let (tone, key) = person.state.told();
    let action = links::person(&person.id);
    let content = html! {
        div.page.narrow {
            header.head {
                div { p.crumb { a href=(links::PEOPLE) { (t.get("people-title")) } } h1 { (person.name) } p.lead { (person.email) " · " (status::dot(tone, &t.get(key))) } }
                @if !screen.is_self { div.actions {
                    (post_button(&action, &[("do", "reset")], &html! { (t.get("person-reset")) }, ""))
                    @if person.state == PersonState::Disabled { (post_button(&action, &[("do", "enable")], &html! { (t.get("person-enable")) }, "")) }
                    @else { (post_button(&action, &[("do", "disable")], &html! { (t.get("person-disable")) }, "danger")) }
                } }
            }
            @if let Some(problem) = &screen.problem { (banner(Loudness::Bad, &html! { (problem) }, None)) }
            @if let Some(link) = &screen.reset_link { (secret(t, &t.get("person-reset-made"), link)) }
            section {
                h2 { (t.get("roles")) }
                form.record-form method="post" action=(action) {
                    input type="hidden" name="do" value="roles";
                    div.form-group {
                        (control::line("role", &t.get("role-everywhere"), Some(&t.get("role-help")), None, &role_select(t, person.role)))
                        @for (at, (name, title, role)) in screen.roles.iter().enumerate() {
                            @let id = format!("role-{at}");
                            (control::line(&id, title, None, None, &exception(t, &id, name, *role)))
                        }
                    }
                    div.actions { (submit(&t.get("save"))) }
                }
            }
            section { h2 { (t.get("sessions")) } (sessions(shell, &screen.sessions, &action)) }
            section { h2 { (t.get("tokens")) } (tokens(shell, &screen.tokens, &action)) }
        }
    };
    shell_page(shell, &person.name, Layout::Flow, &content)
}

fn exception(t: &Texts, id: &str, backend: &BackendName, role: Option<Role>) -> Markup {
    let name = format!("role.{backend}");
    html! {
        select id=(id) name=(name) {
            option value="" selected[role.is_none()] { (t.get("role-general")) }
            @for (offered, code, key) in &Role::ALL { option value=(code) selected[role == Some(*offered)] { (t.get(key)) } }
        }
    }
}
