//! Whether rendered pages are still true. All questions that come while the database is being asked are put to
//! it together, with the next one: an answer is never older than its question, and under load one round trip
//! serves many visitors.

use std::sync::{Arc, Mutex};

use tokio::sync::oneshot;

use super::{cache::Page, state::Snapshot};
use crate::{
    db::{Db, DbError},
    error::Error,
};

/// The most pages that are looked at in one go.
const TOGETHER: usize = 64;

/// A page that somebody waits for.
struct Waiting {
    page: Arc<Page>,
    tell: oneshot::Sender<bool>,
}

/// Questions that wait for the database.
#[derive(Clone, Default)]
pub(super) struct Checks(Arc<Mutex<Queue>>);

#[derive(Default)]
struct Queue {
    waiting: Vec<Waiting>,
    asking: bool,
}

impl Checks {
    /// Whether a page is what would be rendered now.
    pub(super) async fn still_true(&self, db: &Db, page: &Arc<Page>) -> crate::Result<bool> {
        let (tell, told) = oneshot::channel();
        let first = {
            let mut queue = self.0.lock().map_err(|_| broken())?;
            queue.waiting.push(Waiting { page: Arc::clone(page), tell });
            !std::mem::replace(&mut queue.asking, true)
        };
        if first {
            tokio::spawn(self.clone().ask_all(db.clone()));
        }
        told.await.map_err(|_| broken())
    }

    /// Asks until nobody waits.
    async fn ask_all(self, db: Db) {
        while let Some(batch) = self.next() {
            match ask(&db, batch.iter().map(|it| Arc::clone(&it.page)).collect()).await {
                Ok(answers) => {
                    for (waiting, answer) in batch.into_iter().zip(answers) {
                        // Who asked may have gone away.
                        _ = waiting.tell.send(answer);
                    }
                }
                // Those who wait learn it by what is dropped here.
                Err(error) => tracing::error!(%error, "pages could not be checked"),
            }
        }
    }

    /// Who is asked for next; nobody asks any more once nobody waits.
    fn next(&self) -> Option<Vec<Waiting>> {
        let mut queue = self.0.lock().ok()?;
        if queue.waiting.is_empty() {
            queue.asking = false;
            return None;
        }
        let count = queue.waiting.len().min(TOGETHER);
        Some(queue.waiting.drain(..count).collect())
    }
}

async fn ask(db: &Db, pages: Vec<Arc<Page>>) -> Result<Vec<bool>, DbError> {
    db.read(move |tx| {
        Box::pin(async move {
            let snapshot = Snapshot::read(tx, pages.iter().map(|it| &it.subject)).await?;
            Ok(pages.iter().map(|it| snapshot.state(&it.subject) == it.state).collect())
        })
    })
    .await
}

fn broken() -> Error {
    Error::Broken("pages could not be checked".to_owned())
}
