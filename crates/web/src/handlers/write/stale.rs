//! An edit that somebody else was faster than.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kontor_model::Value;
use kontor_office::{Conflict, Edit, OfficeError, Shown};

use crate::app::App;
use crate::failure::PageFailure;
use crate::handlers::record::language;
use crate::handlers::{Pairs, Place, first, here, key, shown};
use crate::pages::record::stale::{Clash, StaleScreen, Theirs, page as stale_page};
use crate::shown::Cell;
use crate::view::{View, at};
use crate::visitor::Reader;

/// Fields that somebody changed since the form was opened, told by what the form had seen.
fn left_alone(view: &View<'_>, found: &Shown, pairs: &Pairs) -> Vec<Conflict> {
    let changed = found.fields.iter().filter_map(|(index, now)| {
        let field = &view.resource().fields[*index].name;
        let seen =
            |prefix: &str| first(pairs, &format!("{prefix}.{field}")).and_then(Value::from_tagged);
        let before = seen("theirs").or_else(|| seen("was"))?;
        let is_changed = now.is_whole() && !before.is_same(now);
        is_changed.then(|| Conflict {
            field: field.clone(),
            before,
            theirs: now.clone(),
            mine: None,
        })
    });
    changed.collect()
}

/// Somebody else was faster: both versions are shown, nothing is lost.
pub(super) async fn stale(
    app: &App,
    reader: Reader,
    place: &Place<Edit>,
    record: &str,
    pairs: &Pairs,
    conflicts: Vec<Conflict>,
) -> Result<Response, PageFailure> {
    let shell = reader.frame.shell(app, Some(&reader.actor), here(place)).await;
    let reading = place.permit.to_read();
    let asked = async {
        let key = key(record)?;
        let found = app.office.record(&reading, &place.resource, &key).await?;
        let catalog = found.catalog.clone();
        let view = View {
            permit: &reading,
            catalog: &catalog,
            face: &catalog.faces[found.face],
            language: language(&reader),
        };
        let mut met: Vec<Conflict> = conflicts
            .into_iter()
            .filter(|conflict| !conflict.theirs.is_same(&conflict.before))
            .collect();
        let alone = left_alone(&view, &found, pairs);
        let is_new = |one: &Conflict| met.iter().all(|conflict| conflict.field != one.field);
        let alone: Vec<Conflict> = alone.into_iter().filter(is_new).collect();
        met.extend(alone);
        let authors = app.office.authors(&reading, &place.resource, &found.key, &met).await?;
        let is_met = |name: &str| {
            let field = name.split_once('.').map(|(_, field)| field);
            met.iter().any(|conflict| field == Some(conflict.field.as_str()))
        };
        let (mut clashes, mut others) = (Vec::new(), Vec::new());
        for (conflict, author) in met.iter().zip(authors) {
            let Some(index) = view.resource().position(&conflict.field) else { continue };
            let cell =
                |value: &Value| Cell { editable: false, ..view.cell(index, value.clone(), None) };
            let theirs = Theirs {
                field: view
                    .with_currency(view.field(index), index, |other| found.value(other).cloned()),
                now: cell(&conflict.theirs),
                before: cell(&conflict.before),
                by: author.map(|author| (author.actor, at(author.at))),
            };
            match conflict.mine.as_ref().filter(|mine| !mine.is_same(&conflict.theirs)) {
                Some(mine) => clashes.push(Clash {
                    theirs,
                    mine: cell(mine),
                    text: first(pairs, &format!("v.{}", conflict.field))
                        .unwrap_or_default()
                        .to_owned(),
                    is_null: mine.is_null(),
                }),
                None => others.push(theirs),
            }
        }
        Ok::<_, OfficeError>(StaleScreen {
            record: view.record(&found.key),
            title: found.title.clone(),
            clashes,
            others,
            rest: pairs.iter().filter(|(name, _)| !is_met(name)).cloned().collect(),
        })
    };
    match asked.await {
        Ok(screen) => {
            let markup = stale_page(&shell, &screen);
            Ok((StatusCode::CONFLICT, shown(&shell, markup)).into_response())
        }
        Err(error) => Err(reader.fails(app, error).await),
    }
}
