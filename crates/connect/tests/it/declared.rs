//! Statements that a manifest declares: values are bound, and what goes beyond a record is undone.

use kontor_connect::{FailureKind, WriteFailure};
use kontor_model::statement::{Filled, FilledPiece, Piece, Place};
use kontor_model::{Engine, Field, ItemOutcome, RecordKey, Statement, Value};

use crate::bed::{Bed, Shop, applied, text};

/// What is in stock, and what was moved. A trigger keeps the sum from falling below zero.
const STOCK: &str =
    "CREATE TABLE stock (id INTEGER PRIMARY KEY, place VARCHAR(40), n INTEGER NOT NULL,
        version INTEGER NOT NULL, CONSTRAINT enough CHECK (n >= 0));
    CREATE TABLE movement (id INTEGER PRIMARY KEY, stock INTEGER NOT NULL, n INTEGER NOT NULL,
        reason VARCHAR(80));
    INSERT INTO stock VALUES (1, 'A', 10, 3), (2, 'A', 20, 3), (3, NULL, 30, 1);";

const TAKE: &str = "UPDATE stock SET n = n - :count, version = version + 1 WHERE id = :record.id AND version = :record.version";

/// The statement with values: those that are given are of the types of the table's own fields.
fn filled(shop: &Shop, said: &str, record: &[Value], given: &[(&str, &str, Value)]) -> Filled {
    let resource = shop.resource("stock");
    let statement = Statement::parse(said, shop.schema.engine).unwrap();
    let field = |name: &str| resource.field(name).unwrap_or_else(|| panic!("no field {name}"));
    let mut seen = Vec::new();
    let value = |place: Place, seen: &mut Vec<(usize, Value)>| -> (Field, Value) {
        match place {
            Place::Named(name) => {
                let (_, like, value) = given.iter().find(|(own, ..)| *own == name).unwrap();
                (field(like).clone(), value.clone())
            }
            Place::Record(name) => {
                let at = resource.position(&name).unwrap();
                seen.push((at, record[at].clone()));
                (field(&name).clone(), record[at].clone())
            }
            Place::Known(known) => panic!("{known:?} is for the office"),
        }
    };
    let pieces = statement.pieces.into_iter().map(|piece| match piece {
        Piece::Sql(sql) => FilledPiece::Sql(sql),
        Piece::Place(place) => {
            let (field, value) = value(place, &mut seen);
            FilledPiece::Value(Box::new(field), value)
        }
    });
    Filled { pieces: pieces.collect(), kind: statement.kind, most: 1, seen }
}

fn key(id: i64) -> RecordKey {
    RecordKey::Values(vec![Value::Int(id)])
}

fn record(id: i64, place: Value, n: i64, version: i64) -> [Value; 4] {
    [Value::Int(id), place, Value::Int(n), Value::Int(version)]
}

async fn run(shop: &Shop, id: i64, statement: &Filled) -> ItemOutcome {
    shop.connection.run(&shop.of_name("stock"), &key(id), statement).await.unwrap()
}

fn why(outcome: ItemOutcome) -> String {
    match outcome {
        ItemOutcome::Refused(refusal) => refusal.message,
        other => panic!("not refused: {other:?}"),
    }
}

pub(crate) async fn what_a_statement_is_given_is_bound_and_never_read_as_sql(bed: Bed) {
    let shop = bed.with(STOCK).await;
    let said = "UPDATE stock SET place = :place, n = n + :n WHERE id = :record.id -- :none";
    for hostile in ["'); DROP TABLE stock; --", "\\'; --", ":n", "$1?", "Ä\"`é\n", ""] {
        let given = [("place", "place", text(hostile)), ("n", "n", Value::Int(0))];
        let statement = filled(&shop, said, &record(1, text("A"), 10, 3), &given);
        assert_eq!(run(&shop, 1, &statement).await, applied(&[Value::Int(1)]), "{hostile}");
        assert_eq!(shop.record("stock", &[Value::Int(1)]).await.unwrap()[1], text(hostile));
    }
    let given = [("place", "place", Value::Null), ("n", "n", Value::Int(-4))];
    let statement = filled(&shop, said, &record(1, text("A"), 10, 3), &given);
    run(&shop, 1, &statement).await;
    let now = shop.record("stock", &[Value::Int(1)]).await.unwrap();
    assert_eq!(now, record(1, Value::Null, 6, 3));
}

pub(crate) async fn a_statement_that_touches_more_than_it_may_writes_nothing(bed: Bed) {
    let shop = bed.with(STOCK).await;
    let said = "UPDATE stock SET n = 0 WHERE place = :record.place";
    let mut statement = filled(&shop, said, &record(1, text("A"), 10, 3), &[]);
    assert!(why(run(&shop, 1, &statement).await).contains("touched 2"));
    assert_eq!(
        bed.ask("SELECT CAST(n AS char(2)) FROM stock WHERE id = 1").await[0].as_deref(),
        Some("10")
    );
    statement.most = 2;
    assert_eq!(run(&shop, 1, &statement).await, applied(&[Value::Int(1)]));
    assert_eq!(shop.record("stock", &[Value::Int(2)]).await.unwrap()[2], Value::Int(0));
}

pub(crate) async fn a_statement_that_finds_nothing_says_whether_somebody_was_quicker(bed: Bed) {
    let shop = bed.with(STOCK).await;
    let given = [("count", "n", Value::Int(4))];
    let taken = filled(&shop, TAKE, &record(1, text("A"), 10, 3), &given);
    assert_eq!(run(&shop, 1, &taken).await, applied(&[Value::Int(1)]));
    let version = shop.field("stock", "version");
    let stale = ItemOutcome::Stale(vec![(version, Value::Int(4))]);
    assert_eq!(run(&shop, 1, &taken).await, stale, "it was seen before it was taken from");
    let gone = filled(&shop, TAKE, &record(9, text("A"), 10, 3), &given);
    assert_eq!(run(&shop, 9, &gone).await, ItemOutcome::Gone);
    let said = "UPDATE stock SET n = 0 WHERE id = :record.id AND place = 'B'";
    let unfit = filled(&shop, said, &record(2, text("A"), 20, 3), &[]);
    assert!(why(run(&shop, 2, &unfit).await).contains("found nothing to do"));
}

pub(crate) async fn what_a_statement_does_along_is_taken_back_with_it(bed: Bed) {
    let shop = bed.with(STOCK).await;
    bed.run(bed.pick(
        "CREATE TRIGGER moved AFTER UPDATE ON stock BEGIN INSERT INTO movement (stock, n) VALUES (new.id, new.n - old.n); END",
        "CREATE FUNCTION moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO movement (id, stock, n) SELECT count(*), new.id, new.n - old.n FROM movement; RETURN new; END $$;
         CREATE TRIGGER moved AFTER UPDATE ON stock FOR EACH ROW EXECUTE FUNCTION moved()",
        "CREATE TRIGGER moved AFTER UPDATE ON stock FOR EACH ROW
            INSERT INTO movement (id, stock, n) SELECT count(*), new.id, new.n - old.n FROM movement",
    ))
    .await;
    let given = [("count", "n", Value::Int(4))];
    let statement = filled(&shop, TAKE, &record(1, text("A"), 10, 3), &given);
    assert_eq!(run(&shop, 1, &statement).await, applied(&[Value::Int(1)]));
    let everybody = "UPDATE stock SET n = n - :count WHERE id > 0";
    let statement = filled(&shop, everybody, &record(1, text("A"), 6, 4), &given);
    assert!(why(run(&shop, 1, &statement).await).contains("touched 3"));
    let too_much = [("count", "n", Value::Int(400))];
    let statement = filled(&shop, TAKE, &record(2, text("A"), 20, 3), &too_much);
    assert!(why(run(&shop, 2, &statement).await).contains("enough"), "the check names itself");
    let moved = bed.ask("SELECT CAST(count(*) AS char(1)) FROM movement WHERE n = -4").await;
    assert_eq!(moved[0].as_deref(), Some("1"), "what was refused moved nothing");
}

pub(crate) async fn what_the_database_has_of_its_own_is_called(bed: Bed) {
    let shop = bed.with(STOCK).await;
    let said = match bed.engine() {
        // It has no procedures; a record elsewhere is made from this one.
        Engine::Sqlite => {
            "INSERT INTO movement (stock, n, reason) SELECT id, :count, :reason FROM stock WHERE id = :record.id"
        }
        Engine::Postgres => {
            bed.run("CREATE PROCEDURE move(a integer, b integer, c text) LANGUAGE sql AS
                    $$ INSERT INTO movement (id, stock, n, reason) VALUES (1, a, b, c) $$;
                 CREATE FUNCTION twice(a integer, b integer, c text) RETURNS integer LANGUAGE sql AS
                    $$ INSERT INTO movement (id, stock, n, reason) VALUES (2, a, b * 2, c) RETURNING n $$")
                .await;
            let twice = "SELECT twice(:record.id, :count, :reason)";
            let given = [("count", "n", Value::Int(4)), ("reason", "place", text("twice"))];
            let twice = filled(&shop, twice, &record(1, text("A"), 10, 3), &given);
            assert_eq!(run(&shop, 1, &twice).await, applied(&[Value::Int(1)]));
            let moved = bed.ask("SELECT reason FROM movement WHERE n = 8").await;
            assert_eq!(moved[0].as_deref(), Some("twice"));
            "CALL move(:record.id, :count, :reason)"
        }
        _ => {
            bed.run(
                "CREATE PROCEDURE move(a integer, b integer, c text) BEGIN
                    SELECT a; INSERT INTO movement (id, stock, n, reason) VALUES (1, a, b, c); SELECT b; END",
            )
            .await;
            "CALL move(:record.id, :count, :reason)"
        }
    };
    let given = [("count", "n", Value::Int(4)), ("reason", "place", text("it's broken"))];
    let called = filled(&shop, said, &record(1, text("A"), 10, 3), &given);
    assert_eq!(run(&shop, 1, &called).await, applied(&[Value::Int(1)]));
    let moved = bed.ask("SELECT reason FROM movement WHERE n = 4").await;
    assert_eq!(moved[0].as_deref(), Some("it's broken"));
    let again = shop.record("stock", &[Value::Int(1)]).await;
    assert_eq!(again.unwrap()[2], Value::Int(10), "the connection goes on");
}

pub(crate) async fn a_statement_is_understood_before_it_is_ever_run(bed: Bed) {
    let shop = bed.with(STOCK).await;
    let given = [("count", "n", Value::Int(4))];
    let sound = filled(&shop, TAKE, &record(1, text("A"), 10, 3), &given);
    let of = shop.of_name("stock");
    shop.connection.understands(&of, &sound).await.unwrap();
    for wrong in ["UPDATE stocks SET n = 1", "UPDATE stock SET m = :count", "UPDATE stock SETT n"] {
        let wrong = filled(&shop, wrong, &record(1, text("A"), 10, 3), &given);
        shop.connection.understands(&of, &wrong).await.unwrap_err();
    }
    let untouched = shop.record("stock", &[Value::Int(1)]).await.unwrap();
    assert_eq!(untouched, record(1, text("A"), 10, 3));
}

pub(crate) async fn a_statement_is_refused_where_only_reading_is_permitted(bed: Bed) {
    bed.run(STOCK).await;
    let shop = bed.shop(kontor_connect::Opening { writable: false, ..bed.opening() }).await;
    let given = [("count", "n", Value::Int(4))];
    let statement = filled(&shop, TAKE, &record(1, text("A"), 10, 3), &given);
    match shop.connection.run(&shop.of_name("stock"), &key(1), &statement).await {
        Ok(ItemOutcome::Refused(_)) => {}
        Err(WriteFailure::NotWritten(failure)) => {
            assert_eq!(failure.kind, FailureKind::Privilege, "{failure}");
        }
        other => panic!("not refused: {other:?}"),
    }
    let untouched = shop.record("stock", &[Value::Int(1)]).await.unwrap();
    assert_eq!(untouched, record(1, text("A"), 10, 3));
}
