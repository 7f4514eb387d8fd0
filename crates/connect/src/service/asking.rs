//! What a condition asks of a service, as far as the service offers it.

use jiff::civil::Date;
use kontor_model::condition::SearchTerm;
use kontor_model::{Comparison, Condition, FieldType, Test, Value};

use crate::error::{Failure, FailureKind};
use crate::json::outward;

/// A condition, taken apart: all of it must hold.
#[derive(Debug, Default)]
pub(crate) struct Asked<'a> {
    pub(crate) tests: Vec<(usize, &'a Test)>,
    pub(crate) search: Option<String>,
    /// Nothing can satisfy it.
    pub(crate) nothing: bool,
    /// Several keys of several fields, of which each record has one.
    pub(crate) keys: Vec<Vec<(usize, &'a Value)>>,
}

fn refused(detail: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Invalid, detail)
}

impl<'a> Asked<'a> {
    /// Takes a condition apart.
    ///
    /// # Errors
    /// [`FailureKind::Invalid`] when it is none that a service can be asked at once.
    pub(crate) fn of(condition: &'a Condition) -> Result<Self, Failure> {
        let mut asked = Self::default();
        asked.add(condition)?;
        Ok(asked)
    }

    fn add(&mut self, condition: &'a Condition) -> Result<(), Failure> {
        match condition {
            Condition::All(parts) => parts.iter().try_for_each(|part| self.add(part)),
            Condition::Any(parts) => match parts.as_slice() {
                [] => {
                    self.nothing = true;
                    Ok(())
                }
                [only] => self.add(only),
                several => {
                    self.keys = several.iter().map(equalities).collect::<Option<_>>().ok_or_else(
                        || refused("the service can only be asked for records that satisfy all of the conditions"),
                    )?;
                    Ok(())
                }
            },
            Condition::Field(field, test) => {
                self.tests.push((*field, test));
                Ok(())
            }
            Condition::Search(terms) => {
                let words = terms.iter().find_map(|term| match term {
                    SearchTerm::Words(_, words) => Some(words.clone()),
                    _ => None,
                });
                self.search = Some(words.ok_or_else(|| refused("the service is not searched so"))?);
                Ok(())
            }
            Condition::Not(_) | Condition::Linked { .. } => Err(refused(
                "the service can only be asked for records that satisfy all of the conditions",
            )),
        }
    }

    /// The value that a field must equal.
    pub(crate) fn equal(&self, field: usize) -> Option<&'a Value> {
        self.tests.iter().find_map(|(tested, test)| match test {
            Test::Compare(Comparison::Eq, value) if *tested == field => Some(value),
            Test::In(values) if *tested == field && values.len() == 1 => values.first(),
            _ => None,
        })
    }

    /// The keys that are asked for, where nothing but records of certain keys can satisfy it.
    pub(crate) fn keys_of(&self, key: &[usize]) -> Option<Vec<Vec<&'a Value>>> {
        if key.is_empty() || self.search.is_some() {
            return None;
        }
        if !self.keys.is_empty() {
            let value = |of: &Vec<(usize, &'a Value)>, field: &usize| {
                of.iter().find(|(named, _)| named == field).map(|(_, value)| *value)
            };
            let one = |of| key.iter().map(|field| value(of, field)).collect();
            return self.keys.iter().map(one).collect();
        }
        if let [field] = key
            && let Some((_, Test::In(values))) = self
                .tests
                .iter()
                .find(|(tested, test)| tested == field && matches!(test, Test::In(_)))
        {
            return Some(values.iter().map(|value| vec![value]).collect());
        }
        let values: Option<Vec<&Value>> = key.iter().map(|field| self.equal(*field)).collect();
        values.map(|values| vec![values])
    }
}

fn equalities(condition: &Condition) -> Option<Vec<(usize, &Value)>> {
    match condition {
        Condition::All(parts) => {
            let each: Option<Vec<Vec<_>>> = parts.iter().map(equalities).collect();
            each.map(|each| each.into_iter().flatten().collect())
        }
        Condition::Field(field, Test::Compare(Comparison::Eq, value)) => {
            Some(vec![(*field, value)])
        }
        _ => None,
    }
}

/// Whether a record that was read satisfies a test; none where that cannot be told here.
pub(crate) fn satisfies(value: &Value, test: &Test) -> Option<bool> {
    let same = |other: &Value| value == other || value.is_alike(other);
    Some(match test {
        Test::Compare(Comparison::Eq, other) => same(other),
        Test::Compare(Comparison::Ne, other) => !same(other),
        Test::In(values) => values.iter().any(same),
        Test::NotIn(values) => !values.iter().any(same),
        Test::Null => value.is_null(),
        _ => return None,
    })
}

/// The value next to one of a type whose values can be counted off, below (`-1`) or above (`1`).
pub(crate) fn beside(value: &Value, ty: &FieldType, step: i64) -> Option<Value> {
    match (value, ty) {
        (Value::Int(number), FieldType::Int { .. }) => number.checked_add(step).map(Value::Int),
        (Value::Text(text), FieldType::Date) => {
            let day: Date = text.parse().ok()?;
            let next = day.checked_add(jiff::Span::new().try_days(step).ok()?).ok()?;
            Some(Value::Text(next.to_string()))
        }
        (Value::Text(text), FieldType::Instant) => {
            let stamp: jiff::Timestamp = outward(text, ty).parse().ok()?;
            let next = stamp.checked_add(jiff::Span::new().try_microseconds(step).ok()?).ok()?;
            Some(Value::Text(next.to_string()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_neighbour_of_a_value_is_of_its_type() {
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(beside(&text("2026-03-01"), &FieldType::Date, -1), Some(text("2026-02-28")));
        assert_eq!(
            beside(&text("2026-11-20 13:00:00+00"), &FieldType::Instant, -1),
            Some(text("2026-11-20T12:59:59.999999Z"))
        );
        assert_eq!(beside(&Value::Int(i64::MAX), &FieldType::int(64, false), 1), None);
        assert_eq!(beside(&text("a"), &FieldType::text(), 1), None);
    }

    #[test]
    fn records_of_certain_keys_are_recognised() {
        let is = |field, value: i64| {
            Condition::Field(field, Test::Compare(Comparison::Eq, Value::Int(value)))
        };
        let both = Condition::All(vec![is(0, 1), is(2, 5)]);
        let asked = Asked::of(&both).expect("a conjunction");
        assert_eq!(asked.keys_of(&[0, 2]), Some(vec![vec![&Value::Int(1), &Value::Int(5)]]));
        assert_eq!(asked.keys_of(&[0, 1]), None);
        let several = Condition::Any(vec![both.clone(), Condition::All(vec![is(0, 2), is(2, 6)])]);
        let asked = Asked::of(&several).expect("keys");
        assert_eq!(asked.keys_of(&[0, 2]).map(|keys| keys.len()), Some(2));
        let either = Condition::Any(vec![is(0, 1), Condition::Field(1, Test::Null)]);
        assert!(Asked::of(&either).is_err());
    }
}
