//! Builds the index in batches as the office does, and asks it what people type and paste.

use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use kontor_model::{BackendName, ResourceName};
use kontor_search::{Index, Place, Question};

use super::super::process;
use super::records::{Chance, RESOURCES, Words, record};
use crate::failure::{Failure, Outcome};

/// Records of one batch: a page of a backend.
const BATCH: usize = 500;
/// Records whose words are asked for.
const SAMPLES: usize = 400;
/// Changes of single records that are measured.
const CHANGES: usize = 200;
/// What was promised of the 99th percentile, without what other programs take meanwhile.
const LIMIT: Duration = Duration::from_millis(30);

/// Measures an index of so many records, and prints the figures.
pub(super) fn run(records: u32) -> Outcome {
    let records = records as usize;
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::new(format!("no temporary folder: {error}")))?;
    let words = Words::new();
    let index = Index::open(folder.path()).map_err(failed)?;
    let places = places(&index)?;
    let begun = Instant::now();
    let cpu = process::cpu(std::process::id())?;
    let peak = build(&index, &places, &words, records)?;
    let (took, cpu) = (begun.elapsed(), process::cpu(std::process::id())?.saturating_sub(cpu));
    println!("{records} records in {} resources", RESOURCES.len());
    println!(
        "built in {:.1} s ({:.1} s CPU), memory at most {} MB, {} MB on disk",
        took.as_secs_f64(),
        cpu.as_secs_f64(),
        peak / 1_000_000,
        index.size() / 1_000_000
    );
    let begun = Instant::now();
    index.warm().map_err(failed)?;
    println!("its words are read in {:.2} s", begun.elapsed().as_secs_f64());
    println!(
        "\n{:<28} {:>6} {:>7} {:>9} {:>9} {:>9}  slowest",
        "asked for", "times", "found", "p50", "p99", "p99 CPU"
    );
    let mut slow = Vec::new();
    for (kind, asked) in questions(&words, records) {
        if !measured(&index, &places, kind, &asked)? {
            slow.push(kind);
        }
    }
    change(&index, &places, &words)?;
    println!("memory afterwards {} MB", process::resident(std::process::id())? / 1_000_000);
    if slow.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "slower than {LIMIT:?} at the 99th percentile: {}",
            slow.join(", ")
        )))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as it comes from map_err")]
fn failed(error: kontor_search::IndexError) -> Failure {
    Failure::new(error.to_string())
}

fn places(index: &Index) -> Outcome<Vec<Place>> {
    let backend = BackendName::new("shop").map_err(|error| Failure::new(error.to_string()))?;
    let places: Vec<Place> = RESOURCES
        .iter()
        .map(|(name, _)| Place { backend: backend.clone(), resource: ResourceName::new(*name) })
        .collect();
    for place in &places {
        index.prepare(place, "all").map_err(failed)?;
    }
    Ok(places)
}

/// The greatest memory that was seen meanwhile.
fn build(index: &Index, places: &[Place], words: &Words, records: usize) -> Outcome<u64> {
    let mut waiting = vec![Vec::new(); places.len()];
    let mut peak = 0;
    for number in 0..records {
        let (resource, document) = record(words, number);
        waiting[resource].push(document);
        if waiting[resource].len() == BATCH {
            let batch = std::mem::take(&mut waiting[resource]);
            index.put(&places[resource], &batch, 1, 1, Some("on the way")).map_err(failed)?;
        }
        if number % 20_000 == 0 {
            peak = peak.max(process::resident(std::process::id())?);
        }
    }
    for (place, batch) in places.iter().zip(&waiting) {
        index.put(place, batch, 1, 1, Some("whole")).map_err(failed)?;
    }
    Ok(peak.max(process::resident(std::process::id())?))
}

/// What people ask for, by kind.
fn questions(words: &Words, records: usize) -> Vec<(&'static str, Vec<String>)> {
    let mut chance = Chance::new(4_711);
    let (mut typed, mut several, mut mistaken, mut numbers, mut begun, mut nothing) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..SAMPLES {
        let (_, document) = record(words, chance.below(records));
        for length in 1..=12.min(document.title.chars().count()) {
            typed.push(start(&document.title, length));
        }
        let text = format!("{} {}", document.title, document.texts.join(" "));
        let all: Vec<&str> = text.split_whitespace().collect();
        let mut any = || all[chance.below(all.len())];
        let (one, two, three) = (any(), any(), any());
        several.push(format!("{one} {two}"));
        several.push(format!("{one} {}", start(two, 3)));
        several.push(format!("{one} {two} {}", start(three, 3)));
        several.push(format!("{} {}", start(one, 2), start(two, 1)));
        nothing.push(format!("qqzx{one} {two}"));
        let long = all
            .iter()
            .find(|word| word.chars().count() > 5 && word.chars().all(char::is_alphabetic));
        mistaken.extend(long.map(|word| mistake(word, &mut chance)));
        for number in &document.identifiers {
            numbers.push(number.clone());
            numbers.push(number.to_lowercase().replace(['-', ' '], ""));
            begun.push(start(number, 3 + chance.below(number.chars().count())));
        }
    }
    vec![
        ("a title, letter by letter", typed),
        ("several words, some begun", several),
        ("a word with a mistake", mistaken),
        ("an identifier", numbers),
        ("an identifier, begun", begun),
        ("what is nowhere", nothing),
    ]
}

fn start(text: &str, length: usize) -> String {
    text.chars().take(length).collect()
}

/// One letter is missing, wrong, or in its neighbour's place.
fn mistake(word: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = 1 + chance.below(letters.len() - 2);
    match chance.below(3) {
        0 => drop(letters.remove(at)),
        1 => letters.swap(at, at + 1),
        _ => letters[at] = 'x',
    }
    letters.into_iter().collect()
}

/// Prints how long the questions of a kind took; whether that is what was promised.
fn measured(index: &Index, places: &[Place], kind: &str, asked: &[String]) -> Outcome<bool> {
    let histogram = || {
        Histogram::<u64>::new_with_max(60_000_000, 3)
            .map_err(|error| Failure::new(error.to_string()))
    };
    let (mut times, mut own) = (histogram()?, histogram()?);
    let (mut found, mut slowest) = (0, ("", Duration::ZERO));
    for words in asked {
        let question = Question { words, places, most_of_each: 5, most: 40 };
        let (begun, worked) = (Instant::now(), process::thread_cpu());
        let hits = index.find(&question).map_err(failed)?;
        let took = process::thread_cpu().saturating_sub(worked);
        times.saturating_record(micros(begun.elapsed()));
        own.saturating_record(micros(took));
        if took > slowest.1 {
            slowest = (words, took);
        }
        found += usize::from(!hits.is_empty());
    }
    let told = |micros: u64| format!("{:.2} ms", Duration::from_micros(micros).as_secs_f64() * 1e3);
    println!(
        "{kind:<28} {:>6} {found:>7} {:>9} {:>9} {:>9}  {}",
        asked.len(),
        told(times.value_at_quantile(0.5)),
        told(times.value_at_quantile(0.99)),
        told(own.value_at_quantile(0.99)),
        slowest.0
    );
    Ok(own.value_at_quantile(0.99) <= micros(LIMIT))
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// What it takes until a changed record is found under its new name.
fn change(index: &Index, places: &[Place], words: &Words) -> Outcome {
    let begun = Instant::now();
    for number in 0..CHANGES {
        let (resource, mut document) = record(words, number);
        document.title.push_str(" neu");
        index.put(&places[resource], &[document], 2, 1, None).map_err(failed)?;
    }
    let each = begun.elapsed() / u32::try_from(CHANGES).unwrap_or(1);
    println!("\na changed record is indexed in {:.2} ms", each.as_secs_f64() * 1e3);
    Ok(())
}
