//! `/customers`.

use axum::extract::State;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    ChangeCustomer, Customer, CustomerView, NewCustomer,
    customer::{SELECT, key},
    erase::erase,
};
use crate::{
    address::plain_email,
    app::App,
    args,
    db::Value,
    error::{Error, Refusal},
    http::{
        Answer, Caller, CustomerEmail, PageOf, Paging, Params, PathParams, Permit, Reply, Scope,
        Write, allowed, allowed::Allowed as _,
    },
    refuse,
};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list, make)).routes(routes!(get, change, forget))
}

/// Which customers.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Customers of the shop with this code.
    #[param(required = false, max_length = 60)]
    channel: Option<String>,
    /// The customer with exactly this e-mail address.
    #[param(required = false, max_length = 254)]
    email: Option<String>,
    /// The customer with exactly this number.
    #[param(required = false, max_length = 60)]
    number: Option<String>,
    /// Customers whose name begins like this, by name; the others come by age, the newest first.
    #[param(required = false, max_length = 200)]
    name: Option<String>,
    /// How many, 1 to 200.
    #[param(required = false, minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// `next` of the page before.
    #[param(required = false)]
    after: Option<String>,
}

/// Customers by exact e-mail address or number, or by the beginning of their name.
#[utoipa::path(get, path = "/customers", operation_id = "list_customers", tag = "customers",
    params(Which), security(("api_key" = ["read_orders", "manage_orders"])),
    responses((status = 200, body = PageOf<CustomerView>)))]
async fn list(
    State(app): State<App>,
    _: Permit<allowed::ReadOrders>,
    Params(which): Params<Which>,
) -> Answer {
    let paging = Paging { limit: which.limit, after: which.after.clone() };
    let (sql, args) = question(&which, &paging)?;
    let rows = app.db.read(move |tx| Box::pin(async move { tx.rows(&sql, args).await })).await?;
    let found = rows.iter().map(|row| Customer::of(row).map(|it| it.view));
    let found = found.collect::<crate::Result<Vec<_>>>()?;
    Reply::ok(&paging.page(found, |it| (key(&it.name), it.id))?)
}

/// One walk along one index: by name where a name is looked for, else by age.
fn question(which: &Which, paging: &Paging) -> crate::Result<(String, Vec<Value>)> {
    let texts = [
        ("channel", &which.channel, 60),
        ("email", &which.email, 254),
        ("number", &which.number, 60),
        ("name", &which.name, 200),
    ];
    for (name, text, most) in texts {
        if text.as_ref().is_some_and(|text| text.chars().count() > most) {
            let detail = format!("{name} has at most {most} characters.");
            refuse!(Refusal::new(400, "invalid_parameter", detail));
        }
    }
    let mut args = args![paging.one_more()?];
    let mut conditions = Vec::new();
    let mut add = |condition: &str, values: Vec<Value>| {
        let mut condition = condition.to_owned();
        for value in values {
            args.push(value);
            condition = condition.replacen('?', &format!("${}", args.len()), 1);
        }
        conditions.push(condition);
    };
    if let Some(channel) = &which.channel {
        add("c.code = ?", args![channel]);
    }
    if let Some(email) = &which.email {
        add("u.email = ?", args![plain_email(email)]);
    }
    if let Some(number) = &which.number {
        add("u.number = ?", args![number.trim()]);
    }
    let begins = which.name.as_deref().map(key).filter(|name| !name.is_empty());
    let position: Option<(String, i64)> = paging.position()?;
    let order = if let Some(begins) = begins {
        // U+10FFFF sorts after every character that a name has.
        let end = format!("{begins}\u{10FFFF}");
        add("u.name_key >= ? AND u.name_key < ?", args![begins, end]);
        if let Some((name, id)) = position {
            add("(u.name_key, u.id) > (?, ?)", args![name, id]);
        }
        "u.name_key, u.id"
    } else {
        if let Some((_, id)) = position {
            add("u.id < ?", args![id]);
        }
        "u.id DESC"
    };
    let conditions = if conditions.is_empty() {
        String::new()
    } else {
        format!("WHERE {}", conditions.join(" AND "))
    };
    Ok((format!("{SELECT} {conditions} ORDER BY {order} LIMIT $1"), args))
}

/// Make a customer known.
#[utoipa::path(post, path = "/customers", operation_id = "create_customer", tag = "customers",
    request_body = NewCustomer, security(("api_key" = ["shop", "manage_orders"])),
    responses((status = 201, body = CustomerView,
        headers(("Location" = String), ("ETag" = String)))))]
async fn make(
    State(app): State<App>,
    permit: Permit<allowed::Shop>,
    write: Write<NewCustomer>,
) -> Answer {
    let setup = app.setup.get(&app.db, app.clock.now()).await?;
    let channel = setup.channel(&write.input.channel)?;
    let (_, mut content) = write.input.content(channel.value.language());
    content.check()?;
    may_group(&permit.caller, None, content.group.as_deref())?;
    let channel_id = channel.id;
    permit.caller.require_channel(channel_id)?;
    let caller = permit.caller.clone();
    let reply = app.write(permit, write.once, move |tx, act| {
        Box::pin(async move {
            let number = Customer::make(tx, act, channel_id, &content).await?;
            Ok(Reply::bare(201).at(format!("/customers/{number}")))
        })
    });
    shown(&app, &caller, reply.await.map_err(taken)?).await
}

/// One customer.
#[utoipa::path(get, path = "/customers/{number}", operation_id = "get_customer", tag = "customers",
    params(("number" = String, Path, description = "The customer's number")),
    security(("api_key" = ["shop", "read_orders", "manage_orders"])),
    responses((status = 200, body = CustomerView, headers(("ETag" = String)))))]
async fn get(
    State(app): State<App>,
    permit: Permit<allowed::Customer>,
    PathParams(number): PathParams<String>,
) -> Answer {
    shown(&app, &permit.caller, Reply::bare(200).at(format!("/customers/{number}"))).await
}

/// Change a customer as a whole.
#[utoipa::path(put, path = "/customers/{number}", operation_id = "change_customer", tag = "customers",
    params(("number" = String, Path, description = "The customer's number"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read, or `*`")),
    request_body = ChangeCustomer, security(("api_key" = ["shop", "manage_orders"])),
    responses((status = 200, body = CustomerView, headers(("ETag" = String)))))]
async fn change(
    State(app): State<App>,
    permit: Permit<allowed::Shop>,
    PathParams(number): PathParams<String>,
    write: Write<ChangeCustomer>,
) -> Answer {
    let (mut content, expected) = (write.input, write.expected);
    content.check()?;
    let (caller, reader) = (permit.caller.clone(), permit.caller.clone());
    let reply = app.write(permit, write.once, move |tx, act| {
        Box::pin(async move {
            let customer = Customer::find(tx, &number, true).await?.seen_by(&caller)?;
            expected.require(customer.view.revision, "customer")?;
            customer.alive()?;
            may_group(&caller, customer.view.group.as_deref(), content.group.as_deref())?;
            customer.change(tx, act, &content).await?;
            Ok(Reply::bare(200).at(format!("/customers/{number}")))
        })
    });
    shown(&app, &reader, reply.await.map_err(taken)?).await
}

/// Erase a customer's personal data (GDPR Art. 17).
///
/// Name, e-mail address, phone number, addresses, group and baskets are gone at once, and reviews stay without a name.
/// Orders stay with what the law wants kept: their number, dates, lines, amounts and payments, name and address of
/// the invoice and of the delivery, and the documents that were issued (§147 AO, §257 HGB, §14b UStG; GDPR
/// Art. 17 (3) b). E-mail addresses and phone numbers are taken out of them, and so are the texts of notes, holds and
/// returns that people wrote; why something was credited, cancelled, edited or corrected belongs to the books and stays.
/// It is refused while an order is open, or its money is not where it should be: it could not be delivered or paid back
/// any more. A shop's key names the customer's e-mail address: without that there is no such customer.
#[utoipa::path(delete, path = "/customers/{number}", operation_id = "erase_customer", tag = "customers",
    params(CustomerEmail, ("number" = String, Path, description = "The customer's number"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read, or `*`")),
    security(("api_key" = ["shop", "manage_orders"])),
    responses((status = 204, description = "Nothing personal is left but in orders")))]
async fn forget(
    State(app): State<App>,
    permit: Permit<allowed::Shop>,
    PathParams(number): PathParams<String>,
    email: CustomerEmail,
    write: Write<()>,
) -> Answer {
    let (expected, caller) = (write.expected, permit.caller.clone());
    app.write(permit, write.once, move |tx, act| {
        Box::pin(async move {
            let customer = Customer::find(tx, &number, true).await?;
            let customer = customer.shown_to(&caller, &email)?;
            expected.require(customer.view.revision, "customer")?;
            erase(tx, act, &customer).await?;
            Reply::nothing()
        })
    })
    .await
}

/// Two customers of a shop never have one e-mail address, however close together they come.
fn taken(error: Error) -> Error {
    match error {
        Error::Db(error) if error.is_duplicate() => {
            let detail = "Another customer of this shop has this e-mail address.";
            Refusal::conflict("email_taken", detail).into()
        }
        other => other,
    }
}

/// Groups decide about prices: a shop's frontend does not give them away.
fn may_group(caller: &Caller, before: Option<&str>, now: Option<&str>) -> crate::Result<()> {
    if before != now && !caller.scopes.contains(&Scope::ManageOrders) {
        let detail = "Only those who manage orders may put a customer into a group.";
        refuse!(Refusal::new(403, "forbidden", detail));
    }
    Ok(())
}

impl Customer {
    /// Refuses a key that belongs to another shop: for it there is no such customer.
    fn seen_by(self, caller: &Caller) -> crate::Result<Self> {
        if !caller.sees(self.channel_id) {
            refuse!(Refusal::not_found("customer", self.view.number.as_str()));
        }
        Ok(self)
    }

    /// The same for a key that has to show that its visitor is this customer: it may neither read nor manage orders.
    pub(crate) fn shown_to(self, caller: &Caller, email: &CustomerEmail) -> crate::Result<Self> {
        let proven = caller.may(allowed::ReadOrders::SCOPES) || email.is(&self.email);
        if !proven {
            refuse!(Refusal::not_found("customer", self.view.number.as_str()));
        }
        self.seen_by(caller)
    }

    fn alive(&self) -> crate::Result<()> {
        if self.view.erased_at.is_some() {
            let detail = "This customer's personal data was erased: nothing can be changed.";
            refuse!(Refusal::conflict("erased", detail));
        }
        Ok(())
    }
}

/// The customer whom a reply leads to, as they are now. What is stored with an idempotency key is the address only:
/// nothing personal outlives its erasure there.
async fn shown(app: &App, caller: &Caller, reply: Reply) -> Answer {
    let number = reply.location().and_then(|it| it.rsplit('/').next()).unwrap_or_default();
    let number = number.to_owned();
    let found = app
        .db
        .read(move |tx| Box::pin(async move { Customer::find(tx, &number, false).await }))
        .await?
        .seen_by(caller)?;
    Ok(reply.showing(&found.view)?.tagged(found.view.revision))
}
