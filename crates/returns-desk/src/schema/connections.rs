//! Relay connections (<https://relay.dev/graphql/connections.htm>).

use async_graphql::{Context, Object, Result, SimpleObject};

use super::failed;
use crate::desk::{Desk, Parcel, Return};
use crate::listing::{Conditions, Table};

/// Where returns stand.
pub(crate) const RETURNS: Table = Table { name: "returns", key: "rma" };
/// Where parcels stand.
pub(crate) const PARCELS: Table = Table { name: "parcels", key: "id" };

/// What comes before and after a part of a list.
#[derive(SimpleObject)]
pub(crate) struct PageInfo {
    has_next_page: bool,
    has_previous_page: bool,
    start_cursor: Option<String>,
    end_cursor: Option<String>,
}

/// A return in its place.
#[derive(SimpleObject)]
pub(crate) struct ReturnEdge {
    cursor: String,
    node: Return,
}

/// A parcel in its place.
#[derive(SimpleObject)]
pub(crate) struct ParcelEdge {
    cursor: String,
    node: Parcel,
}

impl PageInfo {
    pub(crate) fn of<'a>(
        (has_previous_page, has_next_page): (bool, bool),
        mut cursors: impl DoubleEndedIterator<Item = &'a String>,
    ) -> Self {
        let start_cursor = cursors.next().cloned();
        let end_cursor = cursors.next_back().cloned().or_else(|| start_cursor.clone());
        Self { has_next_page, has_previous_page, start_cursor, end_cursor }
    }
}

/// A part of a list of returns.
pub(crate) struct ReturnConnection {
    pub(crate) of: Conditions,
    pub(crate) edges: Vec<(String, Return)>,
    /// Whether there are others before and after.
    pub(crate) around: (bool, bool),
}

/// A part of a list of returns.
#[Object]
impl ReturnConnection {
    /// The returns in their places.
    async fn edges(&self) -> Vec<ReturnEdge> {
        let edge = |(cursor, node): &(String, Return)| ReturnEdge {
            cursor: cursor.clone(),
            node: node.clone(),
        };
        self.edges.iter().map(edge).collect()
    }

    /// The returns.
    async fn nodes(&self) -> Vec<Return> {
        self.edges.iter().map(|(_, node)| node.clone()).collect()
    }

    /// What comes before and after.
    async fn page_info(&self) -> PageInfo {
        PageInfo::of(self.around, self.edges.iter().map(|(cursor, _)| cursor))
    }

    /// How many there are in all; counted only where it is asked for.
    async fn total_count(&self, context: &Context<'_>) -> Result<i64> {
        let desk = context.data::<Desk>()?;
        RETURNS.count(&desk.database, &self.of).await.map_err(failed)
    }
}

/// A part of a list of parcels.
pub(crate) struct ParcelConnection {
    pub(crate) of: Conditions,
    pub(crate) edges: Vec<(String, Parcel)>,
    /// Whether there are others before and after.
    pub(crate) around: (bool, bool),
}

/// A part of a list of parcels.
#[Object]
impl ParcelConnection {
    /// The parcels in their places.
    async fn edges(&self) -> Vec<ParcelEdge> {
        let edge = |(cursor, node): &(String, Parcel)| ParcelEdge {
            cursor: cursor.clone(),
            node: node.clone(),
        };
        self.edges.iter().map(edge).collect()
    }

    /// The parcels.
    async fn nodes(&self) -> Vec<Parcel> {
        self.edges.iter().map(|(_, node)| node.clone()).collect()
    }

    /// What comes before and after.
    async fn page_info(&self) -> PageInfo {
        PageInfo::of(self.around, self.edges.iter().map(|(cursor, _)| cursor))
    }

    /// How many there are in all; counted only where it is asked for.
    async fn total_count(&self, context: &Context<'_>) -> Result<i64> {
        let desk = context.data::<Desk>()?;
        PARCELS.count(&desk.database, &self.of).await.map_err(failed)
    }
}
