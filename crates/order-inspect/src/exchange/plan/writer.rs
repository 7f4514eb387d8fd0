//! The steps of writing one item with the catalogue's functions, noting what they change.

use super::{
    change::{FieldChange, Weighed},
    context::{Choices, Context},
    failure::{Failure, Spoken, item_problem, told},
    fields::fields,
    merge::{Merge, Named},
    names, prices,
    stand::Stand,
};
use crate::{
    act::Act,
    args,
    catalogue::{
        folding,
        prices::store as price_store,
        products::{
            publication::{self, PublicationWindow},
            record::Product,
            store,
            values::TypeRules,
        },
        stock::change::{CountedLine, StockChange},
        words::{Code, Sku, Slug},
    },
    db::Tx,
    error::Error,
    exchange::item::{Intent, Item, RecordKey, VariantSaid},
    http::Expected,
    inspect::availability::AvailabilityState,
};

/// The steps of writing one item.
pub(super) struct Writer<'a> {
    pub(super) act: &'a Act,
    pub(super) context: &'a Context,
    pub(super) line: Option<u64>,
    pub(super) weighed: Weighed,
}

impl Writer<'_> {
    pub(super) async fn write(
        &mut self,
        tx: &mut Tx,
        stand: Option<&Stand>,
        key: &RecordKey,
        mut item: Item,
    ) -> Result<(), Failure> {
        if let (Some(stand), Intent::Withdraw) = (stand, item.intent) {
            return self.publish(tx, stand.id, Some(stand), false).await;
        }
        let named = self.named(tx, stand, key, &mut item).await?;
        let rules = self.rules(tx, &named.product_type, &item).await?;
        let mut merge =
            Merge { context: self.context, rules: rules.as_ref(), problems: Vec::new() };
        let (mut product, variants) = merge.product(stand, &item, named);
        if !merge.problems.is_empty() {
            return Err(Failure::Item(merge.problems));
        }
        if item.intent == Intent::Retire && product.variants.iter().all(|it| !it.active) {
            product.active = false;
        }
        let id = self.product(tx, stand, &product, &variants).await?;
        self.prices(tx, stand, &variants).await?;
        self.stock(tx, stand, &variants).await?;
        if let Some(published) = item.published {
            self.publish(tx, id, stand, published).await?;
        }
        Ok(())
    }

    /// Looks up what the file calls by name.
    async fn named(
        &mut self,
        tx: &mut Tx,
        stand: Option<&Stand>,
        key: &RecordKey,
        item: &mut Item,
    ) -> Result<Named, Failure> {
        let choices = &self.context.choices;
        let had = stand.map(|it| &it.record.product);
        let said = match &item.product_type {
            Some(name) => {
                let found = names::product_type(tx, name).await?;
                if found.is_none() {
                    self.weighed
                        .warnings
                        .push(format!("There is no product type “{name}”; it is ignored."));
                }
                found
            }
            None => None,
        };
        let product_type = said
            .or_else(|| had.map(|it| it.product_type.clone()))
            .or_else(|| choices.product_type.clone());
        let missing =
            "a new product has a type: say product_type=… with the import, or the type in the file";
        let product_type =
            product_type.ok_or_else(|| item_problem(self.line, "product_type", missing))?;
        let tax_class = self.tax_class(tx, had, item.tax_rate).await?;
        let brand = match item.brand.take() {
            None => None,
            Some(name) if name.is_empty() => Some(None),
            Some(name) => Some(Some(self.brand(tx, had, &name).await?)),
        };
        let code = match had {
            Some(had) => had.code.clone(),
            None => {
                new_code(key, item, choices).map_err(|why| item_problem(self.line, "item", why))?
            }
        };
        Ok(Named { code, product_type, tax_class, brand })
    }

    /// Brands may have the same name: the product's own one is meant if it has this one.
    async fn brand(&self, tx: &mut Tx, had: Option<&Product>, name: &str) -> Result<Code, Failure> {
        if let Some(code) = had.and_then(|it| it.brand.as_ref())
            && names::brand_name(tx, code).await?.as_deref().map(str::trim) == Some(name)
        {
            return Ok(code.clone());
        }
        Ok(names::brand(tx, self.act, name).await?)
    }

    async fn tax_class(
        &self,
        tx: &mut Tx,
        had: Option<&Product>,
        rate: Option<i64>,
    ) -> Result<Code, Failure> {
        let had = had.map(|it| it.tax_class.clone());
        let Some(rate) = rate else {
            let class = had.or_else(|| self.context.choices.tax_class.clone());
            let missing = "a new product is taxed: say tax_class=… with the import";
            return class.ok_or_else(|| item_problem(self.line, "tax_class", missing));
        };
        let classes = names::tax_classes(tx, rate, &self.context.country, self.act.now).await?;
        let known = [had, self.context.choices.tax_class.clone()].into_iter().flatten();
        let mut fitting = known.filter(|it| classes.contains(it));
        let first = fitting.next().or_else(|| classes.first().cloned());
        first.ok_or_else(|| {
            let percent = rate / 1000;
            item_problem(
                self.line,
                "tax",
                format!("no tax class has a rate of about {percent} % in {}", self.context.country),
            )
        })
    }

    async fn rules(
        &mut self,
        tx: &mut Tx,
        product_type: &Code,
        item: &Item,
    ) -> Result<Option<TypeRules>, Failure> {
        let said = || item.features.iter().chain(item.variants.iter().flat_map(|it| &it.features));
        if said().next().is_none() {
            return Ok(None);
        }
        let sql = "SELECT id FROM product_type WHERE code = $1";
        let Some(row) = tx.row(sql, args![product_type]).await? else { return Ok(None) };
        let rules = TypeRules::load(tx, row.get("id")?).await?;
        let unknown = super::features::unknown(&rules, said());
        let told = unknown.map(|name| {
            format!("No product type that was met has an attribute “{name}”; it is ignored.")
        });
        self.weighed.warnings.extend(told);
        Ok(Some(rules))
    }

    async fn product(
        &mut self,
        tx: &mut Tx,
        stand: Option<&Stand>,
        product: &Product,
        variants: &[(Sku, VariantSaid)],
    ) -> Result<i64, Failure> {
        let before = stand.map(|it| fields(&it.record.product)).unwrap_or_default();
        let after = fields(product);
        let places: std::collections::BTreeSet<&String> =
            before.keys().chain(after.keys()).collect();
        for place in places {
            let (had, has) = (before.get(place).cloned(), after.get(place).cloned());
            if had != has {
                self.weighed.changes.push(FieldChange::new(place.clone(), had, has));
            }
        }
        let outcome = match stand {
            None => store::create(tx, self.act, product).await,
            Some(stand) if self.weighed.changes.is_empty() => Ok(stand.id),
            Some(_) => {
                let changed =
                    store::change(tx, self.act, &product.code, product, Expected::Any).await;
                changed.map(|(id, _)| id)
            }
        };
        let spoken = Spoken { product, variants, line: self.line };
        outcome.map_err(|error| match error {
            Error::Refused(refusal) => Failure::Item(told(*refusal, Some(&spoken))),
            other => Failure::Broken(other),
        })
    }

    async fn prices(
        &mut self,
        tx: &mut Tx,
        stand: Option<&Stand>,
        variants: &[(Sku, VariantSaid)],
    ) -> Result<(), Failure> {
        let choices = &self.context.choices;
        let market = prices::Market {
            channel: choices.channel.clone(),
            currency: choices.currency,
            now: self.act.now,
        };
        let mut changes = Vec::new();
        for (sku, said) in variants {
            let new = prices::changes(&market, stand, sku, said.line, &said.prices);
            for (change, fields) in new.map_err(|problem| Failure::Item(vec![problem]))? {
                self.weighed.changes.extend(fields);
                changes.push(change);
            }
        }
        if changes.is_empty() {
            return Ok(());
        }
        let place = |at: usize| {
            changes.get(at).map_or(String::new(), |it| format!("variants/{}/price", it.sku))
        };
        price_store::set(tx, self.act, &changes, place).await?;
        Ok(())
    }

    /// What the file counts is booked as a correction, with the import as its reason.
    async fn stock(
        &mut self,
        tx: &mut Tx,
        stand: Option<&Stand>,
        variants: &[(Sku, VariantSaid)],
    ) -> Result<(), Failure> {
        let Some(location) = self.context.choices.location.clone() else {
            if variants.iter().any(|(_, it)| it.on_hand.is_some()) {
                let told =
                    "Quantities are ignored: say location=… with the import, where they lie.";
                self.weighed.warnings.push(told.to_owned());
            }
            return Ok(());
        };
        let mut lines = Vec::new();
        for (sku, said) in variants {
            let before = stand.and_then(|it| it.on_hand(sku, &location));
            let Some(on_hand) =
                said.on_hand.or_else(|| self.sold_out(stand?, sku, said, &location))
            else {
                continue;
            };
            if before.unwrap_or(0) == on_hand {
                continue;
            }
            let field = format!("variants/{sku}/stock/{location}");
            let (before, after) = (before.map(|it| it.to_string()), Some(on_hand.to_string()));
            self.weighed.changes.push(FieldChange::new(field, before, after));
            lines.push(CountedLine { sku: sku.clone(), on_hand });
        }
        if lines.is_empty() {
            return Ok(());
        }
        let reason = match self.context.run {
            Some(run) => format!("Import {run}"),
            None => "Import".to_owned(),
        };
        StockChange::Correction { location, lines, reason }.make(tx, self.act).await?;
        Ok(())
    }

    /// What is left where a file says that nothing is for sale and the shop says that something is: what orders
    /// hold. That something is for sale cannot be booked, as nobody says how many.
    fn sold_out(
        &mut self,
        stand: &Stand,
        sku: &Sku,
        said: &VariantSaid,
        location: &str,
    ) -> Option<i64> {
        let shown = stand.availability(sku, self.act.now)?.state == AvailabilityState::InStock;
        match said.available? {
            false if shown => stand.reserved(sku, location),
            true if !shown => {
                let told = "Some SKUs are in_stock in the file and sold out here; the file says no quantities, so book \
                            them as a receipt.";
                self.weighed.warnings.push(told.to_owned());
                None
            }
            _ => None,
        }
    }

    async fn publish(
        &mut self,
        tx: &mut Tx,
        id: i64,
        stand: Option<&Stand>,
        published: bool,
    ) -> Result<(), Failure> {
        let channel = &self.context.choices.channel;
        let shown = stand.is_some_and(|it| it.is_shown(channel, self.act.now));
        if shown == published {
            return Ok(());
        }
        let field = format!("published/{channel}");
        let change = FieldChange::new(field, Some(shown.to_string()), Some(published.to_string()));
        self.weighed.changes.push(change);
        let shop = self.context.channel_id;
        match published {
            true => {
                publication::publish(tx, self.act, id, shop, PublicationWindow::default()).await?;
            }
            false => publication::unpublish(tx, self.act, id, shop).await?,
        }
        Ok(())
    }
}

/// The code of a new product, from what the file knows it by; its address is the handle.
fn new_code(key: &RecordKey, item: &mut Item, choices: &Choices) -> Result<Code, String> {
    let name = match key {
        RecordKey::Handle(name) | RecordKey::Sku(name) | RecordKey::Code(name) => name,
    };
    if item.texts.values().all(|it| it.name.as_deref().is_none_or(str::is_empty)) {
        return Err(format!("“{name}” is not known here, and a new product has a title"));
    }
    if let RecordKey::Handle(handle) = key {
        match Slug::try_from(handle.clone()) {
            Ok(slug) => {
                item.texts.entry(choices.locale.clone()).or_default().slug = Some(slug.to_string());
            }
            Err(wanted) => {
                return Err(format!("the handle “{handle}” cannot be an address: {wanted}"));
            }
        }
    }
    let code: String = name.to_lowercase().chars().take(60).collect();
    let plain = Code::try_from(code.trim_end_matches(['-', '_', '.']).to_owned()).ok();
    let made = || Code::try_from(folding::slug(name)?.chars().take(60).collect::<String>()).ok();
    plain.or_else(made).ok_or_else(|| format!("“{name}” cannot be made into a code"))
}
