//! The words inside the names of tables and columns, in English and German.

/// The words of a name in lower case, umlauts written out: `CustomerID` and `customer_id` give
/// `customer`, `id`; digits at the end of a word stand alone (`pass1`: `pass`, `1`).
pub(super) fn words(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut current = String::new();
    for (i, &c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).map(|at| chars[at]);
        if !c.is_alphanumeric() || before.is_some_and(|b| begins_word(b, c, chars.get(i + 1))) {
            words.extend((!current.is_empty()).then(|| std::mem::take(&mut current)));
        }
        if c.is_alphanumeric() {
            push_plain(&mut current, c);
        }
    }
    words.extend((!current.is_empty()).then_some(current));
    words
}

fn begins_word(before: char, c: char, after: Option<&char>) -> bool {
    let camel = before.is_lowercase() && c.is_uppercase();
    let acronym_ends =
        before.is_uppercase() && c.is_uppercase() && after.is_some_and(|a| a.is_lowercase());
    let number = before.is_alphabetic() && c.is_ascii_digit();
    camel || acronym_ends || number
}

fn push_plain(word: &mut String, c: char) {
    match c {
        'ä' | 'Ä' => word.push_str("ae"),
        'ö' | 'Ö' => word.push_str("oe"),
        'ü' | 'Ü' => word.push_str("ue"),
        'ß' => word.push_str("ss"),
        c => word.extend(c.to_lowercase()),
    }
}

/// Whether two words are the same but for singular and plural, English or German.
pub(super) fn alike(a: &str, b: &str) -> bool {
    a == b || stems(a).iter().any(|stem| stems(b).contains(stem))
}

/// Whether two lists of words are the same but for singular and plural.
pub(super) fn all_alike(a: &[String], b: &[String]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b))
}

/// What a word could be in the singular. Short words stay as they are: `gas`, `bis` and `ins`
/// are no plurals.
fn stems(word: &str) -> Vec<String> {
    let mut stems = vec![word.to_owned()];
    if word.len() < 4 || word.ends_with("ss") {
        return stems;
    }
    for (ending, singular) in [
        ("ies", "y"),
        ("es", ""),
        ("s", ""),
        ("ien", "ie"),
        ("en", ""),
        ("en", "e"),
        ("n", ""),
        ("e", ""),
    ] {
        if let Some(stem) = word.strip_suffix(ending)
            && stem.len() >= 3
        {
            stems.push(format!("{stem}{singular}"));
        }
    }
    let umlauts = [("ae", "a"), ("oe", "o"), ("ue", "u")];
    if umlauts.iter().any(|(umlaut, _)| word.contains(umlaut)) {
        let plain = umlauts
            .iter()
            .fold(word.to_owned(), |word, (umlaut, vowel)| word.replace(umlaut, vowel));
        let singular = ["er", "e", "en", ""].iter().find_map(|ending| plain.strip_suffix(ending));
        stems.extend(singular.filter(|stem| stem.len() >= 3).map(str::to_owned));
    }
    stems
}

/// The words of a field without those of its resource before them: `products_name` in `products`
/// is `name`. All words where nothing would be left.
pub(super) fn own_words(resource: &str, field: &str) -> Vec<String> {
    let (table, all) = (words(resource), words(field));
    for skip in 0..table.len() {
        let prefix = &table[skip..];
        if all.len() > prefix.len() && all_alike(&all[..prefix.len()], prefix) {
            return all[prefix.len()..].to_vec();
        }
    }
    all
}

/// Whether the words are exactly these.
pub(super) fn is(words: &[String], wanted: &str) -> bool {
    words.iter().map(String::as_str).eq(wanted.split(' '))
}

/// Whether the words end with these.
pub(super) fn ends_with(words: &[String], wanted: &str) -> bool {
    let wanted: Vec<&str> = wanted.split(' ').collect();
    words.len() >= wanted.len()
        && words[words.len() - wanted.len()..].iter().zip(wanted).all(|(a, b)| a == b)
}

/// Whether one of the words is one of these.
pub(super) fn has_any(words: &[String], wanted: &[&str]) -> bool {
    words.iter().any(|word| wanted.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_hand_fall_into_words() {
        for (name, expected) in [
            ("customer_id", "customer id"),
            ("CustomerID", "customer id"),
            ("shipVia", "ship via"),
            ("HTMLText", "html text"),
            ("Kunden Nr", "kunden nr"),
            ("LETZTE ÄNDERUNG", "letzte aenderung"),
            ("prev_pass1", "prev pass 1"),
            ("KDNR", "kdnr"),
            ("__x__", "x"),
        ] {
            assert!(is(&words(name), expected), "{name}: {:?}", words(name));
        }
    }

    #[test]
    fn singular_and_plural_are_alike_in_both_languages() {
        for (a, b) in [
            ("categories", "category"),
            ("customers", "customer"),
            ("addresses", "address"),
            ("kunden", "kunde"),
            ("adressen", "adresse"),
            ("laender", "land"),
            ("bestellung", "bestellungen"),
        ] {
            assert!(alike(a, b), "{a} {b}");
        }
        for (a, b) in [("order", "border"), ("class", "clas"), ("tax", "taxi")] {
            assert!(!alike(a, b), "{a} {b}");
        }
    }

    #[test]
    fn a_field_loses_the_name_of_its_table() {
        assert!(is(&own_words("products", "products_name"), "name"));
        assert!(is(&own_words("zen_countries", "countries_name"), "name"));
        assert!(is(&own_words("products", "products"), "products"));
        assert!(is(&own_words("orders", "customers_name"), "customers name"));
    }
}
