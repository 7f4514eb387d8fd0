//! What the form of an action gives.

use std::collections::HashMap;

use kontor_model::{FieldType, Value};
use kontor_office::catalog::{Action, ActionInput, Format as OfficeFormat, Pick, Picked};
use kontor_office::{FieldProblem, Input, OfficeError, Problem, Shown};

use crate::format::{Format, Reader};
use crate::handlers::{Pairs, first};
use crate::pages::record::given::{Given, given};
use crate::pages::record::picking::PickGroup;
use crate::shown::FieldView;
use crate::view::{View, format};

/// Whether an input is an amount in the record's own currency.
pub(super) fn is_money(input: &ActionInput) -> bool {
    matches!(&input.format, OfficeFormat::Money { currency_field: Some(_), .. })
}

/// What an action takes, as a field of a form.
pub(crate) fn field(view: &View<'_>, input: &ActionInput, found: Option<&Shown>) -> FieldView {
    let mut entered = format(&input.ty, &input.format);
    if let OfficeFormat::Money { currency_field: Some(currency), .. } = &input.format {
        let code = found.and_then(|found| found.value(*currency)).and_then(Value::to_text);
        entered = entered.in_currency(&code.unwrap_or_default());
    }
    // An empty text is none; what is chosen from a list needs a way to choose nothing.
    let is_written = matches!(input.ty, FieldType::Text { .. }) && input.choices.is_empty();
    FieldView {
        title: input.title.in_language(view.language.code()).to_owned(),
        help: input.help.as_ref().map(|help| help.in_language(view.language.code()).to_owned()),
        nullable: !input.needed && !is_written,
        required: input.needed,
        format: if input.is_long { Format::Lines } else { entered },
        choices: view.choices(&input.choices),
        ..FieldView::new(&input.name, input.ty.clone())
    }
}

/// What the form gives of these inputs.
pub(crate) fn read<'a>(
    view: &View<'_>,
    inputs: impl Iterator<Item = &'a ActionInput>,
    found: Option<&Shown>,
    pairs: &Pairs,
    reader: Reader<'_>,
) -> Result<Vec<(String, Input)>, OfficeError> {
    let (mut input, mut problems) = (Vec::new(), Vec::new());
    for own in inputs {
        if let Some(pick) = &own.pick
            && first(pairs, &format!("picks.{}", own.name)).is_some()
        {
            let sent = pick.sent(&picked(own, pick, pairs));
            input.push((own.name.clone(), sent.map_or(Input::Null, Input::Text)));
            continue;
        }
        let field = field(view, own, found);
        let value = match given(&field, &field.format, reader, pairs) {
            None | Some(Given::Unchanged | Given::Default) => continue,
            Some(Given::Null) => Input::Null,
            // Where nothing need be given, nothing is what an empty text means.
            Some(Given::Text(text)) if text.is_empty() && !own.needed => Input::Null,
            Some(Given::Text(text)) => Input::Text(text),
            Some(Given::Value(value)) => Input::Value(value),
            Some(Given::Wrong(problem)) => {
                let problem = Problem::Input(problem);
                problems.push(FieldProblem { field: own.name.clone(), problem });
                continue;
            }
        };
        input.push((own.name.clone(), value));
    }
    if problems.is_empty() { Ok(input) } else { Err(OfficeError::Invalid(problems)) }
}

/// The fields that tell what somebody has seen of the record begin so.
pub(super) const SEEN: &str = "seen.";

/// What somebody has seen of the record, where an action compares it.
pub(super) fn seen(view: &View<'_>, action: &Action, pairs: &Pairs) -> Vec<(String, Input)> {
    let read = |field: usize| {
        let name = &view.resource().fields[field].name;
        let value = Value::from_tagged(first(pairs, &format!("{SEEN}{name}"))?)?;
        Some((format!("record.{name}"), Input::Value(value)))
    };
    action.compares().into_iter().filter_map(read).collect()
}

/// The entries that are ticked, in the order of the form.
fn picked(own: &ActionInput, pick: &Pick, pairs: &Pairs) -> Vec<Picked> {
    let start = PickGroup::tick(&own.name, 0);
    let start = start.trim_end_matches('0');
    let named: HashMap<&str, &str> =
        pairs.iter().rev().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let said = |name: &str| named.get(name).map(|value| value.trim());
    let ticks = pairs.iter().filter(|(name, _)| {
        name.strip_prefix(start).is_some_and(|at| at.bytes().all(|b| b.is_ascii_digit()))
    });
    ticks
        .map(|(tick, mark)| Picked {
            mark: mark.clone(),
            number: said(&format!("{tick}.number")).and_then(|text| text.parse().ok()),
            asked: pick
                .ask
                .iter()
                .filter_map(|asked| {
                    let said = said(&format!("{tick}.{}", asked.name))?;
                    Some((asked.name.clone(), said.to_owned()))
                })
                .collect(),
        })
        .collect()
}
