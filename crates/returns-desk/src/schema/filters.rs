//! What lists can be asked for.

use async_graphql::{Enum, InputObject};
use serde_json::Value;

use super::objects::DateTime;
use crate::listing::{By, Conditions};
use crate::words::{Condition, Decision, ReturnReason, ReturnState};

/// Tests of a text. Capitals do not matter.
#[derive(InputObject, Default)]
pub(crate) struct TextTest {
    eq: Option<String>,
    ne: Option<String>,
    #[graphql(name = "in")]
    one_of: Option<Vec<String>>,
    contains: Option<String>,
    starts_with: Option<String>,
}

/// Tests of a moment.
#[derive(InputObject, Default)]
pub(crate) struct TimeTest {
    gte: Option<DateTime>,
    gt: Option<DateTime>,
    lte: Option<DateTime>,
    lt: Option<DateTime>,
}

/// Tests of a state.
#[derive(InputObject, Default)]
pub(crate) struct StateTest {
    eq: Option<ReturnState>,
    ne: Option<ReturnState>,
    #[graphql(name = "in")]
    one_of: Option<Vec<ReturnState>>,
}

/// Tests of a reason.
#[derive(InputObject, Default)]
pub(crate) struct ReasonTest {
    eq: Option<ReturnReason>,
    ne: Option<ReturnReason>,
    #[graphql(name = "in")]
    one_of: Option<Vec<ReturnReason>>,
}

/// Tests of a condition.
#[derive(InputObject, Default)]
pub(crate) struct ConditionTest {
    eq: Option<Condition>,
    ne: Option<Condition>,
    #[graphql(name = "in")]
    one_of: Option<Vec<Condition>>,
}

/// Tests of a decision.
#[derive(InputObject, Default)]
pub(crate) struct DecisionTest {
    eq: Option<Decision>,
    ne: Option<Decision>,
    #[graphql(name = "in")]
    one_of: Option<Vec<Decision>>,
}

/// Which returns are wanted; all tests must be met.
#[derive(InputObject, Default)]
pub(crate) struct ReturnFilter {
    rma: Option<TextTest>,
    order_no: Option<TextTest>,
    customer_email: Option<TextTest>,
    customer_no: Option<TextTest>,
    sku: Option<TextTest>,
    article: Option<TextTest>,
    inspected_by: Option<TextTest>,
    state: Option<StateTest>,
    reason: Option<ReasonTest>,
    condition: Option<ConditionTest>,
    decision: Option<DecisionTest>,
    registered_at: Option<TimeTest>,
    received_at: Option<TimeTest>,
    decided_at: Option<TimeTest>,
    parcel: Option<ParcelOf>,
}

/// The parcel of a return.
#[derive(InputObject, Default)]
pub(crate) struct ParcelOf {
    id: Option<TextTest>,
}

/// Which parcels are wanted; all tests must be met.
#[derive(InputObject, Default)]
pub(crate) struct ParcelFilter {
    id: Option<TextTest>,
    carrier: Option<TextTest>,
    tracking_no: Option<TextTest>,
    announced_at: Option<TimeTest>,
    arrived_at: Option<TimeTest>,
}

/// By what returns are sorted.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReturnOrder {
    RmaAsc,
    RmaDesc,
    OrderNoAsc,
    OrderNoDesc,
    SkuAsc,
    SkuDesc,
    StateAsc,
    StateDesc,
    RegisteredAtAsc,
    RegisteredAtDesc,
    ReceivedAtAsc,
    ReceivedAtDesc,
    DecidedAtAsc,
    DecidedAtDesc,
}

impl ReturnOrder {
    pub(crate) fn by(self) -> By {
        let (column, descending) = match self {
            Self::RmaAsc => ("rma", false),
            Self::RmaDesc => ("rma", true),
            Self::OrderNoAsc => ("order_no", false),
            Self::OrderNoDesc => ("order_no", true),
            Self::SkuAsc => ("sku", false),
            Self::SkuDesc => ("sku", true),
            Self::StateAsc => ("state", false),
            Self::StateDesc => ("state", true),
            Self::RegisteredAtAsc => ("registered_at", false),
            Self::RegisteredAtDesc => ("registered_at", true),
            Self::ReceivedAtAsc => ("received_at", false),
            Self::ReceivedAtDesc => ("received_at", true),
            Self::DecidedAtAsc => ("decided_at", false),
            Self::DecidedAtDesc => ("decided_at", true),
        };
        By { column, descending }
    }
}

/// By what parcels are sorted.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParcelOrder {
    IdAsc,
    IdDesc,
    AnnouncedAtAsc,
    AnnouncedAtDesc,
    ArrivedAtAsc,
    ArrivedAtDesc,
}

impl ParcelOrder {
    pub(crate) fn by(self) -> By {
        let (column, descending) = match self {
            Self::IdAsc => ("id", false),
            Self::IdDesc => ("id", true),
            Self::AnnouncedAtAsc => ("announced_at", false),
            Self::AnnouncedAtDesc => ("announced_at", true),
            Self::ArrivedAtAsc => ("arrived_at", false),
            Self::ArrivedAtDesc => ("arrived_at", true),
        };
        By { column, descending }
    }
}

impl ReturnFilter {
    pub(crate) fn conditions(&self, search: Option<&str>) -> Conditions {
        let mut of = Conditions::default();
        text(&mut of, "rma", self.rma.as_ref());
        text(&mut of, "order_no", self.order_no.as_ref());
        text(&mut of, "customer_email", self.customer_email.as_ref());
        text(&mut of, "CAST(customer_no AS TEXT)", self.customer_no.as_ref());
        text(&mut of, "sku", self.sku.as_ref());
        text(&mut of, "article", self.article.as_ref());
        text(&mut of, "inspected_by", self.inspected_by.as_ref());
        let parcel = self.parcel.as_ref().and_then(|parcel| parcel.id.as_ref());
        text(&mut of, "CAST(parcel_id AS TEXT)", parcel);
        if let Some(StateTest { eq, ne, one_of }) = &self.state {
            word(&mut of, "state", (eq, ne, one_of), ReturnState::as_str);
        }
        if let Some(ReasonTest { eq, ne, one_of }) = &self.reason {
            word(&mut of, "reason", (eq, ne, one_of), ReturnReason::as_str);
        }
        if let Some(ConditionTest { eq, ne, one_of }) = &self.condition {
            word(&mut of, "condition", (eq, ne, one_of), Condition::as_str);
        }
        if let Some(DecisionTest { eq, ne, one_of }) = &self.decision {
            word(&mut of, "decision", (eq, ne, one_of), Decision::as_str);
        }
        time(&mut of, "registered_at", self.registered_at.as_ref());
        time(&mut of, "received_at", self.received_at.as_ref());
        time(&mut of, "decided_at", self.decided_at.as_ref());
        let columns = ["rma", "order_no", "customer_email", "sku", "article", "remark"];
        searched(&mut of, &columns, search);
        of
    }
}

impl ParcelFilter {
    pub(crate) fn conditions(&self, search: Option<&str>) -> Conditions {
        let mut of = Conditions::default();
        text(&mut of, "CAST(id AS TEXT)", self.id.as_ref());
        text(&mut of, "carrier", self.carrier.as_ref());
        text(&mut of, "tracking_no", self.tracking_no.as_ref());
        time(&mut of, "announced_at", self.announced_at.as_ref());
        time(&mut of, "arrived_at", self.arrived_at.as_ref());
        searched(&mut of, &["carrier", "tracking_no"], search);
        of
    }
}

fn text(of: &mut Conditions, column: &str, test: Option<&TextTest>) {
    let Some(test) = test else { return };
    let given = |text: &String| [Value::from(text.as_str())];
    let folded = format!("{column} COLLATE NOCASE");
    if let Some(eq) = &test.eq {
        of.add(format!("{folded} = ?"), given(eq));
    }
    if let Some(ne) = &test.ne {
        of.add(format!("{folded} <> ?"), given(ne));
    }
    if let Some(all) = &test.one_of {
        let values = all.iter().map(|text| Value::from(text.as_str()));
        of.add(format!("{folded} IN ({})", marks(all.len())), values);
    }
    if let Some(part) = &test.contains {
        of.add(format!("{column} LIKE ? ESCAPE '\\'"), [format!("%{}%", escaped(part)).into()]);
    }
    if let Some(start) = &test.starts_with {
        of.add(format!("{column} LIKE ? ESCAPE '\\'"), [format!("{}%", escaped(start)).into()]);
    }
}

/// The tests of a word: equal, unequal, one of.
type WordTests<'a, T> = (&'a Option<T>, &'a Option<T>, &'a Option<Vec<T>>);

fn word<T: Copy>(
    of: &mut Conditions,
    column: &str,
    (eq, ne, one_of): WordTests<'_, T>,
    written: impl Fn(T) -> &'static str,
) {
    if let Some(eq) = *eq {
        of.add(format!("{column} = ?"), [Value::from(written(eq))]);
    }
    if let Some(ne) = *ne {
        of.add(format!("{column} <> ?"), [Value::from(written(ne))]);
    }
    if let Some(all) = one_of {
        let values = all.iter().map(|own| Value::from(written(*own)));
        of.add(format!("{column} IN ({})", marks(all.len())), values);
    }
}

fn time(of: &mut Conditions, column: &str, test: Option<&TimeTest>) {
    let Some(test) = test else { return };
    for (given, sign) in [(&test.gte, ">="), (&test.gt, ">"), (&test.lte, "<="), (&test.lt, "<")] {
        if let Some(given) = given {
            of.add(format!("{column} {sign} ?"), [Value::from(given.0.as_str())]);
        }
    }
}

/// Each word of what is searched for must be in one of the columns.
fn searched(of: &mut Conditions, columns: &[&str], search: Option<&str>) {
    for word in search.unwrap_or_default().split_whitespace() {
        let tests: Vec<String> =
            columns.iter().map(|column| format!("{column} LIKE ? ESCAPE '\\'")).collect();
        let pattern = Value::from(format!("%{}%", escaped(word)));
        of.add(format!("({})", tests.join(" OR ")), vec![pattern; columns.len()]);
    }
}

fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// A text in which `LIKE` finds no signs of its own.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
