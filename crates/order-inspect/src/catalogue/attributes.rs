//! Attributes: what can be said about products, each with the kind of value that it takes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    check::{self, SHORT},
    master::{MasterData, in_use},
    words::{Code, Localised, Rgb},
};
use crate::{
    args,
    db::{DbError, Row, Tx, Value},
    error::{Error, Findings},
    refuse,
};

/// What an attribute's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    /// A line of text.
    Text,
    /// Some paragraphs.
    LongText,
    /// An exact decimal, possibly with a unit.
    Number,
    /// Yes or no.
    Boolean,
    /// A day.
    Date,
    /// One of the choices.
    Choice,
    /// Any of the choices.
    MultiChoice,
    /// A colour.
    Colour,
    /// Another product.
    Reference,
}

impl AttributeKind {
    /// Its name, as it is stored and as JSON shows it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::LongText => "long_text",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Choice => "choice",
            Self::MultiChoice => "multi_choice",
            Self::Colour => "colour",
            Self::Reference => "reference",
        }
    }

    const fn has_choices(self) -> bool {
        matches!(self, Self::Choice | Self::MultiChoice)
    }

    /// Kinds whose values are few enough to be counted and chosen from.
    pub(super) const fn can_be_facet(self) -> bool {
        !matches!(self, Self::Text | Self::LongText | Self::Reference)
    }
}

/// Something that can be said about a product.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// Its code.
    pub code: Code,
    /// What its value is. It never changes.
    pub kind: AttributeKind,
    /// The unit of a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 20, examples("cm"))]
    pub unit: Option<String>,
    /// Its name, by locale.
    pub labels: Localised,
    /// What can be chosen, in its order.
    #[serde(default)]
    #[schema(max_items = 1000)]
    pub choices: Vec<AttributeChoice>,
    /// Whether customers can narrow lists by it.
    #[serde(default)]
    pub facet: bool,
}

/// Something that can be chosen.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttributeChoice {
    /// Its code within the attribute.
    pub code: Code,
    /// Its name, by locale.
    pub labels: Localised,
    /// What it looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<Rgb>,
}

impl MasterData for Attribute {
    const NAME: &'static str = "attribute";
    const PLACE: &'static str = "attributes";
    const TABLE: &'static str = "attribute";
    const COLUMNS: &'static [&'static str] = &["kind", "unit", "labels", "choices", "facet"];
    const SELECT: &'static str = "SELECT it.code, it.revision, it.kind, it.unit, it.labels, it.choices, \
                                  it.facet FROM attribute AS it";

    fn code(&self) -> &str {
        &self.code
    }

    fn check(&self, found: &mut Findings) {
        check::localised(found, "/labels", &self.labels, true, SHORT);
        check::maybe_length(found, "/unit", self.unit.as_deref(), 1..=20);
        let number = self.kind == AttributeKind::Number;
        found.check(number || self.unit.is_none(), "/unit", "only a number has a unit");
        let facet = self.kind.can_be_facet() || !self.facet;
        found.check(facet, "/facet", "lists are not narrowed by free texts and references");
        let chosen = self.kind.has_choices() != self.choices.is_empty();
        let wanted = "a choice has choices, and no other kind has";
        found.check(chosen, "/choices", wanted);
        check::count(found, "/choices", &self.choices, 1000);
        check::unique(found, "/choices", &self.choices, |it| &it.code);
        for (at, choice) in self.choices.iter().enumerate() {
            let pointer = format!("/choices/{at}/labels");
            check::localised(found, &pointer, &choice.labels, true, SHORT);
        }
    }

    async fn values(
        &self,
        _tx: &mut Tx,
        before: Option<&Row>,
        found: &mut Findings,
    ) -> crate::Result<Vec<Value>> {
        if let Some(before) = before {
            let kept = before.get::<String>("kind")? == self.kind.name();
            found.check(kept, "/kind", "never changes: values of this kind are stored");
            let choices: Vec<AttributeChoice> = before.json("choices")?;
            let lost = choices.iter().find(|it| self.choices.iter().all(|new| new.code != it.code));
            if let Some(lost) = lost {
                let detail = format!("must keep the choice {}: products may have it", lost.code);
                found.note("/choices", detail);
            }
        }
        let broken = |error| Error::Broken(format!("labels cannot be stored: {error}"));
        Ok(args![
            self.kind.name(),
            self.unit.clone(),
            serde_json::to_string(&self.labels).map_err(broken)?,
            serde_json::to_string(&self.choices).map_err(broken)?,
            self.facet
        ])
    }

    fn from_row(row: &Row) -> Result<Self, DbError> {
        Ok(Self {
            code: row.word("code")?,
            kind: row.word("kind")?,
            unit: row.get("unit")?,
            labels: row.json("labels")?,
            choices: row.json("choices")?,
            facet: row.get("facet")?,
        })
    }

    async fn unused(tx: &mut Tx, row: &Row) -> crate::Result<()> {
        let code: String = row.get("code")?;
        let types = tx.rows("SELECT attributes FROM product_type", vec![]).await?;
        for row in types {
            let attributes: Vec<super::product_types::TypeAttribute> = row.json("attributes")?;
            if attributes.iter().any(|it| *it.attribute == *code) {
                refuse!(in_use(Self::NAME, &code));
            }
        }
        Ok(())
    }
}

crate::master_data_routes!(
    Attribute,
    "attribute",
    "attributes",
    "/catalogue/attributes",
    "/catalogue/attributes/{code}"
);
