//! What conditions find, compared with the same asked of the values in memory.

use std::cmp::Ordering;

use kontor_model::{Comparison, Condition, Test, Value};

use crate::bed::{Bed, Shop, text};

const COMPARISONS: [Comparison; 6] = [
    Comparison::Eq,
    Comparison::Ne,
    Comparison::Lt,
    Comparison::Le,
    Comparison::Gt,
    Comparison::Ge,
];

/// A table with one field of each common type and values that are easily confused.
async fn sample(bed: &Bed) -> Shop {
    let columns = bed.pick(
        "n INTEGER, t TEXT, d DECIMAL(10,2), f REAL, day DATE, yes BOOLEAN, raw BLOB",
        "n BIGINT, t TEXT, d NUMERIC(10,2), f DOUBLE PRECISION, day DATE, yes BOOLEAN, raw BYTEA",
        "n BIGINT, t VARCHAR(50) COLLATE utf8mb4_bin, d DECIMAL(10,2), f DOUBLE, day DATE, yes BOOLEAN, raw VARBINARY(20)",
    );
    let hex = |digits: &str| {
        bed.pick(format!("x'{digits}'"), format!("'\\x{digits}'"), format!("x'{digits}'"))
    };
    let backslash = bed.pick("\\", "\\", "\\\\");
    let rows = [
        "NULL, NULL, NULL, NULL, NULL, NULL, NULL".to_owned(),
        format!("0, '', 0, 0, '0001-01-01', FALSE, {}", hex("")),
        format!("1, 'a', 0.10, 0.1, '2026-11-20', TRUE, {}", hex("00")),
        format!("-1, 'A', -0.10, -0.1, '2026-11-21', TRUE, {}", hex("ff")),
        format!(
            "9007199254740993, '100%', 99999999.99, 1e300, '9999-12-31', FALSE, {}",
            hex("0061")
        ),
        format!(
            "9007199254740992, '100 percent_', 12.50, 1e-300, '2026-11-20', NULL, {}",
            hex("61")
        ),
        format!(
            "9223372036854775807, 'it''s {backslash}x! \"q\"', 12.5, 12.5, '2025-02-28', TRUE, NULL"
        ),
        format!("-9223372036854775808, 'Ärzte [x*]?', 1, 1, '2026-01-01', FALSE, {}", hex("c3a4")),
        "2, 'ÄRZTE', 2, 2, '2026-11-20', TRUE, NULL".to_owned(),
        "3, 'ärztin', 3, 3, NULL, NULL, NULL".to_owned(),
        "4, 'arzt', NULL, 4, NULL, FALSE, NULL".to_owned(),
    ];
    let rows: Vec<String> =
        rows.iter().enumerate().map(|(id, row)| format!("({id}, {row})")).collect();
    bed.with(&format!(
        "CREATE TABLE sample (id INTEGER PRIMARY KEY, {columns}); INSERT INTO sample VALUES {};",
        rows.join(", ")
    ))
    .await
}

/// The numbers of the records that satisfy a condition.
pub(crate) async fn found(shop: &Shop, name: &str, condition: Condition) -> Vec<i64> {
    let rows = shop.rows(name, condition).await;
    rows.iter()
        .map(|row| match row[0] {
            Value::Int(id) => id,
            ref other => panic!("{other:?} is no number"),
        })
        .collect()
}

/// What [`Test`] is documented to mean, asked of a value in memory.
fn satisfies(value: &Value, test: &Test) -> bool {
    let folded = |value: &Value| value.to_text().unwrap().to_lowercase();
    match test {
        Test::Null => value.is_null(),
        Test::Empty => value.is_null() || *value == text("") || *value == Value::Bytes(Vec::new()),
        Test::Compare(Comparison::Ne, other) => {
            value.is_null() || order(value, other) != Ordering::Equal
        }
        Test::NotIn(values) => {
            value.is_null() || values.iter().all(|other| order(value, other) != Ordering::Equal)
        }
        _ if value.is_null() => false,
        Test::Compare(comparison, other) => match (comparison, order(value, other)) {
            (Comparison::Eq, found) => found == Ordering::Equal,
            (Comparison::Lt, found) => found == Ordering::Less,
            (Comparison::Le, found) => found != Ordering::Greater,
            (Comparison::Gt, found) => found == Ordering::Greater,
            (Comparison::Ge, found) => found != Ordering::Less,
            (Comparison::Ne, _) => unreachable!("handled above"),
        },
        Test::In(values) => values.iter().any(|other| order(value, other) == Ordering::Equal),
        Test::Within(from, to) => {
            order(value, from) != Ordering::Less && order(value, to) == Ordering::Less
        }
        Test::Contains(part) => folded(value).contains(&part.to_lowercase()),
        Test::StartsWith(part) => folded(value).starts_with(&part.to_lowercase()),
        Test::EndsWith(part) => folded(value).ends_with(&part.to_lowercase()),
        Test::Has(_) => unreachable!("arrays and sets have their own tests"),
    }
}

fn order(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::Text(a), Value::Text(b)) => a.cmp(b),
        (Value::Bytes(a), Value::Bytes(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (a, b) => number(a).partial_cmp(&number(b)).unwrap(),
    }
}

fn number(value: &Value) -> f64 {
    value.to_text().unwrap().parse().unwrap()
}

async fn agrees(shop: &Shop, all: &[Vec<Value>], field: usize, test: Test) {
    let expected: Vec<i64> = all
        .iter()
        .filter(|row| satisfies(&row[field], &test))
        .map(|row| match row[0] {
            Value::Int(id) => id,
            _ => unreachable!("the key is a number"),
        })
        .collect();
    let met = found(shop, "sample", Condition::Field(field, test.clone())).await;
    assert_eq!(met, expected, "{}: {test:?}", shop.resource("sample").fields[field].name);
}

pub(crate) async fn every_test_finds_what_it_should(bed: Bed) {
    let shop = sample(&bed).await;
    let all = shop.rows("sample", Condition::everything()).await;
    assert_eq!(all.len(), 11);
    for field in 1..=7 {
        let ty = &shop.resource("sample").fields[field].ty;
        let mut operands: Vec<Value> =
            all.iter().map(|row| row[field].clone()).filter(|value| !value.is_null()).collect();
        // As a person writes it: a decimal is a decimal in all engines.
        if shop.resource("sample").fields[field].name == "d" {
            operands = ["12.50", "12.5", "-0.1", "0", "99999999.99", "99999999999999999999.125"]
                .map(|text| ty.parse(text).unwrap_or(Value::Decimal(text.into())))
                .to_vec();
        }
        for operand in &operands {
            for comparison in COMPARISONS {
                agrees(&shop, &all, field, Test::Compare(comparison, operand.clone())).await;
            }
        }
        for pair in operands.windows(2) {
            agrees(&shop, &all, field, Test::Within(pair[0].clone(), pair[1].clone())).await;
        }
        for size in [0, 1, 2, 3, operands.len()] {
            let some: Vec<Value> = operands.iter().take(size).cloned().collect();
            agrees(&shop, &all, field, Test::In(some.clone())).await;
            agrees(&shop, &all, field, Test::NotIn(some)).await;
        }
        agrees(&shop, &all, field, Test::Null).await;
        if matches!(field, 2 | 7) {
            agrees(&shop, &all, field, Test::Empty).await;
        }
    }
}

pub(crate) async fn signs_of_patterns_are_taken_as_they_are(bed: Bed) {
    let shop = sample(&bed).await;
    let all = shop.rows("sample", Condition::everything()).await;
    let parts = [
        "",
        "a",
        "A",
        "%",
        "100%",
        "_",
        "!",
        "\\",
        "\\x",
        "'",
        "\"",
        "it's",
        "är",
        "ÄR",
        "Är",
        "zte",
        "ZTE",
        "[x*]",
        "*",
        "?",
        "]",
        "[",
        "ärzte [X*]?",
        "arz",
        "q\"",
        "percent_",
    ];
    for part in parts {
        agrees(&shop, &all, 2, Test::Contains(part.into())).await;
        agrees(&shop, &all, 2, Test::StartsWith(part.into())).await;
        agrees(&shop, &all, 2, Test::EndsWith(part.into())).await;
    }
}

pub(crate) async fn a_list_of_values_may_be_empty_short_or_long(bed: Bed) {
    bed.run("CREATE TABLE many (id INTEGER PRIMARY KEY, n INTEGER)").await;
    bed.run(&crate::reading::numbered(&bed, "many", 500)).await;
    let shop = bed.shop(bed.opening()).await;
    for size in [0, 1, 2, 3, 100, 400] {
        let values: Vec<Value> = (1..=size).map(Value::Int).collect();
        let met = found(&shop, "many", Condition::Field(1, Test::In(values.clone()))).await;
        assert_eq!(met, (1..=size).collect::<Vec<_>>());
        let met = found(&shop, "many", Condition::Field(1, Test::NotIn(values))).await;
        assert_eq!(met, (size + 1..=500).collect::<Vec<_>>());
    }
    let with_null = vec![Value::Null, Value::Int(1)];
    assert_eq!(found(&shop, "many", Condition::Field(1, Test::In(with_null))).await, [1]);
}

/// What a condition makes of the truth of two tests.
type Both = fn(bool, bool) -> bool;

pub(crate) async fn nested_conditions_keep_to_the_rules_of_null(bed: Bed) {
    let shop = sample(&bed).await;
    let all = shop.rows("sample", Condition::everything()).await;
    let tests = [
        (1, Test::Compare(Comparison::Gt, Value::Int(0))),
        (2, Test::Contains("a".into())),
        (6, Test::Compare(Comparison::Eq, Value::Bool(true))),
        (5, Test::Null),
        (1, Test::In(vec![Value::Int(1), Value::Int(2)])),
    ];
    let field = |(field, test): &(usize, Test)| Condition::Field(*field, test.clone());
    let not = |inner: Condition| Condition::Not(Box::new(inner));
    for a in &tests {
        for b in &tests {
            let conditions: [(Condition, Both); 6] = [
                (Condition::All(vec![field(a), field(b)]), |a, b| a && b),
                (Condition::Any(vec![field(a), field(b)]), |a, b| a || b),
                (not(Condition::All(vec![field(a), field(b)])), |a, b| !(a && b)),
                (not(Condition::Any(vec![field(a), not(field(b))])), |a, b| !a && b),
                (not(not(field(a))), |a, _| a),
                (Condition::All(vec![not(field(a)), Condition::Any(vec![])]), |_, _| false),
            ];
            for (condition, expected) in conditions {
                let ids: Vec<i64> = all
                    .iter()
                    .filter(|row| expected(satisfies(&row[a.0], &a.1), satisfies(&row[b.0], &b.1)))
                    .filter_map(|row| if let Value::Int(id) = row[0] { Some(id) } else { None })
                    .collect();
                assert_eq!(found(&shop, "sample", condition.clone()).await, ids, "{condition:?}");
            }
        }
    }
}

pub(crate) async fn a_condition_over_a_link_looks_at_the_other_resource(bed: Bed) {
    let shop = bed
        .with(
            "CREATE TABLE town (code VARCHAR(5) NOT NULL, land INTEGER NOT NULL, name VARCHAR(20), PRIMARY KEY (code, land));
             CREATE TABLE person (id INTEGER PRIMARY KEY, name VARCHAR(20), town VARCHAR(5), land INTEGER, friend INTEGER);
             INSERT INTO town VALUES ('1', 49, 'Bonn'), ('1', 43, 'Wien'), ('2', 49, NULL);
             INSERT INTO person VALUES (1, 'Anna', '1', 49, NULL), (2, 'Bert', '1', 43, 1), (3, 'Carl', '2', 49, 2), (4, 'Dora', NULL, 49, 3);",
        )
        .await;
    let town = |inner: Condition| Condition::Linked {
        target: "town".into(),
        on: vec![(2, 0), (3, 1)],
        inner: Box::new(inner),
    };
    let friend = |inner: Condition| Condition::Linked {
        target: "person".into(),
        on: vec![(4, 0)],
        inner: Box::new(inner),
    };
    let bonn = Condition::Field(2, Test::Compare(Comparison::Eq, text("Bonn")));
    let no_name = Condition::Field(2, Test::Null);
    assert_eq!(found(&shop, "person", town(Condition::everything())).await, [1, 2, 3]);
    assert_eq!(found(&shop, "person", town(bonn.clone())).await, [1]);
    assert_eq!(found(&shop, "person", town(no_name)).await, [3]);
    assert_eq!(found(&shop, "person", friend(town(bonn.clone()))).await, [2]);
    assert_eq!(found(&shop, "person", friend(friend(town(bonn.clone())))).await, [3]);
    let not = Condition::Not(Box::new(town(bonn)));
    assert_eq!(found(&shop, "person", not).await, [2, 3, 4]);
}
