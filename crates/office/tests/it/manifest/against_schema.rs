//! What a manifest says is compared with what its backend has.

use std::collections::BTreeMap;

use kontor_model::schema::ReadOnly;
use kontor_model::service::{Calls, Form, Member, Property, Rest, Service};
use kontor_model::{
    BackendName, Engine, Field, FieldType, Generated, Resource, ResourceKind, ResourceName, Schema,
};

use super::with;

fn field(name: &str, ty: FieldType, native: &str) -> Field {
    Field {
        name: name.into(),
        ty,
        native: native.into(),
        sql_type: native.into(),
        nullable: false,
        default: None,
        generated: Generated::No,
        comment: None,
        sortable: true,
        comparable: true,
        tests: None,
    }
}

fn resource(name: &str, fields: Vec<Field>, key: &[usize]) -> Resource {
    Resource {
        name: ResourceName::new(name),
        namespace: Some("public".into()),
        table: name.into(),
        kind: ResourceKind::Table,
        fields,
        key: key.to_vec(),
        references: Vec::new(),
        indexes: Vec::new(),
        estimated_rows: None,
        comment: None,
        transactional: true,
        row_id: None,
        read_only: None,
        service: None,
    }
}

/// Orders with customers, a view of turnovers without a key, and names of products.
fn schema() -> Schema {
    let int = || FieldType::int(32, false);
    let states = ["open", "shipped"].map(str::to_owned).to_vec();
    let nullable = |field: Field| Field { nullable: true, ..field };
    let orders = vec![
        field("id", int(), "integer"),
        field("number", FieldType::text(), "text"),
        field("status", FieldType::Enum { choices: states }, "order_status"),
        field("placed_at", FieldType::Instant, "timestamptz"),
        nullable(field("deleted_at", FieldType::Instant, "timestamptz")),
        field("gone", FieldType::Bool, "boolean"),
        field("total_cents", int(), "integer"),
        field("customer_id", int(), "integer"),
        Field {
            sortable: false,
            comparable: false,
            tests: None,
            ..field("extra", FieldType::Json { binary: false }, "json")
        },
        Field { generated: Generated::Always, ..field("year", FieldType::Year, "year") },
        field("shape", FieldType::Other, "polygon"),
    ];
    let turnover =
        vec![field("day", FieldType::Date, "date"), field("sum", FieldType::Money, "money")];
    let translation = ["product_id", "language", "name"]
        .map(|name| field(name, FieldType::text(), "text"))
        .to_vec();
    Schema {
        engine: Engine::Postgres,
        version: "15".into(),
        resources: vec![
            resource("customers", vec![field("id", int(), "integer")], &[0]),
            resource("orders", orders, &[0]),
            resource("product_translation", translation, &[0, 1]),
            Resource {
                kind: ResourceKind::View,
                read_only: Some(ReadOnly::View),
                service: None,
                ..resource("turnover", turnover.clone(), &[])
            },
            Resource { read_only: Some(ReadOnly::NoKey), ..resource("log", turnover, &[]) },
        ],
        left_out: Vec::new(),
    }
}

fn said_about(text: &str) -> String {
    let said: Vec<String> =
        with(text).check_against(&schema()).iter().map(ToString::to_string).collect();
    format!("{text}\n---\n{}", said.join("\n"))
}

#[test]
fn a_manifest_that_fits_is_not_remarked_upon() {
    let text = r#"
schemas = ["public"]
[resources.orders]
writable = true
key = ["id"]
title_field = "number"
columns = ["number", "status"]
sort = "-placed_at,number"
search = ["number"]
soft_delete = { field = "deleted_at", deleted = "now" }
stamps = { created = "placed_at" }
translations = { resource = "product_translation", base = ["product_id"], language = "language", title = "name" }
kinds = { field = "status", common = ["id"], of = { open = ["number"] } }
[resources.orders.fields.total_cents]
format = "money"
currency = "number"
editable = true
[resources.orders.fields.status]
choices = { open = {}, shipped = {} }
[resources.log]
writable = true
key = ["day"]
[[links]]
from = "orders"
fields = ["customer_id"]
to = "customers"
to_fields = ["id"]
"#;
    assert_eq!(with(text).check_against(&schema()), []);
}

#[test]
fn what_does_not_exist_is_told_with_its_line_and_what_was_meant() {
    let said = said_about(
        r#"schemas = ["pubic"]
[resources.ordres]
hidden = true
[resources.invoices]
hidden = true
[resources.orders]
title_field = "nummber"
columns = ["number", "Status", "colour"]
sort = "-placed,number"
search = ["num_ber"]
order = ["total"]
[resources.orders.fields.total]
hidden = true
[resources.orders.fields.total_cents]
currency = "curency"
[[links]]
from = "order"
fields = ["a"]
to = "customer"
to_fields = ["b"]
[[links]]
from = "orders"
fields = ["customerId"]
to = "customers"
to_fields = ["no"]
"#,
    );
    insta::assert_snapshot!(said);
}

#[test]
fn what_does_not_fit_is_told_with_the_reason() {
    let said = said_about(
        r#"[resources.orders]
key = ["number", "extra"]
sort = "extra"
soft_delete = { field = "gone", deleted = "now" }
stamps = { created = "gone", updated = "plced_at" }
translations = { resource = "product_translation", base = ["product_id", "lang"], language = "language", title = "titel" }
kinds = { field = "status", of = { opn = ["numbr"] } }
[resources.orders.fields.status]
format = "money"
choices = { opened = {}, shiped = {} }
[resources.orders.fields.year]
editable = true
[resources.orders.fields.shape]
editable = true
[resources.customers]
soft_delete = { field = "id", deleted = "yes" }
[resources.turnover]
writable = true
key = ["day"]
[resources.log]
writable = true
"#,
    );
    insta::assert_snapshot!(said);
}

#[test]
fn links_to_other_backends_are_compared_with_what_is_known_of_them() {
    let text = r#"[[links]]
from = "orders"
fields = ["number"]
to = "regster:KUNDEN"
to_fields = ["KDNR"]
[[links]]
from = "orders"
fields = ["customer_id"]
to = "register:KUNDE"
to_fields = ["KDNR"]
[[links]]
from = "orders"
fields = ["status"]
to = "register:KUNDEN"
to_fields = ["KDNUMMER"]
[[links]]
from = "orders"
fields = ["placed_at"]
to = "register:KUNDEN"
to_fields = ["AKTE"]
[[links]]
from = "orders"
fields = ["extra#/customer/no"]
to = "unread:anything"
to_fields = ["at all"]
[[links]]
from = "orders"
fields = ["id#/customer/no"]
to = "register:KUNDEN"
to_fields = ["KDNR"]
name = "payer"
[[links]]
from = "orders"
fields = ["extr#/customer/no"]
to = "register:KUNDEN"
to_fields = ["KDNR"]
name = "buyer"
"#;
    let number = field("KDNR", FieldType::text(), "char(7)");
    let akte = Field { comparable: false, ..field("AKTE", FieldType::Other, "polygon") };
    let register =
        Schema { resources: vec![resource("KUNDEN", vec![number, akte], &[0])], ..schema() };
    let name = |name: &str| BackendName::new(name).unwrap();
    let others = BTreeMap::from([
        (name("register"), Some(register)),
        (name("shop"), Some(schema())),
        (name("unread"), None),
    ]);
    let manifest = with(text);
    let own = manifest.check_against(&schema());
    let far = manifest.check_far_links(&others);
    let said: Vec<String> = own.iter().chain(&far).map(ToString::to_string).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn members_of_json_are_compared_with_what_the_service_describes() {
    let member = |name: &str, members: Vec<Member>| Member {
        name: name.to_owned(),
        ty: FieldType::text(),
        title: None,
        comment: None,
        members,
    };
    let mut schema = schema();
    let orders = schema.resources.iter_mut().find(|own| own.name.as_str() == "orders").unwrap();
    let json = FieldType::Json { binary: false };
    orders.fields.push(field("lines", json.clone(), "array"));
    orders.fields.push(field("free", json, "object"));
    let parcels = member("parcels", vec![member("tracking", Vec::new())]);
    let lines = vec![member("name", Vec::new()), member("price", Vec::new()), parcels];
    orders.service = Some(Box::new(service(orders.fields.len(), &lines)));
    let text = r#"
[resources.orders.fields.lines.members]
name = { title = "Article" }
prise = { format = "money", currency = "number" }
price = { format = "money", currency = "curency" }
parcels = { members = { trackin = {} } }
[resources.orders.fields.free.members]
whatever = { format = "money", currency = "status" }
else = { format = "money", currency = "number" }
[resources.orders.fields.number.members]
a = {}
[resources.orders.fields.total_cents.members]
a = {}
"#;
    let said: Vec<String> =
        with(text).check_against(&schema).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(said.join("\n"));
}

/// A service that describes the members of its last field but one.
fn service(fields: usize, members: &[Member]) -> Service {
    let property = |at: usize| Property {
        path: vec![at.to_string()],
        form: Form::Json,
        listed: true,
        creatable: false,
        needed: false,
        updatable: false,
        from_path: None,
        members: if at + 2 == fields { members.to_vec() } else { Vec::new() },
    };
    Service {
        properties: (0..fields).map(property).collect(),
        required: Vec::new(),
        searches: false,
        orders: Vec::new(),
        creates: false,
        updates: false,
        deletes: false,
        operations: Vec::new(),
        calls: Calls::Rest(Rest {
            base: String::new(),
            variables: Vec::new(),
            list: None,
            item: None,
            create: None,
            update: None,
            delete: None,
        }),
    }
}
