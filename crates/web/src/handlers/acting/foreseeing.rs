//! What an action would do, asked of its backend before it is done.

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use kontor_model::Value;
use kontor_office::catalog::{Format as OfficeFormat, Told, own_digits};
use kontor_office::{Edit, Foreseen, OfficeError, Problem, Shown};

use super::form::{Asked, form};
use super::{AtAction, asked_for, called};
use crate::app::App;
use crate::components::Shell;
use crate::failure::{PageFailure, told};
use crate::format::{decimal, money};
use crate::handlers::record::language;
use crate::handlers::{Pairs, Place, here, key, place};
use crate::pages::record::acting::{ForeseenPart, foreseen as foreseen_part};
use crate::view::View;
use crate::visitor::Reader;

/// The part of the form that tells it; without script the whole form with it.
pub(crate) async fn foresee(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource, record, action)): AtAction,
    Form(pairs): Form<Pairs>,
) -> Result<Response, PageFailure> {
    let place: Place<Edit> = match place(&app, &reader, &backend, &resource) {
        Ok(place) => place,
        Err(error) => return Err(reader.fails(&app, error).await),
    };
    let shell = reader.frame.shell(&app, Some(&reader.actor), here(&place)).await;
    let part = part(&app, &reader, &place, (&record, &action), &pairs, &shell).await;
    if reader.frame.is_fragment {
        return Ok(foreseen_part(&shell, &part).into_response());
    }
    let asked = Asked { foreseen: part, ..Asked::again((&record, &action), &pairs) };
    form(&app, reader, &place, asked).await
}

async fn part(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    at: (&str, &str),
    pairs: &Pairs,
    shell: &Shell,
) -> ForeseenPart {
    let asked = async {
        let request = asked_for(app, reader, place, at, pairs).await?;
        let key = key(at.0)?;
        let foreseen = app.office.foresee(&place.permit, &place.resource, &key, &request).await?;
        told_part(app, reader, place, at, shell, foreseen).await
    };
    match asked.await {
        Ok(part) => part,
        // What is missing yet is no failure: it is being filled in.
        Err(OfficeError::Invalid(problems)) => {
            let refusals = problems.iter().filter_map(|problem| match &problem.problem {
                Problem::Refused(refusal) => Some(refusal.message.as_str()),
                _ => None,
            });
            let said: Vec<&str> = refusals.collect();
            if said.is_empty() {
                ForeseenPart::Unasked
            } else {
                ForeseenPart::NotYet(said.join(" "))
            }
        }
        Err(error) => ForeseenPart::No(told(shell.texts, &error).text),
    }
}

/// An answer in the reader's notation.
pub(crate) async fn told_part(
    app: &App,
    reader: &Reader,
    place: &Place<Edit>,
    (record, name): (&str, &str),
    shell: &Shell,
    foreseen: Foreseen,
) -> Result<ForeseenPart, OfficeError> {
    let reading = place.permit.to_read();
    let found = app.office.record(&reading, &place.resource, &key(record)?).await?;
    let catalog = found.catalog.clone();
    let face = &catalog.faces[found.face];
    let view = View { permit: &reading, catalog: &catalog, face, language: language(reader) };
    let action = called(&view, name)?;
    let members = action.preview.iter().flat_map(|preview| &preview.show);
    let lines = members.zip(&foreseen.told).map(|(member, (_, text))| {
        let title = member.title.in_language(view.language.code()).to_owned();
        (
            title,
            text.as_deref()
                .map_or_else(|| "–".to_owned(), |text| value(shell, member, &found, text)),
        )
    });
    let lines: Vec<(String, String)> = lines.collect();
    Ok(if lines.is_empty() {
        ForeseenPart::Answer(foreseen.answer)
    } else {
        ForeseenPart::Told(lines)
    })
}

/// A member of an answer; amounts in the record's own currency.
fn value(shell: &Shell, member: &Told, found: &Shown, text: &str) -> String {
    let OfficeFormat::Money { currency_field, currency_code, decimals } = &member.format else {
        return decimal(shell.language(), text);
    };
    let own = currency_field.and_then(|field| found.value(field)).and_then(Value::to_text);
    let currency = own.or_else(|| currency_code.clone());
    let digits = own_digits(*decimals, currency.as_deref());
    money(shell.language(), text, currency.as_deref(), u8::try_from(digits).unwrap_or(2))
}
