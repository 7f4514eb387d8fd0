//! Services that can be bought along with what lies in a basket.

use std::collections::HashMap;

use super::{basket::Basket, view::ServiceChoice};
use crate::{
    args,
    db::Tx,
    setup::{Channel, Setup, Stored, text_in},
};

/// Codes of the services that go with a product, by variant, in the catalogue's order.
pub(super) type Offered = HashMap<i64, Vec<String>>;

const OFFERED: &str = "SELECT v.id AS variant_id, s.code FROM variant v
    JOIN product_service p ON p.product_id = v.product_id
    JOIN service s ON s.id = p.service_id
    WHERE v.id = ANY($1) ORDER BY v.id, p.position, s.code";

/// What goes with the variants of a basket.
pub(super) async fn offered(tx: &mut Tx, basket: &Basket) -> crate::Result<Offered> {
    let variants: Vec<i64> = basket.lines.iter().map(|it| it.variant_id).collect();
    let mut offered = Offered::new();
    if variants.is_empty() {
        return Ok(offered);
    }
    for row in tx.rows(OFFERED, args![variants]).await? {
        offered.entry(row.get("variant_id")?).or_default().push(row.get("code")?);
    }
    Ok(offered)
}

/// The same with names and prices, as far as the shop sells them.
pub(super) fn choices(
    codes: &[String],
    setup: &Setup,
    channel: &Stored<Channel>,
    basket: &Basket,
) -> Vec<ServiceChoice> {
    let sold = codes.iter().filter_map(|code| {
        let (service, unit_price) = setup.service(code, &channel.code, basket.currency).ok()?;
        Some(ServiceChoice {
            code: code.clone(),
            kind: service.value.kind,
            name: text_in(&service.value.names, basket.locale).cloned().unwrap_or_default(),
            unit_price,
        })
    });
    sold.collect()
}
