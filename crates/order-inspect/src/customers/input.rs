//! What is asked for when a customer is made or changed.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    address::{Address, is_email, plain_email},
    error::Findings,
    language::Language,
};

/// The most addresses of one customer.
const MOST_ADDRESSES: usize = 20;

/// A customer to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomer {
    /// The shop's code.
    #[schema(max_length = 60, examples("de"))]
    pub channel: String,
    /// Where mails go; one customer per shop has it.
    #[schema(format = Email, max_length = 254, examples("erika@example.org"))]
    pub email: String,
    /// First and last name.
    #[schema(min_length = 1, max_length = 200, examples("Erika Mustermann"))]
    pub name: String,
    /// Phone number.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
    /// The group whose prices and promotions they get: only for those who manage orders.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, examples("trade"))]
    pub group: Option<String>,
    /// Their language; the shop's first if it is not said.
    #[serde(default)]
    pub locale: Option<Language>,
    /// Their addresses; the first is the one that they use most.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub addresses: Vec<Address>,
}

/// What a customer is from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeCustomer {
    /// Where mails go; one customer per shop has it.
    #[schema(format = Email, max_length = 254, examples("erika@example.org"))]
    pub email: String,
    /// First and last name.
    #[schema(min_length = 1, max_length = 200, examples("Erika Mustermann"))]
    pub name: String,
    /// Phone number.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub phone: Option<String>,
    /// The group whose prices and promotions they get: only those who manage orders may change it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60, examples("trade"))]
    pub group: Option<String>,
    /// Their language.
    pub locale: Language,
    /// Their addresses; the first is the one that they use most.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub addresses: Vec<Address>,
}

impl NewCustomer {
    /// The same without the shop.
    pub(super) fn content(self, usual: Language) -> (String, ChangeCustomer) {
        let content = ChangeCustomer {
            email: self.email,
            name: self.name,
            phone: self.phone,
            group: self.group,
            locale: self.locale.unwrap_or(usual),
            addresses: self.addresses,
        };
        (self.channel, content)
    }
}

impl ChangeCustomer {
    /// What can be found wrong without looking anywhere; the e-mail address is made plain.
    pub(super) fn check(&mut self) -> crate::Result<()> {
        self.email = plain_email(&self.email);
        let mut findings = Findings::default();
        findings.check(
            is_email(&self.email),
            "/email",
            "an e-mail address, such as erika@example.org",
        );
        let short =
            |text: &str, longest: usize| !text.trim().is_empty() && text.chars().count() <= longest;
        findings.check(short(&self.name, 200), "/name", "1 to 200 characters");
        let phone = self.phone.as_ref().is_none_or(|it| it.chars().count() <= 40);
        findings.check(phone, "/phone", "at most 40 characters");
        let group = self.group.as_ref().is_none_or(|it| short(it, 60));
        findings.check(group, "/group", "1 to 60 characters");
        let few = self.addresses.len() <= MOST_ADDRESSES;
        findings.check(few, "/addresses", format!("at most {MOST_ADDRESSES}"));
        for (at, address) in self.addresses.iter().enumerate() {
            address.check(&mut findings, &format!("/addresses/{at}"));
        }
        findings.end()
    }
}
