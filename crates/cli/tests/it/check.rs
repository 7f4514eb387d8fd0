//! `kontor check`.

use kontor_testkit::SqliteFile;

use crate::bed::Bed;

/// A shop of one table, registered as `shop`.
async fn connected(bed: &Bed) -> SqliteFile {
    let shop = SqliteFile::fresh();
    let mut connection = shop.connect().await;
    sqlx::raw_sql("CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT)")
        .execute(&mut connection)
        .await
        .unwrap();
    let connected = bed.run(&["connect", &shop.url(), "--name", "shop"]).await;
    assert_eq!(connected.code, Some(0), "{}", connected.err);
    shop
}

#[tokio::test]
async fn every_mistake_is_told_with_its_place() {
    let bed = Bed::new();
    bed.write(
        "backends/shop.toml",
        "title = \"Shop\"\nurl = \"sqlite:shop.db\"\nwriteable = true\n",
    );
    bed.write("backends/old.toml", "url = \"sqlite:old.db\"\n[budget]\nrow_cap = \"many\"\n");
    let ran = bed.run(&["check"]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(
        ran.out.contains("shop.toml:3:1: unknown key “writeable”; did you mean “writable”?"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("old.toml:3:11: "), "{}", ran.out);
    assert!(ran.out.contains("2 manifests, 2 problems."), "{}", ran.out);
}

#[tokio::test]
async fn manifests_are_compared_with_the_schema_that_was_read_last() {
    let bed = Bed::new();
    let _shop = connected(&bed).await;
    let right = bed.run(&["check"]).await;
    assert_eq!((right.code, right.out.trim()), (Some(0), "1 manifest, nothing wrong."));

    let text = bed.read("backends/shop.toml");
    bed.write("backends/shop.toml", &format!("{text}\n[resources.order]\ntitle = \"x\"\n"));
    let wrong = bed.run(&["check"]).await;
    assert_eq!(wrong.code, Some(1));
    let line = text.lines().count() + 2;
    assert!(wrong.out.contains(&format!("shop.toml:{line}:")), "{}", wrong.out);
    assert!(wrong.out.contains("did you mean “orders”?"), "{}", wrong.out);
}

#[tokio::test]
async fn checking_makes_nothing() {
    let bed = Bed::new();
    bed.write("backends/shop.toml", "url = \"sqlite:shop.db\"\n");
    let ran = bed.run(&["check"]).await;
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(
        ran.out.contains("Not compared with a schema, since none was read yet: shop"),
        "{}",
        ran.out
    );
    let left: Vec<_> = std::fs::read_dir(bed.path("")).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told() {
    let ran = Bed::new().run(&["check", "nowhere"]).await;
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("nowhere is no folder"), "{}", ran.err);
}

#[tokio::test]
async fn a_link_is_compared_with_the_last_schema_of_the_other_backend() {
    let bed = Bed::new();
    let (shop, register) = (SqliteFile::fresh(), SqliteFile::fresh());
    for (file, sql) in [
        (&shop, "CREATE TABLE customers (id INTEGER PRIMARY KEY, number TEXT)"),
        (&register, "CREATE TABLE KUNDEN (KDNR CHAR(7) PRIMARY KEY)"),
    ] {
        sqlx::raw_sql(sql).execute(&mut file.connect().await).await.unwrap();
    }
    for (file, name) in [(&shop, "shop"), (&register, "register")] {
        let connected = bed.run(&["connect", &file.url(), "--name", name]).await;
        assert_eq!(connected.code, Some(0), "{}", connected.err);
    }
    let text = bed.read("backends/shop.toml");
    let link = |to: &str, field: &str| {
        format!(
            "{text}\n[[links]]\nfrom = \"customers\"\nfields = [\"number\"]\nto = \"{to}\"\nto_fields = [\"{field}\"]\n"
        )
    };
    bed.write("backends/shop.toml", &link("register:KUNDEN", "KDNR"));
    let right = bed.run(&["check"]).await;
    assert_eq!((right.code, right.out.trim()), (Some(0), "2 manifests, nothing wrong."));
    let line = text.lines().count() + 5;
    bed.write("backends/shop.toml", &link("regster:KUNDEN", "KDNR"));
    let wrong = bed.run(&["check"]).await;
    assert!(
        wrong.out.contains(&format!("shop.toml:{line}:6: there is no backend “regster”")),
        "{}",
        wrong.out
    );
    bed.write("backends/shop.toml", &link("register:KUNDEN", "KDNUMMER"));
    let wrong = bed.run(&["check"]).await;
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.out.contains("“KUNDEN” has no field “KDNUMMER”"), "{}", wrong.out);
}

#[tokio::test]
async fn types_of_cases_are_checked_with_the_manifests() {
    let bed = Bed::new();
    let _shop = connected(&bed).await;
    bed.write("cases/order.toml", "heads = [\"shop:orders\"]\n");
    let right = bed.run(&["check"]).await;
    let said = "1 manifest and 1 type of case, nothing wrong.";
    assert_eq!((right.code, right.out.trim()), (Some(0), said));

    bed.write("cases/order.toml", "heads = [\"shop:order\"]\nicon = 1\n");
    bed.write("cases/ticket.toml", "heads = [\"shop:order\"]\n");
    let wrong = bed.run(&["check"]).await;
    assert_eq!(wrong.code, Some(1));
    let (icon, head) = ("cases/order.toml:2:8: “icon” must be", "did you mean “shop:orders”?");
    assert!(wrong.out.contains(icon) && wrong.out.contains(head), "{}", wrong.out);
    assert!(wrong.out.contains("1 manifest and 2 types of cases, 2 problems."), "{}", wrong.out);
}
