//! The choices that the manifest of Order & Inspect names are those that the service has.

use std::collections::BTreeSet;

use kontor_connect::{Budget, Opening};
use kontor_model::{BackendName, Field, FieldType, Resource, Schema};
use kontor_office::manifest::{Choice, KeyFile, Manifest, ResourceOverride};

use super::manifests::ORDER_INSPECT;
use super::running::Running;

/// The values that a field takes, where the service says which.
fn offered(field: &Field) -> Option<BTreeSet<&str>> {
    match &field.ty {
        FieldType::Enum { choices, .. } => Some(choices.iter().map(String::as_str).collect()),
        _ => None,
    }
}

fn named(choices: &[Choice]) -> BTreeSet<&str> {
    choices.iter().map(|choice| choice.value.as_str()).collect()
}

async fn read(running: &Running) -> (Manifest, Schema) {
    let folder = tempfile::tempdir().unwrap();
    let key = KeyFile::open_or_create(&folder.path().join("key")).unwrap();
    let text = ORDER_INSPECT.with_key(running.address, &key, &running.key);
    let name = BackendName::new("order-inspect").unwrap();
    let manifest = Manifest::parse(name, &text, ORDER_INSPECT.file_name).unwrap();
    let location: kontor_connect::Location = manifest.url.parse().unwrap();
    let connection = kontor_connect::open(Opening {
        location: location.with_password(&running.key),
        replica: None,
        writable: false,
        budget: Budget::default(),
        session_name: "test".into(),
        service: manifest.service(),
    });
    let schema = connection.introspect().await.unwrap();
    (manifest, schema)
}

/// What was found while the manifest and the service were compared.
#[derive(Default)]
struct Compared {
    count: usize,
    wrong: Vec<String>,
}

impl Compared {
    /// What the service takes as any text may be offered as a few.
    fn choices(&mut self, place: &str, field: &Field, choices: &[Choice]) {
        let Some(offered) = offered(field) else { return };
        self.count += 1;
        let named = named(choices);
        if offered != named {
            self.wrong.push(format!("{place} takes {offered:?}, not {named:?}"));
        }
    }

    fn fields(&mut self, resource: &Resource, said: &ResourceOverride) {
        for (name, own) in &said.fields {
            let place = format!("{}.{name}", resource.name);
            match resource.fields.iter().find(|it| it.name == *name) {
                None => self.wrong.push(format!("there is no {place}")),
                Some(_) if own.hidden == Some(true) => {}
                Some(field) => self.choices(&place, field, &own.choices),
            }
        }
    }

    fn actions(&mut self, resource: &Resource, said: &ResourceOverride) {
        let service = resource.service.as_ref();
        let operations = service.map(|it| it.operations.as_slice()).unwrap_or_default();
        for (name, own) in said.actions.iter().filter(|(_, own)| !own.hidden) {
            let place = format!("{}.{name}", resource.name);
            let wanted = own.operation.as_ref().unwrap_or(name);
            let Some(operation) = operations.iter().find(|it| it.name == *wanted) else {
                self.wrong.push(format!("there is no {place}"));
                continue;
            };
            for input in &operation.input {
                let asked = own.inputs.iter().find(|(known, _)| *known == input.field.name);
                if asked.is_some_and(|(_, asked)| asked.hidden) {
                    continue;
                }
                let choices = asked.map_or(&[][..], |(_, asked)| &asked.choices);
                self.choices(&format!("{place}.{}", input.field.name), &input.field, choices);
            }
        }
    }
}

#[tokio::test]
async fn every_choice_in_the_manifest_of_order_and_inspect_is_one_that_it_has_and_none_is_missing()
{
    let running = Running::small().await;
    let (manifest, schema) = read(&running).await;
    let mut compared = Compared::default();
    for (name, said) in &manifest.resources {
        match schema.resources.iter().find(|it| it.name == *name) {
            None => compared.wrong.push(format!("there is no resource {name}")),
            Some(_) if said.hidden == Some(true) => {}
            Some(resource) => {
                compared.fields(resource, said);
                compared.actions(resource, said);
            }
        }
    }
    assert!(compared.wrong.is_empty(), "{}", compared.wrong.join("\n"));
    assert!(compared.count >= 10, "only {} were compared", compared.count);
}
