//! The address of a record or list: paths with their variables filled.

use kontor_model::service::Rest;
use kontor_model::{Resource, Value};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::Url;

use super::api::Api;
use crate::error::{Failure, FailureKind};
use crate::json::outward;

/// What stands for itself in a segment of a path.
const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A value by which a variable of a path is filled.
pub(super) type Fill<'a> = (usize, &'a Value);

impl Api {
    /// The address of a path with its variables filled.
    pub(super) fn address(
        &self,
        resource: &Resource,
        rest: &Rest,
        path: &str,
        fills: &[Fill<'_>],
    ) -> Result<Url, Failure> {
        let mut path = path.to_owned();
        for (name, field) in &rest.variables {
            let Some((_, value)) = fills.iter().find(|(own, _)| own == field) else { continue };
            let text = value.to_text().filter(|text| !text.is_empty()).ok_or_else(|| {
                let name = &resource.fields[*field].name;
                Failure::new(
                    FailureKind::Invalid,
                    format!("“{name}” is empty and cannot stand in an address"),
                )
            })?;
            let text = outward(&text, &resource.fields[*field].ty);
            // Relative segments would lead elsewhere.
            if matches!(text.as_str(), "." | "..") {
                return Err(Failure::new(
                    FailureKind::Invalid,
                    format!("“{text}” cannot stand in an address"),
                ));
            }
            let segment = utf8_percent_encode(&text, SEGMENT).to_string();
            path = path.replace(&format!("{{{name}}}"), &segment);
        }
        let mut url = self.base(rest)?;
        let whole =
            format!("{}/{}", url.path().trim_end_matches('/'), path.trim_start_matches('/'));
        url.set_path(&whole);
        Ok(url)
    }
}
