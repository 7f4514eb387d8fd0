//! A filter in words.

use kontor_model::filter::{FieldTest, Filter, Operator};
use kontor_model::{FieldType, Value};

use super::LinkedFields;
use crate::format::{self, Precision, Reader};
use crate::notation;
use crate::shown::FieldView;
use crate::texts::Texts;

/// What the words of a filter need to know.
#[derive(Clone, Copy)]
pub struct Names<'a> {
    /// The resource's fields.
    pub fields: &'a [FieldView],
    /// The fields of linked resources.
    pub linked: &'a [LinkedFields],
}

impl Names<'_> {
    /// The field that a path of links and a name means.
    #[must_use]
    pub fn field(&self, path: &[String]) -> Option<&FieldView> {
        match path {
            [name] => self.fields.iter().find(|field| field.name == *name),
            [link, name] => self
                .linked
                .iter()
                .find(|linked| linked.name == *link)?
                .fields
                .iter()
                .find(|field| field.name == *name),
            _ => None,
        }
    }

    fn title(&self, path: &[String]) -> String {
        let Some(field) = self.field(path) else {
            return path.join(" › ");
        };
        let link = self.linked.iter().find(|linked| path.len() == 2 && linked.name == path[0]);
        match link {
            Some(linked) => format!("{} › {}", linked.title, field.title),
            None => field.title.clone(),
        }
    }
}

/// Key of an operator's words.
#[must_use]
pub fn operator_key(operator: Operator, ty: Option<&FieldType>) -> &'static str {
    let temporal = ty.is_some_and(FieldType::is_temporal);
    match operator {
        Operator::Eq => "op-eq",
        Operator::Ne => "op-ne",
        Operator::Lt if temporal => "op-before",
        Operator::Le if temporal => "op-until",
        Operator::Gt if temporal => "op-after",
        Operator::Ge if temporal => "op-since",
        Operator::Lt => "op-lt",
        Operator::Le => "op-le",
        Operator::Gt => "op-gt",
        Operator::Ge => "op-ge",
        Operator::In => "op-in",
        Operator::NotIn => "op-not-in",
        Operator::Between => "op-between",
        Operator::Contains => "op-contains",
        Operator::StartsWith => "op-starts",
        Operator::EndsWith => "op-ends",
        Operator::Has => "op-has",
        Operator::During => "op-during",
        Operator::IsNull => "op-null",
        Operator::IsNotNull => "op-not-null",
        Operator::IsEmpty => "op-empty",
        Operator::IsNotEmpty => "op-not-empty",
    }
}

/// A filter in the reader's words.
#[must_use]
pub fn filter(t: &Texts, reader: Reader<'_>, names: Names<'_>, filter_: &Filter) -> String {
    let join = |parts: &[Filter], word: &str| {
        let parts: Vec<String> = parts
            .iter()
            .map(|part| {
                let text = filter(t, reader, names, part);
                if matches!(part, Filter::All(_) | Filter::Any(_)) {
                    format!("({text})")
                } else {
                    text
                }
            })
            .collect();
        parts.join(&format!(" {word} "))
    };
    match filter_ {
        Filter::All(parts) => join(parts, &t.get("filter-and")),
        Filter::Any(parts) => join(parts, &t.get("filter-or")),
        Filter::Not(inner) => {
            format!("{} ({})", t.get("filter-not"), filter(t, reader, names, inner))
        }
        Filter::Test(test) => test_words(t, reader, names, test),
    }
}

fn test_words(t: &Texts, reader: Reader<'_>, names: Names<'_>, test: &FieldTest) -> String {
    let field = names.field(&test.path);
    let title = names.title(&test.path);
    let operator = t.get(operator_key(test.operator, field.map(|f| &f.ty)));
    let operands: Vec<String> = test
        .operands
        .iter()
        .map(|operand| match test.operator {
            Operator::During => period(t, operand),
            _ => operand_words(t, reader, field, operand),
        })
        .collect();
    match test.operator {
        Operator::Between => format!("{title} {operator} {}", operands.join(" – ")),
        _ if operands.is_empty() => format!("{title} {operator}"),
        _ => format!("{title} {operator} {}", operands.join(", ")),
    }
}

fn operand_words(
    t: &Texts,
    reader: Reader<'_>,
    field: Option<&FieldView>,
    operand: &str,
) -> String {
    if operand.is_empty() {
        return t.get("value-empty").into_owned();
    }
    let Some(field) = field else {
        return operand.to_owned();
    };
    if let Some(choice) = field.choices.iter().find(|choice| choice.value == operand) {
        return choice.title.clone();
    }
    // Without a zone, a filter means the reader's.
    if field.ty == FieldType::Instant
        && let Some(at) = notation::date_time(operand)
    {
        return format::date_time(reader.language, at, Precision::Exact);
    }
    match field.ty.parse(operand) {
        Ok(Value::Bool(true)) => t.get("yes").into_owned(),
        Ok(Value::Bool(false)) => t.get("no").into_owned(),
        Ok(value) => {
            format::value(reader, &field.ty, field.effective_format(), &value, Precision::Exact)
                .unwrap_or_else(|| operand.to_owned())
        }
        Err(_) => operand.to_owned(),
    }
}

/// Periods that the builder offers, with the keys of their words.
pub const PERIODS: &[(&str, &str)] = &[
    ("today", "period-today"),
    ("yesterday", "period-yesterday"),
    ("last 7 days", "period-last-7-days"),
    ("last 14 days", "period-last-14-days"),
    ("last 30 days", "period-last-30-days"),
    ("last 90 days", "period-last-90-days"),
    ("this week", "period-this-week"),
    ("last week", "period-last-week"),
    ("this month", "period-this-month"),
    ("last month", "period-last-month"),
    ("this quarter", "period-this-quarter"),
    ("last quarter", "period-last-quarter"),
    ("this year", "period-this-year"),
    ("last year", "period-last-year"),
    ("tomorrow", "period-tomorrow"),
    ("next 7 days", "period-next-7-days"),
];

/// A period in words; what is not among the offered ones stays as it is.
#[must_use]
pub fn period(t: &Texts, words: &str) -> String {
    let plain = words.trim().to_ascii_lowercase();
    PERIODS
        .iter()
        .find(|(period, _)| *period == plain)
        .map_or_else(|| words.to_owned(), |(_, key)| t.get(key).into_owned())
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::shown::{ChoiceView, Tone};
    use crate::texts::Language;

    #[test]
    fn a_filter_is_said_in_words() {
        let fields = vec![
            FieldView {
                title: "Summe".into(),
                ..FieldView::new("total", FieldType::Decimal { precision: None, scale: None })
            },
            FieldView {
                title: "Bestellt".into(),
                ..FieldView::new("placed_at", FieldType::Instant)
            },
        ];
        let status = FieldView {
            title: "Status".into(),
            choices: vec![ChoiceView {
                value: "awaiting_payment".into(),
                title: "wartet auf Zahlung".into(),
                tone: Tone::Waiting,
            }],
            ..FieldView::new("status", FieldType::text())
        };
        let fields = [fields, vec![status]].concat();
        let linked = [LinkedFields {
            name: "customer".into(),
            title: "Kunde".into(),
            fields: vec![FieldView {
                title: "Land".into(),
                ..FieldView::new("country", FieldType::text())
            }],
        }];
        let zone = TimeZone::get("Europe/Berlin").expect("a zone");
        let names = Names { fields: &fields, linked: &linked };
        let words = |language: Language, text: &str| {
            let reader = Reader { language, zone: &zone };
            let parsed = Filter::parse(text).expect("a filter");
            filter(language.texts(), reader, names, &parsed)
        };
        assert_eq!(words(Language::German, "total >= 1234.5"), "Summe ≥ 1.234,5");
        assert_eq!(
            words(Language::German, "placed_at >= \"2026-11-20 10:00\""),
            "Bestellt ab 20.11.2026, 10:00"
        );
        assert_eq!(
            words(Language::German, "status in (awaiting_payment, new)"),
            "Status ist eins von wartet auf Zahlung, new"
        );
        assert_eq!(
            words(Language::German, "placed_at during last 7 days"),
            "Bestellt in: letzte 7 Tage"
        );
        assert_eq!(
            words(Language::English, "customer.country in (DE, AT) or total is null"),
            "Kunde › Land is one of DE, AT or Summe has no value"
        );
    }
}
