//! The shop window: in which shop, language and currency, and for whom, something is looked at.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use serde::Deserialize;

use crate::{
    app::App,
    error::Refusal,
    http::Visitor,
    moment::Moment,
    money::Currency,
    refuse,
    setup::{Channel, Setup, Stored},
    tax::TaxRate,
};

/// How the visitor of a shop looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Looking {
    /// The shop.
    #[param(min_length = 1, max_length = 60, example = "de")]
    pub channel: String,
    /// The language; the shop's first one if there is none.
    #[param(min_length = 2, max_length = 5, example = "de")]
    pub locale: Option<String>,
    /// The currency; the shop's first one if there is none.
    #[param(min_length = 3, max_length = 3, example = "EUR")]
    pub currency: Option<String>,
    /// The group that the customer belongs to; its prices are shown to those who have an API key.
    #[param(min_length = 1, max_length = 60)]
    pub customer_group: Option<String>,
    /// Where it would be delivered to; the shop's country if there is none.
    #[param(min_length = 2, max_length = 2, example = "DE")]
    pub country: Option<String>,
    /// The postcode that it would be delivered to.
    #[param(min_length = 1, max_length = 12, example = "20095")]
    pub postcode: Option<String>,
}

/// What the visitor's wishes mean.
#[derive(Debug, Clone)]
pub(super) struct Window {
    pub(super) setup: Arc<Setup>,
    pub(super) channel: Arc<Stored<Channel>>,
    pub(super) locale: String,
    pub(super) currency: Currency,
    pub(super) customer_group: Option<String>,
    pub(super) country: String,
    pub(super) postcode: String,
    pub(super) now: Moment,
}

impl Window {
    /// Opens the window.
    ///
    /// # Errors
    /// There is no such shop, it does not take the currency, or the prices of a group were asked for without a key.
    pub(super) async fn open(
        app: &App,
        visitor: &Visitor,
        looking: &Looking,
    ) -> crate::Result<Self> {
        if looking.customer_group.is_some() && !visitor.is_trusted() {
            refuse!(group_refused());
        }
        let now = app.clock.now();
        let setup = app.setup.get(&app.db, now).await?;
        let channel = Arc::clone(setup.channel(&looking.channel)?);
        let currency = currency(&channel.value, looking.currency.as_deref())?;
        let locale = looking.locale.clone();
        let country = looking.country.clone();
        Ok(Self {
            locale: locale.unwrap_or_else(|| channel.value.language().code().to_owned()),
            currency,
            customer_group: looking.customer_group.clone(),
            country: country.unwrap_or_else(|| channel.value.country.clone()),
            postcode: looking.postcode.clone().unwrap_or_default(),
            now,
            setup,
            channel,
        })
    }

    /// The rate of tax where the shop is; a product can be looked at before there is one.
    pub(super) fn tax_rate(&self, class: &str) -> Option<TaxRate> {
        self.setup.tax_rate(class, &self.channel.value.country, self.now).ok()
    }

    /// The moments after now at which a rate of tax changes in the shop's country.
    pub(super) fn tax_changes(&self) -> impl Iterator<Item = Moment> {
        let rates = self.setup.taxes.iter().flat_map(|class| &class.value.rates);
        let here = rates.filter(|it| it.country == self.channel.value.country);
        here.map(|it| it.from).filter(|from| *from > self.now)
    }
}

/// Only those who have a key say which group a visitor belongs to.
pub(super) fn group_refused() -> Refusal {
    let detail = "The prices of a group are its own: send an API key to see them.";
    Refusal::new(403, "forbidden", detail)
}

/// A number that changes with the part of the setup that pages show.
pub(super) fn signature(setup: &Setup) -> u64 {
    let mut hasher = DefaultHasher::new();
    for it in &setup.channels {
        (it.id, it.revision).hash(&mut hasher);
    }
    for it in &setup.taxes {
        (it.id, it.revision).hash(&mut hasher);
    }
    for it in &setup.deliveries {
        (it.id, it.revision).hash(&mut hasher);
    }
    for it in &setup.services {
        (it.id, it.revision).hash(&mut hasher);
    }
    hasher.finish()
}

fn currency(channel: &Channel, wanted: Option<&str>) -> crate::Result<Currency> {
    let Some(wanted) = wanted else { return Ok(channel.currency()) };
    match channel.currencies.iter().find(|it| it.code() == wanted) {
        Some(currency) => Ok(*currency),
        None => {
            let detail = format!("The shop does not take the currency “{wanted}”.");
            refuse!(Refusal::new(400, "invalid_parameter", detail))
        }
    }
}
