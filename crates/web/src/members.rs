//! JSON objects whose members keep their order and their values as they were written.

use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// No record has more fields than this.
const MOST_MEMBERS: usize = 5_000;

/// The members of a JSON object in their order; a name that stands twice is refused.
#[derive(Debug)]
pub(crate) struct Members<T>(pub(crate) Vec<(String, T)>);

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading<T>(PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for Reading<T> {
            type Value = Members<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with the names of fields")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<T>, A::Error> {
                let mut members: Vec<(String, T)> = Vec::new();
                let mut names: HashSet<String> = HashSet::new();
                while let Some((name, value)) = map.next_entry::<String, T>()? {
                    if members.len() == MOST_MEMBERS {
                        let why = format!("more than {MOST_MEMBERS} members");
                        return Err(serde::de::Error::custom(why));
                    }
                    if !names.insert(name.clone()) {
                        return Err(serde::de::Error::custom(format!("“{name}” stands twice")));
                    }
                    members.push((name, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reading(PhantomData))
    }
}
