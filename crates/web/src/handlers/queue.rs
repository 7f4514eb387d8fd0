//! Going through a list record by record. Where one is stands in the address; which record is next
//! the list says at that moment, so that what somebody else has done meanwhile is left out.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use kontor_model::{Count, RecordKey};
use kontor_office::{ListRequest, OfficeError, Read};

use crate::app::App;
use crate::failure::PageFailure;
use crate::handlers::list::{At, request};
use crate::handlers::{Pairs, Place, done, first, go, place, tells_on};
use crate::pages::record::queue::{QueueBar, QueuePlace};
use crate::shown::RecordRef;
use crate::visitor::Reader;

/// Records of the list that are at hand at once.
const PART: u32 = 100;

/// The part of a queue that is at hand.
pub(crate) struct Part {
    keys: Vec<RecordKey>,
    /// The place after it, where the list goes on.
    next: Option<String>,
}

impl Part {
    /// The part of a list in which a place is.
    ///
    /// # Errors
    /// As [`kontor_office::Office::list`].
    pub(crate) async fn of(
        app: &App,
        place: &Place<Read>,
        queue: &QueuePlace,
    ) -> Result<Self, OfficeError> {
        let catalog = place.permit.backend.catalog()?;
        let face = crate::handlers::list::face_of(&catalog, place)?;
        let resource = catalog.resource(face);
        // Only the keys are wanted.
        let column = face.columns.first().map(|&field| resource.fields[field].name.clone());
        let request = ListRequest {
            columns: Some(column.into_iter().collect()),
            limit: Some(PART),
            titles: false,
            ..request(&queue.query)?
        };
        let list = app.office.list(&place.permit, &place.resource, &request).await?;
        let keys = list.records.into_iter().map(|listed| listed.key).collect();
        Ok(Self { keys, next: list.next })
    }

    fn position(&self, key: &RecordKey) -> Option<usize> {
        let key = key.to_text();
        self.keys.iter().position(|other| other.to_text() == key)
    }
}

/// Leads to the record that is next: the one that was next when the last was opened, or what is in
/// its place by now.
pub(crate) async fn next(
    State(app): State<App>,
    reader: Reader,
    Path((backend, resource)): At,
    Query(pairs): Query<Pairs>,
) -> Result<Response, PageFailure> {
    let asked = async {
        let place: Place<Read> = place(&app, &reader, &backend, &resource)?;
        let queue = match QueuePlace::from_pairs(&pairs) {
            Some(queue) => queue,
            None => QueuePlace::start(&crate::handlers::list::query(&pairs)),
        };
        let part = Part::of(&app, &place, &queue).await?;
        let step = step(&part, &queue, &pairs);
        let list = queue.list(&place.permit.backend.name, &place.resource);
        let (to, key) = match step.to {
            To::Record(at) => {
                let number = queue.past + at as u64 + 1;
                (QueuePlace { number, ..queue }, part.keys[at].clone())
            }
            To::NextPart(after) => {
                let past = queue.past + part.keys.len() as u64;
                let query = crate::pages::list::ListQuery { after: Some(after), ..queue.query };
                let queue = QueuePlace { query, number: past + 1, past };
                match Part::of(&app, &place, &queue).await?.keys.into_iter().next() {
                    Some(key) => (queue, key),
                    None => return Ok(done(&list, "queue-end", None)),
                }
            }
            // The last deed was done to the last record: both are told.
            To::End if reader.frame.toast.as_deref().is_some_and(is_deed) => {
                let told = reader.frame.toast.as_deref().unwrap_or_default();
                return Ok(tells_on(&list, told, "done-queue-end"));
            }
            To::End if part.keys.is_empty() && queue.past == 0 => {
                return Ok(done(&list, "queue-empty", None));
            }
            To::End => return Ok(done(&list, "queue-end", None)),
        };
        let record =
            RecordRef { backend: place.permit.backend.name.clone(), resource: place.resource, key };
        let address = to.on(&record.link());
        // What was just done is more worth telling than what was left out.
        let tells = step.is_skip && reader.frame.toast.is_none();
        Ok::<_, OfficeError>(if tells { done(&address, "skipped", None) } else { go(&address) })
    };
    match asked.await {
        Ok(response) => Ok(response),
        Err(error) => Err(reader.fails(&app, error).await),
    }
}

/// Whether the last answer told of something that was done with a record.
fn is_deed(told: &str) -> bool {
    let word = told.split(['.', '|']).next();
    word.is_some_and(|word| ["done", "saved", "deleted"].contains(&word))
}

/// Whether a record belongs to the part of a queue still in which it was. A list that cannot be
/// read now has nothing to say against going on.
pub(crate) async fn stays(
    app: &App,
    place: &Place<Read>,
    queue: &QueuePlace,
    key: &RecordKey,
) -> bool {
    Part::of(app, place, queue).await.is_ok_and(|part| part.position(key).is_some())
}

/// Where a queue goes on.
#[derive(Debug, PartialEq)]
enum To {
    /// With this record of the part.
    Record(usize),
    /// With the first record of the next part.
    NextPart(String),
    /// Nowhere: that was the last.
    End,
}

#[derive(Debug, PartialEq)]
struct Step {
    to: To,
    /// Whether the record that was next has left the queue meanwhile.
    is_skip: bool,
}

fn step(part: &Part, queue: &QueuePlace, pairs: &Pairs) -> Step {
    let key = |name: &str| first(pairs, name).and_then(RecordKey::from_text);
    let (from, to) = (key("from"), key("to"));
    let found = |key: &Option<RecordKey>| key.as_ref().and_then(|key| part.position(key));
    if let Some(at) = found(&to) {
        return Step { to: To::Record(at), is_skip: false };
    }
    let begins = from.is_none() && to.is_none();
    let here = usize::try_from((queue.number - 1).saturating_sub(queue.past)).unwrap_or(usize::MAX);
    // A record that stays is passed; where it has left, the next stands in its place.
    let at = match found(&from) {
        Some(at) => at + 1,
        None => here,
    };
    let to_next = match &part.next {
        _ if at < part.keys.len() => To::Record(at),
        Some(next) => To::NextPart(next.clone()),
        None if begins && !part.keys.is_empty() => To::Record(part.keys.len() - 1),
        None => To::End,
    };
    Step { to: to_next, is_skip: to.is_some() && part.next.is_none() }
}

/// The bar above a record of a queue.
///
/// # Errors
/// As [`Part::of`].
pub(crate) async fn bar(
    app: &App,
    place: &Place<Read>,
    queue: QueuePlace,
    key: &RecordKey,
) -> Result<QueueBar, OfficeError> {
    let part = Part::of(app, place, &queue).await?;
    let record = |key: &RecordKey| RecordRef {
        backend: place.permit.backend.name.clone(),
        resource: place.resource.clone(),
        key: key.clone(),
    };
    let at = part.position(key);
    let number = at.map_or(queue.number, |at| queue.past + at as u64 + 1);
    let queue = QueuePlace { number, ..queue };
    let previous = at.and_then(|at| at.checked_sub(1)).map(|at| {
        let before = QueuePlace { number: queue.past + at as u64 + 1, ..queue.clone() };
        before.on(&record(&part.keys[at]).link())
    });
    let next = at.and_then(|at| part.keys.get(at + 1)).map(RecordKey::to_text);
    let view = match &queue.query.view {
        Some(id) => app.office.view(&place.permit, id).await.ok().map(|view| view.name),
        None => None,
    };
    Ok(QueueBar {
        view,
        count: match part.next {
            None => Count::Exact(queue.past + part.keys.len() as u64),
            Some(_) => Count::MoreThan(queue.past + part.keys.len() as u64),
        },
        is_in: at.is_some(),
        // The list goes on behind this part, too.
        next: next.or_else(|| part.next.as_ref().map(|_| String::new())),
        previous,
        place: queue,
    })
}

#[cfg(test)]
mod tests {
    use kontor_model::Value;

    use super::*;

    fn part(keys: &[i64], next: Option<&str>) -> Part {
        let key = |key: &i64| RecordKey::Values(vec![Value::Int(*key)]);
        Part { keys: keys.iter().map(key).collect(), next: next.map(str::to_owned) }
    }

    fn onward(part: &Part, number: u64, from: &str, to: &str) -> Step {
        let pairs = [("queue", number.to_string()), ("from", from.into()), ("to", to.into())];
        let pairs: Pairs = pairs.map(|(name, value)| (name.to_owned(), value)).to_vec();
        let queue = QueuePlace::from_pairs(&pairs).expect("a place");
        step(part, &queue, &pairs)
    }

    #[test]
    fn a_record_that_left_the_queue_makes_room_for_the_next() {
        let left = part(&[1, 3, 4], None);
        let on = Step { to: To::Record(1), is_skip: false };
        assert_eq!(onward(&left, 2, "2", "3"), on, "2 was done");
        assert_eq!(onward(&part(&[1, 2, 3], None), 2, "2", "3").to, To::Record(2), "2 stays");
    }

    #[test]
    fn what_somebody_else_has_done_meanwhile_is_skipped() {
        let other_did_3 = part(&[1, 4, 5], None);
        assert_eq!(onward(&other_did_3, 2, "2", "3"), Step { to: To::Record(1), is_skip: true });
    }

    #[test]
    fn after_the_last_record_of_a_part_the_next_part_follows_and_then_the_end() {
        let full = part(&[1, 2], Some("place"));
        assert_eq!(onward(&full, 2, "2", "").to, To::NextPart("place".into()));
        assert_eq!(onward(&part(&[1, 2], None), 2, "2", "").to, To::End);
        assert_eq!(onward(&part(&[], None), 1, "", "").to, To::End);
    }
}
