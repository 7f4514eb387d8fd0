//! The filter builder: one part of a filter is a handful of tests of which one must hold; the
//! parts must all hold. Works as a form; with the script it opens over the list.

use kontor_model::field_type::InvalidInput;
use kontor_model::filter::{Arity, FieldTest, Filter, Operator};
use kontor_model::{BackendName, FieldType, ResourceName};

use super::describe::Names;
use super::{LinkedFields, ListQuery, query};
use crate::failure::input_text;
use crate::format::Reader;
use crate::notation;
use crate::pages::record::given::{self, Given};
use crate::shown::FieldView;
use crate::texts::Texts;

mod form;

pub use form::{fragment, page};

/// What the builder shows.
#[derive(Debug, Clone, PartialEq)]
pub struct BuilderScreen {
    /// Backend.
    pub backend: BackendName,
    /// Resource.
    pub resource: ResourceName,
    /// Title of the resource.
    pub title: String,
    /// The state of the list to which the builder belongs.
    pub query: ListQuery,
    /// The resource's fields.
    pub fields: Vec<FieldView>,
    /// Fields of linked resources.
    pub linked: Vec<LinkedFields>,
    /// The part that is made.
    pub part: Part,
    /// Why the part does not fit.
    pub error: Option<String>,
}

/// A part of a filter while it is made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Part {
    /// Its place among the parts of the list's filter; `None` for a new one.
    pub at: Option<usize>,
    /// The tests of which one must hold.
    pub tests: Vec<DraftTest>,
    /// Its text, where tests joined by “or” cannot say it.
    pub text: Option<String>,
}

/// A test while it is made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DraftTest {
    /// Links, then the field.
    pub path: Vec<String>,
    /// What is asked; `None` for the field's first operator.
    pub operator: Option<Operator>,
    /// Operands as given so far, in the reader's notation.
    pub operands: Vec<String>,
}

impl Part {
    /// The part at a place of a filter; beyond its end, a new one.
    #[must_use]
    pub fn of(filter: &Filter, at: Option<usize>, names: Names<'_>, reader: Reader<'_>) -> Self {
        let parts = filter.clone().into_conjuncts();
        let Some(found) = at.and_then(|at| parts.get(at)) else {
            return Self { tests: vec![DraftTest::default()], ..Self::default() };
        };
        let alternatives = match found {
            Filter::Any(parts) => parts.clone(),
            other => vec![other.clone()],
        };
        let tests: Option<Vec<_>> = alternatives
            .iter()
            .map(|alternative| match alternative {
                Filter::Test(test) => Some(DraftTest {
                    path: test.path.clone(),
                    operator: Some(test.operator),
                    operands: shown_operands(test, names, reader),
                }),
                _ => None,
            })
            .collect();
        Self {
            at,
            text: tests.is_none().then(|| found.to_string()),
            tests: tests.unwrap_or_default(),
        }
    }

    /// Reads what the form sends, `more` and `drop` included; `None` when it sends no part, and
    /// [`Part::of`] says where to begin.
    #[must_use]
    pub fn from_pairs(pairs: &[(String, String)]) -> Option<Self> {
        let first = |wanted: &str| {
            pairs.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
        };
        let at = first("at").and_then(|at| at.parse().ok());
        if let Some(text) = first("text") {
            return Some(Self { at, text: Some(text.to_owned()), tests: Vec::new() });
        }
        let mut tests = Vec::new();
        while let Some(path) = first(&format!("field{}", tests.len())) {
            let i = tests.len();
            let operands = pairs
                .iter()
                .filter(|(name, value)| *name == format!("value{i}") && !value.is_empty())
                .map(|(_, value)| value.clone())
                .collect();
            tests.push(DraftTest {
                path: query::split(path, '\0').into_iter().map(|(_, name)| name).collect(),
                operator: first(&format!("op{i}")).and_then(Operator::from_symbol),
                operands,
            });
        }
        if tests.is_empty() {
            return None;
        }
        if let Some(drop) = first("drop").and_then(|at| at.parse::<usize>().ok())
            && drop < tests.len()
        {
            tests.remove(drop);
        }
        if first("more").is_some() || tests.is_empty() {
            tests.push(DraftTest {
                path: tests.last().map(|test: &DraftTest| test.path.clone()).unwrap_or_default(),
                ..DraftTest::default()
            });
        }
        Some(Self { at, tests, text: None })
    }

    /// The list's filter with this part in its place.
    ///
    /// # Errors
    /// What is missing or wrong, in the reader's words.
    pub fn put_into(
        &self,
        t: &Texts,
        filter: &Filter,
        names: Names<'_>,
        reader: Reader<'_>,
    ) -> Result<Filter, String> {
        let part = match &self.text {
            Some(text) => Filter::parse(text).map_err(|error| error.to_string())?,
            None => self.as_filter(t, names, reader)?,
        };
        let mut parts = filter.clone().into_conjuncts();
        match self.at.filter(|at| *at < parts.len()) {
            Some(at) => parts[at] = part,
            None => parts.push(part),
        }
        parts.retain(|part| !part.is_everything());
        Ok(Filter::everything().and(Filter::All(parts)))
    }

    fn as_filter(&self, t: &Texts, names: Names<'_>, reader: Reader<'_>) -> Result<Filter, String> {
        let mut tests = Vec::new();
        for draft in &self.tests {
            let field =
                names.field(&draft.path).ok_or_else(|| t.get("builder-no-field").into_owned())?;
            let operator = draft.operator_for(field);
            let operands = operands_for(operator, &draft.operands);
            let wanted = match operator.arity() {
                Arity::None => 0,
                Arity::One | Arity::Many => 1,
                Arity::Two => 2,
            };
            if operands.len() < wanted {
                return Err(t.with("builder-no-value", &[("field", field.title.as_str().into())]));
            }
            let meant = operands.iter().map(|text| meant_operand(field, operator, text, reader));
            let operands = meant
                .collect::<Result<_, _>>()
                .map_err(|problem| format!("{}: {}", field.title, input_text(t, &problem)))?;
            tests.push(Filter::Test(FieldTest { path: draft.path.clone(), operator, operands }));
        }
        Ok(if tests.len() == 1 { tests.remove(0) } else { Filter::Any(tests) })
    }
}

/// Whether an operator is asked of the field's values, and not of their texts or of a period.
fn takes_values(operator: Operator) -> bool {
    use Operator as O;
    matches!(
        operator,
        O::Eq | O::Ne | O::Lt | O::Le | O::Gt | O::Ge | O::Between | O::In | O::NotIn
    )
}

/// The operands of a filter, which are the database's values, in the reader's notation.
fn shown_operands(test: &FieldTest, names: Names<'_>, reader: Reader<'_>) -> Vec<String> {
    let field = names
        .field(&test.path)
        .filter(|field| takes_values(test.operator) && !field.ty.is_temporal());
    let shown = |text: &String| {
        let value = field.and_then(|field| Some((field, field.ty.parse(text).ok()?)));
        value
            .map_or_else(|| text.clone(), |(field, value)| given::input_text(reader, field, &value))
    };
    test.operands.iter().map(shown).collect()
}

/// What a person gave, as the filter has it: the database's value, so that the address of a
/// filter is the same in all languages.
fn meant_operand(
    field: &FieldView,
    operator: Operator,
    text: &str,
    reader: Reader<'_>,
) -> Result<String, InvalidInput> {
    if !takes_values(operator) {
        return Ok(text.to_owned());
    }
    if matches!(field.ty, FieldType::DateTime | FieldType::Instant) {
        // Without a zone, a filter means the reader's.
        return Ok(notation::date_time(text).map_or_else(
            || text.to_owned(),
            |at| at.strftime("%Y-%m-%d %H:%M:%S%.f").to_string(),
        ));
    }
    match given::entered(reader, field, text, None) {
        Given::Text(plain) => Ok(plain),
        Given::Wrong(problem) => Err(problem),
        _ => Ok(text.to_owned()),
    }
}

impl DraftTest {
    /// The operator, or the field's first where the one chosen does not fit it.
    fn operator_for(&self, field: &FieldView) -> Operator {
        let offered = operators(field);
        self.operator
            .filter(|operator| offered.contains(operator))
            .or_else(|| offered.first().copied())
            .unwrap_or(Operator::IsNotNull)
    }
}

/// The operands in the number that the operator takes; many stand one to a line.
fn operands_for(operator: Operator, given: &[String]) -> Vec<String> {
    let trimmed = |text: &str| text.trim().to_owned();
    match operator.arity() {
        Arity::None => Vec::new(),
        Arity::One => given.iter().rev().take(1).map(|text| trimmed(text)).collect(),
        Arity::Two => given.iter().take(2).map(|text| trimmed(text)).collect(),
        Arity::Many => given
            .iter()
            .flat_map(|text| text.lines())
            .map(trimmed)
            .filter(|line| !line.is_empty())
            .collect(),
    }
}

/// The operators that a person expects for a field.
#[must_use]
pub fn operators(field: &FieldView) -> Vec<Operator> {
    use Operator as O;
    let mut offered = match &field.ty {
        FieldType::Bool => vec![O::Eq],
        FieldType::Date | FieldType::DateTime | FieldType::Instant => {
            vec![O::During, O::Ge, O::Lt, O::Between, O::Eq, O::Ne]
        }
        FieldType::Enum { .. } => vec![O::Eq, O::Ne, O::In, O::NotIn],
        FieldType::Text { .. } if field.is_status => {
            vec![O::Eq, O::Ne, O::In, O::NotIn, O::Contains]
        }
        FieldType::Text { .. } if field.link.is_none() => vec![
            O::Contains,
            O::Eq,
            O::StartsWith,
            O::EndsWith,
            O::Ne,
            O::In,
            O::NotIn,
            O::IsEmpty,
            O::IsNotEmpty,
        ],
        FieldType::Set { .. } | FieldType::Array { .. } => vec![O::Has, O::IsEmpty, O::IsNotEmpty],
        FieldType::Json { .. } => vec![O::Contains],
        FieldType::Bytes => vec![O::IsEmpty, O::IsNotEmpty],
        FieldType::Range | FieldType::Other | FieldType::Interval | FieldType::Bits => {
            vec![O::Eq, O::Ne]
        }
        _ => vec![O::Eq, O::Ne, O::Lt, O::Le, O::Gt, O::Ge, O::Between, O::In, O::NotIn],
    };
    if field.nullable {
        offered.extend([O::IsNull, O::IsNotNull]);
    }
    offered
}

impl BuilderScreen {
    fn names(&self) -> Names<'_> {
        Names { fields: &self.fields, linked: &self.linked }
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::format::Format;
    use crate::texts::Language;

    fn pairs(text: &str) -> Vec<(String, String)> {
        text.split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    fn put(form: &str, filter: &str) -> Result<String, String> {
        put_in(Language::English, form, filter)
    }

    fn put_in(language: Language, form: &str, filter: &str) -> Result<String, String> {
        let fields = [
            FieldView::new("status", FieldType::text()),
            FieldView::new("total", FieldType::Decimal { precision: None, scale: None }),
            FieldView::new("placed_at", FieldType::Instant),
            FieldView {
                title: "Price".into(),
                format: Format::Money { currency: Some("EUR".into()), minor: Some(2) },
                ..FieldView::new("price_cents", FieldType::int(64, false))
            },
        ];
        let names = Names { fields: &fields, linked: &[] };
        let part = Part::from_pairs(&pairs(form)).expect("a part");
        let filter = Filter::parse(filter).expect("a filter");
        let reader = Reader { language, zone: &TimeZone::UTC };
        let put = part.put_into(language.texts(), &filter, names, reader);
        let put = put.map(|filter| filter.to_string());
        if let Ok(text) = &put
            && part.text.is_none()
            && part.at.is_none()
        {
            let filter = Filter::parse(text).expect("a filter");
            let again =
                Part::of(&filter, Some(filter.clone().into_conjuncts().len() - 1), names, reader);
            let again = Part { at: None, ..again }.put_into(
                language.texts(),
                &Filter::everything(),
                names,
                reader,
            );
            assert!(text.ends_with(&again.expect("a filter").to_string()), "{text}");
        }
        put
    }

    #[test]
    fn a_part_is_added_and_put_in_its_place() {
        assert_eq!(
            put("at=new&field0=total&op0=>=&value0=12", "status = open"),
            Ok("status = open and total >= 12".into())
        );
        assert_eq!(
            put(
                "at=0&field0=status&op0=in&value0=a\nb&field1=total&op1=is null",
                "status = open and total > 1"
            ),
            Ok("(status in (a, b) or total is null) and total > 1".into())
        );
        assert_eq!(put("at=0&text=not status = x", "status = open"), Ok("not status = x".into()));
    }

    #[test]
    fn an_amount_is_asked_for_in_its_major_unit_and_any_language_has_the_same_address() {
        let form = |value: &str| format!("at=new&field0=price_cents&op0=>&value0={value}");
        let address = Ok("price_cents > 123450".to_owned());
        assert_eq!(put(&form("1,234.5"), ""), address);
        assert_eq!(put_in(Language::German, &form("1.234,50"), ""), address);
        let error = put(&form("1.005"), "").expect_err("too many digits");
        assert!(error.starts_with("Price: "), "{error}");
        assert_eq!(
            put("at=new&field0=placed_at&op0=>=&value0=20.11.2026 10:00", ""),
            Ok("placed_at >= \"2026-11-20 10:00:00\"".into())
        );
    }

    #[test]
    fn another_period_wins_over_the_list_of_periods() {
        assert_eq!(
            put("at=new&field0=placed_at&op0=during&value0=today&value0=2026-11", ""),
            Ok("placed_at during 2026-11".into())
        );
    }

    #[test]
    fn a_missing_value_is_told_with_its_field() {
        let error =
            put("at=new&field0=total&op0=between&value0=1", "").expect_err("a value is missing");
        assert!(error.contains("total"), "{error}");
    }

    #[test]
    fn tests_are_added_and_dropped() {
        let part = Part::from_pairs(&pairs("field0=a&field1=b&drop=0&more=1")).expect("a part");
        let paths: Vec<_> = part.tests.iter().map(|test| test.path.join(".")).collect();
        assert_eq!(paths, ["b", "b"]);
    }

    #[test]
    fn a_nested_part_is_edited_as_text() {
        let filter = Filter::parse("a = 1 and (b = 2 or (c = 3 and d = 4))").expect("a filter");
        let names = Names { fields: &[], linked: &[] };
        let reader = Reader { language: Language::English, zone: &TimeZone::UTC };
        let part = |at| Part::of(&filter, at, names, reader);
        assert_eq!(part(Some(1)).text.as_deref(), Some("b = 2 or (c = 3 and d = 4)"));
        assert_eq!(part(Some(0)).tests.len(), 1);
        assert_eq!(part(None).tests, vec![DraftTest::default()]);
    }
}
