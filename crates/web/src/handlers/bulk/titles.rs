//! Records as the pages of bulk changes name them.

use std::collections::HashMap;

use kontor_model::RecordKey;

use crate::app::App;
use crate::view::View;

/// Titles of records by the text of their keys.
pub(super) struct Titles(HashMap<String, String>);

impl Titles {
    pub(super) async fn of(
        app: &App,
        view: &View<'_>,
        keys: impl Iterator<Item = &RecordKey>,
    ) -> Self {
        let keys: Vec<RecordKey> = keys.cloned().collect();
        Self(app.office.titles(view.permit, view.name(), &keys).await)
    }

    /// A record's title, with its key where the title does not have it: many records may be called
    /// alike, and no two have the same key.
    pub(super) fn title(&self, key: &RecordKey) -> String {
        let key = key.to_text();
        match self.0.get(&key) {
            Some(title) if title.contains(&key) => title.clone(),
            Some(title) => format!("{title} · {key}"),
            None => key,
        }
    }
}
