//! `GET /orders`: finding orders.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    search::{Sought, tracking_key},
    standing::{FulfilmentStatus, OrderStatus, PaymentStatus, ReturnStatus},
};
use crate::{
    app::App,
    args,
    customers::Customer,
    db::{Row, Value},
    error::Refusal,
    http::{Answer, CustomerEmail, PageOf, Paging, Params, PathParams, Permit, Reply, allowed},
    moment::Moment,
    refuse,
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(of_customer))
}

/// Which orders.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// What somebody has in front of them, in any spelling: the number of an order, a shipment, a parcel, a return, a
    /// label, an invoice or a payment; a phone number; the beginning of an e-mail address, or of a name, which are
    /// then the order of the list.
    #[param(required = false, max_length = 200)]
    search: Option<String>,
    /// Orders of the shop with this code.
    #[param(required = false, max_length = 60)]
    channel: Option<String>,
    /// Orders with this status.
    #[param(required = false, max_length = 60)]
    status: Option<String>,
    /// Orders with this payment status that are not closed.
    #[param(required = false, max_length = 60)]
    payment_status: Option<String>,
    /// Orders with this fulfilment status that are not closed.
    #[param(required = false, max_length = 60)]
    fulfilment_status: Option<String>,
    /// Orders with this return status, and some return at all.
    #[param(required = false, max_length = 60)]
    return_status: Option<String>,
    /// True: orders that are held back. False: the others.
    #[param(required = false)]
    held: Option<bool>,
    /// Orders that somebody has to look at: `payment` for money that is not where it should be.
    #[param(required = false, max_length = 60)]
    attention: Option<String>,
    /// Orders with this article in them.
    #[param(required = false, max_length = 64)]
    sku: Option<String>,
    /// Orders with this customer number.
    #[param(required = false)]
    customer_id: Option<i64>,
    /// Orders that were placed then or later.
    #[param(required = false)]
    placed_from: Option<Moment>,
    /// Orders that were placed before.
    #[param(required = false)]
    placed_until: Option<Moment>,
    /// How many, 1 to 200.
    #[param(required = false, minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[param(required = false)]
    after: Option<String>,
}

/// An order in a list.
#[derive(Debug, Serialize, ToSchema)]
struct OrderRow {
    /// Its number.
    number: String,
    /// When it was placed.
    placed_at: Moment,
    /// Who bought.
    name: String,
    /// Their e-mail address.
    email: String,
    /// What it is waiting for.
    #[schema(value_type = OrderStatus)]
    status: String,
    /// Where the money is.
    #[schema(value_type = PaymentStatus)]
    payment_status: String,
    /// Where the goods are.
    #[schema(value_type = FulfilmentStatus)]
    fulfilment_status: String,
    /// What comes back.
    #[schema(value_type = ReturnStatus)]
    return_status: String,
    /// The currency of the total.
    currency: String,
    /// What was to be paid, in minor units.
    total: i64,
    #[serde(skip)]
    id: i64,
    #[serde(skip)]
    name_key: String,
}

/// Orders, the newest first; those that are sought by name or e-mail address in its order.
#[utoipa::path(get, path = "/orders", operation_id = "list_orders", tag = "orders", params(Which),
    security(("api_key" = ["read_orders", "manage_orders"])), responses((status = 200, body = PageOf<OrderRow>)))]
async fn list(
    State(app): State<App>,
    _: Permit<allowed::ReadOrders>,
    Params(which): Params<Which>,
) -> Answer {
    which.check()?;
    let paging = Paging { limit: which.limit, after: which.after.clone() };
    let sought = which.search.as_deref().and_then(Sought::of);
    let walk = Walk::of(sought.as_ref());
    let (sql, args) = Question::of(&which, sought, walk, &paging)?.end(paging.one_more()?);
    let rows = app.db.read(move |tx| Box::pin(async move { tx.rows(&sql, args).await })).await?;
    let rows = rows.iter().map(row).collect::<crate::Result<Vec<_>>>()?;
    match walk {
        Walk::Time => Reply::ok(&paging.page(rows, |it| (it.placed_at.0, it.id))?),
        Walk::Email => Reply::ok(&paging.page(rows, |it| (it.email.clone(), it.id))?),
        Walk::Name => Reply::ok(&paging.page(rows, |it| (it.name_key.clone(), it.id))?),
    }
}

/// The orders of a customer, the newest first: also for the customer's own pages. A shop's key shows by the e-mail address
/// that its visitor is this customer. Without that there is no such customer.
#[utoipa::path(get, path = "/customers/{number}/orders", operation_id = "list_orders_of_customer", tag = "orders",
    params(("number" = String, Path, description = "The customer's number"), CustomerEmail, Paging),
    security(("api_key" = ["shop", "read_orders", "manage_orders"])), responses((status = 200, body = PageOf<OrderRow>)))]
async fn of_customer(
    State(app): State<App>,
    permit: Permit<allowed::Customer>,
    PathParams(number): PathParams<String>,
    email: CustomerEmail,
    Params(paging): Params<Paging>,
) -> Answer {
    let (before, id) = paging.position::<(i64, i64)>()?.unwrap_or((i64::MAX, i64::MAX));
    let limit = paging.one_more()?;
    let rows = app.db.read(move |tx| {
        Box::pin(async move {
            let customer = Customer::find(tx, &number, false).await?;
            let customer = customer.shown_to(&permit.caller, &email)?;
            let sql = format!(
                "{COLUMNS} WHERE o.customer_id = $1 AND (o.placed_at, o.id) < ($2, $3)
                ORDER BY o.placed_at DESC, o.id DESC LIMIT $4"
            );
            Ok::<_, crate::error::Error>(
                tx.rows(&sql, args![customer.id, before, id, limit]).await?,
            )
        })
    });
    let rows = rows.await?.iter().map(row).collect::<crate::Result<Vec<_>>>()?;
    Reply::ok(&paging.page(rows, |it| (it.placed_at.0, it.id))?)
}

impl Which {
    fn check(&self) -> crate::Result<()> {
        let texts = [
            ("search", &self.search, 200),
            ("channel", &self.channel, 60),
            ("status", &self.status, 60),
            ("payment_status", &self.payment_status, 60),
            ("fulfilment_status", &self.fulfilment_status, 60),
            ("return_status", &self.return_status, 60),
            ("attention", &self.attention, 60),
            ("sku", &self.sku, 64),
        ];
        for (name, text, most) in texts {
            if text.as_ref().is_some_and(|text| text.chars().count() > most) {
                let detail = format!("{name} has at most {most} characters.");
                refuse!(Refusal::new(400, "invalid_parameter", detail));
            }
        }
        Ok(())
    }
}

/// The index along which a list is walked. None of the lists counts, or sorts what it does not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Walk {
    /// The newest first.
    Time,
    /// By e-mail address.
    Email,
    /// By last name.
    Name,
}

impl Walk {
    fn of(sought: Option<&Sought>) -> Self {
        match sought {
            None | Some(Sought::Identifier { .. }) => Self::Time,
            Some(Sought::Email(_)) => Self::Email,
            Some(Sought::Name(..)) => Self::Name,
        }
    }

    fn order(self) -> &'static str {
        match self {
            Self::Time => "o.placed_at DESC, o.id DESC",
            Self::Email => "o.email, o.id",
            Self::Name => "o.name_key, o.id",
        }
    }
}

/// A statement as it grows.
struct Question {
    conditions: Vec<String>,
    args: Vec<Value>,
    walk: Walk,
}

impl Question {
    fn of(
        which: &Which,
        sought: Option<Sought>,
        walk: Walk,
        paging: &Paging,
    ) -> crate::Result<Self> {
        let mut question = Self { conditions: Vec::new(), args: Vec::new(), walk };
        question.behind(paging)?;
        if let Some(sought) = sought {
            question.seek(sought);
        }
        let texts = [
            ("o.channel_id = (SELECT id FROM channel WHERE code = ?)", &which.channel),
            ("o.status = ?", &which.status),
            ("o.payment_status = ? AND o.closed_at IS NULL", &which.payment_status),
            ("o.fulfilment_status = ? AND o.closed_at IS NULL", &which.fulfilment_status),
            ("o.return_status = ? AND o.return_status <> 'none'", &which.return_status),
            ("o.attention = ?", &which.attention),
            (
                "o.id IN (SELECT l.order_id FROM order_line l JOIN variant v ON v.id = l.variant_id WHERE v.sku = ?)",
                &which.sku,
            ),
        ];
        for (condition, text) in texts {
            if let Some(text) = text {
                question.add(condition, args![text]);
            }
        }
        if let Some(customer) = which.customer_id {
            question.add("o.customer_id = ?", args![customer]);
        }
        if let Some(from) = which.placed_from {
            question.add("o.placed_at >= ?", args![from]);
        }
        if let Some(until) = which.placed_until {
            question.add("o.placed_at < ?", args![until]);
        }
        let open = "(SELECT h.order_id FROM order_hold h WHERE h.released_at IS NULL)";
        match which.held {
            Some(true) => question.add(&format!("o.id IN {open}"), vec![]),
            Some(false) => question.add(&format!("o.id NOT IN {open}"), vec![]),
            None => {}
        }
        Ok(question)
    }

    /// Adds a condition whose question marks are these values.
    fn add(&mut self, condition: &str, values: Vec<Value>) {
        let mut condition = condition.to_owned();
        for value in values {
            self.args.push(value);
            condition = condition.replacen('?', &format!("${}", self.args.len()), 1);
        }
        self.conditions.push(condition);
    }

    /// Only what comes after the page before.
    fn behind(&mut self, paging: &Paging) -> crate::Result<()> {
        match self.walk {
            Walk::Time => {
                if let Some((at, id)) = paging.position::<(i64, i64)>()? {
                    self.add("(o.placed_at, o.id) < (?, ?)", args![at, id]);
                }
            }
            Walk::Email | Walk::Name => {
                let column = if self.walk == Walk::Email { "email" } else { "name_key" };
                if let Some((text, id)) = paging.position::<(String, i64)>()? {
                    self.add(&format!("(o.{column}, o.id) > (?, ?)"), args![text, id]);
                }
            }
        }
        Ok(())
    }

    fn seek(&mut self, sought: Sought) {
        // U+10FFFF sorts after every character that a name has.
        let end = |begins: &str| format!("{begins}\u{10FFFF}");
        match sought {
            Sought::Email(begins) => {
                let values = args![begins.as_str(), end(&begins)];
                self.add("o.email >= ? AND o.email < ?", values);
            }
            Sought::Name(begins, others) => {
                let values = args![begins.as_str(), end(&begins)];
                self.add("o.name_key >= ? AND o.name_key < ?", values);
                for word in others {
                    self.add("o.name_key LIKE ?", args![format!("% {word}%")]);
                }
            }
            Sought::Identifier { spellings, digits, phone } => {
                let tracking: Vec<String> = spellings.iter().map(|it| tracking_key(it)).collect();
                let values = args![
                    spellings.clone(),
                    digits,
                    phone,
                    spellings.clone(),
                    tracking,
                    spellings.clone(),
                    spellings.clone(),
                    spellings.clone(),
                    spellings.clone(),
                    spellings
                ];
                self.add(IDENTIFIED, values);
            }
        }
    }

    fn end(mut self, limit: i64) -> (String, Vec<Value>) {
        self.args.push(Value::Int(limit));
        let conditions = if self.conditions.is_empty() {
            String::new()
        } else {
            format!("WHERE {}", self.conditions.join(" AND "))
        };
        let (order, limit) = (self.walk.order(), self.args.len());
        let sql = format!("{COLUMNS} {conditions} ORDER BY {order} LIMIT ${limit}");
        (sql, self.args)
    }
}

const COLUMNS: &str = "SELECT o.id, o.number, o.placed_at, o.name, o.name_key, o.email, o.status,
        o.payment_status, o.fulfilment_status, o.return_status, o.currency, o.total
    FROM orders o";

/// Each of these is a look into one index.
const IDENTIFIED: &str = "o.id IN (
    SELECT id FROM orders WHERE number = ANY(?)
    UNION SELECT n.id FROM number_range r JOIN orders n ON n.number = r.prefix || ? WHERE r.kind = 'order'
    UNION SELECT id FROM orders WHERE phone_key = ?
    UNION SELECT order_id FROM shipment WHERE number = ANY(?)
    UNION SELECT s.order_id FROM parcel p JOIN shipment s ON s.id = p.shipment_id WHERE p.tracking = ANY(?)
    UNION SELECT order_id FROM order_return WHERE number = ANY(?)
    UNION SELECT order_id FROM order_return WHERE label_number = ANY(?)
    UNION SELECT order_id FROM order_document WHERE number = ANY(?)
    UNION SELECT order_id FROM payment WHERE reference = ANY(?)
    UNION SELECT order_id FROM payment WHERE provider_id = ANY(?))";

fn row(row: &Row) -> crate::Result<OrderRow> {
    Ok(OrderRow {
        id: row.get("id")?,
        number: row.get("number")?,
        placed_at: row.get("placed_at")?,
        name: row.get("name")?,
        name_key: row.get("name_key")?,
        email: row.get("email")?,
        status: row.get("status")?,
        payment_status: row.get("payment_status")?,
        fulfilment_status: row.get("fulfilment_status")?,
        return_status: row.get("return_status")?,
        currency: row.get("currency")?,
        total: row.get("total")?,
    })
}
