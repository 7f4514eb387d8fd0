//! What the provider knows: payments, what was done to them, and which requests it has seen.

use std::collections::HashMap;

use order_inspect::payments::protocol::{
    Answer, AnswerStatus, Decline, ErrorBody, Event, EventKind, NewOperation, NewPayment,
    OperationKind, OperationState, Payment, PaymentStatus,
};
use serde_json::Value;

/// What a request leads to: an answer and perhaps an event, or an error with its status.
pub(crate) type Done = Result<(Answer, Option<Event>), (u16, ErrorBody)>;

/// Everything in memory.
#[derive(Default)]
pub(crate) struct Ledger {
    payments: Vec<Payment>,
    /// The request and the answer of each idempotency key.
    seen: HashMap<String, (Value, Answer)>,
    named: u64,
}

impl Ledger {
    /// All payments, the oldest first.
    pub(crate) fn payments(&self) -> &[Payment] {
        &self.payments
    }

    /// Carries out a request once for each key: a repetition gets the first answer again, and no event.
    pub(crate) fn once(
        &mut self,
        key: &str,
        request: Value,
        carry_out: impl FnOnce(&mut Self) -> Done,
    ) -> Done {
        if let Some((first, answer)) = self.seen.get(key) {
            return if *first == request {
                Ok((answer.clone(), None))
            } else {
                Err(error(422, "idempotency_key_reused", "the key was used for another request"))
            };
        }
        let done = carry_out(self);
        if let Ok((answer, _)) = &done {
            self.seen.insert(key.to_owned(), (request, answer.clone()));
        }
        done
    }

    /// Authorises, unless it is told to decline.
    pub(crate) fn authorise(&mut self, new: &NewPayment, declines: bool) -> Done {
        if new.amount <= 0 {
            return Err(error(400, "invalid_amount", "the amount must be above zero"));
        }
        if self.payments.iter().any(|payment| payment.reference == new.reference) {
            return Err(error(422, "reference_reused", "there is a payment with this reference"));
        }
        let id = self.name("pay");
        let (status, answer_status) = match new.method.as_str() {
            _ if declines => (PaymentStatus::Declined, AnswerStatus::Declined),
            "declined" => (PaymentStatus::Declined, AnswerStatus::Declined),
            "redirect" | "hostile" => (PaymentStatus::Pending, AnswerStatus::Pending),
            _ => (PaymentStatus::Authorised, AnswerStatus::Approved),
        };
        let payment = Payment {
            reference: new.reference.clone(),
            status,
            currency: new.currency.clone(),
            authorised: if status == PaymentStatus::Declined { 0 } else { new.amount },
            captured: 0,
            refunded: 0,
            operations: Vec::new(),
            redirect_url: (status == PaymentStatus::Pending).then(|| match new.method.as_str() {
                "hostile" => "javascript:alert(document.cookie)".to_owned(),
                _ => format!("https://pay.example/{id}"),
            }),
            decline: (status == PaymentStatus::Declined).then(insufficient_funds),
            id: id.clone(),
        };
        let answer = Answer {
            id,
            status: answer_status,
            redirect_url: payment.redirect_url.clone(),
            decline: payment.decline.clone(),
        };
        let is_authorised = status == PaymentStatus::Authorised;
        let event = is_authorised
            .then(|| self.event(EventKind::Authorised, &payment, None, payment.authorised));
        self.payments.push(payment);
        Ok((answer, event))
    }

    /// What the customer does on the provider's page: pays, or gives up.
    pub(crate) fn complete(&mut self, id: &str, pays: bool) -> Done {
        let mut payment = self.payment(id)?;
        if payment.status != PaymentStatus::Pending {
            return Err(error(422, "not_pending", "the payment is decided already"));
        }
        payment.redirect_url = None;
        let mut event = self.event(EventKind::Authorised, &payment, None, payment.authorised);
        if pays {
            payment.status = PaymentStatus::Authorised;
        } else {
            payment.status = PaymentStatus::Declined;
            payment.authorised = 0;
            payment.decline = Some(given_up());
            event = Event { kind: EventKind::Failed, decline: payment.decline.clone(), ..event };
        }
        self.store(payment);
        Ok((approved(id.to_owned()), Some(event)))
    }

    /// Takes money, unless it is told to decline.
    pub(crate) fn capture(&mut self, id: &str, new: &NewOperation, declines: bool) -> Done {
        let payment = self.payment(id)?;
        if payment.status != PaymentStatus::Authorised {
            return Err(error(422, "not_authorised", "the payment is not authorised"));
        }
        let left = payment.authorised - payment.captured;
        self.operate(payment, OperationKind::Capture, new, left, declines)
    }

    /// Gives money back, unless it is told to decline.
    pub(crate) fn refund(&mut self, id: &str, new: &NewOperation, declines: bool) -> Done {
        let payment = self.payment(id)?;
        let left = payment.captured - payment.refunded;
        self.operate(payment, OperationKind::Refund, new, left, declines)
    }

    /// Lets go of what is not taken, unless it is told to decline.
    pub(crate) fn void(&mut self, id: &str, reference: &str, declines: bool) -> Done {
        let payment = self.payment(id)?;
        let left = payment.authorised - payment.captured;
        if left == 0 || payment.status == PaymentStatus::Voided {
            return Err(error(422, "nothing_to_void", "nothing is left to be let go"));
        }
        let new = NewOperation {
            reference: reference.to_owned(),
            amount: left,
            currency: payment.currency.clone(),
        };
        self.operate(payment, OperationKind::Void, &new, left, declines)
    }

    /// What the customer's bank does.
    pub(crate) fn charge_back(&mut self, id: &str) -> Done {
        let payment = self.payment(id)?;
        let left = payment.captured - payment.refunded;
        let new = NewOperation {
            reference: String::new(),
            amount: left,
            currency: payment.currency.clone(),
        };
        self.operate(payment, OperationKind::Chargeback, &new, left, false)
    }

    fn operate(
        &mut self,
        mut payment: Payment,
        kind: OperationKind,
        new: &NewOperation,
        left: i64,
        declines: bool,
    ) -> Done {
        if new.currency != payment.currency {
            return Err(error(422, "wrong_currency", "the payment has another currency"));
        }
        if new.amount <= 0 || new.amount > left {
            let message = format!("at most {left} is left");
            return Err(error(422, "amount_too_large", &message));
        }
        let id = self.name("op");
        if declines {
            let decline = Some(insufficient_funds());
            return Ok((Answer { status: AnswerStatus::Declined, decline, ..approved(id) }, None));
        }
        let event_kind = move_money(&mut payment, kind, new.amount);
        let reference = Some(new.reference.clone()).filter(|reference| !reference.is_empty());
        let event = self.event(event_kind, &payment, reference, new.amount);
        payment.operations.push(OperationState {
            id: id.clone(),
            reference: new.reference.clone(),
            kind,
            amount: new.amount,
        });
        self.store(payment);
        Ok((approved(id), Some(event)))
    }

    fn payment(&self, id: &str) -> Result<Payment, (u16, ErrorBody)> {
        let found = self.payments.iter().find(|payment| payment.id == id).cloned();
        found.ok_or_else(|| error(404, "unknown_payment", "there is no such payment"))
    }

    fn store(&mut self, changed: Payment) {
        if let Some(payment) = self.payments.iter_mut().find(|payment| payment.id == changed.id) {
            *payment = changed;
        }
    }

    fn event(
        &mut self,
        kind: EventKind,
        payment: &Payment,
        reference: Option<String>,
        amount: i64,
    ) -> Event {
        Event {
            id: self.name("evt"),
            kind,
            payment_id: payment.id.clone(),
            payment_reference: payment.reference.clone(),
            reference,
            amount,
            currency: payment.currency.clone(),
            decline: None,
            occurred_at: crate::now().as_second(),
        }
    }

    fn name(&mut self, prefix: &str) -> String {
        self.named += 1;
        format!("{prefix}_{}", self.named)
    }
}

/// Books an operation, and says what the shop is told.
fn move_money(payment: &mut Payment, kind: OperationKind, amount: i64) -> EventKind {
    match kind {
        OperationKind::Capture => {
            payment.captured += amount;
            EventKind::Captured
        }
        OperationKind::Refund => {
            payment.refunded += amount;
            EventKind::Refunded
        }
        OperationKind::Void => {
            payment.status = PaymentStatus::Voided;
            EventKind::Voided
        }
        // The bank's doing is not the shop's refund.
        OperationKind::Chargeback => EventKind::Chargeback,
    }
}

fn approved(id: String) -> Answer {
    Answer { id, status: AnswerStatus::Approved, redirect_url: None, decline: None }
}

fn insufficient_funds() -> Decline {
    Decline {
        code: "insufficient_funds".to_owned(),
        reason: "The account does not have enough money.".to_owned(),
    }
}

fn given_up() -> Decline {
    Decline {
        code: "abandoned".to_owned(),
        reason: "The customer did not finish the payment.".to_owned(),
    }
}

/// An error with the status that it is answered with.
pub(crate) fn error(status: u16, code: &str, message: &str) -> (u16, ErrorBody) {
    (status, ErrorBody { code: code.to_owned(), message: message.to_owned() })
}
