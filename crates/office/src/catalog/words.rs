//! Names of a database as titles.

/// A name as people would write it: `order_lines` → `Order lines`, `orderDate` → `Order date`;
/// names in capitals or with spaces stay as they are.
#[must_use]
pub fn humanised(name: &str) -> String {
    let has_lower = name.chars().any(char::is_lowercase);
    if !has_lower || name.contains(' ') {
        return name.to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    let mut previous = '_';
    for c in name.chars() {
        let begins = c.is_uppercase() && (previous.is_lowercase() || previous.is_numeric());
        if matches!(c, '_' | '-' | '.') {
            words.push(String::new());
        } else if begins || words.is_empty() {
            words.push(c.to_string());
        } else if let Some(word) = words.last_mut() {
            word.push(c);
        }
        previous = c;
    }
    words.retain(|word| !word.is_empty());
    let folded: Vec<String> =
        words.iter().enumerate().map(|(i, word)| cased(word, i == 0)).collect();
    folded.join(" ")
}

const ABBREVIATIONS: [&str; 10] =
    ["id", "sku", "url", "gtin", "ean", "ip", "vat", "iban", "uuid", "json"];

fn cased(word: &str, first: bool) -> String {
    let lower = word.to_lowercase();
    if ABBREVIATIONS.contains(&lower.as_str()) {
        return lower.to_uppercase();
    }
    if word.chars().count() > 1 && word.chars().all(|c| !c.is_lowercase()) {
        return word.to_owned();
    }
    let mut chars = lower.chars();
    match (first, chars.next()) {
        (true, Some(c)) => c.to_uppercase().chain(chars).collect(),
        _ => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_titles() {
        for (name, title) in [
            ("order_lines", "Order lines"),
            ("orderDate", "Order date"),
            ("customer_id", "Customer ID"),
            ("CustomerID", "Customer ID"),
            ("Order Details", "Order Details"),
            ("KUNDEN", "KUNDEN"),
            ("x", "X"),
            ("_hidden__name", "Hidden name"),
        ] {
            assert_eq!(humanised(name), title);
        }
    }
}
