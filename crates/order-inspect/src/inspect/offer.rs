//! What can be bought of a product: variants with prices, availability and the day of arrival.

use std::collections::BTreeMap;

use super::{
    attributes::Attributes,
    availability::{self, LocationStock, OnOffer},
    prices,
    promise::{Calendar, Transit, local_day},
    state::Subject,
    view::{AttributeView, NamedCode, OptionView, VariantView},
    window::Window,
};
use crate::{
    args,
    catalogue::{
        locations::Location,
        master::MasterData as _,
        products::{content, record::ProductOption},
        words::Code,
    },
    db::{DbError, Row, Tx},
    moment::Moment,
    pricing::{PriceInterval, next_change},
};

/// The variants of a product, and what their bundles are made of.
pub(super) struct Offers {
    rows: Vec<Row>,
    ids: Vec<i64>,
    /// Bundle → part and how many of it.
    parts: BTreeMap<i64, Vec<(i64, i64)>>,
}

/// What can be bought, as the page shows it, and until when that is true.
pub(super) struct Offered {
    pub(super) attributes: Vec<AttributeView>,
    pub(super) options: Vec<OptionView>,
    pub(super) variants: Vec<VariantView>,
    pub(super) next_change: Option<Moment>,
}

impl Offers {
    pub(super) async fn find(tx: &mut Tx, product: i64) -> Result<Self, DbError> {
        let sql = "SELECT id, sku, gtin, options, attributes, weight_grams, content_amount, content_unit, \
                   eprel_code, backorder_days, bundle FROM variant \
                   WHERE product_id = $1 AND active ORDER BY position, id";
        let rows = tx.rows(sql, args![product]).await?;
        let ids = rows.iter().map(|row| row.get("id")).collect::<Result<Vec<i64>, _>>()?;
        let mut parts: BTreeMap<i64, Vec<(i64, i64)>> = BTreeMap::new();
        if rows.iter().any(|row| row.get("bundle").unwrap_or(false)) {
            let sql =
                "SELECT bundle_id, variant_id, quantity FROM bundle_part WHERE bundle_id = ANY($1)";
            for row in tx.rows(sql, args![ids.as_slice()]).await? {
                let part = (row.get("variant_id")?, row.get("quantity")?);
                parts.entry(row.get("bundle_id")?).or_default().push(part);
            }
        }
        Ok(Self { rows, ids, parts })
    }

    /// What the page depends on.
    pub(super) fn subject(&self, products: Vec<i64>) -> Subject {
        let parts = self.parts.values().flatten();
        let mut variants: Vec<i64> =
            parts.clone().map(|(id, _)| *id).chain(self.ids.clone()).collect();
        variants.sort_unstable();
        variants.dedup();
        let most_per_bundle = parts.map(|(_, each)| *each).max().unwrap_or(1);
        Subject { products, variants, most_per_bundle }
    }

    pub(super) async fn describe(
        &self,
        tx: &mut Tx,
        window: &Window,
        product: &Row,
    ) -> crate::Result<Offered> {
        let attributes = Attributes::load(tx, product).await?;
        let prices = prices::load(tx, window, &self.ids).await?;
        let warehouse = Warehouse::load(tx, window, &self.subject(Vec::new()).variants).await?;
        let rate = window.tax_rate(&product.get::<String>("tax_class")?);
        let mut variants = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let intervals = prices.get(&row.get("id")?).map_or(&[][..], Vec::as_slice);
            let price = prices::view(window, intervals, content(row)?, rate);
            let stand = self.stand(row, &warehouse)?;
            variants.push(self.variant(window, row, &attributes, price, &stand, &warehouse)?);
        }
        let changes =
            prices.values().filter_map(|it: &Vec<PriceInterval>| next_change(it, window.now));
        let cut_offs = variants.iter().filter_map(|it| it.delivery.as_ref().map(|it| it.order_by));
        let arrivals = variants.iter().filter_map(|it| it.availability.incoming_at);
        let next_change =
            changes.chain(cut_offs).chain(arrivals).filter(|it| *it > window.now).min();
        let options: Vec<ProductOption> = product.json("options")?;
        Ok(Offered {
            attributes: attributes.view(window, &product.json("attributes")?),
            options: options.iter().map(|it| option(window, it)).collect(),
            variants,
            next_change,
        })
    }

    /// How many of a variant there are, and where it is shipped from.
    fn stand(&self, row: &Row, warehouse: &Warehouse) -> Result<OnOffer, DbError> {
        let id: i64 = row.get("id")?;
        let stock = |id: &i64| warehouse.stock.get(id).map_or(&[][..], Vec::as_slice);
        let parts: Vec<(&[LocationStock], i64)> = match row.get("bundle")? {
            true => {
                let parts = self.parts.get(&id).into_iter().flatten();
                parts.map(|(part, each)| (stock(part), *each)).collect()
            }
            false => vec![(stock(&id), 1)],
        };
        Ok(availability::on_offer(&parts))
    }

    fn variant(
        &self,
        window: &Window,
        row: &Row,
        attributes: &Attributes,
        price: Option<super::view::PriceView>,
        stand: &OnOffer,
        warehouse: &Warehouse,
    ) -> crate::Result<VariantView> {
        let backorder: Option<i64> = row.get("backorder_days")?;
        let arrival = stand.arrival.filter(|it| *it > window.now);
        let availability = availability::availability(stand.available, arrival, backorder);
        let options: BTreeMap<Code, Code> = row.json("options")?;
        Ok(VariantView {
            sku: row.get("sku")?,
            gtin: row.get("gtin")?,
            options: options
                .iter()
                .map(|(it, value)| (it.to_string(), value.to_string()))
                .collect(),
            attributes: attributes.view(window, &row.json("attributes")?),
            weight_grams: row.get("weight_grams")?,
            eprel_code: row.get("eprel_code")?,
            delivery: price.as_ref().and_then(|_| warehouse.promise(window, stand, &availability)),
            price,
            availability,
            bundle: row.get("bundle")?,
        })
    }
}

/// Stock and locations.
struct Warehouse {
    /// By variant, the locations that are asked first standing first.
    stock: BTreeMap<i64, Vec<LocationStock>>,
    locations: Vec<(i64, Calendar)>,
}

impl Warehouse {
    /// What the shop sells from.
    async fn load(tx: &mut Tx, window: &Window, variants: &[i64]) -> Result<Self, DbError> {
        let from = window.setup.sells_from(window.channel.id);
        let sold_here = |location: i64| from.is_none_or(|from| from.contains(&location));
        let stock = availability::for_sale(tx, variants, from).await?;
        let select = Location::SELECT.replacen("SELECT", "SELECT it.id,", 1);
        let sql = format!("{select} WHERE it.active ORDER BY it.priority, it.id");
        let rows = tx.rows(&sql, vec![]).await?;
        let locations = rows.iter().map(|row| Ok((row.get("id")?, calendar(row)?)));
        let mut locations = locations.collect::<Result<Vec<(i64, Calendar)>, DbError>>()?;
        locations.retain(|(id, _)| sold_here(*id));
        Ok(Self { stock, locations })
    }

    /// When it arrives: from where it lies, or from where it is ordered to, by the fastest way to deliver.
    fn promise(
        &self,
        window: &Window,
        stand: &OnOffer,
        availability: &availability::Availability,
    ) -> Option<super::promise::DeliveryPromise> {
        use availability::AvailabilityState as State;
        let location = |id| self.locations.iter().find(|(it, _)| *it == id);
        let (_, calendar) = stand.location.and_then(location).or_else(|| self.locations.first())?;
        let ready = match availability.state {
            State::InStock => None,
            State::SoldOut | State::Incoming => return None,
            State::Backorder => {
                let today = local_day(&calendar.zone, window.now)?;
                let days = jiff::Span::new().days(availability.backorder_days?);
                Some(today.checked_add(days).ok()?)
            }
        };
        calendar.promise(window.now, ready, transit(window)?)
    }
}

/// The fastest way to the customer.
fn transit(window: &Window) -> Option<Transit> {
    let ways = window
        .setup
        .deliveries
        .iter()
        .filter(|it| it.value.active && it.value.channel == window.channel.code);
    let areas = ways.filter_map(|it| it.value.area(&window.country, &window.postcode));
    let fastest = areas.min_by_key(|it| (it.transit_days_max, it.transit_days_min))?;
    Some(Transit { min_days: fastest.transit_days_min, max_days: fastest.transit_days_max })
}

fn calendar(row: &Row) -> Result<Calendar, DbError> {
    let zone: String = row.get("time_zone")?;
    Ok(Calendar {
        zone: jiff::tz::TimeZone::get(&zone).unwrap_or(jiff::tz::TimeZone::UTC),
        cut_off_minute: row.get("cut_off_minute")?,
        handling_days: row.get("handling_days")?,
        working_days: row.json("working_days")?,
        holidays: row.json("holidays")?,
    })
}

fn option(window: &Window, it: &ProductOption) -> OptionView {
    let label = |labels: &crate::catalogue::words::Localised| {
        labels.pick(&window.locale).unwrap_or_default().to_owned()
    };
    OptionView {
        code: it.code.to_string(),
        label: label(&it.labels),
        values: it
            .values
            .iter()
            .map(|it| NamedCode { code: it.code.to_string(), name: label(&it.labels) })
            .collect(),
    }
}
