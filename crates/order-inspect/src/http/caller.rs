//! API keys: who calls, and what they may do.

use std::{
    collections::HashMap,
    marker::PhantomData,
    sync::{Arc, RwLock},
};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::{app::App, args, db::Tx, error::Refusal, refuse};

/// How long a key is believed without asking the database again, in microseconds: so long it takes at most
/// until a revocation is felt by another server.
const BELIEVED: i64 = 5_000_000;

/// What a key may do.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Change the catalogue: products, prices, stock, reviews.
    Catalogue,
    /// What a shop's frontend does for its visitors: baskets, placing orders, reviews.
    Shop,
    /// Read orders and customers.
    ReadOrders,
    /// Change orders: ship, cancel, return, refund, hold.
    ManageOrders,
    /// Shops, tax rates, methods, promotions, API keys.
    Admin,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Catalogue, Self::Shop, Self::ReadOrders, Self::ManageOrders, Self::Admin];
}

/// Whoever sent a request with a valid key.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The key.
    pub key_id: i64,
    /// Its name, and the person whom it speaks for (`X-On-Behalf-Of`), for the timeline.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The one shop whose baskets, customers and orders it sees; none for all of them.
    pub channel_id: Option<i64>,
}

impl Caller {
    /// Whether it has any of these scopes.
    pub fn may(&self, scopes: &[Scope]) -> bool {
        scopes.iter().any(|scope| self.scopes.contains(scope))
    }

    /// Whether it sees what belongs to a shop.
    pub fn sees(&self, channel_id: i64) -> bool {
        self.channel_id.is_none_or(|own| own == channel_id)
    }

    /// Refuses to do something for a shop that it does not belong to.
    pub fn require_channel(&self, channel_id: i64) -> crate::Result<()> {
        if !self.sees(channel_id) {
            refuse!(Refusal::new(403, "forbidden", "This API key belongs to another shop."));
        }
        Ok(())
    }
}

/// Proof that the caller may do what the type says.
#[derive(Debug, Clone)]
pub struct Permit<S> {
    /// Who it is.
    pub caller: Caller,
    scope: PhantomData<S>,
}

/// The scopes as types, for [`Permit`].
pub mod allowed {
    use super::Scope;

    /// A scope that a handler asks for.
    pub trait Allowed: Send + Sync + 'static {
        /// Any of these is enough.
        const SCOPES: &'static [Scope];
    }

    macro_rules! allowed {
        ($($(#[$doc:meta])* $name:ident => $scopes:expr;)+) => {
            $($(#[$doc])* #[derive(Debug, Clone, Copy)] pub struct $name;
            impl Allowed for $name { const SCOPES: &'static [Scope] = &$scopes; })+
        };
    }

    allowed! {
        /// May change the catalogue.
        Catalogue => [Scope::Catalogue];
        /// May do what a shop's frontend does; those who manage orders write phone orders.
        Shop => [Scope::Shop, Scope::ManageOrders];
        /// May read a customer whom they can name: also the shop's frontend, for the customer's own pages.
        Customer => [Scope::Shop, Scope::ReadOrders, Scope::ManageOrders];
        /// May read orders.
        ReadOrders => [Scope::ReadOrders, Scope::ManageOrders];
        /// May change orders.
        ManageOrders => [Scope::ManageOrders];
        /// May set up the shop.
        Admin => [Scope::Admin];
    }
}

impl<S: allowed::Allowed> FromRequestParts<App> for Permit<S> {
    type Rejection = crate::error::Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> crate::Result<Self> {
        let caller = app.keys.caller(app, &parts.headers).await?;
        app.limits.check_key(caller.key_id)?;
        if !S::SCOPES.iter().any(|scope| caller.scopes.contains(scope)) {
            let wanted = serde_json::json!({ "any_of": S::SCOPES });
            let detail = "This API key may not do that: it needs another scope.";
            refuse!(Refusal::new(403, "forbidden", detail).with_facts(wanted));
        }
        Ok(Self { caller, scope: PhantomData })
    }
}

/// Somebody who looks at a shop: anybody, or the shop's frontend or staff with a key.
#[derive(Debug, Clone)]
pub struct Visitor(Option<Caller>);

impl Visitor {
    /// Somebody without a key.
    pub fn anybody() -> Self {
        Self(None)
    }

    /// Whether they may see what only some customers see, such as the prices of their group.
    pub fn is_trusted(&self) -> bool {
        self.0.is_some()
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = crate::error::Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> crate::Result<Self> {
        if bearer(&parts.headers).is_none() {
            return Ok(Self(None));
        }
        let caller = app.keys.caller(app, &parts.headers).await?;
        app.limits.check_key(caller.key_id)?;
        Ok(Self(Some(caller)))
    }
}

/// Keys that were looked up a moment ago.
#[derive(Clone, Default)]
pub struct Keys(Arc<Remembered>);

#[derive(Default)]
struct Remembered {
    known: RwLock<HashMap<[u8; 32], Known>>,
    /// One at a time asks the database: ten thousand callers with one key ask once.
    asking: tokio::sync::Mutex<()>,
}

/// Who has a key, and until when that is believed, see [`Clock::passed`](crate::clock::Clock::passed).
type Known = (Caller, i64);

impl Keys {
    /// Whether the key of a request was found to be valid a moment ago.
    pub(super) fn knows(&self, headers: &HeaderMap, passed: i64) -> bool {
        bearer(headers).is_some_and(|key| self.known(&hash(key), passed).is_some())
    }

    async fn caller(&self, app: &App, headers: &HeaderMap) -> crate::Result<Caller> {
        let Some(key) = bearer(headers) else {
            refuse!(unauthorised("Send an API key as “Authorization: Bearer oi_…”."));
        };
        let hash = hash(key);
        let now = app.clock.passed();
        if let Some(caller) = self.known(&hash, now) {
            return on_behalf_of(caller, headers);
        }
        let _asking = self.0.asking.lock().await;
        if let Some(caller) = self.known(&hash, now) {
            return on_behalf_of(caller, headers);
        }
        let Some(caller) = app.db.read(move |tx| Box::pin(find(tx, hash))).await? else {
            refuse!(unauthorised("This API key is unknown or was revoked."));
        };
        if let Ok(mut known) = self.0.known.write() {
            known.insert(hash, (caller.clone(), now + BELIEVED));
        }
        on_behalf_of(caller, headers)
    }

    fn known(&self, hash: &[u8; 32], now: i64) -> Option<Caller> {
        let known = self.0.known.read().ok()?;
        known.get(hash).filter(|(_, until)| now < *until).map(|(caller, _)| caller.clone())
    }

    /// Forgets all of them, after a key was revoked.
    pub fn forget(&self) {
        if let Ok(mut known) = self.0.known.write() {
            known.clear();
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

/// The person for whom a back office acts stands in the timeline beside the key's name.
///
/// # Errors
/// Refused is a name that is not written in UTF-8: it would stand nowhere.
fn on_behalf_of(mut caller: Caller, headers: &HeaderMap) -> crate::Result<Caller> {
    let Some(person) = headers.get("x-on-behalf-of") else { return Ok(caller) };
    let Ok(person) = std::str::from_utf8(person.as_bytes()) else {
        let detail = "X-On-Behalf-Of is not UTF-8: send the name in UTF-8, or in ASCII letters.";
        refuse!(Refusal::new(400, "invalid_parameter", detail));
    };
    let person: String = person.trim().chars().filter(|c| !c.is_control()).take(100).collect();
    if !person.is_empty() {
        caller.name = format!("{person} ({})", caller.name);
    }
    Ok(caller)
}

fn unauthorised(detail: &str) -> Refusal {
    Refusal::new(401, "unauthorised", detail)
}

/// What is stored of a key.
pub fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

async fn find(tx: &mut Tx, hash: [u8; 32]) -> crate::Result<Option<Caller>> {
    let sql =
        "SELECT id, name, scopes, channel_id FROM api_key WHERE hash = $1 AND revoked_at IS NULL";
    let Some(row) = tx.row(sql, args![hash.as_slice()]).await? else { return Ok(None) };
    Ok(Some(Caller {
        key_id: row.get("id")?,
        name: row.get("name")?,
        scopes: row.json("scopes")?,
        channel_id: row.get("channel_id")?,
    }))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;
    use crate::error::Error;

    fn named(person: &[u8]) -> crate::Result<String> {
        let mut headers = HeaderMap::new();
        headers.insert("x-on-behalf-of", HeaderValue::from_bytes(person).unwrap());
        let name = "kontor".to_owned();
        let caller = Caller { key_id: 1, name, scopes: Vec::new(), channel_id: None };
        on_behalf_of(caller, &headers).map(|it| it.name)
    }

    #[test]
    fn a_person_is_named_in_any_letters() {
        assert_eq!(named(b" Anna ").unwrap(), "Anna (kontor)");
        assert_eq!(named("Jörg Łukasz".as_bytes()).unwrap(), "Jörg Łukasz (kontor)");
        assert_eq!(named(b"").unwrap(), "kontor");
    }

    #[test]
    fn a_name_that_cannot_be_read_is_refused_and_not_dropped() {
        let Err(Error::Refused(refused)) = named(b"J\xf6rg") else { panic!("no refusal") };
        assert_eq!((refused.status, refused.code), (400, "invalid_parameter"));
    }
}
