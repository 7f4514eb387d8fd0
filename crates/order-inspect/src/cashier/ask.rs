//! One question to a provider, and what its answer means.

use super::queue::Task;
use crate::payments::{
    AuthoriseRequest, OperationRequest, Outcome, PaymentId, PaymentProvider, PaymentState,
    ProviderError, VoidRequest, protocol::PaymentStatus,
};

/// What is known after asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is done.
    Done {
        /// The provider's name for the payment, where it tells.
        payment: Option<String>,
    },
    /// The provider, or the customer's bank, will not do it.
    Declined {
        /// The provider's name for the payment, where it tells.
        payment: Option<String>,
        /// For people.
        reason: String,
    },
    /// The customer has to do something, or the provider has not decided.
    Waits {
        /// The provider's name for the payment.
        payment: Option<String>,
        /// Where the customer goes on.
        redirect_url: Option<String>,
    },
    /// The provider does not accept the request: asking again is useless.
    Refused(String),
    /// Nothing was asked, or it surely was not heard: it can be asked for again.
    NotAsked(String),
    /// Nobody knows.
    Unknown(String),
    /// The provider has never heard of it.
    NotThere,
}

/// Asks. What may have been asked before is only looked for.
pub(super) async fn ask(provider: &dyn PaymentProvider, task: &Task) -> Verdict {
    if task.asked_before {
        return look(provider, task).await;
    }
    let key = task.key();
    let authorises = task.kind == "authorise";
    if authorises && task.order_is_gone {
        return Verdict::Refused("the order was given up before it was asked for".to_owned());
    }
    let answer = if authorises {
        let request = AuthoriseRequest {
            idempotency_key: key,
            reference: task.payment.clone(),
            amount: task.amount.clone(),
            method: task.method.clone(),
            token: None,
            return_url: None,
        };
        provider.authorise(&request).await
    } else {
        let Some(payment) = task.provider_id.clone().map(PaymentId::new) else {
            return Verdict::Refused("the provider never named the payment".to_owned());
        };
        let (reference, amount) = (task.reference(), task.amount.clone());
        match task.kind.as_str() {
            "void" => {
                provider.void(&VoidRequest { idempotency_key: key, reference, payment }).await
            }
            kind => {
                let request = OperationRequest { idempotency_key: key, reference, payment, amount };
                match kind {
                    "capture" => provider.capture(&request).await,
                    _ => provider.refund(&request).await,
                }
            }
        }
    };
    match answer {
        Ok(outcome) => verdict(outcome, authorises),
        Err(error) => failed(&error),
    }
}

fn verdict(outcome: Outcome, authorises: bool) -> Verdict {
    // Only the answer to an authorisation names the payment; the others name themselves.
    let named = |id: String| authorises.then_some(id);
    match outcome {
        Outcome::Approved { id } => Verdict::Done { payment: named(id) },
        Outcome::Declined { id, reason, .. } => Verdict::Declined { payment: named(id), reason },
        Outcome::Pending { id, redirect_url } => {
            Verdict::Waits { payment: named(id), redirect_url }
        }
    }
}

fn failed(error: &ProviderError) -> Verdict {
    match error {
        ProviderError::NotSent(_) => Verdict::NotAsked(error.to_string()),
        ProviderError::Unknown(_) => Verdict::Unknown(error.to_string()),
        ProviderError::Refused { .. } => Verdict::Refused(error.to_string()),
    }
}

/// Finds out what became of what may have been asked before.
async fn look(provider: &dyn PaymentProvider, task: &Task) -> Verdict {
    match provider.fetch(&task.payment).await {
        Ok(None) => Verdict::NotThere,
        Ok(Some(state)) if task.kind == "authorise" => authorisation(state),
        Ok(Some(state)) => operation(&state, task),
        // Looking changes nothing, so a question that failed leaves it where it was.
        Err(error) => Verdict::Unknown(error.to_string()),
    }
}

fn authorisation(state: PaymentState) -> Verdict {
    let payment = Some(state.id.as_str().to_owned());
    match state.status {
        PaymentStatus::Authorised | PaymentStatus::Voided => Verdict::Done { payment },
        PaymentStatus::Pending => Verdict::Waits { payment, redirect_url: state.redirect_url },
        PaymentStatus::Declined => {
            let reason = state.decline.map_or_else(|| "no reason given".to_owned(), |it| it.reason);
            Verdict::Declined { payment, reason }
        }
    }
}

fn operation(state: &PaymentState, task: &Task) -> Verdict {
    let reference = task.reference();
    let is_done = state.operations.iter().any(|it| it.reference == reference.as_str());
    if is_done { Verdict::Done { payment: None } } else { Verdict::NotThere }
}
