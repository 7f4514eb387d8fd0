//! A customer as the database holds them and as the API shows them.

use serde::Serialize;
use utoipa::ToSchema;

use super::ChangeCustomer;
use crate::{
    act::Act,
    address::Address,
    args,
    db::{Row, Tx},
    error::Refusal,
    language::Language,
    moment::Moment,
    orders::numbers,
    refuse,
};

/// A customer.
#[derive(Debug, Clone)]
pub(crate) struct Customer {
    pub(crate) id: i64,
    pub(crate) channel_id: i64,
    pub(crate) email: String,
    pub(super) view: CustomerView,
}

/// A customer of a shop.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CustomerView {
    /// What orders and baskets name them by.
    pub id: i64,
    /// Their number, which people read and which their address ends in.
    #[schema(examples("DE-K1001"))]
    pub number: String,
    /// The shop's code.
    #[schema(examples("de"))]
    pub channel: String,
    /// Where mails go; none once their personal data was erased.
    pub email: Option<String>,
    /// First and last name.
    pub name: String,
    /// Phone number.
    pub phone: Option<String>,
    /// The group whose prices and promotions they get.
    pub group: Option<String>,
    /// Their language.
    pub locale: Language,
    /// Their addresses; the first is the one that they use most.
    pub addresses: Vec<Address>,
    /// Counts the changes; also the ETag.
    pub revision: i64,
    /// When they were made known.
    pub created_at: Moment,
    /// When something last changed.
    pub updated_at: Moment,
    /// When their personal data was erased.
    pub erased_at: Option<Moment>,
}

/// Customers with the code of their shop.
pub(super) const SELECT: &str =
    "SELECT u.*, c.code AS channel FROM customer u JOIN channel c ON c.id = u.channel_id";

impl Customer {
    pub(super) fn of(row: &Row) -> crate::Result<Self> {
        let email: String = row.get("email")?;
        let erased_at: Option<Moment> = row.get("erased_at")?;
        let view = CustomerView {
            id: row.get("id")?,
            number: row.get("number")?,
            channel: row.get("channel")?,
            email: erased_at.is_none().then(|| email.clone()),
            name: row.get("name")?,
            phone: row.get("phone")?,
            group: row.get("customer_group")?,
            locale: Language::of(&row.get::<String>("locale")?),
            addresses: row.json("addresses")?,
            revision: row.get("revision")?,
            created_at: row.get("created_at")?,
            updated_at: row.get("updated_at")?,
            erased_at,
        };
        Ok(Self { id: view.id, channel_id: row.get("channel_id")?, email, view })
    }

    /// The customer of a number; a change locks them, so that changes follow each other.
    pub(crate) async fn find(tx: &mut Tx, number: &str, lock: bool) -> crate::Result<Self> {
        if lock {
            let sql = "SELECT id FROM customer WHERE number = $1 FOR UPDATE";
            tx.rows(sql, args![number]).await?;
        }
        let sql = format!("{SELECT} WHERE u.number = $1");
        match tx.row(&sql, args![number]).await? {
            Some(row) => Self::of(&row),
            None => refuse!(Refusal::not_found("customer", number)),
        }
    }

    /// Locks the customer whom a basket will belong to, so that their baskets are put together one after the other, and
    /// says in which shop they are known.
    pub(crate) async fn lock(tx: &mut Tx, id: i64) -> crate::Result<i64> {
        let sql = "SELECT channel_id FROM customer WHERE id = $1 AND erased_at IS NULL FOR UPDATE";
        match tx.row(sql, args![id]).await? {
            Some(row) => Ok(row.get("channel_id")?),
            None => {
                refuse!(Refusal::invalid("/customer_id", format!("this shop has no customer {id}")))
            }
        }
    }

    /// Makes a customer and gives them their number.
    pub(super) async fn make(
        tx: &mut Tx,
        act: &Act,
        channel_id: i64,
        it: &ChangeCustomer,
    ) -> crate::Result<String> {
        let number = numbers::next(tx, channel_id, "customer").await?;
        let row = args![
            act.new_id(),
            channel_id,
            &number,
            &it.email,
            it.name.trim(),
            key(&it.name),
            it.phone.clone(),
            it.group.clone(),
            it.locale.code(),
            serde_json::json!(it.addresses),
            1_i64,
            act.now,
            act.now
        ];
        tx.insert("customer", COLUMNS, vec![row]).await?;
        Ok(number)
    }

    /// Writes what they are from now on.
    pub(super) async fn change(
        &self,
        tx: &mut Tx,
        act: &Act,
        it: &ChangeCustomer,
    ) -> crate::Result<()> {
        let sql = "UPDATE customer SET email = $2, name = $3, name_key = $4, phone = $5,
                customer_group = $6, locale = $7, addresses = $8, revision = revision + 1,
                updated_at = $9
            WHERE id = $1";
        let args = args![
            self.id,
            &it.email,
            it.name.trim(),
            key(&it.name),
            it.phone.clone(),
            it.group.clone(),
            it.locale.code(),
            serde_json::json!(it.addresses),
            act.now
        ];
        tx.run(sql, args).await?;
        Ok(())
    }
}

const COLUMNS: &[&str] = &[
    "id",
    "channel_id",
    "number",
    "email",
    "name",
    "name_key",
    "phone",
    "customer_group",
    "locale",
    "addresses",
    "revision",
    "created_at",
    "updated_at",
];

/// What the search by a name's beginning compares.
pub(super) fn key(name: &str) -> String {
    name.trim().to_lowercase()
}
