//! `/baskets`: beginning a basket, reading it, and what is said on the way to the order.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    BasketView, ChangeBasket, NewBasket,
    basket::{Basket, Which},
    change::{Change, Seen, change, check_scene},
    merge::bring_together,
    save::Fresh,
    show::{answer, read, reply_with},
};
use crate::{
    app::App,
    args,
    clock::random_token,
    error::Refusal,
    http::{Answer, Once, PathParams, Permit, Reply, Scope, Write, allowed, key_hash},
    refuse,
    setup::{Channel, Setup, Stored},
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(make)).routes(routes!(get, patch, delete))
}

/// Begin a basket.
///
/// The answer tells its token, once: only a hash of it is stored, so the request is not remembered under an
/// Idempotency-Key either, and sent twice it begins two baskets. For a customer the baskets that they have elsewhere
/// are put into this one. A draft has a number instead, and its Idempotency-Key counts.
#[utoipa::path(post, path = "/baskets", operation_id = "create_basket", tag = "baskets",
    request_body = NewBasket, security(("api_key" = ["shop", "manage_orders"])),
    responses((status = 201, body = BasketView,
        headers(("Location" = String), ("ETag" = String)))))]
async fn make(
    State(app): State<App>,
    permit: Permit<allowed::Shop>,
    write: Write<NewBasket>,
) -> Answer {
    let (input, mut once, caller) = (write.input, write.once, permit.caller.clone());
    if input.draft && !caller.scopes.contains(&Scope::ManageOrders) {
        refuse!(Refusal::new(403, "forbidden", "Drafts are for those who manage orders."));
    }
    let setup = app.setup.get(&app.db, app.clock.now()).await?;
    let channel = std::sync::Arc::clone(setup.channel(&input.channel)?);
    caller.require_channel(channel.id)?;
    check_scene(&channel.value, input.currency, input.locale)?;
    let token = random_token()?;
    if !input.draft {
        once = Once { key: None, ..once };
    }
    let named = token.clone();
    let reply = app.write(permit, once, move |tx, act| {
        Box::pin(async move {
            let fresh = Fresh {
                token_hash: key_hash(&named),
                channel: &channel,
                currency: input.currency.unwrap_or_else(|| channel.value.currency()),
                locale: input.locale.unwrap_or_else(|| channel.value.language()),
                draft: input.draft,
            };
            let id = fresh.insert(tx, act).await?;
            if let Some(customer) = input.customer_id {
                bring_together(tx, act, id, customer).await?;
            }
            let name = if input.draft { id.to_string() } else { named };
            Ok(Reply::bare(201).at(format!("/baskets/{name}")))
        })
    });
    let reply = reply.await?;
    let name = reply.location().and_then(|it| it.rsplit('/').next()).unwrap_or_default();
    let shown = read(&app, &caller, &Which::of(name, &caller)?).await?;
    let mut view = shown.view()?;
    view.token = (!view.draft).then_some(token);
    reply_with(reply, &view)
}

/// A basket as it is now: what it holds, what that costs today, what can be chosen, and what is still missing before
/// it can be ordered.
#[utoipa::path(get, path = "/baskets/{basket}", operation_id = "get_basket", tag = "baskets",
    params(("basket" = String, Path, description = "The basket's token, or a draft's number")),
    security(("api_key" = ["shop", "manage_orders"])),
    responses((status = 200, body = BasketView, headers(("ETag" = String)))))]
async fn get(
    State(app): State<App>,
    permit: Permit<allowed::Shop>,
    PathParams(basket): PathParams<String>,
) -> Answer {
    let which = Which::of(&basket, &permit.caller)?;
    answer(&app, &permit.caller, &which, Reply::bare(200)).await
}

/// Say where it goes, how it is delivered and paid, where mails go, in which language and currency. What is not named
/// stays as it is.
#[utoipa::path(patch, path = "/baskets/{basket}", operation_id = "change_basket", tag = "baskets",
    params(("basket" = String, Path, description = "The basket's token, or a draft's number"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read, or `*`")),
    request_body = ChangeBasket, security(("api_key" = ["shop", "manage_orders"])),
    responses((status = 200, body = BasketView, headers(("ETag" = String)))))]
async fn patch(
    State(app): State<App>,
    permit: Permit<allowed::Shop>,
    PathParams(basket): PathParams<String>,
    write: Write<ChangeBasket>,
) -> Answer {
    let mut input = write.input;
    input.check()?;
    let setup = app.setup.get(&app.db, app.clock.now()).await?;
    let asked =
        Change { basket: &basket, seen: Seen::Must, expected: write.expected, once: write.once };
    change(&app, permit, asked, move |_, _, basket| {
        Box::pin(async move {
            let channel = setup.channel_by_id(basket.channel_id)?;
            input.check_with(&setup, channel)?;
            input.apply(basket);
            Ok(())
        })
    })
    .await
}

impl ChangeBasket {
    /// Whether the shop offers what was chosen.
    fn check_with(&self, setup: &Setup, channel: &Stored<Channel>) -> crate::Result<()> {
        check_scene(&channel.value, self.currency, self.locale)?;
        if let Some(Some(code)) = &self.delivery_method {
            setup.delivery(&channel.code, code)?;
        }
        if let Some(Some(code)) = &self.payment_method {
            setup.payment(&channel.code, code)?;
        }
        Ok(())
    }

    fn apply(self, basket: &mut Basket) {
        basket.currency = self.currency.unwrap_or(basket.currency);
        basket.locale = self.locale.unwrap_or(basket.locale);
        put(&mut basket.email, self.email);
        put(&mut basket.billing_address, self.billing_address);
        put(&mut basket.delivery_address, self.delivery_address);
        put(&mut basket.delivery_method, self.delivery_method);
        put(&mut basket.payment_method, self.payment_method);
    }
}

fn put<T>(place: &mut Option<T>, named: Option<Option<T>>) {
    if let Some(value) = named {
        *place = value;
    }
}

/// Throw a basket away that was not ordered.
#[utoipa::path(delete, path = "/baskets/{basket}", operation_id = "delete_basket", tag = "baskets",
    params(("basket" = String, Path, description = "The basket's token, or a draft's number"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read, or `*`")),
    security(("api_key" = ["shop", "manage_orders"])), responses((status = 204, description = "It is gone")))]
async fn delete(
    State(app): State<App>,
    permit: Permit<allowed::Shop>,
    PathParams(basket): PathParams<String>,
    write: Write<()>,
) -> Answer {
    let (which, expected) = (Which::of(&basket, &permit.caller)?, write.expected);
    app.write(permit, write.once, move |tx, _| {
        Box::pin(async move {
            let basket = Basket::find_locked(tx, &which).await?;
            basket.still_open()?;
            expected.require(basket.revision, "basket")?;
            tx.run("DELETE FROM basket_line WHERE basket_id = $1", args![basket.id]).await?;
            let sql = "DELETE FROM basket WHERE id = $1 OR merged_into = $1";
            tx.run(sql, args![basket.id]).await?;
            Reply::nothing()
        })
    })
    .await
}
