//! What the index promises to whoever fills it and asks it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use kontor_model::{BackendName, ResourceName};
use kontor_search::{Document, Hit, Index, Place, Question, Rank};
use proptest::prelude::*;
use tempfile::TempDir;

fn place(backend: &str, resource: &str) -> Place {
    Place { backend: BackendName::new(backend).unwrap(), resource: ResourceName::new(resource) }
}

fn document(key: &str, title: &str, texts: &[&str], identifiers: &[&str]) -> Document {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Document {
        key: key.to_owned(),
        title: title.to_owned(),
        other_titles: Vec::new(),
        texts: owned(texts),
        identifiers: owned(identifiers),
    }
}

struct Shelf {
    folder: TempDir,
    index: Index,
    places: Vec<Place>,
}

impl Shelf {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(folder.path()).unwrap();
        let places =
            vec![place("shop", "customer"), place("shop", "order"), place("depot", "article")];
        for place in &places {
            assert_eq!(index.prepare(place, "recipe").unwrap(), None);
        }
        Self { folder, index, places }
    }

    fn put(&self, place: usize, documents: &[Document]) {
        self.index.put(&self.places[place], documents, 7, 1, None).unwrap();
    }

    fn ask(&self, words: &str) -> Vec<Hit> {
        self.ask_in(words, &self.places)
    }

    fn ask_in(&self, words: &str, places: &[Place]) -> Vec<Hit> {
        let question = Question { words, places, most_of_each: 5, most: 40 };
        self.index.find(&question).unwrap()
    }

    fn keys(&self, words: &str) -> Vec<String> {
        self.ask(words).into_iter().map(|hit| hit.key).collect()
    }

    fn reopened(self) -> Self {
        let Self { folder, index, places } = self;
        drop(index);
        Self { index: Index::open(folder.path()).unwrap(), folder, places }
    }
}

fn filled() -> Shelf {
    let shelf = Shelf::new();
    shelf.put(
        0,
        &[
            document(
                "1",
                "Andrea Müller",
                &["Kiel"],
                &["K-00042", "andrea.mueller@example.org", "+49 431 123456"],
            ),
            document("2", "Jörg Groß", &["Lübeck"], &["K-00043", "DE89370400440532013000"]),
        ],
    );
    shelf.put(
        1,
        &[
            document(
                "10",
                "2026-104233",
                &["Bitte bei Müller abgeben"],
                &["2026-104233", "00340434161094021501"],
            ),
            document("11", "2026-104234", &["für Andrea"], &["2026-104234"]),
        ],
    );
    shelf.put(
        2,
        &[document("A1", "Wanderschuhe aus Leder", &["Größe 42, wasserdicht"], &["TEE-1"])],
    );
    shelf
}

#[test]
fn an_identifier_is_found_in_any_spelling_and_before_everything_else() {
    let shelf = filled();
    for (asked, key) in [
        ("2026-104233", "10"),
        ("#2026 104 233", "10"),
        ("2026104233", "10"),
        ("104233", "10"),
        ("0034 0434 1610 9402 1501", "10"),
        ("k42", "1"),
        ("K-0042", "1"),
        ("0431 123456", "1"),
        ("0049 (0)431-123456", "1"),
        ("Andrea.Mueller@Example.org", "1"),
        ("DE89 3704 0044 0532 0130 00", "2"),
        ("tee1", "A1"),
    ] {
        let hits = shelf.ask(asked);
        assert_eq!(
            hits.first().map(|hit| (hit.key.as_str(), hit.rank)),
            Some((key, Rank::Identifier)),
            "{asked}"
        );
    }
    assert_eq!(shelf.keys("Bestellung 2026-104233")[0], "10", "other words do no harm");
}

#[test]
fn words_are_found_without_accents_in_both_spellings_and_other_forms() {
    let shelf = filled();
    for asked in ["Müller", "mueller", "MULLER", "Andrea Müller", "müller kiel", "müller andrea"]
    {
        assert_eq!(shelf.keys(asked)[0], "1", "{asked}");
    }
    for asked in ["Groß", "gross", "Jorg", "joerg gross"] {
        assert_eq!(shelf.keys(asked)[0], "2", "{asked}");
    }
    assert!(shelf.keys("groesse").contains(&"A1".to_owned()));
    for asked in ["Wanderschuh", "wanderschuhen", "Leder", "wasserdicht", "Schuhe"] {
        assert_eq!(shelf.keys(asked), ["A1"], "{asked}");
    }
}

#[test]
fn titles_stand_before_texts_and_the_last_word_may_go_on() {
    let shelf = filled();
    assert_eq!(shelf.keys("Müller"), ["1", "10"]);
    assert_eq!(shelf.keys("Andrea"), ["1", "11"]);
    for end in 2..="Wanderschuhe".len() {
        let typed = &"Wanderschuhe"[..end];
        assert_eq!(shelf.keys(typed), ["A1"], "{typed}");
    }
    assert_eq!(shelf.keys("andrea mü"), ["1"]);
    assert_eq!(shelf.keys("2026-10").len(), 2);
    assert!(shelf.keys("lübeck andrea").is_empty(), "each word must be there");
}

#[test]
fn a_small_mistake_is_forgiven_in_longer_words() {
    let shelf = filled();
    for asked in ["Wandershcuhe", "Wanderschhe", "Wandrschuhe", "wandershuhe"] {
        let hits = shelf.ask(asked);
        assert_eq!(
            hits.first().map(|hit| (hit.key.as_str(), hit.rank)),
            Some(("A1", Rank::Meant)),
            "{asked}"
        );
    }
    assert_eq!(shelf.keys("Andera Müler"), ["1"]);
    assert!(shelf.keys("Kiek").is_empty() || shelf.keys("Kiek") == ["1"]);
    assert!(shelf.keys("Xyz").is_empty());
}

#[test]
fn only_the_resources_that_count_are_looked_into() {
    let shelf = filled();
    let orders = &shelf.places[1..2];
    for asked in ["Müller", "andrea", "k42", "0431 123456", "Andera"] {
        let hits = shelf.ask_in(asked, orders);
        assert!(hits.iter().all(|hit| hit.place == orders[0]), "{asked}: {hits:?}");
    }
    assert!(shelf.ask_in("Müller", &[]).is_empty());
    assert!(shelf.ask_in("Müller", &[place("shop", "unheard")]).is_empty());
}

#[test]
fn no_resource_crowds_out_another() {
    let shelf = Shelf::new();
    let many = |place: usize, count: usize| {
        let all: Vec<Document> =
            (0..count).map(|n| document(&n.to_string(), &format!("Blau {n}"), &[], &[])).collect();
        shelf.put(place, &all);
    };
    many(0, 3);
    many(2, 900);
    many(1, 900);
    let hits = shelf.ask("blau");
    let of = |place: &Place| hits.iter().filter(|hit| hit.place == *place).count();
    assert_eq!(shelf.places.iter().map(of).collect::<Vec<_>>(), [3, 5, 5]);
    assert_eq!(hits[0].place, shelf.places[0], "the most important resource stands first");
}

#[test]
fn a_document_is_replaced_and_removed_with_all_that_led_to_it() {
    let shelf = filled();
    shelf.put(0, &[document("1", "Andrea Schmidt", &["Bonn"], &["K-00099"])]);
    assert_eq!(shelf.keys("Schmidt"), ["1"]);
    assert_eq!(shelf.keys("k99"), ["1"]);
    for gone in ["k42", "0431 123456", "Kiel", "andrea müller"] {
        assert!(!shelf.keys(gone).contains(&"1".to_owned()), "{gone}");
    }
    shelf.index.remove(&shelf.places[0], &["1".to_owned(), "unheard".to_owned()]).unwrap();
    for gone in ["Schmidt", "k99", "Bonn"] {
        assert!(shelf.keys(gone).is_empty(), "{gone}");
    }
    assert_eq!(shelf.index.count(&shelf.places[0]).unwrap(), 1);
}

#[test]
fn what_a_scan_did_not_see_is_swept_away() {
    let shelf = filled();
    let customers = &shelf.places[0];
    let again = document("2", "Jörg Groß", &["Lübeck"], &["K-00043", "DE89370400440532013000"]);
    shelf.index.put(customers, &[again], 9, 2, Some("seen")).unwrap();
    assert_eq!(shelf.index.sweep(customers, 2).unwrap(), 1);
    assert!(shelf.keys("k42").is_empty());
    let hits = shelf.ask("Groß");
    assert_eq!((hits[0].key.as_str(), hits[0].read_at), ("2", 9));
    assert_eq!(shelf.keys("2026-104233"), ["10"], "other resources are left alone");
}

#[test]
fn progress_and_documents_outlive_the_process() {
    let shelf = filled();
    shelf.index.put(&shelf.places[0], &[], 9, 1, Some("half")).unwrap();
    let shelf = shelf.reopened();
    assert_eq!(shelf.index.prepare(&shelf.places[0], "recipe").unwrap().as_deref(), Some("half"));
    assert_eq!(shelf.keys("Wandershcuhe"), ["A1"], "the words are known again");
    assert!(shelf.index.size() > 0);
}

#[test]
fn another_recipe_begins_with_nothing() {
    let shelf = filled();
    shelf.index.note(&shelf.places[0], "whole").unwrap();
    assert_eq!(shelf.index.prepare(&shelf.places[0], "without phones").unwrap(), None);
    assert!(shelf.keys("k42").is_empty());
    assert_eq!(shelf.index.count(&shelf.places[0]).unwrap(), 0);
    let recipes: Vec<String> =
        shelf.index.places().unwrap().into_iter().map(|state| state.recipe).collect();
    assert_eq!(recipes.iter().filter(|recipe| *recipe == "without phones").count(), 1);
    assert_eq!(recipes.len(), 3);
}

#[test]
fn a_damaged_index_is_thrown_away_and_never_a_reason_not_to_start() {
    for damage in [&b"this is no database at all, and never was one"[..], &[0_u8; 8192][..], b""] {
        let shelf = filled();
        let Shelf { folder, index, places } = shelf;
        drop(index);
        std::fs::write(folder.path().join("search.db"), damage).unwrap();
        let index = Index::open(folder.path()).unwrap();
        let shelf = Shelf { folder, index, places };
        assert!(shelf.keys("k42").is_empty());
        assert_eq!(shelf.index.prepare(&shelf.places[0], "recipe").unwrap(), None);
        shelf.put(0, &[document("1", "Andrea Müller", &[], &["K-00042"])]);
        assert_eq!(shelf.keys("k42"), ["1"]);
    }
}

#[test]
fn an_index_of_another_version_is_built_anew() {
    let shelf = filled();
    let Shelf { folder, index, places } = shelf;
    drop(index);
    let file = rusqlite::Connection::open(folder.path().join("search.db")).unwrap();
    file.pragma_update(None, "user_version", 999).unwrap();
    drop(file);
    let index = Index::open(folder.path()).unwrap();
    assert_eq!(index.places().unwrap(), []);
    drop(places);
}

#[test]
fn an_index_that_breaks_at_work_starts_anew() {
    let shelf = filled();
    let many: Vec<Document> = (0..3000)
        .map(|n| {
            document(
                &n.to_string(),
                &format!("Artikel {n}"),
                &["Text mit Wörtern"],
                &[&format!("X-{n:07}")],
            )
        })
        .collect();
    shelf.put(2, &many);
    let shelf = shelf.reopened();
    let path = shelf.folder.path().join("search.db");
    let length = std::fs::metadata(&path).unwrap().len();
    let garbage = vec![0xa5_u8; usize::try_from(length).unwrap() - 4096];
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(4096)).unwrap();
    std::io::Write::write_all(&mut file, &garbage).unwrap();
    let question = Question { words: "Artikel", places: &shelf.places, most_of_each: 5, most: 40 };
    assert!(shelf.index.find(&question).is_err(), "it says that it was damaged");
    assert_eq!(shelf.index.find(&question).unwrap(), []);
    shelf.index.prepare(&shelf.places[2], "recipe").unwrap();
    shelf.put(2, &[document("1", "Artikel 1", &[], &[])]);
    assert_eq!(shelf.keys("Artikel"), ["1"]);
}

#[test]
fn who_asks_does_not_wait_for_who_writes() {
    let shelf = filled();
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            for round in 0..50 {
                let all: Vec<Document> = (0..50)
                    .map(|n| document(&format!("w{n}"), &format!("Runde {round}"), &[], &[]))
                    .collect();
                shelf.put(2, &all);
            }
        });
        while !writing.is_finished() {
            assert_eq!(shelf.keys("k42"), ["1"]);
        }
    });
    assert_eq!(shelf.keys("Runde 49").len(), 5);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn nothing_that_is_typed_is_an_error(words in "\\PC{0,60}") {
        let shelf = filled();
        let question = Question { words: &words, places: &shelf.places, most_of_each: 5, most: 40 };
        prop_assert!(shelf.index.find(&question).is_ok());
    }

    #[test]
    fn whatever_is_indexed_is_found_by_its_title_and_gone_when_removed(title in "[a-zA-ZäöüßÄÖÜéç]{3,12}( [a-zA-Zäöü]{3,10}){0,2}", id in "[A-Z]{1,3}-[0-9]{5,9}") {
        let shelf = Shelf::new();
        shelf.put(0, &[document("7", &title, &[], &[&id])]);
        prop_assert_eq!(shelf.keys(&title), ["7"]);
        prop_assert_eq!(shelf.keys(&id), ["7"]);
        prop_assert_eq!(shelf.keys(&id.replace('-', " ").to_lowercase()), ["7"]);
        shelf.index.remove(&shelf.places[0], &["7".to_owned()]).unwrap();
        prop_assert!(shelf.keys(&title).is_empty() && shelf.keys(&id).is_empty());
    }
}
