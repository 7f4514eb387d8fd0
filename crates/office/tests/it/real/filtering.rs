//! Every operator that a field admits, asked with a value that a record has: the record is found or
//! not as the operator says.

use kontor_model::filter::bind::suits;
use kontor_model::filter::{Arity, Filter, Operator};
use kontor_model::{Field, FieldType, Resource};
use kontor_office::catalog::{Catalog, Face};
use kontor_office::{ListRequest, Listed, Permit, Read};

use super::{Findings, first_records};
use crate::office::Bureau;

pub(super) async fn check(bureau: &Bureau, backend: &str) -> Findings {
    let permit = bureau.reading(backend);
    let catalog = permit.backend.catalog().unwrap();
    let mut filters =
        Filters { bureau, permit: &permit, catalog: &catalog, findings: Findings::default() };
    for face in &catalog.faces {
        filters.resource(face).await;
    }
    filters.findings
}

struct Filters<'a> {
    bureau: &'a Bureau,
    permit: &'a Permit<Read>,
    catalog: &'a Catalog,
    findings: Findings,
}

/// What a filter is asked with, and the record that it is about.
struct Sample<'a> {
    text: String,
    record: Option<&'a Listed>,
}

impl Filters<'_> {
    async fn resource(&mut self, face: &Face) {
        let resource = self.catalog.resource(face);
        let records = match first_records(self.bureau, self.permit, face, resource, 20).await {
            Ok(records) => records,
            Err(error) => return self.findings.wrong(error),
        };
        for (column, &field) in face.order.iter().enumerate() {
            let known = records.iter().find_map(|record| {
                let value = &record.values[column];
                let text = value.to_text().filter(|text| !text.is_empty() && value.is_whole())?;
                Some(Sample { text, record: Some(record) })
            });
            let field = &resource.fields[field];
            let sample = known.unwrap_or_else(|| Sample { text: made_up(&field.ty), record: None });
            self.field(face, resource, field, &sample).await;
        }
    }

    /// Asks all operators at once: those that must find the record together, and those that must
    /// not as alternatives. What goes wrong is asked again one by one, to name it.
    async fn field(
        &mut self,
        face: &Face,
        resource: &Resource,
        field: &Field,
        sample: &Sample<'_>,
    ) {
        let of_record = sample.record.and_then(|record| key_filter(resource, face, record));
        let is_certain = of_record.is_some();
        let base = of_record.unwrap_or_else(Filter::everything);
        let tests: Vec<(Operator, Filter)> = Operator::ALL
            .into_iter()
            .filter(|operator| suits(*operator, field))
            .filter_map(|operator| Some((operator, test(field, operator, &sample.text)?)))
            .collect();
        let (finding, missing): (Vec<_>, Vec<_>) =
            tests.into_iter().partition(|(operator, _)| is_found(*operator));
        let together = finding.iter().fold(base.clone(), |all, (_, test)| all.and(test.clone()));
        let any = Filter::Any(missing.iter().map(|(_, test)| test.clone()).collect());
        let alternatives = base.clone().and(any);
        for (filter, tests, expected) in [(together, finding, 1), (alternatives, missing, 0)] {
            if self.asked(face, &filter, is_certain.then_some(expected)).await.is_ok() {
                self.findings.done += tests.len();
                continue;
            }
            for (_, test) in tests {
                let one = base.clone().and(test);
                let answer = self.asked(face, &one, is_certain.then_some(expected)).await;
                self.findings.check(answer.is_ok(), || answer.unwrap_err());
            }
        }
    }

    /// The list of a filter must have so many records, if that is certain.
    async fn asked(
        &self,
        face: &Face,
        filter: &Filter,
        expected: Option<usize>,
    ) -> Result<(), String> {
        let text = filter.to_string();
        if Filter::parse(&text).as_ref() != Ok(filter) {
            return Err(format!("{}: “{text}” does not read back", face.name));
        }
        let request =
            ListRequest { filter: Some(filter.clone()), limit: Some(2), ..ListRequest::default() };
        match self.bureau.office.list(self.permit, &face.name, &request).await {
            Ok(list) if expected.is_none_or(|expected| list.records.len() == expected) => Ok(()),
            Ok(list) => Err(format!("{}: {} records for “{text}”", face.name, list.records.len())),
            Err(error) => Err(format!("{}: “{text}”: {error}", face.name)),
        }
    }
}

/// The test of a field by an operator with a sample; none where the value suits no such question.
fn test(field: &Field, operator: Operator, sample: &str) -> Option<Filter> {
    let operand = operand(field, operator, sample)?;
    let operands = match operator.arity() {
        Arity::None => vec![],
        Arity::One => vec![operand.as_str()],
        Arity::Two | Arity::Many => vec![operand.as_str(), operand.as_str()],
    };
    Some(Filter::test(&[&field.name], operator, &operands))
}

/// The filter that leaves a record alone, where its key tells it apart.
fn key_filter(resource: &Resource, face: &Face, record: &Listed) -> Option<Filter> {
    let kontor_model::RecordKey::Values(values) = &record.key else { return None };
    let mut filter = Filter::everything();
    for (&field, value) in resource.key.iter().zip(values) {
        let text = value.to_text()?;
        let is_plain = face.fields[field].is_visible() && resource.fields[field].comparable;
        let one = Filter::test(&[&resource.fields[field].name], Operator::Eq, &[&text]);
        filter = filter.and(Some(one).filter(|_| is_plain)?);
    }
    Some(filter).filter(|filter| !filter.is_everything())
}

/// Whether a record is found when the operator is asked with the record's own value.
fn is_found(operator: Operator) -> bool {
    !matches!(
        operator,
        Operator::Ne
            | Operator::Lt
            | Operator::Gt
            | Operator::NotIn
            | Operator::IsNull
            | Operator::IsEmpty
    )
}

/// What an operator takes of a value's text; none where the value suits no such question.
fn operand(field: &Field, operator: Operator, text: &str) -> Option<String> {
    match (operator, &field.ty) {
        (Operator::Has, FieldType::Array { .. }) => {
            let inner = text.trim_matches(['{', '}']);
            let first = inner.split(',').next().unwrap_or_default().trim_matches('"');
            Some(first.to_owned()).filter(|first| !first.is_empty())
        }
        (Operator::Has, _) => text.split(',').next().map(str::to_owned),
        (Operator::During, _) => {
            let day = text.get(..10).filter(|day| FieldType::Date.parse(day).is_ok());
            day.filter(|day| !day.starts_with("0000")).map(str::to_owned)
        }
        _ => Some(text.to_owned()),
    }
}

/// A value of a type, for fields that are empty in every record.
fn made_up(ty: &FieldType) -> String {
    match ty {
        FieldType::Bool => "true",
        FieldType::Int { .. }
        | FieldType::Decimal { .. }
        | FieldType::Float { .. }
        | FieldType::Money
        | FieldType::Bits
        | FieldType::Any
        | FieldType::Other => "1",
        FieldType::Text { .. } => "x",
        FieldType::Enum { choices } | FieldType::Set { choices } => {
            return choices.first().cloned().unwrap_or_default();
        }
        FieldType::Date => "2026-11-20",
        FieldType::Time { zone: false } => "13:45:00",
        FieldType::Time { zone: true } => "13:45:00+00",
        FieldType::DateTime => "2026-11-20 13:45:00",
        FieldType::Instant => "2026-11-20 13:45:00+00",
        FieldType::Year => "2026",
        FieldType::Interval => "1 day",
        FieldType::Uuid => "2f1e1e0a-58d5-4c4f-9d38-6b3a8d6c4d11",
        FieldType::Json { .. } => "{}",
        FieldType::Array { .. } => "{}",
        FieldType::Range => "empty",
        FieldType::Bytes => "00ff",
        FieldType::Network => "10.0.0.1",
    }
    .to_owned()
}
