//! How long lists are said to be.

use std::time::Duration;

use kontor_connect::{FailureKind, Shared};
use kontor_model::{Comparison, Condition, Count, Test, Value};

use crate::bed::Bed;
use crate::reading::numbered;

pub(crate) async fn a_count_is_exact_within_its_budget(bed: Bed) {
    bed.run("CREATE TABLE many (id INTEGER PRIMARY KEY, n INTEGER)").await;
    bed.run(&numbered(&bed, "many", 12_345)).await;
    let shop = bed.shop(bed.opening()).await;
    let budget = Duration::from_secs(5);
    let of = shop.of_name("many");
    let all = shop.connection.count(&of, &Condition::everything(), budget).await.unwrap();
    assert_eq!(all, Count::Exact(12_345));
    let few = Condition::Field(1, Test::Compare(Comparison::Le, Value::Int(7)));
    assert_eq!(shop.connection.count(&of, &few, budget).await.unwrap(), Count::Exact(7));
    let none = Condition::Any(Vec::new());
    assert_eq!(shop.connection.count(&of, &none, budget).await.unwrap(), Count::Exact(0));
    assert_eq!(shop.connection.gauge().idle, 1);
}

pub(crate) async fn a_count_beyond_its_budget_says_so(bed: Bed) {
    bed.run("CREATE TABLE many (id INTEGER PRIMARY KEY, n INTEGER)").await;
    bed.run(&numbered(&bed, "many", 3_000)).await;
    // 27,000 million records: nobody counts them in a moment.
    bed.run("CREATE VIEW crowd AS SELECT a.n FROM many a CROSS JOIN many b CROSS JOIN many c")
        .await;
    let shop = bed.shop(bed.opening()).await;
    let budget = Duration::from_millis(200);
    let of = shop.of_name("crowd");
    let count = shop.connection.count(&of, &Condition::everything(), budget).await.unwrap();
    match (bed.pick(0, 1, 1), count) {
        (0, Count::MoreThan(10_000)) => {}
        (1, Count::About(about)) => assert!(about >= 1_000_000, "{about}"),
        (_, other) => panic!("{other:?}"),
    }
    // The connection is as it was.
    let page = shop.rows("many", Condition::everything()).await;
    assert_eq!(page.len(), 3_000);
}

pub(crate) async fn records_that_fields_do_not_tell_apart_are_counted(bed: Bed) {
    bed.run("CREATE TABLE loose (a INTEGER, b VARCHAR(9), n INTEGER)").await;
    bed.run(
        "INSERT INTO loose VALUES (1, 'x', 1), (1, 'x', 2), (1, 'x', 3), (2, 'x', 4), (2, 'x', 5),
            (3, NULL, 6), (3, NULL, 7), (4, 'x', 8), (4, 'y', 9)",
    )
    .await;
    bed.run("CREATE TABLE many (id INTEGER PRIMARY KEY, n INTEGER)").await;
    bed.run(&numbered(&bed, "many", 3_000)).await;
    bed.run("CREATE VIEW crowd AS SELECT a.n FROM many a CROSS JOIN many b CROSS JOIN many c")
        .await;
    let shop = bed.shop(bed.opening()).await;
    let of = shop.of_name("loose");
    let budget = Duration::from_secs(5);
    let shared = shop.connection.shared(&of, &[0, 1], budget).await.unwrap();
    let values = vec![Value::Int(1), Value::Text("x".into())];
    assert_eq!(shared, Some(Shared { values, records: 3, others: Some(2) }));
    assert_eq!(shop.connection.shared(&of, &[0, 2], budget).await.unwrap(), None);
    assert_eq!(shop.connection.shared(&of, &[2], budget).await.unwrap(), None);
    let crowd = shop.of_name("crowd");
    let late = shop.connection.shared(&crowd, &[0], Duration::from_millis(200)).await.unwrap_err();
    assert_eq!(late.kind, FailureKind::Timeout, "{late}");
}
