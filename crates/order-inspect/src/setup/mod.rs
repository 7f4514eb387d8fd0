//! How the shop is set up: channels, taxes, ways to deliver and to pay, services, promotions.
//!
//! It is little, it changes rarely, and every basket needs it: a server holds all of it in memory and reads it
//! again when it is older than a second. A change is felt by other servers within that second; what begins or
//! ends at a moment (a tax rate, a promotion) is stored with that moment and does so exactly.

mod channel;
mod delivery;
mod legal;
mod payment;
mod promotion;
mod routes;
mod seller;
mod service;
mod tax;

use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;

pub use channel::Channel;
pub use delivery::{DeliveryArea, DeliveryMethod, DeliveryPrice};
pub use legal::{LegalText, LegalTexts};
pub use payment::{PaymentFlow, PaymentMethod};
pub use promotion::{PromotionUse, StoredPromotion};
pub(crate) use routes::routes;
pub use seller::{Bank, Seller};
pub use service::{Service, ServiceKind, ServicePrice};
pub use tax::{TaxClass, TaxRateFrom};

use crate::{
    act::Act,
    app::App,
    args,
    db::{Db, DbError, Tx},
    error::{Findings, Refusal},
    http::Expected,
    language::Language,
    moment::Moment,
    refuse,
};

/// How old what is held in memory may be, in microseconds.
const FRESH: u64 = 1_000_000;

/// Texts by language, such as `{"de": "Rechnung", "en": "Invoice"}`.
pub type Texts<T = String> = std::collections::BTreeMap<Language, T>;

/// The text in a language, or in the first one that there is.
pub fn text_in<T>(texts: &Texts<T>, language: Language) -> Option<&T> {
    texts.get(&language).or_else(|| texts.values().next())
}

/// A part of the setup under its code.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Stored<T> {
    /// Its number.
    pub id: i64,
    /// Its code, which never changes.
    #[schema(examples("standard"))]
    pub code: String,
    /// Counts its changes; also its ETag.
    pub revision: i64,
    /// What it says.
    #[serde(flatten)]
    pub value: T,
}

/// Notes texts that are missing or too long.
pub(crate) fn check_texts(texts: &Texts, findings: &mut Findings, place: &str) {
    findings.check(!texts.is_empty(), place, "a name in at least one language");
    for (language, text) in texts {
        findings.text(text, 1, 200, format!("{place}/{}", language.code()));
    }
}

/// A kind of setting.
pub(crate) trait Setting:
    Clone + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// What it is called in refusals.
    const WHAT: &'static str;
    /// Its table.
    const TABLE: &'static str;

    /// Notes what is wrong with it.
    fn check(&self, findings: &mut Findings);

    /// Notes what does not fit the server that takes it.
    fn check_against(&self, _: &App, _: &mut Findings) {}

    /// The code of the shop that it belongs to, for settings of which each shop has its own.
    fn channel(&self) -> Option<&str> {
        None
    }

    /// Says which shop it belongs to.
    ///
    /// # Errors
    /// It says itself that it belongs to another one.
    fn belong(&mut self, _channel: String) -> crate::Result<()> {
        Ok(())
    }

    /// All of them.
    fn all(tx: &mut Tx) -> impl Future<Output = crate::Result<Vec<Stored<Self>>>> + Send;

    /// Writes it under a number, a code and a revision; the row may exist.
    fn save(
        tx: &mut Tx,
        act: &Act,
        stored: &Stored<Self>,
    ) -> impl Future<Output = crate::Result<()>> + Send;
}

/// Makes or replaces a setting.
pub(crate) async fn put<T: Setting>(
    tx: &mut Tx,
    act: &Act,
    code: &str,
    expected: Expected,
    value: T,
) -> crate::Result<(bool, Stored<T>)> {
    let mut findings = Findings::default();
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    let fits = !code.is_empty() && code.len() <= 60 && code.chars().all(plain);
    findings.check(fits, "code", "a code is 1 to 60 of a-z, 0-9, “-”, “_” and “.”");
    value.check(&mut findings);
    findings.end()?;
    // Two who replace the same one at the same time do so one after the other.
    tx.rows(&format!("SELECT id FROM {} WHERE code = $1 FOR UPDATE", T::TABLE), args![code])
        .await?;
    let here = |it: &Stored<T>| it.code == code && it.value.channel() == value.channel();
    let before = T::all(tx).await?.into_iter().find(here);
    let stored = match &before {
        Some(before) => {
            expected.require(before.revision, T::WHAT)?;
            Stored { revision: before.revision + 1, value, ..before.clone() }
        }
        None => {
            if matches!(expected, Expected::Revision(_)) {
                refuse!(Refusal::stale(T::WHAT));
            }
            Stored { id: act.new_id(), code: code.to_owned(), revision: 1, value }
        }
    };
    T::save(tx, act, &stored).await?;
    Ok((before.is_none(), stored))
}

/// The whole setup as it was at a moment.
#[derive(Debug, Default)]
pub struct Setup {
    /// Shops.
    pub channels: Vec<Arc<Stored<Channel>>>,
    /// Tax classes with their rates.
    pub taxes: Vec<Stored<TaxClass>>,
    /// Ways to deliver.
    pub deliveries: Vec<Stored<DeliveryMethod>>,
    /// Ways to pay.
    pub payments: Vec<Stored<PaymentMethod>>,
    /// Services that go with goods.
    pub services: Vec<Stored<Service>>,
    /// Promotions that are switched on.
    pub promotions: Vec<StoredPromotion>,
    /// Shop → the locations that it sells from, for those that do not sell from all.
    pub locations: HashMap<i64, Vec<i64>>,
    /// Category → the categories above it, itself included.
    pub category_lines: HashMap<i64, Vec<String>>,
}

impl Setup {
    async fn load(tx: &mut Tx) -> crate::Result<Self> {
        let channels: Vec<_> = Channel::all(tx).await?.into_iter().map(Arc::new).collect();
        let locations = locations(tx, &channels).await?;
        let taxes = TaxClass::all(tx).await?;
        let deliveries = DeliveryMethod::all(tx).await?;
        let payments = PaymentMethod::all(tx).await?;
        let services = Service::all(tx).await?;
        let promotions = promotion::active(tx).await?;
        let category_lines = category_lines(tx).await?;
        Ok(Self {
            channels,
            taxes,
            deliveries,
            payments,
            services,
            promotions,
            locations,
            category_lines,
        })
    }

    /// The shop of this code that is open.
    pub fn channel(&self, code: &str) -> crate::Result<&Arc<Stored<Channel>>> {
        match self.channels.iter().find(|it| it.code == code && it.value.active) {
            Some(channel) => Ok(channel),
            None => refuse!(Refusal::not_found("channel", code)),
        }
    }

    /// The locations that a shop sells from; none where it sells from all.
    pub(crate) fn sells_from(&self, channel: i64) -> Option<&[i64]> {
        self.locations.get(&channel).map(Vec::as_slice)
    }

    /// The shop of this number.
    pub fn channel_by_id(&self, id: i64) -> crate::Result<&Arc<Stored<Channel>>> {
        match self.channels.iter().find(|it| it.id == id) {
            Some(channel) => Ok(channel),
            None => refuse!(Refusal::not_found("channel", id)),
        }
    }
}

/// The locations of these codes; none where no code is named, as a shop then sells from all of them.
pub(crate) async fn named_locations(
    tx: &mut Tx,
    codes: &[String],
) -> Result<Option<Vec<i64>>, DbError> {
    if codes.is_empty() {
        return Ok(None);
    }
    let sql = "SELECT id FROM location WHERE code = ANY($1) ORDER BY id";
    let rows = tx.rows(sql, args![codes.to_vec()]).await?;
    rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>().map(Some)
}

async fn locations(
    tx: &mut Tx,
    channels: &[Arc<Stored<Channel>>],
) -> crate::Result<HashMap<i64, Vec<i64>>> {
    let mut ids = HashMap::<String, i64>::new();
    for row in tx.rows("SELECT id, code FROM location", vec![]).await? {
        ids.insert(row.get("code")?, row.get("id")?);
    }
    let chosen = channels.iter().filter(|it| !it.value.locations.is_empty());
    let of = |it: &Arc<Stored<Channel>>| {
        (it.id, it.value.locations.iter().filter_map(|code| ids.get(code)).copied().collect())
    };
    Ok(chosen.map(of).collect())
}

/// For each category the codes of those above it and its own: promotions speak of codes.
async fn category_lines(tx: &mut Tx) -> crate::Result<HashMap<i64, Vec<String>>> {
    let rows = tx.rows("SELECT id, code, parent_id FROM category", vec![]).await?;
    let mut above = HashMap::new();
    for row in rows {
        let (id, code, parent): (i64, String, Option<i64>) =
            (row.get("id")?, row.get("code")?, row.get("parent_id")?);
        above.insert(id, (code, parent));
    }
    let line = |id: i64| {
        let mut codes = Vec::new();
        let mut at = Some(id);
        // A tree is never deeper than it has nodes, whatever the data says.
        while let Some((code, parent)) =
            at.and_then(|id| above.get(&id)).filter(|_| codes.len() <= above.len())
        {
            codes.push(code.clone());
            at = *parent;
        }
        codes
    };
    Ok(above.keys().map(|id| (*id, line(*id))).collect())
}

/// The setup as a server remembers it.
#[derive(Clone, Default)]
pub struct Remembered(Arc<Held>);

#[derive(Default)]
struct Held {
    /// The setup, and when it was read.
    setup: RwLock<Option<(Moment, Arc<Setup>)>>,
    /// One at a time reads it; the others wait for what they get.
    reading: tokio::sync::Mutex<()>,
}

impl Remembered {
    /// The setup, read again if it is old.
    ///
    /// # Errors
    /// What the database says.
    pub async fn get(&self, db: &Db, now: Moment) -> crate::Result<Arc<Setup>> {
        if let Some(setup) = self.fresh(now) {
            return Ok(setup);
        }
        let _reading = self.0.reading.lock().await;
        if let Some(setup) = self.fresh(now) {
            return Ok(setup);
        }
        let setup = Arc::new(db.read(|tx| Box::pin(Setup::load(tx))).await?);
        if let Ok(mut held) = self.0.setup.write() {
            *held = Some((now, Arc::clone(&setup)));
        }
        Ok(setup)
    }

    fn fresh(&self, now: Moment) -> Option<Arc<Setup>> {
        let held = self.0.setup.read().ok()?;
        let (at, setup) = held.as_ref()?;
        // Read a little before or after: callers have looked at the clock at their own time.
        (now.0.abs_diff(at.0) < FRESH).then(|| Arc::clone(setup))
    }

    /// Reads again at the next question: something was changed here.
    pub fn forget(&self) {
        if let Ok(mut held) = self.0.setup.write() {
            *held = None;
        }
    }
}

/// What a setting says of its shop is what its address says, or nothing.
fn belong(said: &mut String, channel: String) -> crate::Result<()> {
    if !said.is_empty() && *said != channel {
        let detail = format!("the address says “{channel}”: say the same, or leave it out");
        refuse!(Refusal::invalid("/channel", detail));
    }
    *said = channel;
    Ok(())
}

/// The number of a shop.
pub(crate) async fn channel_id(tx: &mut Tx, code: &str) -> crate::Result<i64> {
    match tx.row("SELECT id FROM channel WHERE code = $1", args![code]).await? {
        Some(row) => Ok(row.get("id")?),
        None => refuse!(Refusal::invalid("/channel", format!("there is no channel “{code}”"))),
    }
}

/// Refuses a tax class that does not exist.
pub(crate) async fn tax_class_exists(tx: &mut Tx, code: &str) -> crate::Result<()> {
    match tx.row("SELECT code FROM tax_class WHERE code = $1", args![code]).await? {
        Some(_) => Ok(()),
        None => refuse!(Refusal::invalid("/tax_class", format!("there is no tax class “{code}”"))),
    }
}
