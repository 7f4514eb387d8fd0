//! Records of a shop as the search index gets them, made up: the same each time.

use kontor_search::Document;

/// Parts of German and English names and words.
const SYLLABLES: &str = "ba be ber bra chen da der dorf eck en er fel frei gel ger hal hau hein \
    hol il ing jan kam ken kir kor lan lich lin mann mar mei mer müh nau neu nor öst pel ra rei ro \
    sand schmi schul sen ser stein tal ter thal tor über ul vo wal wei wie zel zim ä son ham wood \
    ley ster ford by";

/// Numbers that look like chance and are the same each time (xorshift64*, after S. Vigna).
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        let mut chance =
            Self(0x9E37_79B9_7F4A_7C15 ^ (seed + 1).wrapping_mul(0xD134_2543_DE82_EF95));
        for _ in 0..4 {
            chance.number();
        }
        chance
    }

    fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 8
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.number() % limit.max(1) as u64).unwrap_or_default()
    }

    /// One of a list, those in front more often: few names are common, many are rare.
    pub(super) fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let at = (0..3).map(|_| self.below(list.len())).min().unwrap_or_default();
        &list[at]
    }

    fn digits(&mut self, count: u32) -> String {
        let number = self.number() % 10_u64.pow(count);
        format!("{number:0width$}", width = count as usize)
    }
}

/// Words of which records are made.
pub(super) struct Words {
    first_names: Vec<String>,
    last_names: Vec<String>,
    words: Vec<String>,
    towns: Vec<String>,
}

impl Words {
    pub(super) fn new() -> Self {
        let syllables: Vec<&str> = SYLLABLES.split_whitespace().collect();
        let mut chance = Chance::new(7);
        let mut list = |count: usize, most: usize| -> Vec<String> {
            let mut word = || {
                let length = 1 + chance.below(most);
                (0..=length).map(|_| syllables[chance.below(syllables.len())]).collect::<String>()
            };
            (0..count).map(|_| word()).collect()
        };
        Self {
            first_names: capitals(list(1_500, 2)),
            last_names: capitals(list(20_000, 2)),
            words: list(40_000, 3),
            towns: capitals(list(3_000, 2)),
        }
    }

    fn name(&self, chance: &mut Chance) -> String {
        format!("{} {}", chance.of(&self.first_names), chance.of(&self.last_names))
    }

    fn text(&self, chance: &mut Chance, words: usize) -> String {
        (0..words).map(|_| chance.of(&self.words).as_str()).collect::<Vec<_>>().join(" ")
    }
}

fn capitals(words: Vec<String>) -> Vec<String> {
    let capital = |word: String| {
        let mut letters = word.chars();
        letters
            .next()
            .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    words.into_iter().map(capital).collect()
}

/// The resources: what they are called, and how many of ten records are theirs.
pub(super) const RESOURCES: [(&str, usize); 5] =
    [("customers", 3), ("orders", 4), ("articles", 1), ("notes", 1), ("invoices", 1)];

/// A record by its number in all, and the place of its resource.
pub(super) fn record(words: &Words, number: usize) -> (usize, Document) {
    let mut chance = Chance::new(number as u64);
    let mut left = number % 10;
    let mut resource = 0;
    while left >= RESOURCES[resource].1 {
        left -= RESOURCES[resource].1;
        resource += 1;
    }
    let key = number.to_string();
    (resource, Document { key, ..content(words, &mut chance, resource, number) })
}

fn content(words: &Words, chance: &mut Chance, resource: usize, number: usize) -> Document {
    let name = words.name(chance);
    let town = chance.of(&words.towns).clone();
    let email =
        format!("{}{}@example.org", name.to_lowercase().replace(' ', "."), chance.below(999));
    let (title, texts, identifiers) = match resource {
        0 => {
            let phone = format!("0{} {}", 200 + chance.below(700), chance.digits(6));
            let iban = format!("DE{}{}", chance.digits(2), chance.digits(18));
            (name, vec![town], vec![format!("K-{number:07}"), email, phone, iban])
        }
        1 => {
            let order = format!("2026-{number:07}");
            let parcel = format!("0034043{}", chance.digits(13));
            (order.clone(), vec![name, town], vec![order, parcel, email])
        }
        2 => {
            let gtin = format!("40{}", chance.digits(11));
            let texts = vec![words.text(chance, 25)];
            (words.text(chance, 4), texts, vec![format!("ART-{number:06}"), gtin])
        }
        3 => {
            let texts = vec![name, words.text(chance, 40)];
            (words.text(chance, 5), texts, vec![format!("T{number:08}")])
        }
        _ => {
            let invoice = format!("RE-{number:08}");
            (invoice.clone(), vec![name, town], vec![invoice])
        }
    };
    Document { title, texts, identifiers, ..Document::default() }
}
