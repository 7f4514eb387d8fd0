//! What a manifest says about members of JSON, beside what the backend describes of them.

use kontor_model::service::Member;
use kontor_model::{Field, FieldType, Resource};

use super::{At, Check, is_loose};
use crate::manifest::field::{Currency, FieldOverride};
use crate::manifest::member::MemberOverride;
use crate::manifest::problem::{listed, nearest};

impl Check<'_> {
    pub(super) fn members(
        &mut self,
        at: At<'_>,
        (resource, name): (&Resource, &str),
        said: &FieldOverride,
    ) {
        let Some(position) = resource.position(name).filter(|_| !said.members.is_empty()) else {
            return;
        };
        let field = &resource.fields[position];
        if !holds_json(field) {
            let message = format!("“{name}” is {}, which has no members", field.native);
            self.note(&[at, &["members"]].concat(), message, None);
            return;
        }
        let service = resource.service.as_ref();
        let described = service.map_or(&[][..], |service| &service.properties[position].members);
        let at = [at, &["members"]].concat();
        let mut currency = None;
        self.level(&at, (resource, described), &said.members, &mut currency);
    }

    /// The members of one object. Where the backend describes none, all names are taken.
    fn level<'s>(
        &mut self,
        at: At<'_>,
        (resource, described): (&Resource, &[Member]),
        said: &'s [MemberOverride],
        of_record: &mut Option<&'s str>,
    ) {
        let names = || described.iter().map(|member| member.name.as_str());
        for own in said {
            let at = [at, &[own.name.as_str()]].concat();
            let known = described.iter().find(|member| member.name == own.name);
            if known.is_none() && !described.is_empty() {
                let suggestion = nearest(&own.name, names());
                let mut message = format!("the service describes no member “{}” there", own.name);
                if suggestion.is_none() {
                    message.push_str(&listed("it has", names()));
                }
                self.note(&at, message, suggestion);
            }
            if let Some(Currency::Field(name)) = &own.currency {
                let is_beside = names().any(|other| other == name)
                    || said.iter().any(|other| other.name == *name);
                if !is_beside {
                    let at = [&at[..], &["currency"]].concat();
                    match resource.field(name) {
                        Some(_) => self.of_record(&at, name, of_record),
                        None => self.no_currency(&at, resource, name, names().collect()),
                    }
                }
            }
            let inner = known.map_or(&[][..], |member| &member.members);
            let at = [&at[..], &["members"]].concat();
            self.level(&at, (resource, inner), &own.members, of_record);
        }
    }

    fn no_currency(&mut self, at: At<'_>, resource: &Resource, name: &str, beside: Vec<&str>) {
        let fields = resource.fields.iter().map(|field| field.name.as_str());
        let known = beside.into_iter().chain(fields);
        let message = format!(
            "“{name}” is neither a member beside the amount nor a field of “{}”",
            resource.name
        );
        self.note(at, message, nearest(name, known));
    }

    /// A currency that no member beside the amount holds is a field of the record: one for all.
    fn of_record<'s>(&mut self, at: At<'_>, name: &'s str, of_record: &mut Option<&'s str>) {
        match of_record {
            Some(other) if *other != name => {
                let message = format!(
                    "amounts in one field share the record’s currency: it is “{other}” above, here “{name}”"
                );
                self.note(at, message, None);
            }
            _ => *of_record = Some(name),
        }
    }
}

fn holds_json(field: &Field) -> bool {
    matches!(field.ty, FieldType::Json { .. } | FieldType::Bytes) || is_loose(&field.ty)
}
