//! What is known of the objects that a field holds as JSON.

use std::borrow::Cow;
use std::sync::Arc;

use kontor_model::FieldType;
use kontor_office::catalog::{humanised, is_identifier};

use super::FieldView;

/// The members of the objects in a field.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Inside {
    /// Those that are known, in the order in which people read them.
    pub members: Arc<[MemberView]>,
    /// The record's own currency, for amounts beside which none stands.
    pub currency: Option<String>,
}

/// A member as screens show it.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberView {
    /// Its name, its title, and how its values are shown.
    pub field: FieldView,
    /// Whether it is left out.
    pub hidden: bool,
    /// Whether somebody gave it its place.
    pub is_named: bool,
    /// The member beside it that holds its currency.
    pub currency: Option<String>,
}

impl Inside {
    /// What is known of a member.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&MemberView> {
        self.members.iter().find(|member| member.field.name == name)
    }

    /// A member as screens show it, also one of which nothing is known.
    #[must_use]
    pub fn view(&self, name: &str) -> Cow<'_, FieldView> {
        match self.member(name) {
            Some(member) => Cow::Borrowed(&member.field),
            None => Cow::Owned(FieldView {
                title: humanised(name),
                is_key: is_identifier(name),
                ..FieldView::new(name, FieldType::Any)
            }),
        }
    }
}
