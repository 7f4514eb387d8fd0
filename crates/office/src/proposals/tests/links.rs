use super::*;

fn numbered(range: std::ops::RangeInclusive<u32>, rest: &str) -> Vec<String> {
    range.map(|n| format!("{n}{rest}")).collect()
}

#[tokio::test]
async fn a_field_refers_to_the_resource_that_it_is_called_after() {
    let memory = Memory::new()
        .with(table("products", "id:int* name"), numbered(1..=9, "|x"))
        .with(table("addresses", "id:int* town"), numbered(1..=9, "|x"))
        .with(
            table("orders", "id:int* productId:int billing_address_id:int quantity:int"),
            ["1|3|4|1", "2|4|5|2", "3|9|1|3"],
        );
    assert_eq!(
        lines(&memory, Kind::Link).await,
        ["orders.productId -> products.id", "orders.billing_address_id -> addresses.id"]
    );
}

#[tokio::test]
async fn german_keys_lead_to_the_resource_whose_whole_key_they_are() {
    let memory = Memory::new()
        .with(table("KUNDEN", "KDNR* NACHNAME LAND"), ["K1|Abel|D", "K2|Bohm|A", "K3|Cron|CH"])
        .with(table("ADRESSEN", "KDNR* LFDNR:int* ORT"), ["K1|1|Ulm", "K2|1|Linz", "K2|2|Graz"])
        .with(table("LAENDER", "LKZ* BEZEICHNUNG"), ["D|Deutschland", "A|Österreich", "CH|Schweiz"])
        .with(table("Kunden Merkmale", "Kunden_Nr Merkmal"), ["K1|Katalog", "K3|Werbung"]);
    assert_eq!(
        lines(&memory, Kind::Link).await,
        [
            "ADRESSEN.KDNR -> KUNDEN.KDNR",
            "KUNDEN.LAND -> LAENDER.LKZ",
            "Kunden Merkmale.Kunden_Nr -> KUNDEN.KDNR",
        ]
    );
}

#[tokio::test]
async fn zero_stands_for_none_and_orphans_are_shown() {
    let memory = Memory::new().with(
        table("categories", "categories_id:int* parent_id:int"),
        ["1|0", "2|1", "3|1", "4|99", "5|2"],
    );
    let proposals = memory.report().await.proposals;
    assert_eq!(line(&proposals[0].edit), "categories.parent_id -> categories.categories_id");
    assert_eq!(
        proposals[0].evidence[1..],
        [
            Fact::Included { found: 2, of: 3, records: 5 },
            Fact::Orphans { values: 1, examples: vec!["99".into()] },
            Fact::NoneWrittenAs { value: "0".into(), records: 1 },
            Fact::Cardinality { one_to_one: false },
        ]
    );
}

#[tokio::test]
async fn values_that_do_not_exist_speak_against_a_link() {
    let memory = Memory::new()
        .with(table("customers", "id:int* name"), numbered(1..=5, "|x"))
        .with(table("calls", "id:int* customer_id:int"), ["1|700", "2|800", "3|900"]);
    assert_eq!(lines(&memory, Kind::Link).await, Vec::<String>::new());
}

#[tokio::test]
async fn without_data_only_strong_names_are_believed_and_it_is_said() {
    let memory = Memory::new()
        .with::<&str>(table("employee", "employee_id:int* name"), [])
        .with::<&str>(table("customer", "customer_id:int* support_rep_id:int employee_id:int"), []);
    let proposals = memory.report().await.proposals;
    let links: Vec<String> = proposals.iter().map(|p| line(&p.edit)).collect();
    assert_eq!(links, ["customer.employee_id -> employee.employee_id"]);
    assert!(proposals[0].evidence.contains(&Fact::NoValues));
}

#[tokio::test]
async fn what_a_person_does_refers_to_persons_where_values_show_it() {
    let memory = Memory::new()
        .with(table("employee", "employee_id:int* reports_to:int"), ["1|-", "2|1", "3|2", "4|3"])
        .with(table("customer", "customer_id:int* support_rep_id:int"), ["1|2", "2|3", "3|4"]);
    assert_eq!(
        lines(&memory, Kind::Link).await,
        [
            "customer.support_rep_id -> employee.employee_id",
            "employee.reports_to -> employee.employee_id"
        ]
    );
}

#[tokio::test]
async fn fields_that_refer_to_anything_are_left_alone() {
    let memory = Memory::new()
        .with(table("items", "id:int* name"), numbered(1..=9, "|x"))
        .with(table("owners", "id:int* name"), numbered(1..=9, "|x"))
        .with(
            table("notes", "id:int* commentable_id:int commentable_type item_id:int item_type"),
            ["1|1|Order|3|Item", "2|2|Order|4|Item", "3|3|Customer|5|Item"],
        );
    assert_eq!(lines(&memory, Kind::Link).await, Vec::<String>::new());
}

#[tokio::test]
async fn numbers_and_words_that_refer_to_nothing_make_no_noise() {
    let memory = Memory::new()
        .with(
            table("orders", "id:int* status:int position:int code"),
            ["1|1|1|a", "2|2|2|b", "3|3|3|c"],
        )
        .with(
            table(
                "lines",
                "id:int* quantity:int sort_order:int status:int paid:int grid_no:int code",
            ),
            ["1|1|1|1|1|1|a", "2|2|2|2|2|2|b", "3|3|3|3|3|3|c"],
        );
    assert_eq!(lines(&memory, Kind::Link).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_key_of_several_fields_is_referred_to_as_a_whole() {
    let memory = Memory::new()
        .with(
            table("bins", "site* aisle* rack:int* weight:int"),
            ["HAM|A|1|9", "HAM|A|2|9", "LNZ|B|1|9"],
        )
        .with(table("stock", "site* sku* aisle rack:int"), ["HAM|x|A|1", "HAM|y|A|2", "LNZ|x|B|1"]);
    assert_eq!(lines(&memory, Kind::Link).await, ["stock.site+aisle+rack -> bins.site+aisle+rack"]);
}

#[tokio::test]
async fn the_first_part_of_a_key_is_referred_to_only_where_no_value_comes_twice() {
    let orders = || table("orders", "orders_id:int* orders_status:int");
    let status = || table("orders_status", "orders_status_id:int* language_id:int* name");
    let one = Memory::new().with(orders(), ["1|1", "2|2"]).with(status(), ["1|1|new", "2|1|paid"]);
    let two = Memory::new()
        .with(orders(), ["1|1", "2|2"])
        .with(status(), ["1|1|new", "1|2|neu", "2|1|paid"]);
    let link = "orders.orders_status -> orders_status.orders_status_id";
    assert_eq!(lines(&one, Kind::Link).await, [link]);
    assert_eq!(lines(&two, Kind::Link).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_default_among_others_refers_to_what_belongs_to_the_record() {
    let memory = Memory::new()
        .with(table("address_format", "address_format_id:int* format"), numbered(1..=9, "|x"))
        .with(table("address_book", "address_book_id:int* customers_id:int"), ["1|1"])
        .with(table("customers", "customers_id:int* customers_default_address_id:int"), ["1|1"]);
    assert_eq!(
        lines(&memory, Kind::Link).await,
        [
            "address_book.customers_id -> customers.customers_id",
            "customers.customers_default_address_id -> address_book.address_book_id",
        ]
    );
}

#[tokio::test]
async fn a_prefix_that_all_tables_have_does_not_matter() {
    let memory = Memory::new()
        .with(table("wp_users", "ID:int* name"), ["1|x", "2|y"])
        .with(table("wp_posts", "ID:int* user_id:int"), ["1|1", "2|2"])
        .with::<&str>(table("wp_terms", "term_id:int* name"), [])
        .with::<&str>(table("wp_links", "link_id:int* url"), []);
    assert_eq!(lines(&memory, Kind::Link).await, ["wp_posts.user_id -> wp_users.ID"]);
}

#[tokio::test]
async fn two_links_of_a_resource_never_share_a_name() {
    let memory = Memory::new()
        .with::<&str>(table("customers", "id:int* name"), [])
        .with::<&str>(table("orders", "id:int* customer_id:int customerId:int"), []);
    let mut names: Vec<String> = memory
        .edits(Kind::Link)
        .await
        .into_iter()
        .filter_map(|edit| match edit {
            ManifestEdit::AddLink { name, .. } => Some(name),
            _ => None,
        })
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["customer", "customerId"]);
}
