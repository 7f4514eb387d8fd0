//! Everything that a running service holds.

use std::sync::Arc;

use crate::{
    cashier::Cashier,
    clock::Clock,
    db::Db,
    exchange::Importer,
    http::{Keys, Limits, Metrics},
    inspect::Pages,
    orders::place::Placer,
    outbox::Post,
    setup,
};

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What the service is made of.
pub struct Parts {
    /// Its memory.
    pub db: Db,
    /// Its time.
    pub clock: Clock,
    /// API keys that were looked up a moment ago.
    pub keys: Keys,
    /// How much one caller may ask for.
    pub limits: Limits,
    /// How the shop is set up.
    pub setup: setup::Remembered,
    /// Product pages that were asked for lately.
    pub pages: Pages,
    /// Takes orders in.
    pub placer: Placer,
    /// Asks payment providers for what orders need.
    pub cashier: Cashier,
    /// Sends what has happened to whom it concerns.
    pub post: Post,
    /// Takes imports further.
    pub importer: Importer,
    /// Its figures.
    pub metrics: Metrics,
}

impl App {
    /// A service over a database.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
