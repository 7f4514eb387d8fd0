//! From a basket and a look at what its order would be to what the API shows.

use std::sync::Arc;

use super::{
    basket::{Basket, Line, Which},
    explain::explain,
    services::{Offered, choices, offered},
    view::{
        BasketLine, BasketQuote, BasketService, BasketView, Coupon, DeliveryChoice, LinePrice,
        PaymentChoice, ServiceChoice,
    },
};
use crate::{
    act::Act,
    app::App,
    http::{Answer, Caller, Once, Reply},
    language::Language,
    orders::place::{Preview, PreviewDelivery, PreviewLine, Request},
    promotions::same_code,
    quote::{Quote, QuotedLine},
    setup::{Channel, Setup, Stored, text_in},
};

/// A basket with all that is needed to show it.
pub(super) struct Shown {
    pub(super) basket: Basket,
    pub(super) preview: Preview,
    services: Offered,
    pub(super) setup: Arc<Setup>,
}

/// The answer that shows a basket as it is now. What is stored with an idempotency key is the bare reply: neither
/// addresses nor prices grow old there.
pub(super) async fn answer(app: &App, caller: &Caller, which: &Which, reply: Reply) -> Answer {
    let shown = read(app, caller, which).await?;
    reply_with(reply, &shown.view()?)
}

/// A reply that shows a basket.
pub(super) fn reply_with(reply: Reply, view: &BasketView) -> Answer {
    let reply = reply.showing(view)?.tagged(view.revision);
    Ok(reply.header("cache-control", "no-store".to_owned()))
}

/// Reads a basket and looks at what its order would be.
pub(super) async fn read(app: &App, caller: &Caller, which: &Which) -> crate::Result<Shown> {
    let now = app.clock.now();
    let setup = app.setup.get(&app.db, now).await?;
    let act = Act::new(&app.db, now, caller.name.clone());
    let (placer, caller, which) = (app.placer.clone(), caller.clone(), which.clone());
    let work = app.db.read(move |tx| {
        Box::pin(async move {
            let basket = Basket::find(tx, &which).await?;
            if basket.order.is_some() {
                let (preview, services) = (Preview::default(), Offered::new());
                return Ok(Shown { basket, preview, services, setup });
            }
            let channel = setup.channel_by_id(basket.channel_id)?;
            let wanted = basket.wanted(&channel.code, &channel.value.country);
            let once = Once { key: None, fingerprint: [0; 32] };
            let setup = Arc::clone(&setup);
            let request = Request { wanted, basket: None, caller, once, act, setup };
            let preview = placer.preview(tx, &request).await?;
            let services = offered(tx, &basket).await?;
            Ok(Shown { basket, preview, services, setup: request.setup })
        })
    });
    work.await
}

impl Shown {
    /// The shop that it belongs to.
    pub(super) fn channel(&self) -> crate::Result<&Stored<Channel>> {
        Ok(self.setup.channel_by_id(self.basket.channel_id)?)
    }

    /// What the API shows.
    pub(super) fn view(&self) -> crate::Result<BasketView> {
        let (basket, channel) = (&self.basket, self.channel()?);
        let ordered = basket.order.is_some();
        let lines = basket.lines.iter().zip(&self.preview.lines);
        let quote = self.preview.quote.as_ref();
        Ok(BasketView {
            token: None,
            id: basket.draft.then_some(basket.id),
            channel: channel.code.clone(),
            revision: basket.revision,
            order: basket.order.clone(),
            draft: basket.draft,
            created_by: basket.created_by.clone(),
            currency: basket.currency,
            currency_exponent: basket.currency.exponent(),
            locale: basket.locale,
            customer_id: basket.customer_id,
            email: basket.goes_to_email().cloned(),
            billing_address: basket.billing_address.clone(),
            delivery_address: basket.delivery_address.clone(),
            delivery_method: basket.delivery_method.clone(),
            payment_method: basket.payment_method.clone(),
            lines: lines
                .map(|(line, look)| {
                    let choices = self.service_choices(line, channel);
                    basket_line(line, look, quote, basket.locale, choices)
                })
                .collect(),
            coupons: self.coupons(channel),
            quote: quote.map(basket_quote),
            explanation: quote.map(|it| self.explanation(it, channel)).unwrap_or_default(),
            delivery_choices: self.delivery_choices(channel),
            payment_choices: if ordered { Vec::new() } else { self.payment_choices(channel) },
            missing: if ordered { Vec::new() } else { self.missing(channel) },
            updated_at: basket.updated_at,
            expires_at: basket.expires_at,
        })
    }

    fn service_choices(&self, line: &Line, channel: &Stored<Channel>) -> Vec<ServiceChoice> {
        let codes = self.services.get(&line.variant_id).map(Vec::as_slice).unwrap_or_default();
        choices(codes, &self.setup, channel, &self.basket)
    }

    fn explanation(&self, quote: &Quote, channel: &Stored<Channel>) -> Vec<String> {
        let lines = self.preview.lines.iter().filter(|it| it.quoted.is_ok());
        let names: Vec<&str> = lines
            .flat_map(|it| std::iter::once(&it.name).chain(&it.services))
            .map(String::as_str)
            .collect();
        // A way to deliver that does not reach the address costs nothing, and is not spoken of.
        let chosen = self.basket.delivery_method.as_ref();
        let choices = self.delivery_choices(channel);
        let delivery = choices.iter().find(|it| Some(&it.code) == chosen);
        let delivery = delivery.map(|it| it.name.as_str());
        explain(quote, &names, delivery, self.basket.locale)
    }

    fn coupons(&self, channel: &Stored<Channel>) -> Vec<Coupon> {
        let (basket, zone) = (&self.basket, channel.value.zone());
        let of = |code: &String| {
            let evaluation = self.preview.quote.as_ref().map(|it| &it.promotions);
            let is_it = |entered: &Option<String>| {
                entered.as_ref().is_some_and(|entered| same_code(entered, code))
            };
            let steps = evaluation.iter().flat_map(|it| &it.steps);
            let discount = steps.filter(|it| is_it(&it.code)).map(|it| it.amount).sum();
            let mut declined = evaluation.iter().flat_map(|it| &it.declined);
            let declined = declined.find(|it| discount == 0 && is_it(&it.code));
            Coupon {
                code: code.clone(),
                discount,
                declined: declined.map(|it| it.sentence(basket.locale, basket.currency, &zone)),
            }
        };
        basket.coupons.iter().map(of).collect()
    }

    fn delivery_choices(&self, channel: &Stored<Channel>) -> Vec<DeliveryChoice> {
        let wanted = self.basket.wanted(&channel.code, &channel.value.country);
        let address = wanted.goes_to();
        let choice = |it: &PreviewDelivery| {
            let method = &self.setup.delivery(&channel.code, &it.code).ok()?.value;
            let area = method.area(&address.country, &address.postal_code)?;
            let name = text_in(&method.names, self.basket.locale);
            Some(DeliveryChoice {
                code: it.code.clone(),
                name: name.cloned().unwrap_or_default(),
                carrier: method.carrier.clone(),
                price: it.quote.shipping.total,
                total: it.quote.total,
                transit_days_min: area.transit_days_min,
                transit_days_max: area.transit_days_max,
            })
        };
        self.preview.deliveries.iter().filter_map(choice).collect()
    }

    fn payment_choices(&self, channel: &Stored<Channel>) -> Vec<PaymentChoice> {
        let offered = self
            .setup
            .payments
            .iter()
            .filter(|it| it.value.channel == channel.code && it.value.active);
        let choice = |it: &Stored<crate::setup::PaymentMethod>| PaymentChoice {
            code: it.code.clone(),
            name: text_in(&it.value.names, self.basket.locale).cloned().unwrap_or_default(),
            flow: it.value.flow,
        };
        offered.map(choice).collect()
    }
}

fn basket_line(
    line: &Line,
    look: &PreviewLine,
    quote: Option<&Quote>,
    language: Language,
    service_choices: Vec<ServiceChoice>,
) -> BasketLine {
    let offer = look.offer.as_ref();
    let place = look.quoted.as_ref().ok();
    let quoted = place.zip(quote).and_then(|(place, quote)| quote.lines.get(place.clone()));
    let services = line.services.iter().enumerate().map(|(at, code)| BasketService {
        code: code.clone(),
        name: look.services.get(at).unwrap_or(code).clone(),
        price: quoted.and_then(|it| it.get(at + 1)).map(line_price),
    });
    BasketLine {
        id: line.id,
        sku: line.sku.clone(),
        product: offer.map(|it| it.product.code.clone()),
        name: look.name.clone(),
        options: offer.map(|it| it.options.clone()).unwrap_or_default(),
        labels: offer.map(|it| it.product.labels(&it.options, language)).unwrap_or_default(),
        quantity: line.quantity,
        note: line.note.clone(),
        listed_price: look.listed_price,
        price: quoted.and_then(<[_]>::first).map(line_price),
        services: services.collect(),
        service_choices,
        available: place.is_some() && look.short_of.is_none(),
        available_quantity: look.short_of,
    }
}

fn line_price(it: &QuotedLine) -> LinePrice {
    LinePrice {
        unit_price: it.unit_price,
        subtotal: it.subtotal,
        discount: it.discounts.iter().map(|it| it.amount).sum(),
        tax_rate: it.tax_rate,
        tax: it.tax,
        total: it.total,
    }
}

fn basket_quote(it: &Quote) -> BasketQuote {
    BasketQuote {
        price_basis: it.price_basis,
        subtotal: it.subtotal,
        discount: it.discount,
        shipping: it.shipping.clone(),
        tax_lines: it.tax_lines.clone(),
        net: it.net,
        tax: it.tax,
        total: it.total,
    }
}
