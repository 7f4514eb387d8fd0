//! Edits are applied, refused or found stale, and never anything in between.

use kontor_connect::FailureKind;
use kontor_model::change::{Refusal, Rule};
use kontor_model::{ChangeItem, ChangeKind, Condition, Engine, ItemOutcome, RecordKey, Value};

use crate::bed::{Bed, Shop, applied, item, text};

const GOODS: &str = "CREATE TABLE goods (id INTEGER PRIMARY KEY, name VARCHAR(20), n INTEGER);
    INSERT INTO goods VALUES (1, 'one', 10), (2, 'two', 20), (3, NULL, 30);";

pub(crate) async fn a_stale_edit_is_refused_with_the_present_values(bed: Bed) {
    let shop = bed.with(GOODS).await;
    let outcome = shop.update("goods", 1, "name", text("old"), text("new")).await;
    assert_eq!(outcome, ItemOutcome::Stale(vec![(1, text("one"))]));
    // What else was seen counts, too, and nothing seen means nothing checked.
    let key = [Value::Int(2)];
    let seen = vec![(1, text("two")), (2, Value::Int(21))];
    let edit = item(&key, seen, vec![(1, text("zwei"))]);
    let outcome = shop.write_one("goods", ChangeKind::Update, edit).await;
    assert_eq!(outcome, ItemOutcome::Stale(vec![(1, text("two")), (2, Value::Int(20))]));
    let blind = item(&key, Vec::new(), vec![(1, text("zwei"))]);
    assert_eq!(shop.write_one("goods", ChangeKind::Update, blind).await, applied(&key));
    let stale = item(&key, vec![(1, text("two"))], Vec::new());
    let outcome = shop.write_one("goods", ChangeKind::Delete, stale).await;
    assert_eq!(outcome, ItemOutcome::Stale(vec![(1, text("zwei"))]));
    // Many at once find the same.
    let outcomes = shop
        .write(
            "goods",
            ChangeKind::Update,
            &[
                item(&[Value::Int(1)], vec![(1, text("one"))], vec![(2, Value::Int(11))]),
                item(&[Value::Int(2)], vec![(1, text("two"))], vec![(2, Value::Int(21))]),
                item(&[Value::Int(3)], vec![(1, Value::Null)], vec![(2, Value::Int(31))]),
            ],
        )
        .await
        .unwrap();
    let stale = ItemOutcome::Stale(vec![(1, text("zwei"))]);
    assert_eq!(outcomes, [applied(&[Value::Int(1)]), stale, applied(&[Value::Int(3)])]);
    assert_eq!(numbers(&shop).await, [11, 20, 31]);
}

async fn numbers(shop: &Shop) -> Vec<i64> {
    let rows = shop.rows("goods", Condition::everything()).await;
    rows.iter().map(|row| if let Value::Int(n) = row[2] { n } else { i64::MIN }).collect()
}

pub(crate) async fn a_record_that_is_gone_is_told_from_a_stale_one(bed: Bed) {
    let shop = bed.with(GOODS).await;
    for kind in [ChangeKind::Update, ChangeKind::Delete] {
        let missing = item(&[Value::Int(9)], vec![(1, text("x"))], vec![(1, text("y"))]);
        assert_eq!(shop.write_one("goods", kind, missing).await, ItemOutcome::Gone);
    }
}

pub(crate) async fn letter_case_blanks_and_emptiness_count_in_what_was_seen(bed: Bed) {
    let table = bed.pick(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT COLLATE NOCASE)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v VARCHAR(20) COLLATE utf8mb4_general_ci)",
    );
    let shop = bed.with(table).await;
    let values = [
        Value::Null,
        text(""),
        text("a"),
        text("A"),
        text("ä"),
        text("a "),
        text(" a"),
        text("a\n"),
        text("a\0b"),
        text("1"),
        text("01"),
        text("👩‍👧"),
    ];
    let storable: Vec<&Value> = values
        .iter()
        .filter(|value| bed.engine() != Engine::Postgres || **value != text("a\0b"))
        .collect();
    for (id, value) in (1..).zip(&storable) {
        shop.create("t", &[("id", Value::Int(id)), ("v", (*value).clone())]).await;
    }
    for (id, stored) in (1..).zip(&storable) {
        for seen in &storable {
            let outcome = shop.update("t", id, "v", (*seen).clone(), (*stored).clone()).await;
            let expected = if seen == stored {
                applied(&[Value::Int(id)])
            } else {
                ItemOutcome::Stale(vec![(1, (*stored).clone())])
            };
            assert_eq!(outcome, expected, "{stored:?} was seen as {seen:?}");
        }
    }
}

fn refused(outcome: ItemOutcome) -> Refusal {
    match outcome {
        ItemOutcome::Refused(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

pub(crate) async fn each_kind_of_rule_names_itself_and_its_fields(bed: Bed) {
    let shop = bed
        .with(
            "CREATE TABLE land (code VARCHAR(2) PRIMARY KEY);
             INSERT INTO land VALUES ('DE'), ('AT');
             CREATE TABLE goods (id INTEGER PRIMARY KEY, sku VARCHAR(10) NOT NULL, shop INTEGER NOT NULL, price INTEGER,
                 land VARCHAR(2), CONSTRAINT goods_sku UNIQUE (sku, shop), CONSTRAINT price_positive CHECK (price > 0),
                 CONSTRAINT goods_land FOREIGN KEY (land) REFERENCES land (code));
             INSERT INTO goods VALUES (1, 'a', 1, 5, 'DE'), (2, 'b', 1, 5, NULL);",
        )
        .await;
    let create = |id: i64, sku: &str, price: i64, land: Value| {
        let values = [
            ("id", Value::Int(id)),
            ("sku", text(sku)),
            ("shop", Value::Int(1)),
            ("price", Value::Int(price)),
            ("land", land),
        ];
        let shop = &shop;
        async move { refused(shop.create("goods", &values).await) }
    };
    let twice = create(1, "c", 5, Value::Null).await;
    assert_eq!((twice.rule, twice.fields.as_slice()), (Rule::Unique, [0].as_slice()), "{twice:?}");
    let pair = create(3, "a", 5, Value::Null).await;
    assert_eq!((pair.rule, pair.fields.as_slice()), (Rule::Unique, [1, 2].as_slice()), "{pair:?}");
    let check = create(3, "c", 0, Value::Null).await;
    assert_eq!(check.rule, Rule::Check);
    assert_eq!(check.constraint.as_deref(), Some("price_positive"), "{check:?}");
    let missing = create(3, "c", 5, text("XX")).await;
    assert_eq!(
        (missing.rule, missing.fields.as_slice()),
        (Rule::ReferenceMissing, [4].as_slice()),
        "{missing:?}"
    );

    let outcome = shop.update("goods", 2, "land", Value::Null, text("XX")).await;
    let missing = refused(outcome);
    assert_eq!(
        (missing.rule, missing.fields.as_slice()),
        (Rule::ReferenceMissing, [4].as_slice()),
        "{missing:?}"
    );
    let null = refused(shop.update("goods", 2, "sku", text("b"), Value::Null).await);
    assert_eq!((null.rule, null.fields.as_slice()), (Rule::NotNull, [1].as_slice()), "{null:?}");
    let nothing =
        refused(shop.create("goods", &[("id", Value::Int(3)), ("shop", Value::Int(1))]).await);
    assert_eq!(
        (nothing.rule, nothing.fields.as_slice()),
        (Rule::NotNull, [1].as_slice()),
        "{nothing:?}"
    );

    let key = [text("DE")];
    let gone = item(&key, Vec::new(), Vec::new());
    let kept = refused(shop.write_one("land", ChangeKind::Delete, gone).await);
    assert_eq!(kept.rule, Rule::ReferencedBy, "{kept:?}");
    let other = kept.other.as_deref();
    assert_eq!(
        other,
        if bed.engine() == Engine::Sqlite { None } else { Some("goods") },
        "{kept:?}"
    );
    let renamed = item(&key, Vec::new(), vec![(0, text("D"))]);
    let kept = refused(shop.write_one("land", ChangeKind::Update, renamed).await);
    assert_eq!(kept.rule, Rule::ReferencedBy, "{kept:?}");

    if bed.engine() != Engine::Sqlite {
        let long = refused(shop.update("goods", 2, "sku", text("b"), text("12345678901")).await);
        assert_eq!(long.rule, Rule::Invalid, "{long:?}");
        let wide =
            refused(shop.update("goods", 2, "price", Value::Int(5), Value::Int(1 << 40)).await);
        assert_eq!(wide.rule, Rule::Invalid, "{wide:?}");
    }
}

pub(crate) async fn a_refused_record_leaves_the_others_applied(bed: Bed) {
    let shop = bed.with(&format!("{GOODS} CREATE UNIQUE INDEX goods_n ON goods (n)")).await;
    let change = |id: i64, n: i64| item(&[Value::Int(id)], Vec::new(), vec![(2, Value::Int(n))]);
    let outcomes = shop
        .write(
            "goods",
            ChangeKind::Update,
            &[change(1, 11), change(2, 30), change(9, 1), change(3, 31)],
        )
        .await
        .unwrap();
    assert_eq!(outcomes[0], applied(&[Value::Int(1)]));
    assert_eq!(refused(outcomes[1].clone()).rule, Rule::Unique);
    assert_eq!(outcomes[2], ItemOutcome::Gone);
    assert_eq!(outcomes[3], applied(&[Value::Int(3)]));
    assert_eq!(numbers(&shop).await, [11, 20, 31]);
    let made = |id: i64, n: i64| ChangeItem {
        key: None,
        before: Vec::new(),
        after: vec![(0, Value::Int(id)), (2, Value::Int(n))],
        version: None,
    };
    let outcomes = shop
        .write("goods", ChangeKind::Create, &[made(4, 11), made(5, 50), made(1, 60)])
        .await
        .unwrap();
    assert_eq!(refused(outcomes[0].clone()).fields, [2]);
    assert_eq!(outcomes[1], applied(&[Value::Int(5)]));
    assert_eq!(refused(outcomes[2].clone()).fields, [0]);
    assert_eq!(numbers(&shop).await, [11, 20, 31, 50]);
    assert_eq!(shop.write("goods", ChangeKind::Update, &[]).await.unwrap(), []);
}

pub(crate) async fn a_changed_key_is_the_new_address(bed: Bed) {
    let shop = bed
        .with(
            "CREATE TABLE shelf (hall VARCHAR(10) NOT NULL, number INTEGER NOT NULL, n INTEGER, PRIMARY KEY (number, hall));
             INSERT INTO shelf VALUES ('a', 1, 5);",
        )
        .await;
    let key = [Value::Int(1), text("a")];
    let edit = item(&key, vec![(0, text("a"))], vec![(0, text("b")), (2, Value::Int(6))]);
    let outcome = shop.write_one("shelf", ChangeKind::Update, edit).await;
    assert_eq!(outcome, applied(&[Value::Int(1), text("b")]));
    let ItemOutcome::Applied(RecordKey::Values(key)) = outcome else {
        unreachable!("just compared")
    };
    assert_eq!(
        shop.record("shelf", &key).await.unwrap(),
        [text("b"), Value::Int(1), Value::Int(6)]
    );
}

pub(crate) async fn the_key_that_the_database_made_comes_back(bed: Bed) {
    let automatic = bed.pick(
        "INTEGER PRIMARY KEY AUTOINCREMENT",
        "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        "BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY",
    );
    let shop =
        bed.with(&format!("CREATE TABLE notes (id {automatic}, t VARCHAR(20) DEFAULT 'x')")).await;
    assert_eq!(shop.create("notes", &[("t", text("a"))]).await, applied(&[Value::Int(1)]));
    assert_eq!(shop.create("notes", &[]).await, applied(&[Value::Int(2)]));
    let made =
        ChangeItem { key: None, before: Vec::new(), after: vec![(1, text("c"))], version: None };
    let outcomes = shop.write("notes", ChangeKind::Create, &[made.clone(), made]).await.unwrap();
    assert_eq!(outcomes, [applied(&[Value::Int(3)]), applied(&[Value::Int(4)])]);
    // A record that is put back has the number that it had, also 0.
    for id in [90, 0] {
        let outcome = shop.create("notes", &[("id", Value::Int(id)), ("t", text("d"))]).await;
        assert_eq!(outcome, applied(&[Value::Int(id)]));
    }
}

pub(crate) async fn a_composite_key_comes_back(bed: Bed) {
    let made = bed.pick("(lower(hex(randomblob(4))))", "md5(random()::text)", "(UUID())");
    let shop = bed
        .with(&format!(
            "CREATE TABLE parts (lot VARCHAR(40) NOT NULL DEFAULT {made}, number INTEGER NOT NULL, n INTEGER, PRIMARY KEY (lot, number))"
        ))
        .await;
    let outcome = shop.create("parts", &[("number", Value::Int(7)), ("n", Value::Int(1))]).await;
    let ItemOutcome::Applied(RecordKey::Values(key)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(key[1], Value::Int(7));
    assert_eq!(shop.record("parts", &key).await.unwrap()[2], Value::Int(1));
}

pub(crate) async fn a_deleted_record_is_gone_and_can_be_put_back(bed: Bed) {
    let shop = bed.with(GOODS).await;
    let before = shop.record("goods", &[Value::Int(3)]).await.unwrap();
    let seen: Vec<(usize, Value)> = before.iter().cloned().enumerate().collect();
    let removal = item(&[Value::Int(3)], seen.clone(), Vec::new());
    assert_eq!(
        shop.write_one("goods", ChangeKind::Delete, removal).await,
        applied(&[Value::Int(3)])
    );
    assert_eq!(shop.record("goods", &[Value::Int(3)]).await, None);
    let back = ChangeItem { key: None, before: Vec::new(), after: seen, version: None };
    assert_eq!(shop.write_one("goods", ChangeKind::Create, back).await, applied(&[Value::Int(3)]));
    assert_eq!(shop.record("goods", &[Value::Int(3)]).await, Some(before));
}

pub(crate) async fn several_records_of_one_key_are_never_written(bed: Bed) {
    let mut shop = bed
        .with(
            "CREATE TABLE loose (a INTEGER, n INTEGER); INSERT INTO loose VALUES (1, 10), (1, 20), (2, 30);",
        )
        .await;
    // A key that somebody named although the database does not hold to it.
    let place = shop.schema.resources.iter().position(|r| r.name.as_str() == "loose").unwrap();
    shop.schema.resources[place].key = vec![0];
    let edit = |a: i64| item(&[Value::Int(a)], Vec::new(), vec![(1, Value::Int(0))]);
    for kind in [ChangeKind::Update, ChangeKind::Delete] {
        let refusal = refused(shop.write_one("loose", kind, edit(1)).await);
        assert!(refusal.message.contains("2 records"), "{refusal:?}");
        let sums = bed.ask("SELECT CAST(sum(n) AS CHAR(5)) FROM loose").await;
        assert_eq!(sums[0].as_deref().map(str::trim), Some("60"), "nothing was written");
    }
    assert_eq!(
        shop.write_one("loose", ChangeKind::Update, edit(2)).await,
        applied(&[Value::Int(2)])
    );
}

pub(crate) async fn a_record_that_a_trigger_keeps_is_not_called_stale(bed: Bed) {
    let trigger = bed.pick(
        "CREATE TRIGGER keep BEFORE UPDATE ON goods BEGIN SELECT RAISE(IGNORE); END;",
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
         CREATE TRIGGER keep BEFORE UPDATE ON goods FOR EACH ROW EXECUTE FUNCTION keep();",
        "CREATE TRIGGER keep BEFORE UPDATE ON goods FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a trigger keeps it';",
    );
    let shop = bed.with(&format!("{GOODS} {trigger}")).await;
    let refusal = refused(shop.update("goods", 1, "name", text("one"), text("new")).await);
    assert_eq!(refusal.rule, Rule::Other);
    assert!(refusal.message.contains("trigger"), "{refusal:?}");
}

pub(crate) async fn an_opening_for_reading_is_refused_by_the_database_itself(bed: Bed) {
    bed.run(GOODS).await;
    let mut opening = bed.opening();
    opening.writable = false;
    let shop = bed.shop(opening).await;
    for count in [1, 2] {
        let edit = item(&[Value::Int(1)], Vec::new(), vec![(2, Value::Int(0))]);
        match shop.write("goods", ChangeKind::Update, &vec![edit; count]).await {
            Ok(outcomes) => {
                for outcome in outcomes {
                    assert_eq!(refused(outcome).rule, Rule::Privilege);
                }
            }
            Err(kontor_connect::WriteFailure::NotWritten(failure)) => {
                assert_eq!(failure.kind, FailureKind::Privilege, "{failure}");
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(numbers(&shop).await, [10, 20, 30]);
}

pub(crate) async fn writing_what_is_there_already_is_no_conflict(bed: Bed) {
    let shop = bed.with(GOODS).await;
    assert_eq!(
        shop.update("goods", 1, "name", text("one"), text("one")).await,
        applied(&[Value::Int(1)])
    );
}
