//! What is said about mistakes: file, line, what is wrong, and what was probably meant.

use std::fmt::Write as _;

use super::parse;

/// Each mistake with what is said about it.
fn said_about(mistakes: &[&str]) -> String {
    let mut said = String::new();
    for mistake in mistakes {
        let errors = parse(mistake).expect_err(mistake);
        writeln!(said, "{mistake}\n  → {}\n", errors.to_string().replace('\n', "\n  → "))
            .expect("a text takes all that is written");
    }
    said
}

/// After an address, so that only the mistake is wrong.
fn after_url(text: &str) -> String {
    format!("url = \"postgres://anna@db/shop\"\n{text}")
}

#[test]
fn a_mistake_is_told_with_its_place_and_what_was_meant() {
    let said = said_about(&[
        "titel = \"Shop\"\nurl = \"sqlite:shop.db\"",
        &after_url("[budget]\nstatment_timeout = \"10s\""),
        &after_url("[budget]\nretries = 3"),
        &after_url("[budget]\nconnections = 0\nstatement_timeout = \"10\"\nrow_cap = 99999"),
        &after_url("[budget]\nconnections = \"8\"\nstatement_timeout = 10\nrow_cap = 10.5"),
        &after_url("[budget]\nstatement_timeout = \"2min 10s\""),
        &after_url("[budget]\nstatement_timeout = \"600min\""),
        &after_url("writable = \"yes\"\nschemas = \"public\"\nowner = \"\""),
        &after_url("title = { fr = \"Magasin\" }"),
        &after_url(
            "[resources.\"order details\"]\ncolums = [\"a\", \"a\"]\ncolumns = [\"a\", \"a\"]\norder = []",
        ),
        &after_url("[resources.orders]\nsort = \"-a,,b\"\ntitle_field = 1\nkey = [1]"),
        &after_url("[resources]\norders = \"hidden\""),
        &after_url(
            "[resources.orders.fields.total]\nformat = \"mony\"\n[resources.orders.fields.paid]\nformat = \"£\"",
        ),
        &after_url(
            "[resources.orders.fields.total]\nformat = \"text\"\ndecimals = 2\n\n\
             [resources.orders.fields.paid]\ncurrency = \"currency\"\ncurrency_code = \"Euro\"\ndecimals = 20",
        ),
        &after_url(
            "[resources.orders.fields.state]\nchoices = { open = { color = \"gren\" }, shut = \"red\" }",
        ),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn a_mistake_in_what_belongs_together_is_told() {
    let said = said_about(&[
        &after_url("[resources.a]\nsoft_delete = { field = \"gone\" }"),
        &after_url("[resources.a]\nsoft_delete = { field = \"gone\", deleted = 1, alive = \"1\" }"),
        &after_url(
            "[resources.a]\nstamps = {}\ntranslations = { resource = \"b\", base = \"id\" }\nkinds = { of = { x = 1 } }",
        ),
        &after_url(
            "[[links]]\nfrom = \"a\"\nfields = [\"b\", \"c\"]\nto = \"d\"\nto_fields = [\"e\"]",
        ),
        &after_url("[[links]]\nfrom = \"a\"\n\n[[links]]\nfrm = \"a\""),
        &after_url("[links]\nfrom = \"a\""),
        &after_url(
            "links = [\n  { from = \"a\", fields = [\"b\"], to = \"c\", to_fields = [\"d\"] },\n  \
             { from = \"a\", fields = [\"b\"], to = \"x\", to_fields = [\"y\"] },\n]",
        ),
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn a_mistake_in_an_address_is_told() {
    let said = said_about(&[
        "title = \"Shop\"",
        "url = \"oracle://db/shop\"",
        "url = \"mysql://anna@db\"",
        "url = \"sqlite:shop.db\"\npassword = { env = \"A\" }\nschemas = [\"main\"]",
        "url = \"postgres://anna@db/shop\"\nreplica = \"mysql://anna@db/shop\"",
        "url = \"postgres://anna@db/shop\"\nreplica_password = { env = \"A\" }",
        "url = \"postgres://anna@db/shop\"\npassword = { env = \"A\", encrypted = \"B\" }",
        "url = \"postgres://anna@db/shop\"\npassword = {}",
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn what_is_no_toml_is_told_with_its_place_and_nothing_else() {
    let said = said_about(&[
        "url = postgres://anna@db/shop\nfoo = 1",
        "url = \"sqlite:a.db\"\nurl = \"sqlite:b.db\"",
        "[budget\nconnections = 1",
        "title = \"Laden",
    ]);
    insta::assert_snapshot!(said);
}

#[test]
fn columns_are_counted_in_characters() {
    let errors =
        parse("title = { de = \"Größe\", enn = \"Size\" }\nurl = \"sqlite:a.db\"").unwrap_err();
    assert!(
        errors.to_string().starts_with("backends/shop.toml:1:25: unknown key “enn” in [title]"),
        "{errors}"
    );
}

#[test]
fn a_password_in_clear_is_refused_and_never_repeated() {
    for text in [
        "url = \"postgres://anna:hunter2@db/shop\"",
        "url = \"mysql://anna:hunter2@db/shop\"",
        "url = \"postgres://anna@db/shop?sslmode=require&password=hunter2\"",
        "url = \"postgres://anna@db/shop\"\nreplica = \"postgres://anna:hunter2@ro/shop\"",
        "url = \"postgres://anna@db/shop\"\npassword = \"hunter2\"",
        "url = \"postgres://anna@db/shop\"\npassword = { env = \"hunter2!\" }",
        "url = \"postgres://anna@db/shop\"\npassword = { encrypted = \"hunter2\" }",
    ] {
        let errors = parse(text).expect_err(text);
        assert!(!format!("{errors} {errors:?}").contains("hunter2"), "{text}: {errors:?}");
        assert!(errors.to_string().contains("env"), "{text}: what to do is missing: {errors}");
    }
    let strange = parse("url = \"oracle://anna:hunter2@db/shop\"").unwrap_err();
    assert!(!format!("{strange} {strange:?}").contains("hunter2"), "{strange}");
}

#[test]
fn mistakes_in_links_to_other_backends_are_told() {
    let link = |value: &str| {
        format!(
            "url = \"sqlite:a.db\"\n[[links]]\nfrom = \"a\"\nfields = [\"b\", \"c\"]\nto = \"x:y\"\nto_fields = [\"d\", \"e\"]\nvalue = {value}\n"
        )
    };
    let texts = [
        "{ paad = 7 }",
        "{ pad = 0 }",
        "{ pad_with = \"0\" }",
        "{ pad = 7, pad_with = \"00\" }",
        "[{ pad = 7 }]",
        "\"upper\"",
    ]
    .map(link);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    insta::assert_snapshot!(said_about(&texts));
}

#[test]
fn mistakes_in_members_of_json_are_told() {
    let said = said_about(&[
        &after_url("[resources.orders.fields.lines]\nmembers = [\"name\"]"),
        &after_url("[resources.orders.fields.lines.members]\nname = \"Artikel\""),
        &after_url(
            "[resources.orders.fields.lines.members.price]\nformat = \"mony\"\ntitel = \"Preis\"",
        ),
        &after_url("[resources.orders.fields.lines.members.price]\nformat = \"image\""),
        &after_url(
            "[resources.orders.fields.lines.members]\nprice = { currency = \"currency\" }\n\
             parcels = { members = { tracking = { hiden = true } } }",
        ),
    ]);
    insta::assert_snapshot!(said);
}
