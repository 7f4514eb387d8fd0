//! What a schema of a document describes: records with their fields, lists, single values.

use kontor_model::FieldType;
use kontor_model::service::Form;
use yaml_serde::Value;

use super::document::{Document, entries, flag, list, text};

/// Lists and objects are looked into this deep, where that leads to no more than `MOST_NODES`
/// schemas: what is described by what it is linked to has no end.
const DEEPEST: usize = 9;
const MOST_NODES: usize = 1_000;

/// What a schema describes.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// An object with members that are known.
    Object(Vec<Member>),
    /// A list of such things.
    List(Box<Shape>),
    /// A single value.
    Scalar(Scalar),
    /// Anything.
    Free,
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) shape: Shape,
    pub(super) facts: Facts,
}

/// What is said of a value beside its type.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Facts {
    pub(super) needed: bool,
    pub(super) nullable: bool,
    pub(super) read_only: bool,
    pub(super) write_only: bool,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) default: Option<String>,
}

/// A single value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scalar {
    pub(super) ty: FieldType,
    pub(super) form: Form,
    pub(super) native: String,
}

impl Scalar {
    pub(super) fn json(native: &str) -> Self {
        Self { ty: FieldType::Json { binary: false }, form: Form::Json, native: native.to_owned() }
    }
}

/// Reads schemas of a document.
pub(super) struct Shapes<'a> {
    document: &'a Document,
    /// The references that are being followed: a schema may hold itself.
    open: Vec<&'a str>,
    /// Lists and objects around what is being looked at.
    inside: usize,
    deepest: usize,
    /// Schemas that may still be looked at.
    left: usize,
}

impl<'a> Shapes<'a> {
    pub(super) fn of(document: &'a Document) -> Self {
        Self { document, open: Vec::new(), inside: 0, deepest: DEEPEST, left: MOST_NODES }
    }

    /// What a schema describes, as deep as there is an end of it.
    pub(super) fn shape(&mut self, schema: &'a Value) -> Shape {
        if let Some(shape) = self.within(schema, DEEPEST, MOST_NODES) {
            return shape;
        }
        let mut best = self.within(schema, 1, usize::MAX).unwrap_or(Shape::Free);
        for deepest in 2..DEEPEST {
            let Some(deeper) = self.within(schema, deepest, MOST_NODES) else { break };
            best = deeper;
        }
        best
    }

    /// What a schema describes so deep; none where more schemas would have to be looked at.
    fn within(&mut self, schema: &'a Value, deepest: usize, most: usize) -> Option<Shape> {
        (self.deepest, self.left) = (deepest, most);
        let (shape, _) = self.described(schema);
        (self.left > 0).then_some(shape)
    }

    fn described(&mut self, schema: &'a Value) -> (Shape, Facts) {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            return (Shape::Free, Facts::default());
        }
        let Some((meant, reference)) = self.document.resolve(schema) else {
            return (Shape::Free, Facts::default());
        };
        let Some(reference) = reference else { return self.plain(meant) };
        if self.open.contains(&reference) || self.open.len() >= 24 {
            return (Shape::Free, facts(meant));
        }
        self.open.push(reference);
        let (shape, mut known) = self.plain(meant);
        self.open.pop();
        // What stands beside a reference is said of this use of it (3.1).
        let own = facts(schema);
        known.description = own.description.or(known.description);
        known.read_only |= own.read_only;
        (shape, known)
    }

    fn plain(&mut self, schema: &'a Value) -> (Shape, Facts) {
        let mut known = facts(schema);
        let mut parts: Vec<(Shape, Facts)> = Vec::new();
        for part in list(schema, "allOf") {
            parts.push(self.described(part));
        }
        for choice in ["oneOf", "anyOf"] {
            let choices = list(schema, choice);
            if !choices.is_empty() {
                parts.push(self.chosen(choices));
            }
        }
        let own = self.own(schema);
        if parts.is_empty() {
            return (own.unwrap_or(Shape::Free), known);
        }
        let mut whole = own;
        for (shape, part) in parts {
            known.nullable |= part.nullable;
            known.read_only |= part.read_only;
            known.description = known.description.or(part.description);
            whole = Some(match whole {
                None | Some(Shape::Free) => shape,
                Some(before) => together(before, shape),
            });
        }
        (whole.unwrap_or(Shape::Free), known)
    }

    /// One of several schemas: null makes it nullable, objects are laid over one another.
    fn chosen(&mut self, choices: &'a [Value]) -> (Shape, Facts) {
        let mut known = Facts::default();
        let mut shapes = Vec::new();
        for choice in choices {
            if types(choice) == ["null"] {
                known.nullable = true;
                continue;
            }
            let (shape, facts) = self.described(choice);
            known.nullable |= facts.nullable;
            shapes.push(shape);
        }
        let several = shapes.len() > 1;
        let merged = shapes.into_iter().reduce(either).unwrap_or(Shape::Free);
        let merged = match merged {
            // A member that only some of the choices need is needed by none.
            Shape::Object(mut members) if several => {
                members.iter_mut().for_each(|member| member.facts.needed = false);
                Shape::Object(members)
            }
            merged => merged,
        };
        (merged, known)
    }

    fn own(&mut self, schema: &'a Value) -> Option<Shape> {
        let types = types(schema);
        let is = |ty: &str| types.contains(&ty);
        let has = |name: &str| schema.get(name).is_some();
        if is("array") || (types.is_empty() && has("items")) {
            let items = schema.get("items").filter(|_| self.inside < self.deepest);
            self.inside += 1;
            let element = items.map_or(Shape::Free, |items| self.described(items).0);
            self.inside -= 1;
            return Some(Shape::List(Box::new(element)));
        }
        if is("object") || (types.is_empty() && has("properties")) {
            if self.inside >= self.deepest {
                return Some(Shape::Free);
            }
            self.inside += 1;
            let needed: Vec<&str> =
                list(schema, "required").iter().filter_map(Value::as_str).collect();
            let members: Vec<Member> = entries(schema, "properties")
                .map(|(name, property)| {
                    let (shape, mut facts) = self.described(property);
                    facts.needed = needed.contains(&name);
                    Member { name: name.to_owned(), shape, facts }
                })
                .collect();
            self.inside -= 1;
            return Some(if members.is_empty() { Shape::Free } else { Shape::Object(members) });
        }
        let kinds: Vec<&str> = types.iter().copied().filter(|ty| *ty != "null").collect();
        match kinds.as_slice() {
            [] if has("enum") || has("const") => Some(Shape::Scalar(scalar("string", schema))),
            [] => None,
            [only] => Some(Shape::Scalar(scalar(only, schema))),
            [..] => Some(Shape::Scalar(Scalar {
                ty: FieldType::Any,
                form: Form::Json,
                native: kinds.join(" | "),
            })),
        }
    }
}

/// The types that a schema names: one, or in 3.1 several.
fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Sequence(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn facts(schema: &Value) -> Facts {
    let written = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let text = |name: &str| text(schema, name).map(str::trim).filter(|text| !text.is_empty());
    Facts {
        needed: false,
        nullable: flag(schema, "nullable") || types(schema).contains(&"null"),
        read_only: flag(schema, "readOnly"),
        write_only: flag(schema, "writeOnly"),
        title: text("title").map(str::to_owned),
        description: text("description").map(str::to_owned),
        default: schema.get("default").and_then(written),
    }
}

fn scalar(ty: &str, schema: &Value) -> Scalar {
    let format = text(schema, "format").unwrap_or_default();
    let native = if format.is_empty() { ty.to_owned() } else { format!("{ty} ({format})") };
    let number = |name: &str| schema.get(name).and_then(Value::as_i64);
    let (ty, form) = match (ty, format) {
        ("boolean", _) => (FieldType::Bool, Form::Bool),
        ("integer", _) => {
            let unsigned = number("minimum").is_some_and(|least| least >= 0);
            let bits = if format == "int32" { 32 } else { 64 };
            (FieldType::int(bits, unsigned), Form::Number)
        }
        ("number", _) => (FieldType::Decimal { precision: None, scale: None }, Form::Number),
        ("string", _) => (string(format, schema), Form::Text),
        _ => (FieldType::Any, Form::Json),
    };
    Scalar { ty, form, native }
}

fn string(format: &str, schema: &Value) -> FieldType {
    let mut choices: Vec<String> = list(schema, "enum")
        .iter()
        .chain(schema.get("const"))
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    choices.dedup();
    if !choices.is_empty() {
        return FieldType::Enum { choices };
    }
    match format {
        "date" => FieldType::Date,
        "date-time" => FieldType::Instant,
        "uuid" => FieldType::Uuid,
        "decimal" | "bigdecimal" => FieldType::Decimal { precision: None, scale: None },
        "int64" => FieldType::int(64, false),
        _ => {
            let most = schema.get("maxLength").and_then(Value::as_u64);
            FieldType::Text { max: most.and_then(|most| u32::try_from(most).ok()) }
        }
    }
}

/// Both at once (`allOf`).
fn together(a: Shape, b: Shape) -> Shape {
    match (a, b) {
        (Shape::Object(a), Shape::Object(b)) => Shape::Object(joined(a, b, together)),
        (Shape::List(a), Shape::List(b)) => Shape::List(Box::new(together(*a, *b))),
        (Shape::Free, other) | (other, Shape::Free | _) => other,
    }
}

/// One or the other (`oneOf`, `anyOf`).
fn either(a: Shape, b: Shape) -> Shape {
    match (a, b) {
        (Shape::Object(a), Shape::Object(b)) => Shape::Object(merged(a, b)),
        (Shape::List(a), Shape::List(b)) => Shape::List(Box::new(either(*a, *b))),
        (Shape::Scalar(a), Shape::Scalar(b)) => Shape::Scalar(either_scalar(a, b)),
        (Shape::Scalar(_) | Shape::List(_) | Shape::Object(_) | Shape::Free, _) => Shape::Free,
    }
}

fn either_scalar(a: Scalar, b: Scalar) -> Scalar {
    if a.ty == b.ty && a.form == b.form {
        return a;
    }
    let native = format!("{} | {}", a.native, b.native);
    match (a.ty, b.ty) {
        (FieldType::Enum { mut choices }, FieldType::Enum { choices: more }) => {
            choices.extend(
                more.into_iter().filter(|choice| !a_has(&choices, choice)).collect::<Vec<_>>(),
            );
            Scalar { ty: FieldType::Enum { choices }, form: Form::Text, native }
        }
        _ if a.form == Form::Text && b.form == Form::Text => {
            Scalar { ty: FieldType::text(), form: Form::Text, native }
        }
        _ => Scalar { ty: FieldType::Any, form: Form::Json, native },
    }
}

fn a_has(choices: &[String], choice: &str) -> bool {
    choices.iter().any(|own| own == choice)
}

/// The members of both; what both have is laid over one another.
pub(super) fn merged(a: Vec<Member>, b: Vec<Member>) -> Vec<Member> {
    joined(a, b, either)
}

fn joined(mut a: Vec<Member>, b: Vec<Member>, both: fn(Shape, Shape) -> Shape) -> Vec<Member> {
    for member in b {
        match a.iter_mut().find(|own| own.name == member.name) {
            Some(own) => {
                own.facts.needed |= member.facts.needed;
                own.facts.nullable |= member.facts.nullable;
                let shape = std::mem::replace(&mut own.shape, Shape::Free);
                own.shape = match (shape, member.shape) {
                    (Shape::Free, other) | (other, Shape::Free) => other,
                    (a, b) => both(a, b),
                };
            }
            None => a.push(member),
        }
    }
    a
}

#[cfg(test)]
mod tests {
    use super::super::leaves::leaves;
    use super::*;

    fn document(schemas: &str) -> Document {
        let text = format!("openapi: 3.1.0\npaths: {{}}\ncomponents:\n  schemas:\n{schemas}");
        Document::read(text.as_bytes()).expect("a document")
    }

    fn fields(document: &Document, name: &str) -> Vec<(String, FieldType)> {
        let schema = &document.root()["components"]["schemas"][name];
        match Shapes::of(document).shape(schema) {
            Shape::Object(members) => leaves(&members)
                .into_iter()
                .map(|leaf| (leaf.path.join("."), leaf.scalar.ty))
                .collect(),
            other => panic!("{other:?} is no object"),
        }
    }

    #[test]
    fn objects_inside_a_record_are_taken_apart_and_lists_are_not() {
        let document = document(
            "    Order:
      type: object
      properties:
        id: {type: integer, format: int64}
        address: {$ref: '#/components/schemas/Address'}
        lines: {type: array, items: {type: object}}
    Address:
      type: object
      properties:
        city: {type: string, maxLength: 40}
        again: {$ref: '#/components/schemas/Address'}
",
        );
        let json = FieldType::Json { binary: false };
        assert_eq!(
            fields(&document, "Order"),
            [
                ("id".to_owned(), FieldType::int(64, false)),
                ("address.city".to_owned(), FieldType::Text { max: Some(40) }),
                ("address.again".to_owned(), json.clone()),
                ("lines".to_owned(), json),
            ]
        );
    }

    #[test]
    fn what_lies_in_a_list_is_described_with_it() {
        let document = document(
            "    Order:
      type: object
      properties:
        tags: {type: array, items: {type: string}}
        lines: {type: array, items: {$ref: '#/components/schemas/Line'}}
    Line:
      type: object
      properties:
        placed_at: {type: string, format: date-time, title: Placed, description: When}
        state: {enum: [open, closed]}
        secret: {type: string, writeOnly: true}
        parcels: {type: array, items: {type: object, properties: {tracking: {type: string}}}}
        parts: {type: array, items: {type: integer}}
        within: {$ref: '#/components/schemas/Line'}
",
        );
        let schema = &document.root()["components"]["schemas"]["Order"];
        let Shape::Object(members) = Shapes::of(&document).shape(schema) else { panic!("object") };
        let leaves = leaves(&members);
        assert!(leaves[0].inner.is_empty(), "single values have no members");
        let inner = &leaves[1].inner;
        let told: Vec<(&str, &FieldType)> =
            inner.iter().map(|own| (own.name.as_str(), &own.ty)).collect();
        let choices = FieldType::Enum { choices: vec!["open".into(), "closed".into()] };
        let json = FieldType::Json { binary: false };
        let numbers = FieldType::Array { element: Box::new(FieldType::int(64, false)) };
        assert_eq!(
            told,
            [
                ("placed_at", &FieldType::Instant),
                ("state", &choices),
                ("parcels", &json),
                ("parts", &numbers),
                ("within", &FieldType::Any),
            ]
        );
        assert_eq!(inner[0].title.as_deref(), Some("Placed"));
        assert_eq!(inner[2].members[0].name, "tracking");
    }

    #[test]
    fn compositions_are_laid_over_one_another() {
        let document = document(
            "    Both:
      allOf:
        - {type: object, required: [id], properties: {id: {type: integer}}}
        - {type: object, properties: {name: {type: [string, 'null']}}}
    Wrapped:
      allOf:
        - {type: object, properties: {data: {type: array, items: {type: object}}, links: {type: object}}}
        - {properties: {data: {type: array, items: {$ref: '#/components/schemas/Both'}}}}
    Either:
      type: object
      properties:
        payment:
          oneOf:
            - {type: object, properties: {iban: {type: string}}}
            - {type: object, properties: {card: {type: string}}}
        when: {anyOf: [{type: string, format: date}, {type: 'null'}]}
        state: {oneOf: [{const: open}, {const: closed}]}
",
        );
        let names = |name: &str| {
            fields(&document, name).into_iter().map(|(path, _)| path).collect::<Vec<_>>()
        };
        assert_eq!(names("Both"), ["id", "name"]);
        let wrapped =
            Shapes::of(&document).shape(&document.root()["components"]["schemas"]["Wrapped"]);
        let place = crate::openapi::listing::place(&wrapped, "things", false).expect("a list");
        let record = leaves(&place.record.expect("the more exact of the two descriptions"));
        let names_of = record.iter().map(|leaf| leaf.path.join(".")).collect::<Vec<_>>();
        assert_eq!(names_of, ["id", "name"]);
        let either = fields(&document, "Either");
        assert_eq!(
            either,
            [
                ("payment.iban".to_owned(), FieldType::text()),
                ("payment.card".to_owned(), FieldType::text()),
                ("when".to_owned(), FieldType::Date),
                (
                    "state".to_owned(),
                    FieldType::Enum { choices: vec!["open".into(), "closed".into()] }
                ),
            ]
        );
    }

    /// Entities that all refer to one another, as shops describe them.
    #[test]
    fn a_web_of_records_is_read_as_deep_as_there_is_an_end_of_it() {
        let entity = |at: usize| {
            let others = (0..40).filter(|other| *other != at).map(|other| {
                format!("        e{other}: {{$ref: '#/components/schemas/E{other}'}}\n")
            });
            let others: String = others.collect();
            format!(
                "    E{at}:\n      type: object\n      properties:\n        id: {{type: string}}\n{others}"
            )
        };
        let document = document(&(0..40).map(entity).collect::<String>());
        let found = fields(&document, "E7");
        assert_eq!(found[0], ("id".to_owned(), FieldType::text()));
        let json = FieldType::Json { binary: false };
        assert!(found.contains(&("e39".to_owned(), json)), "{} fields", found.len());
        assert_eq!(found.len(), 40);
    }

    #[test]
    fn the_manner_of_3_0_is_understood_too() {
        let document = document(
            "    Old:
      type: object
      properties:
        price: {type: number, minimum: 0, exclusiveMinimum: true, nullable: true}
        made: {type: string, format: date-time, readOnly: true}
",
        );
        let schema = &document.root()["components"]["schemas"]["Old"];
        let Shape::Object(members) = Shapes::of(&document).shape(schema) else { panic!("object") };
        assert!(members[0].facts.nullable && members[1].facts.read_only);
        assert_eq!(fields(&document, "Old")[1].1, FieldType::Instant);
    }
}
