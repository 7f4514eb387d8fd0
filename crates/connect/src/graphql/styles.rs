//! What is found in the schemas of makers whose services cannot be started here.

use kontor_model::service::{Ability, Calls, Graph, GraphPaging};
use kontor_model::{Resource, Schema};

use super::resources::schema;
use super::sdl::types;

fn resource<'a>(schema: &'a Schema, name: &str) -> (&'a Resource, &'a Graph) {
    let resource = schema.resource(&name.into()).unwrap_or_else(|| panic!("{schema:#?}"));
    match &resource.service.as_ref().expect("a service").calls {
        Calls::Graph(graph) => (resource, graph),
        Calls::Rest(_) => panic!("not GraphQL"),
    }
}

fn filters(resource: &Resource, graph: &Graph) -> Vec<String> {
    let word = |own: &kontor_model::service::GraphFilter| {
        format!("{} {:?} {}", resource.fields[own.field].name, own.test, own.path.join("."))
    };
    graph.list.filters.iter().map(word).collect()
}

fn orders(resource: &Resource, graph: &Graph) -> Vec<String> {
    let sorting = graph.list.sorting.as_ref().expect("orders");
    let word = |own: &kontor_model::service::Order| {
        let way = |way: &Option<String>| way.clone().unwrap_or_else(|| "-".into());
        format!("{} {} {}", resource.fields[own.field].name, way(&own.up), way(&own.down))
    };
    sorting.orders.iter().map(word).collect()
}

#[test]
fn the_manner_of_hasura() {
    let schema = schema(&types(
        "scalar timestamptz scalar numeric
        enum order_by { asc asc_nulls_first desc desc_nulls_last }
        type Query {
          orders(limit: Int, offset: Int, order_by: [orders_order_by!], where: orders_bool_exp): [orders!]!
          orders_aggregate(limit: Int, where: orders_bool_exp): orders_aggregate!
          orders_by_pk(id: Int!): orders
          customers(limit: Int, offset: Int): [customers!]!
          customers_by_pk(id: Int!): customers
        }
        type orders { id: Int! total: numeric! placed_at: timestamptz! customer_id: Int! customer: customers! lines(limit: Int, offset: Int): [lines!]! }
        type lines { sku: String! pieces: Int! order: orders! }
        type customers { id: Int! name: String orders(limit: Int): [orders!]! }
        type orders_aggregate { aggregate: orders_aggregate_fields nodes: [orders!]! }
        type orders_aggregate_fields { count: Int! }
        input orders_order_by { id: order_by total: order_by customer: customers_order_by }
        input customers_order_by { name: order_by }
        input orders_bool_exp { _and: [orders_bool_exp!] _not: orders_bool_exp id: Int_comparison_exp total: numeric_comparison_exp customer: customers_bool_exp }
        input customers_bool_exp { id: Int_comparison_exp }
        input Int_comparison_exp { _eq: Int _in: [Int!] _nin: [Int!] _is_null: Boolean }
        input numeric_comparison_exp { _gte: numeric _lt: numeric }
        type Mutation {
          insert_orders_one(object: orders_insert_input!): orders
          insert_orders(objects: [orders_insert_input!]!): orders_mutation_response
          update_orders_by_pk(_inc: orders_inc_input, _set: orders_set_input, pk_columns: orders_pk_columns_input!): orders
          update_orders(_set: orders_set_input, where: orders_bool_exp!): orders_mutation_response
          delete_orders_by_pk(id: Int!): orders
        }
        type orders_mutation_response { affected_rows: Int! returning: [orders!]! }
        input orders_insert_input { total: numeric customer_id: Int }
        input orders_set_input { total: numeric customer_id: Int }
        input orders_inc_input { total: numeric }
        input orders_pk_columns_input { id: Int! }",
    ));
    let (orders_resource, graph) = resource(&schema, "orders");
    let (customers, _) = resource(&schema, "customers");
    assert_eq!(schema.resources.len(), 2);
    assert_eq!(graph.list.paging, GraphPaging::Offset { skip: vec!["offset".into()] });
    assert_eq!(
        filters(orders_resource, graph),
        [
            "id Equal where.id._eq",
            "id OneOf where.id._in",
            "total AtLeast where.total._gte",
            "total Below where.total._lt",
            "customer_id Equal where.customer.id._eq",
            "customer_id OneOf where.customer.id._in",
        ]
    );
    assert_eq!(
        orders(orders_resource, graph),
        ["id {\"id\":\"asc\"} {\"id\":\"desc\"}", "total {\"total\":\"asc\"} {\"total\":\"desc\"}"]
    );
    let update = graph.update.as_ref().expect("an update");
    assert_eq!(update.field, "update_orders_by_pk");
    assert_eq!(update.keys[0].path, ["pk_columns", "id"]);
    let places: Vec<String> = update.values.iter().map(|(_, path, _)| path.join(".")).collect();
    assert_eq!(places, ["_set.total", "_set.customer_id"]);
    assert_eq!(graph.create.as_ref().expect("a creation").field, "insert_orders_one");
    assert_eq!(graph.delete.as_ref().expect("a deletion").field, "delete_orders_by_pk");
    assert_eq!(orders_resource.references[0].target, customers.name);
    assert!(orders_resource.service.as_ref().expect("one").operations.is_empty());
}

#[test]
fn the_manner_of_shopify() {
    let schema = schema(&types(
        "scalar DateTime
        enum OrderSortKeys { CREATED_AT ID RELEVANCE }
        type Query {
          orders(first: Int, last: Int, after: String, before: String, reverse: Boolean, sortKey: OrderSortKeys, query: String): OrderConnection!
          order(id: ID!): Order
          node(id: ID!): Node
        }
        interface Node { id: ID! }
        type Order { id: ID! name: String! createdAt: DateTime! note: String lineItems(first: Int): LineConnection! }
        type LineConnection { nodes: [Line!]! pageInfo: PageInfo! }
        type Line { id: ID! title: String! }
        type OrderConnection { edges: [OrderEdge!]! nodes: [Order!]! pageInfo: PageInfo! }
        type OrderEdge { node: Order! cursor: String! }
        type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
        type Mutation {
          orderUpdate(input: OrderInput!): OrderUpdatePayload
          orderClose(input: OrderCloseInput!): OrderClosePayload
          orderMarkAsPaid(id: ID!, amount: Int): OrderClosePayload
        }
        input OrderInput { id: ID! note: String tags: [String!] }
        input OrderCloseInput { id: ID! }
        type OrderUpdatePayload { order: Order userErrors: [UserError!]! }
        type OrderClosePayload { order: Order userErrors: [UserError!]! }
        type UserError { field: [String!] message: String! }",
    ));
    let (order, graph) = resource(&schema, "orders");
    let names: Vec<&str> = order.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["id", "name", "createdAt", "note"], "lists with pages are not read along");
    assert!(matches!(&graph.list.paging, GraphPaging::Cursor { end: Some(_), back: Some(_), .. }));
    assert_eq!(graph.list.at, ["nodes"]);
    assert_eq!(graph.list.search, Some(vec!["query".into()]));
    assert_eq!(
        orders(order, graph),
        ["createdAt \"CREATED_AT\" \"CREATED_AT\"", "id \"ID\" \"ID\""]
    );
    let direction = graph.list.sorting.as_ref().and_then(|sorting| sorting.direction.clone());
    assert_eq!(direction, Some((vec!["reverse".into()], "false".into(), "true".into())));
    let update = graph.update.as_ref().expect("an update");
    assert_eq!(
        (update.field.as_str(), update.keys[0].path.join(".").as_str()),
        ("orderUpdate", "input.id")
    );
    assert_eq!(update.selected, "{ __typename order { id } userErrors { field message } }");
    let operations = &order.service.as_ref().expect("a service").operations;
    let names: Vec<&str> = operations.iter().map(|own| own.name.as_str()).collect();
    assert_eq!(names, ["order-close", "order-mark-as-paid"]);
    assert!(schema.left_out.is_empty(), "{:?}", schema.left_out);
}

#[test]
fn the_manner_of_directus_and_of_strapi() {
    let schema = schema(&types(
        "type Query {
          orders(filter: orders_filter, sort: [String], limit: Int, offset: Int, page: Int, search: String): [orders!]!
          orders_by_id(id: ID!): orders
          articles(filters: ArticleFiltersInput, pagination: PaginationArg, sort: [String]): ArticleEntityResponseCollection
        }
        type orders { id: ID! status: String total: Float }
        input orders_filter { status: string_filter_operators _or: [orders_filter] }
        input string_filter_operators { _eq: String _contains: String _icontains: String _in: [String] _starts_with: String }
        type ArticleEntityResponseCollection { data: [ArticleEntity!]! meta: ResponseCollectionMeta! }
        type ResponseCollectionMeta { pagination: Pagination! }
        type Pagination { total: Int! page: Int! }
        type ArticleEntity { id: ID attributes: Article }
        type Article { title: String! body: String }
        input PaginationArg { page: Int pageSize: Int start: Int limit: Int }
        input ArticleFiltersInput { title: StringFilterInput }
        input StringFilterInput { eq: String containsi: String }
        type Mutation {
          update_orders_item(id: ID!, data: update_orders_input!): orders
          update_orders_items(ids: [ID]!, data: update_orders_input!): [orders!]!
          delete_orders_item(id: ID!): delete_one
          create_orders_item(data: create_orders_input!): orders
        }
        type delete_one { id: ID! }
        input update_orders_input { status: String total: Float }
        input create_orders_input { status: String total: Float! }",
    ));
    let (own, graph) = resource(&schema, "orders");
    assert_eq!(graph.list.search, Some(vec!["search".into()]));
    assert!(graph.list.sorting.is_none(), "what orders there are is not declared");
    let contains = graph.list.filters.iter().find(|filter| filter.test == Ability::Contains);
    assert_eq!(contains.map(|own| own.path.join(".")).as_deref(), Some("filter.status._icontains"));
    let service = own.service.as_ref().expect("a service");
    assert!(service.creates && service.updates && service.deletes && service.operations.is_empty());
    assert!(service.properties[2].needed && !service.properties[1].needed);
    let (articles, graph) = resource(&schema, "articles");
    assert_eq!(graph.list.at, ["data"]);
    assert_eq!(graph.list.total, Some(["meta", "pagination", "total"].map(str::to_owned).to_vec()));
    assert_eq!(graph.list.size, Some((vec!["pagination".into(), "limit".into()], 100)));
    let names: Vec<&str> = articles.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["id", "attributes.title", "attributes.body"]);
}
