//! Another value of the same type, close to the one that is there.

use kontor_model::{Field, FieldType, Value};

/// Texts that a field could hold instead, likely ones first.
pub(super) fn others(field: &Field, old: &Value) -> Vec<String> {
    let text = old.to_text();
    let made = match &field.ty {
        FieldType::Bool => vec![(*old != Value::Bool(true)).to_string()],
        FieldType::Int { min, max } => whole_numbers(old, *min, *max),
        FieldType::Decimal { .. } | FieldType::Money => {
            text.as_deref().map_or_else(|| vec!["1".to_owned()], |text| vec![last_digit(text)])
        }
        FieldType::Float { .. } => floats(old),
        FieldType::Text { max } => texts(text.as_deref().unwrap_or_default(), *max),
        FieldType::Enum { choices } | FieldType::Set { choices } => choices.clone(),
        FieldType::Bits => text.as_deref().map_or_else(Vec::new, |bits| vec![flipped(bits)]),
        FieldType::Any => vec![format!("{}x", text.as_deref().unwrap_or_default())],
        other => fixed(other),
    };
    made.into_iter().filter(|other| Some(other) != text.as_ref()).take(4).collect()
}

fn whole_numbers(old: &Value, min: i64, max: u64) -> Vec<String> {
    let present = match old {
        Value::Int(n) => i128::from(*n),
        Value::UInt(n) => i128::from(*n),
        _ => 0,
    };
    let fits = |n: &i128| *n >= i128::from(min) && *n <= i128::from(max);
    [present + 1, present - 1].iter().filter(|n| fits(n)).map(ToString::to_string).collect()
}

fn floats(old: &Value) -> Vec<String> {
    let present = match old {
        Value::Float(n) => *n,
        Value::Real(n) => f64::from(*n),
        _ => 0.0,
    };
    vec![(present + 1.0).to_string()]
}

/// The number with another last digit, so that length and scale stay.
fn last_digit(text: &str) -> String {
    let mut digits: Vec<char> = text.chars().collect();
    if let Some(last) = digits.iter_mut().rev().find(|c| c.is_ascii_digit()) {
        *last = if *last == '1' { '2' } else { '1' };
    }
    digits.into_iter().collect()
}

fn texts(text: &str, max: Option<u32>) -> Vec<String> {
    let length = text.chars().count();
    let mut made = Vec::new();
    if max.is_none_or(|max| length < max as usize) {
        made.push(format!("{text}x"));
    }
    let mut shorter = text.to_owned();
    shorter.pop();
    if !shorter.is_empty() {
        made.push(shorter);
    }
    made
}

fn flipped(bits: &str) -> String {
    let mut chars: Vec<char> = bits.chars().collect();
    if let Some(last) = chars.last_mut() {
        *last = if *last == '0' { '1' } else { '0' };
    }
    chars.into_iter().collect()
}

/// Two values of a type, of which one differs from what is there.
fn fixed(ty: &FieldType) -> Vec<String> {
    let two: [&str; 2] = match ty {
        FieldType::Date => ["2020-02-03", "2020-02-04"],
        FieldType::Time { .. } => ["10:11:12", "10:11:13"],
        FieldType::DateTime => ["2020-02-03 10:11:12", "2020-02-03 10:11:13"],
        FieldType::Instant => ["2020-02-03 10:11:12+00", "2020-02-03 10:11:13+00"],
        FieldType::Year => ["2001", "2002"],
        FieldType::Interval => ["1 day", "2 days"],
        FieldType::Uuid => {
            ["2f1e1e0a-58d5-4c4f-9d38-6b3a8d6c4d11", "2f1e1e0a-58d5-4c4f-9d38-6b3a8d6c4d12"]
        }
        FieldType::Json { .. } => ["{\"a\": 1}", "{\"a\": 2}"],
        FieldType::Array { .. } => ["{}", "{1}"],
        FieldType::Bytes => ["00ff", "00fe"],
        FieldType::Network => ["10.0.0.1", "10.0.0.2"],
        _ => return Vec::new(),
    };
    two.map(str::to_owned).to_vec()
}
