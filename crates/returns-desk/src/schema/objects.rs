//! What the desk speaks of.

use async_graphql::{Context, ID, Object, Result, Scalar, ScalarType, Value};

use super::failed;
use crate::desk::{Comment, Desk, Parcel, Return};
use crate::words::{Condition, Decision, ReturnAction, ReturnReason, ReturnState};

/// A moment, as RFC 3339 writes it.
#[derive(Debug, Clone)]
pub(crate) struct DateTime(pub(crate) String);

/// A moment, as RFC 3339 writes it.
#[Scalar(name = "DateTime")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> async_graphql::InputValueResult<Self> {
        let Value::String(text) = &value else {
            return Err(async_graphql::InputValueError::expected_type(value));
        };
        let time: jiff::Timestamp = text.parse().map_err(|_| {
            let said = format!("“{text}” is no moment; write it as 2026-11-20T14:03:59Z");
            async_graphql::InputValueError::custom(said)
        })?;
        Ok(Self(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

fn moment(text: Option<&String>) -> Option<DateTime> {
    text.cloned().map(DateTime)
}

/// Something that a customer sends back.
#[Object(name = "Return")]
impl Return {
    /// The number on the label.
    async fn rma(&self) -> ID {
        ID(self.rma.clone())
    }

    /// How far it has come.
    async fn state(&self) -> ReturnState {
        self.state
    }

    /// The order's number, as the customer typed it.
    async fn order_no(&self) -> &str {
        &self.order_no
    }

    /// The customer's address, as they typed it.
    async fn customer_email(&self) -> &str {
        &self.customer_email
    }

    /// The customer's number, of those who were signed in.
    async fn customer_no(&self) -> Option<String> {
        self.customer_no.map(|number| number.to_string())
    }

    /// The article's number, with the mark of its shop before it.
    async fn sku(&self) -> &str {
        &self.sku
    }

    /// What the article is called.
    async fn article(&self) -> &str {
        &self.article
    }

    /// How many pieces.
    async fn quantity(&self) -> i64 {
        self.quantity
    }

    /// Why it comes back, in the customer's opinion.
    async fn reason(&self) -> ReturnReason {
        self.reason
    }

    /// What the customer said about it.
    async fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }

    /// When the customer announced it.
    async fn registered_at(&self) -> DateTime {
        DateTime(self.registered_at.clone())
    }

    /// When it came in.
    async fn received_at(&self) -> Option<DateTime> {
        moment(self.received_at.as_ref())
    }

    /// What it looks like.
    async fn condition(&self) -> Option<Condition> {
        self.condition
    }

    /// Who inspected it.
    async fn inspected_by(&self) -> Option<&str> {
        self.inspected_by.as_deref()
    }

    /// When it was inspected.
    async fn inspected_at(&self) -> Option<DateTime> {
        moment(self.inspected_at.as_ref())
    }

    /// How many photos were taken of it.
    async fn photos(&self) -> i64 {
        self.photos
    }

    /// What becomes of it.
    async fn decision(&self) -> Option<Decision> {
        self.decision
    }

    /// When that was decided.
    async fn decided_at(&self) -> Option<DateTime> {
        moment(self.decided_at.as_ref())
    }

    /// The place that it was put to, or why it was given up.
    async fn decision_note(&self) -> Option<&str> {
        self.decision_note.as_deref()
    }

    /// The parcel that it is in.
    async fn parcel(&self, context: &Context<'_>) -> Result<Option<Parcel>> {
        context.data::<Desk>()?.parcel(self.parcel_id).await.map_err(failed)
    }

    /// What was written down about it, oldest first.
    async fn comments(&self, context: &Context<'_>) -> Result<Vec<Comment>> {
        context.data::<Desk>()?.comments(&self.rma).await.map_err(failed)
    }

    /// What can be done with it now.
    async fn allowed_actions(&self) -> Vec<ReturnAction> {
        self.allowed()
    }
}

/// A parcel of a customer.
#[Object(name = "Parcel")]
impl Parcel {
    /// Its number at the desk.
    async fn id(&self) -> ID {
        ID(self.id.to_string())
    }

    /// Who carries it.
    async fn carrier(&self) -> &str {
        &self.carrier
    }

    /// The number by which the carrier finds it.
    async fn tracking_no(&self) -> &str {
        &self.tracking_no
    }

    /// When its label was made.
    async fn announced_at(&self) -> DateTime {
        DateTime(self.announced_at.clone())
    }

    /// When it was unloaded.
    async fn arrived_at(&self) -> Option<DateTime> {
        moment(self.arrived_at.as_ref())
    }

    /// What it weighed then, in grams.
    async fn weight_grams(&self) -> Option<i64> {
        self.weight_grams
    }
}

/// A remark that somebody at the desk wrote down.
#[Object(name = "Comment")]
impl Comment {
    /// Who wrote it.
    async fn author(&self) -> Option<&str> {
        self.author.as_deref()
    }

    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.at.clone())
    }

    /// What.
    async fn text(&self) -> &str {
        &self.text
    }
}
