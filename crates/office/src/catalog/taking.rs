//! The things that an action takes, and where they come from.

use std::collections::BTreeMap;

use kontor_model::service::Input as Taken;
use kontor_model::{Field, FieldType, Resource, Value};
use serde_json::value::RawValue;

use super::{Choice, Format, humanised};
use crate::manifest::{
    ActionOverride, Currency, InputOverride, Label, PickOverride, ResourceOverride,
};

/// One thing that an action takes.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionInput {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Label,
    /// The heading under which it stands with others.
    pub group: Option<Label>,
    /// What it is for; the service's own words where the manifest does not call it otherwise.
    pub help: Option<Label>,
    /// Its type.
    pub ty: FieldType,
    /// How it is entered.
    pub format: Format,
    /// Titles of the values that it takes, where they are known.
    pub choices: Vec<Choice>,
    /// Whether it must be given.
    pub needed: bool,
    /// Whether the backend itself cannot do without it; what only the manifest demands may be left
    /// out where it is done with many records.
    pub is_vital: bool,
    /// Whether people are not asked for it.
    pub hidden: bool,
    /// Whether it is a text of several lines.
    pub is_long: bool,
    /// What it is where nothing is given; a text may be another for people of each language.
    pub default: Option<Label>,
    /// Where in the record it comes from where nothing is given; for entries that are picked, the
    /// list they are picked from.
    pub from: Option<Source>,
    /// How entries are picked from the record's list.
    pub pick: Option<Pick>,
}

impl ActionInput {
    /// Whether the same value can be meant for many records, or each has its own: entries of a
    /// list, and amounts in the record's currency, belong to one.
    #[must_use]
    pub fn is_for_many(&self) -> bool {
        let is_own_money = matches!(self.format, Format::Money { currency_field: Some(_), .. });
        self.pick.is_none() && (self.from.is_some() || !is_own_money)
    }

    /// Whether it is asked of people where it is done with many records.
    #[must_use]
    pub fn is_asked_of_many(&self) -> bool {
        !self.hidden && self.from.is_none() && self.is_for_many()
    }
}

/// A place in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The field.
    pub field: usize,
    /// Names that lead on from it, where it holds JSON.
    pub path: Vec<String>,
}

impl Source {
    /// The place that a name means: a field, or what is below one that holds JSON.
    pub(crate) fn of(resource: &Resource, name: &str) -> Option<Self> {
        let whole = |field| Self { field, path: Vec::new() };
        if let Some(field) = resource.position(name) {
            return Some(whole(field));
        }
        let mut outer = name;
        while let Some((shorter, _)) = outer.rsplit_once('.') {
            outer = shorter;
            let Some(field) = resource.position(outer) else { continue };
            if !matches!(resource.fields[field].ty, FieldType::Json { .. }) {
                return None;
            }
            let path = name[outer.len() + 1..].split('.').map(str::to_owned).collect();
            return Some(Self { field, path });
        }
        None
    }

    /// What stands there in a record.
    pub(crate) fn value(&self, field: &Value) -> Option<Value> {
        if !field.is_whole() || field.is_null() {
            return None;
        }
        if self.path.is_empty() {
            return Some(field.clone());
        }
        let mut here: Box<RawValue> = serde_json::from_str(&field.to_text()?).ok()?;
        for name in &self.path {
            let mut members: Object = serde_json::from_str(here.get()).ok()?;
            here = members.remove(name)?;
        }
        plain(&here).map(Value::Text)
    }
}

/// How entries are picked out of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick {
    /// Members of an entry by which people recognise it.
    pub show: Vec<String>,
    /// What is sent of an entry: the name that the backend wants, and the entry's member.
    pub send: Vec<(String, String)>,
    /// The name under which a number is sent that may be made smaller.
    pub count: Option<String>,
    /// What is asked for each entry.
    pub ask: Vec<Asked>,
}

/// Something that is asked for each picked entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The name under which it is sent.
    pub name: String,
    /// Its title.
    pub title: Label,
    /// What stands there at first; a text may be another for people of each language.
    pub default: Option<Label>,
    /// The values that are offered; empty for any text.
    pub choices: Vec<Choice>,
}

/// An entry that can be picked.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What people recognise it by, where nothing more is known of its members.
    pub title: String,
    /// The members by which people recognise it, as a JSON object; empty where the manifest names
    /// none.
    pub shown: String,
    /// The greatest number that can be picked of it; none where it is not counted.
    pub most: Option<i64>,
    /// What is sent of it, as a JSON object, digit by digit as the record has it.
    pub mark: String,
}

/// An entry that was picked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Picked {
    /// [`Entry::mark`] of the entry as it was seen.
    pub mark: String,
    /// The number of it, where it is counted and not all is meant.
    pub number: Option<i64>,
    /// What was asked for it: names and texts.
    pub asked: Vec<(String, String)>,
}

impl Pick {
    /// The entries of a list that can be picked; those of which nothing is left are not among them.
    /// None where the value is no list of objects.
    #[must_use]
    pub fn entries(&self, list: &Value) -> Option<Vec<Entry>> {
        let text = list.to_text().filter(|_| list.is_whole())?;
        let entries: Vec<Object> = serde_json::from_str(&text).ok()?;
        Some(entries.iter().filter_map(|entry| self.entry(entry)).collect())
    }

    fn entry(&self, entry: &Object) -> Option<Entry> {
        let sent = self.send.iter().filter_map(|(name, member)| {
            Some((name.as_str(), entry.get(member)?.get().to_owned()))
        });
        let sent: Vec<(&str, String)> = sent.collect();
        let most = match &self.count {
            None => None,
            Some(count) => {
                let (_, left) = sent.iter().find(|(name, _)| name == count)?;
                Some(left.parse::<i64>().ok().filter(|left| *left > 0)?)
            }
        };
        let words = self.show.iter().filter_map(|member| plain(entry.get(member)?));
        let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
        let title = if words.is_empty() {
            sent.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" · ")
        } else {
            words.join(" · ")
        };
        let shown = self
            .show
            .iter()
            .filter_map(|member| Some((member.as_str(), entry.get(member)?.get().to_owned())));
        Some(Entry { title, shown: object(shown.collect()), most, mark: object(sent) })
    }

    /// What is sent for picked entries, as a JSON list; none where nothing is picked, or where it
    /// is nothing that can be picked here.
    #[must_use]
    pub fn sent(&self, picked: &[Picked]) -> Option<String> {
        let entry = |picked: &Picked| {
            let members: Object = serde_json::from_str(&picked.mark).ok()?;
            let own = self.send.iter().filter_map(|(name, _)| {
                let raw = members.get(name)?.get().to_owned();
                let number = picked.number.filter(|_| self.count.as_ref() == Some(name));
                Some((name.as_str(), number.map_or(raw, |number| number.to_string())))
            });
            let asked = picked.asked.iter().filter(|(_, said)| !said.is_empty());
            let asked = asked.map(|(name, said)| (name.as_str(), quoted(said)));
            Some(object(own.chain(asked).collect()))
        };
        let entries: Vec<String> = picked.iter().map(entry).collect::<Option<_>>()?;
        (!entries.is_empty()).then(|| format!("[{}]", entries.join(",")))
    }
}

/// Members of a JSON object, digit by digit.
type Object = BTreeMap<String, Box<RawValue>>;

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn object(members: Vec<(&str, String)>) -> String {
    let members = members.into_iter().map(|(name, raw)| format!("{}:{raw}", quoted(name)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

/// A text, a number or a truth value as people write it.
fn plain(raw: &RawValue) -> Option<String> {
    match raw.get().as_bytes().first()? {
        b'"' => serde_json::from_str(raw.get()).ok(),
        b'n' => None,
        _ => Some(raw.get().to_owned()),
    }
}

/// How an amount is shown and entered whose currency the manifest names.
pub(super) fn money(resource: &Resource, currency: Option<&Currency>) -> Format {
    let (currency_field, currency_code) = match currency {
        None => return Format::Plain,
        Some(Currency::Field(name)) => (resource.position(name), None),
        Some(Currency::Code(code)) => (None, Some(code.clone())),
    };
    Format::Money { currency_field, currency_code, decimals: 2 }
}

/// Something that an operation takes, with what the manifest says of it by its name, or by the
/// name of the object that it belongs to.
fn input(
    resource: &Resource,
    taken: &Taken,
    action: &ActionOverride,
    of: &ResourceOverride,
) -> ActionInput {
    let field = &taken.field;
    let nothing = InputOverride::default();
    let said = |name: &str| action.inputs.iter().find(|(own, _)| own == name).map(|(_, own)| own);
    let own = said(&field.name).unwrap_or(&nothing);
    let (outer, last) = match field.name.rsplit_once('.') {
        Some((outer, last)) => (Some(outer), last),
        None => (None, field.name.as_str()),
    };
    let whole = outer.and_then(said).unwrap_or(&nothing);
    let from_name = own.from.clone().or_else(|| Some(format!("{}.{last}", whole.from.as_ref()?)));
    let from = from_name.and_then(|name| Source::of(resource, &name));
    // What comes from a field is called as the field is.
    let as_field = || {
        let from = from.as_ref().filter(|from| from.path.is_empty())?;
        of.field(&resource.fields[from.field].name)?.title.clone()
    };
    let title = own.title.clone().or_else(as_field);
    let values_of_field = || {
        let from = from.as_ref().filter(|from| from.path.is_empty())?;
        Some(of.field(&resource.fields[from.field].name)?.choices.as_slice())
    };
    let choices = match own.choices.as_slice() {
        [] => values_of_field().unwrap_or_default(),
        own => own,
    };
    let hidden = own.hidden || whole.hidden;
    // What the service would take anyway is not said where nobody is asked for it, and not within an
    // object that may be left out: a default would bring the object about.
    let is_said = taken.needed || (!hidden && outer.is_none());
    let by_service = field.default.clone().filter(|_| is_said);
    let own_words = field.comment.as_deref().filter(|_| title.is_none()).map(Label::same);
    let group =
        outer.map(|outer| whole.title.clone().unwrap_or_else(|| Label::same(&humanised(outer))));
    ActionInput {
        name: field.name.clone(),
        title: title.unwrap_or_else(|| Label::same(&humanised(last))),
        group,
        help: own.help.clone().or(own_words),
        ty: field.ty.clone(),
        format: money(resource, own.currency.as_ref()),
        choices: choices.iter().map(Choice::of).collect(),
        needed: taken.needed || own.needed == Some(true),
        is_vital: taken.needed,
        hidden,
        is_long: own.is_long.unwrap_or_else(|| choices.is_empty() && is_prose(field, last)),
        default: own.default.clone().or_else(|| by_service.as_deref().map(Label::same)),
        pick: own.pick.as_ref().map(pick),
        from,
    }
}

/// Whether a text is one that people write in sentences: without a limit, and called so. A reason is
/// a phrase: it is sent with Enter, as what stands in one line is.
fn is_prose(field: &Field, name: &str) -> bool {
    const CALLED: [&str; 10] = [
        "note",
        "notes",
        "comment",
        "message",
        "text",
        "description",
        "body",
        "remark",
        "remarks",
        "notiz",
    ];
    let is_called = || CALLED.iter().any(|word| name.eq_ignore_ascii_case(word));
    matches!(field.ty, FieldType::Text { max: None }) && (field.native == "text" || is_called())
}

/// All that an operation takes, in the order of the manifest: an object where it is named, its
/// members as the record has them; what the manifest does not name follows.
pub(super) fn inputs(
    resource: &Resource,
    taken: &[Taken],
    action: &ActionOverride,
    of: &ResourceOverride,
) -> Vec<ActionInput> {
    let mut inputs: Vec<ActionInput> =
        taken.iter().map(|taken| input(resource, taken, action, of)).collect();
    let said = |input: &ActionInput| {
        let names = |name: &str| {
            let rest = input.name.strip_prefix(name)?;
            (rest.is_empty() || rest.starts_with('.')).then_some(())
        };
        action.inputs.iter().position(|(name, _)| names(name).is_some()).unwrap_or(usize::MAX)
    };
    let in_record = |input: &ActionInput| {
        let field = &resource.fields[input.from.as_ref()?.field];
        of.order.iter().position(|name| *name == field.name)
    };
    inputs.sort_by_key(|input| (said(input), in_record(input).unwrap_or(usize::MAX)));
    inputs
}

fn pick(said: &PickOverride) -> Pick {
    let asked = said.ask.iter().map(|(name, asked)| Asked {
        name: name.clone(),
        title: asked.title.clone().unwrap_or_else(|| Label::same(&humanised(name))),
        default: asked.default.clone(),
        choices: asked.choices.iter().map(Choice::of).collect(),
    });
    Pick {
        show: said.show.clone(),
        send: said.send.clone(),
        count: said.count.clone(),
        ask: asked.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> Pick {
        Pick {
            show: vec!["name".into(), "sku".into()],
            send: vec![("position".into(), "position".into()), ("quantity".into(), "open".into())],
            count: Some("quantity".into()),
            ask: Vec::new(),
        }
    }

    #[test]
    fn only_entries_of_which_something_is_left_can_be_picked() {
        let list = r#"[{"position":1,"name":"Cap","sku":"C-1","open":2},{"position":2,"open":0}]"#;
        let found = lines().entries(&Value::Text(list.into())).expect("a list");
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].title.as_str(), found[0].most), ("Cap · C-1", Some(2)));
        assert_eq!(lines().entries(&Value::Text("{}".into())), None);
        assert_eq!(lines().entries(&Value::Cut(list.into())), None, "half a list is none");
    }

    #[test]
    fn picked_entries_are_sent_under_the_names_that_the_backend_wants() {
        let list = r#"[{"position":12345678901234567890,"name":"Cap","open":3}]"#;
        let pick = lines();
        let found = pick.entries(&Value::Text(list.into())).expect("a list");
        let picked = Picked {
            mark: found[0].mark.clone(),
            number: Some(1),
            asked: vec![("reason".into(), "too \"small\"".into()), ("note".into(), "".into())],
        };
        let wanted = r#"[{"position":12345678901234567890,"quantity":1,"reason":"too \"small\""}]"#;
        assert_eq!(pick.sent(std::slice::from_ref(&picked)).as_deref(), Some(wanted));
        assert_eq!(pick.sent(&[]), None);
        let forged = Picked { mark: "[]".into(), ..picked };
        assert_eq!(pick.sent(&[forged]), None, "what was never offered is not sent");
    }
}
