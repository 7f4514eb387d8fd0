//! What lies inside the JSON of a field: what the manifest says of its members, then what the backend
//! describes.

use kontor_model::currency::minor_digits;
use kontor_model::service::Member;
use kontor_model::{FieldType, Resource};

use super::{Choice, Format, humanised};
use crate::manifest::{Currency, FieldOverride, Label, MemberFormat, MemberOverride};

/// A member of an object, or of each object in a list, as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberFace {
    /// Its name in the JSON.
    pub name: String,
    /// Its title.
    pub title: Label,
    /// What it is for.
    pub comment: Option<String>,
    /// Whether the manifest hides it.
    pub hidden: bool,
    /// Whether the manifest names it: then it has its place among the first.
    pub is_named: bool,
    /// What it holds; none where nobody says more than the JSON does.
    pub ty: Option<FieldType>,
    /// Whether its numbers tell things apart instead of counting them.
    pub is_identifier: bool,
    /// How its values are shown. The currency of an amount is that of `currency`, else the
    /// record's.
    pub format: Format,
    /// The member of the same object that holds the currency of an amount.
    pub currency: Option<String>,
    /// Titles and colours of its known values.
    pub choices: Vec<Choice>,
    /// Members of the objects inside of it.
    pub members: Vec<MemberFace>,
}

impl MemberFace {
    /// The field with the currency of amounts that name none themselves, here or deeper.
    pub(super) fn currency_field(&self) -> Option<usize> {
        match &self.format {
            Format::Money { currency_field: Some(field), .. } => Some(*field),
            _ => self.members.iter().find_map(Self::currency_field),
        }
    }
}

/// The members of a field: those that the manifest names, in its order, then the others that the
/// service describes.
pub(super) fn members(resource: &Resource, said: &FieldOverride, index: usize) -> Vec<MemberFace> {
    let described = resource.service.as_ref().and_then(|service| service.properties.get(index));
    let described = described.map_or(&[][..], |property| &property.members);
    level(resource, &said.members, described)
}

fn level(resource: &Resource, said: &[MemberOverride], described: &[Member]) -> Vec<MemberFace> {
    let known = |name: &str| described.iter().find(|member| member.name == name);
    let named = said.iter().map(|own| face(resource, Some(own), known(&own.name), &own.name));
    let others = described.iter().filter(|member| said.iter().all(|own| own.name != member.name));
    named.chain(others.map(|own| face(resource, None, Some(own), &own.name))).collect()
}

fn face(
    resource: &Resource,
    said: Option<&MemberOverride>,
    described: Option<&Member>,
    name: &str,
) -> MemberFace {
    let nothing = MemberOverride::default();
    let own = said.unwrap_or(&nothing);
    let called = described.and_then(|member| member.title.as_deref());
    let title = || Label::same(&called.map_or_else(|| humanised(name), str::to_owned));
    let inner = described.map_or(&[][..], |member| &member.members);
    MemberFace {
        name: name.to_owned(),
        title: own.title.clone().unwrap_or_else(title),
        comment: described.and_then(|member| member.comment.clone()),
        hidden: own.hidden,
        is_named: said.is_some(),
        ty: ty(own.format, described),
        is_identifier: match own.format {
            Some(format) => format == MemberFormat::Number,
            None => is_identifier(name),
        },
        format: format(resource, own),
        currency: match &own.currency {
            Some(Currency::Field(name)) => Some(name.clone()),
            _ => None,
        },
        choices: own.choices.iter().map(Choice::of).collect(),
        members: level(resource, &own.members, inner),
    }
}

/// What a member holds. A plain text of a service says no more than the JSON itself.
fn ty(format: Option<MemberFormat>, described: Option<&Member>) -> Option<FieldType> {
    match format {
        Some(
            MemberFormat::Text | MemberFormat::Email | MemberFormat::Url | MemberFormat::Phone,
        ) => Some(FieldType::text()),
        Some(MemberFormat::Date) => Some(FieldType::Date),
        Some(MemberFormat::Moment) => Some(FieldType::Instant),
        _ => described
            .map(|member| member.ty.clone())
            .filter(|ty| !matches!(ty, FieldType::Text { .. } | FieldType::Any)),
    }
}

fn format(resource: &Resource, own: &MemberOverride) -> Format {
    match own.format {
        Some(MemberFormat::Email) => Format::Email,
        Some(MemberFormat::Url) => Format::Url,
        Some(MemberFormat::Phone) => Format::Phone,
        Some(MemberFormat::UnixTime(unit)) => Format::UnixTime(unit),
        Some(MemberFormat::Status) => Format::Status,
        Some(MemberFormat::Money) => {
            let (currency_field, currency_code) = match &own.currency {
                Some(Currency::Field(name)) => (resource.position(name), None),
                Some(Currency::Code(code)) => (None, Some(code.clone())),
                None => (None, None),
            };
            let digits = currency_code.as_deref().and_then(minor_digits);
            let decimals = own.decimals.unwrap_or_else(|| u32::from(digits.unwrap_or(2)));
            Format::Money { currency_field, currency_code, decimals }
        }
        None if !own.choices.is_empty() => Format::Status,
        _ => Format::Plain,
    }
}

/// Names of numbers that tell things apart: `id`, `line_no`, `orderNumber`, `year`.
#[must_use]
pub fn is_identifier(name: &str) -> bool {
    const LAST: [&str; 12] = [
        "id", "number", "no", "nr", "nummer", "code", "position", "pos", "index", "year", "jahr",
        "version",
    ];
    let title = humanised(name).to_lowercase();
    title.split(' ').next_back().is_some_and(|last| LAST.contains(&last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_tell_things_apart_are_known_by_name() {
        for name in ["id", "order_id", "orderId", "customerNumber", "POS", "year"] {
            assert!(is_identifier(name), "{name}");
        }
        for name in ["quantity", "amount", "paid", "nobody", "weight_grams"] {
            assert!(!is_identifier(name), "{name}");
        }
    }
}
