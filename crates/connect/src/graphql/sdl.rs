//! Types from the language in which schemas are written, as far as tests need it: an introspection
//! would be twenty times as long.

use serde_json::{Value, json};

use super::types::Types;

/// The types that a text describes.
pub(super) fn types(text: &str) -> Types {
    let mut tokens = tokens(text);
    tokens.reverse();
    let mut reading = Reading { tokens, kinds: Vec::new() };
    for name in ["Int", "Float", "String", "Boolean", "ID"] {
        reading.kinds.push((name.to_owned(), "SCALAR"));
    }
    let pairs = tokens_of_kinds(text);
    reading.kinds.extend(pairs);
    let mut types = Vec::new();
    while let Some(word) = reading.tokens.pop() {
        types.push(reading.definition(&word));
    }
    let plain = ["Int", "Float", "String", "Boolean", "ID"];
    types.extend(plain.map(|name| json!({ "kind": "SCALAR", "name": name })));
    Types::read(&json!({ "__schema": { "types": types } }).to_string()).expect("types")
}

fn tokens(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split([' ', '\n', ',']) {
        let mut name = String::new();
        for c in word.chars() {
            if c.is_alphanumeric() || c == '_' {
                name.push(c);
                continue;
            }
            if !name.is_empty() {
                found.push(std::mem::take(&mut name));
            }
            found.push(c.to_string());
        }
        if !name.is_empty() {
            found.push(name);
        }
    }
    found
}

fn tokens_of_kinds(text: &str) -> Vec<(String, &'static str)> {
    let kind = |word: &str| match word {
        "type" => Some("OBJECT"),
        "input" => Some("INPUT_OBJECT"),
        "enum" => Some("ENUM"),
        "union" => Some("UNION"),
        "interface" => Some("INTERFACE"),
        "scalar" => Some("SCALAR"),
        _ => None,
    };
    let all = tokens(text);
    // `type: T` is a field of that name.
    all.windows(3)
        .filter(|three| three[1] != ":" && three[2] != ":" || three[2] == "{")
        .filter_map(|three| Some((three[1].clone(), kind(&three[0])?)))
        .collect()
}

struct Reading {
    tokens: Vec<String>,
    kinds: Vec<(String, &'static str)>,
}

impl Reading {
    fn next(&mut self) -> String {
        self.tokens.pop().expect("more")
    }

    fn is_next(&self, token: &str) -> bool {
        self.tokens.last().is_some_and(|next| next == token)
    }

    fn take(&mut self, token: &str) -> bool {
        let is_next = self.is_next(token);
        if is_next {
            self.tokens.pop();
        }
        is_next
    }

    fn kind(&self, name: &str) -> &'static str {
        self.kinds.iter().find(|(own, _)| own == name).map_or("SCALAR", |(_, kind)| kind)
    }

    fn definition(&mut self, word: &str) -> Value {
        let name = self.next();
        let kind = self.kind(&name);
        let mut ty = json!({ "kind": kind, "name": name });
        let mut list = Vec::new();
        match word {
            "scalar" => {}
            "union" => {
                while self.take("=") || self.take("|") {
                    list.push(json!({ "name": self.next() }));
                }
                ty["possibleTypes"] = list.into();
            }
            _ => {
                assert!(self.take("{"), "{name}");
                while !self.take("}") {
                    list.push(if word == "enum" {
                        json!({ "name": self.next() })
                    } else {
                        self.field()
                    });
                }
                let place = match word {
                    "enum" => "enumValues",
                    "input" => "inputFields",
                    _ => "fields",
                };
                ty[place] = list.into();
            }
        }
        ty
    }

    fn field(&mut self) -> Value {
        let name = self.next();
        let mut args = Vec::new();
        if self.take("(") {
            while !self.take(")") {
                args.push(self.field());
            }
        }
        assert!(self.take(":"), "{name}");
        json!({ "name": name, "args": args, "type": self.reference() })
    }

    fn reference(&mut self) -> Value {
        let mut ty = if self.take("[") {
            let inner = self.reference();
            assert!(self.take("]"), "a list ends");
            json!({ "kind": "LIST", "ofType": inner })
        } else {
            let name = self.next();
            json!({ "kind": self.kind(&name), "name": name })
        };
        if self.take("!") {
            ty = json!({ "kind": "NON_NULL", "ofType": ty });
        }
        ty
    }
}
