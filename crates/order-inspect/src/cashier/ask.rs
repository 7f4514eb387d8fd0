//! One question to a provider, and what its answer means.

use super::queue::Task;
use crate::payments::{
    AuthoriseRequest, OperationRequest, Outcome, PaymentId, PaymentProvider, PaymentState,
    ProviderError, VoidRequest, is_private, protocol::PaymentStatus,
};

/// What is known after asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is done.
    Done {
        /// The provider's name for the payment, where it tells.
        payment: Option<String>,
        /// How much, where the provider tells: all that was asked for if it does not.
        amount: Option<i64>,
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
    let named = |id: String| authorises.then(|| printable(&id));
    match outcome {
        Outcome::Approved { id } => Verdict::Done { payment: named(id), amount: None },
        Outcome::Declined { id, reason, .. } => {
            Verdict::Declined { payment: named(id), reason: printable(&reason) }
        }
        Outcome::Pending { id, redirect_url } => {
            Verdict::Waits { payment: named(id), redirect_url: page(redirect_url) }
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
    let payment = Some(printable(state.id.as_str()));
    match state.status {
        PaymentStatus::Authorised | PaymentStatus::Voided if state.authorised > 0 => {
            Verdict::Done { payment, amount: Some(state.authorised) }
        }
        PaymentStatus::Voided => Verdict::Declined {
            payment,
            reason: "it was let go before it was authorised".to_owned(),
        },
        PaymentStatus::Authorised | PaymentStatus::Pending => {
            Verdict::Waits { payment, redirect_url: page(state.redirect_url) }
        }
        PaymentStatus::Declined => {
            let reason = state.decline.map_or_else(|| "no reason given".to_owned(), |it| it.reason);
            Verdict::Declined { payment, reason: printable(&reason) }
        }
    }
}

fn operation(state: &PaymentState, task: &Task) -> Verdict {
    let reference = task.reference();
    let done = state.operations.iter().find(|it| it.reference == reference.as_str());
    match done {
        Some(done) => Verdict::Done { payment: None, amount: Some(done.amount) },
        None => Verdict::NotThere,
    }
}

/// The page that a customer is sent to: a link that a browser follows, and over which nobody reads along. Anything else,
/// such as a script, reaches no customer.
fn page(redirect_url: Option<String>) -> Option<String> {
    let text = redirect_url?;
    let fits = reqwest::Url::parse(&text).is_ok_and(|url| is_private(&url));
    if !fits || text.len() > LONGEST_PAGE {
        tracing::warn!(
            url = printable(&text),
            "the provider's page is no https address, and is not shown"
        );
        return None;
    }
    Some(text)
}

/// The longest address of a page that is kept, in bytes.
const LONGEST_PAGE: usize = 2_000;
/// The longest text of a provider that is kept, in characters.
const LONGEST: usize = 500;

/// What a provider says as it can be stored and shown: one line that is not too long.
fn printable(text: &str) -> String {
    text.chars().filter(|it| !it.is_control()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::{page, printable};

    #[test]
    fn a_customer_is_sent_to_https_only_and_to_this_machine() {
        for text in [
            "https://pay.example/1?a=b",
            "http://127.0.0.1:8080/1",
            "http://localhost/",
            "http://[::1]/",
        ] {
            assert_eq!(page(Some(text.to_owned())).as_deref(), Some(text));
        }
        let long = format!("https://pay.example/{}", "a".repeat(2_000));
        for text in [
            "javascript:alert(1)",
            "http://pay.example/",
            "data:text/html,x",
            "/1",
            "",
            long.as_str(),
        ] {
            assert_eq!(page(Some(text.to_owned())), None, "{text}");
        }
    }

    #[test]
    fn what_a_provider_says_is_one_line() {
        assert_eq!(printable("no\u{0} money\n"), "no money");
        assert_eq!(printable(&"ä".repeat(1_000)).chars().count(), 500);
    }
}
