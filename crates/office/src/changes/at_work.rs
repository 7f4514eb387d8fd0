//! Changes that are being written now, for whoever wants to close the office after the last.

use tokio::sync::watch;

use crate::Office;

/// How many changes are at work: from before the intent is recorded until the outcome is, or until
/// it is clear that neither can be told.
#[derive(Debug, Default)]
pub(crate) struct AtWork(watch::Sender<usize>);

/// A change at work, until it is dropped.
#[derive(Debug)]
pub(super) struct Working(watch::Sender<usize>);

impl AtWork {
    pub(super) fn begin(&self) -> Working {
        self.0.send_modify(|count| *count += 1);
        Working(self.0.clone())
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

impl Office {
    /// Waits until no change is being written. One whose outcome cannot be told is not waited for:
    /// it is settled when its backend answers again, or at the next start.
    pub async fn changes_ended(&self) {
        let mut count = self.at_work.0.subscribe();
        // The office holds the other end, so that it cannot be gone.
        drop(count.wait_for(|count| *count == 0).await);
    }
}
