//! Services that speak GraphQL: PostGraphile over a database that others made, a small shop by the
//! reference implementation, and one that does harm.

mod chinook;
mod harm;
mod shop;

use kontor_connect::{Budget, Opening, ServiceOptions, open};
use kontor_model::{Column, Condition, Query, Sort, Value};
use kontor_testkit::Peer;

use crate::bed::Shop;

async fn shop_of(peer: &Peer) -> Shop {
    shop_at(&format!("graphql+http://{}/graphql", peer.host())).await
}

fn opening(url: &str) -> Opening {
    Opening {
        location: url.parse().unwrap(),
        replica: None,
        writable: true,
        budget: Budget::default(),
        session_name: "kontor-test/1".into(),
        service: ServiceOptions::default(),
    }
}

async fn shop_at(url: &str) -> Shop {
    Shop::of(open(opening(url))).await
}

/// What tests ask of lists.
impl Shop {
    fn columns(&self, name: &str, columns: &[&str]) -> Vec<Column> {
        columns.iter().map(|field| Column::whole(self.field(name, field))).collect()
    }

    /// All pages of a list, one after another.
    async fn pages(&self, name: &str, query: &Query) -> Vec<Vec<Vec<Value>>> {
        let mut query = query.clone();
        let mut pages = Vec::new();
        loop {
            let page = self.connection.select(&self.of_name(name), &query).await.unwrap();
            pages.push(page.rows);
            assert!(pages.len() < 1_000, "the list does not end");
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => return pages,
            }
        }
    }

    fn sorted(&self, name: &str, field: &str, descending: bool) -> Vec<Sort> {
        vec![Sort { field: self.field(name, field), descending }]
    }

    fn list(&self, name: &str, columns: &[&str], condition: Condition, limit: u32) -> Query {
        Query::unordered(self.columns(name, columns), condition, limit)
    }

    async fn found(&self, name: &str, columns: &[&str], condition: Condition) -> Vec<Vec<Value>> {
        let query = self.list(name, columns, condition, 100);
        self.connection.select(&self.of_name(name), &query).await.unwrap().rows
    }
}
