//! A connection to a service, for tests.

use std::sync::Arc;
use std::time::Duration;

use kontor_connect::{Budget, Connection, Of, Opening, ServiceOptions, open};
use kontor_model::{
    Column, Comparison, Condition, Page, Query as Question, Resource, Schema, Sort, Test, Value,
};
use kontor_testkit::HttpShop;

/// A connection to a shop with its key.
pub(crate) async fn connected(shop: &HttpShop) -> Service {
    Service::at(&shop.url(), Some("s3cret"), ServiceOptions::default(), budget()).await
}

/// A budget that nothing here should need.
pub(crate) fn budget() -> Budget {
    Budget { statement_timeout: Duration::from_secs(30), ..Budget::default() }
}

/// A connection to a service with what it describes.
pub(crate) struct Service {
    pub(crate) connection: Arc<dyn Connection>,
    pub(crate) schema: Schema,
}

impl Service {
    pub(crate) fn opened(
        url: &str,
        secret: Option<&str>,
        options: ServiceOptions,
        budget: Budget,
    ) -> Arc<dyn Connection> {
        let location: kontor_connect::Location = url.parse().unwrap();
        open(Opening {
            location: match secret {
                Some(secret) => location.with_password(secret),
                None => location,
            },
            replica: None,
            writable: true,
            budget,
            session_name: "kontor-test/1".into(),
            service: options,
        })
    }

    pub(crate) async fn at(
        url: &str,
        secret: Option<&str>,
        options: ServiceOptions,
        budget: Budget,
    ) -> Self {
        let connection = Self::opened(url, secret, options, budget);
        let schema = connection.introspect().await.unwrap();
        Self { connection, schema }
    }

    pub(crate) fn resource(&self, name: &str) -> &Resource {
        let found = self.schema.resources.iter().find(|resource| resource.name.as_str() == name);
        found.unwrap_or_else(|| {
            let names: Vec<&str> = self.schema.resources.iter().map(|r| r.name.as_str()).collect();
            panic!("no “{name}” among {names:?}; {:?}", self.schema.left_out)
        })
    }

    pub(crate) fn of(&self, name: &str) -> Of<'_> {
        Of { schema: &self.schema, resource: self.resource(name) }
    }

    /// A question for some fields.
    pub(crate) fn asks(&self, name: &str, fields: &[&str], limit: u32) -> Question {
        let resource = self.resource(name);
        let columns = fields.iter().map(|field| Column::whole(resource.position(field).unwrap()));
        Question::unordered(columns.collect(), Condition::everything(), limit)
    }

    pub(crate) fn is(&self, name: &str, field: &str, value: Value) -> Condition {
        let field = self.resource(name).position(field).unwrap();
        Condition::Field(field, Test::Compare(Comparison::Eq, value))
    }

    pub(crate) fn by(&self, name: &str, field: &str, descending: bool) -> Sort {
        Sort { field: self.resource(name).position(field).unwrap(), descending }
    }

    pub(crate) async fn page(&self, name: &str, question: &Question) -> Page {
        self.connection.select(&self.of(name), question).await.unwrap()
    }
}
