//! Attribute values in words.

use std::collections::BTreeMap;

use super::{view::AttributeView, window::Window};
use crate::{
    args,
    catalogue::{
        attributes::{Attribute, AttributeKind},
        master::MasterData as _,
        product_types::TypeAttribute,
        products::record::AttributeValue,
        words::Code,
    },
    db::{DbError, Row, Tx},
};

/// The attributes of a product's type, in its order.
pub(super) struct Attributes(Vec<Attribute>);

impl Attributes {
    pub(super) async fn load(tx: &mut Tx, product: &Row) -> Result<Self, DbError> {
        let sql = "SELECT attributes FROM product_type WHERE id = $1";
        let kind: i64 = product.get("product_type_id")?;
        let wanted: Vec<TypeAttribute> = tx.one(sql, args![kind]).await?.json("attributes")?;
        if wanted.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let codes: Vec<String> = wanted.iter().map(|it| it.attribute.to_string()).collect();
        let sql = format!("{} WHERE it.code = ANY($1)", Attribute::SELECT);
        let rows = tx.rows(&sql, args![codes]).await?;
        let known = rows.iter().map(Attribute::from_row).collect::<Result<Vec<_>, _>>()?;
        let sorted = wanted
            .iter()
            .filter_map(|it| known.iter().find(|known| known.code == it.attribute).cloned());
        Ok(Self(sorted.collect()))
    }

    /// The values that there are, in the order of the type.
    pub(super) fn view(
        &self,
        window: &Window,
        values: &BTreeMap<Code, AttributeValue>,
    ) -> Vec<AttributeView> {
        let valued = self.0.iter().filter_map(|it| values.get(&it.code).map(|value| (it, value)));
        valued.map(|(it, value)| view(window, it, value)).collect()
    }
}

fn view(window: &Window, attribute: &Attribute, value: &AttributeValue) -> AttributeView {
    let label = |code: &str| {
        let choice = attribute.choices.iter().find(|it| &*it.code == code)?;
        choice.labels.pick(&window.locale).map(str::to_owned)
    };
    let labels = match (attribute.kind, value) {
        (AttributeKind::Choice, AttributeValue::Text(code)) => label(code).into_iter().collect(),
        (AttributeKind::MultiChoice, AttributeValue::Many(codes)) => {
            codes.iter().filter_map(|code| label(code)).collect()
        }
        _ => Vec::new(),
    };
    AttributeView {
        code: attribute.code.to_string(),
        label: attribute.labels.pick(&window.locale).unwrap_or_default().to_owned(),
        kind: attribute.kind,
        value: value.clone(),
        labels,
        unit: attribute.unit.clone(),
    }
}
