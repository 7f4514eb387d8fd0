//! Where it goes on after something was done with a record.

use axum::response::Response;
use kontor_model::RecordKey;
use kontor_office::Edit;

use super::case_of;
use crate::app::App;
use crate::handlers::{Pairs, Place, done_to, first, go, key, queue};
use crate::pages::record::queue::QueuePlace;
use crate::shown::RecordRef;

/// The page that follows: the record, the case that one came from, or what is next in the queue that
/// one is in. In a queue only what takes the record out of it leads on; what leaves it there, such as
/// a note, leaves one with it, too.
pub(crate) struct Way {
    address: String,
    /// The record, where the page that follows is not its own.
    left: Option<RecordRef>,
}

impl Way {
    /// The way on from a record that is as it became.
    pub(crate) async fn on(app: &App, place: &Place<Edit>, record: &str, pairs: &Pairs) -> Self {
        if let (Some(queue), Ok(key)) = (QueuePlace::from_pairs(pairs), key(record)) {
            let reading =
                Place { permit: place.permit.to_read(), resource: place.resource.clone() };
            if queue::stays(app, &reading, &queue, &key).await {
                return Self { address: queue.on(&of(place, key).link()), left: None };
            }
        }
        Self::past(place, record, pairs)
    }

    /// The way on past a record, wherever it is now.
    pub(crate) fn past(place: &Place<Edit>, record: &str, pairs: &Pairs) -> Self {
        let Ok(key) = key(record) else {
            return Self { address: crate::links::HOME.to_owned(), left: None };
        };
        let record = of(place, key);
        let (queue, case) = (QueuePlace::from_pairs(pairs), case_of(pairs));
        let address = match (queue, case) {
            (Some(queue), _) => queue.onward(&record, first(pairs, "to")),
            (None, Some(case)) => case.to_owned(),
            (None, None) => return Self { address: record.link(), left: None },
        };
        Self { address, left: Some(record) }
    }

    /// Goes on without a word.
    pub(crate) fn go(&self) -> Response {
        go(&self.address)
    }

    /// Goes on, and tells there what was done; on another page also to which record.
    pub(crate) async fn done(
        &self,
        app: &App,
        place: &Place<Edit>,
        word: &str,
        operation: Option<&str>,
    ) -> Response {
        let Some(record) = &self.left else {
            return done_to(&self.address, word, operation, None);
        };
        let reading = place.permit.to_read();
        let keys = std::slice::from_ref(&record.key);
        let mut titles = app.office.titles(&reading, &place.resource, keys).await;
        let key = record.key.to_text();
        let title = titles.remove(&key).unwrap_or(key);
        done_to(&self.address, word, operation, Some((&title, &record.link())))
    }
}

fn of(place: &Place<Edit>, key: RecordKey) -> RecordRef {
    let (backend, resource) = (place.permit.backend.name.clone(), place.resource.clone());
    RecordRef { backend, resource, key }
}
