//! Payments that people book by hand: on invoice, and in advance by bank transfer.

use async_trait::async_trait;

use super::{
    AuthoriseRequest, OperationRequest, Outcome, PaymentProvider, PaymentState, ProviderError,
    Reference, VoidRequest,
};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManualMethod {
    /// The shop delivers first and trusts the customer: the order is good at once.
    Invoice,
    /// The customer transfers first: the order waits until somebody books the money.
    Prepayment,
}

/// The provider behind both. It talks to nobody, so nothing is ever lost or declined.
#[derive(Debug, Clone, Copy)]
pub struct ManualProvider {
    method: ManualMethod,
}

impl ManualProvider {
    /// A provider for one of the two methods.
    pub fn new(method: ManualMethod) -> Self {
        Self { method }
    }
}

/// What somebody booked is done, and our reference is the only name that it has.
fn booked(reference: &Reference) -> Outcome {
    Outcome::Approved { id: reference.as_str().to_owned() }
}

#[async_trait]
impl PaymentProvider for ManualProvider {
    fn name(&self) -> &str {
        match self.method {
            ManualMethod::Invoice => "invoice",
            ManualMethod::Prepayment => "prepayment",
        }
    }

    async fn authorise(&self, request: &AuthoriseRequest) -> Result<Outcome, ProviderError> {
        Ok(match self.method {
            ManualMethod::Invoice => booked(&request.reference),
            ManualMethod::Prepayment => {
                Outcome::Pending { id: request.reference.as_str().to_owned(), redirect_url: None }
            }
        })
    }

    async fn capture(&self, request: &OperationRequest) -> Result<Outcome, ProviderError> {
        Ok(booked(&request.reference))
    }

    async fn void(&self, request: &VoidRequest) -> Result<Outcome, ProviderError> {
        Ok(booked(&request.reference))
    }

    /// The refund waits until somebody has transferred it and books that.
    async fn refund(&self, request: &OperationRequest) -> Result<Outcome, ProviderError> {
        Ok(Outcome::Pending { id: request.reference.as_str().to_owned(), redirect_url: None })
    }

    /// Always none: only the shop's own ledger knows.
    async fn fetch(&self, _: &Reference) -> Result<Option<PaymentState>, ProviderError> {
        Ok(None)
    }
}
