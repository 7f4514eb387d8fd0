//! Texts reduced to what one types: for slugs, for sorting by name and for search, the same everywhere.

/// Lower-case ASCII words: German umlauts as two letters, other accents dropped, everything that is neither
/// letter nor digit as a border between words. Letters of other scripts stay as they are.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for c in text.chars().flat_map(char::to_lowercase) {
        let word = words.last_mut();
        match (plain(c), word) {
            (Some(letters), Some(word)) => word.push_str(letters),
            (None, Some(word)) if c.is_alphanumeric() => word.push(c),
            // a combining mark belongs to the letter before it
            (None, _) if ('\u{300}'..='\u{36f}').contains(&c) => {}
            _ => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The words as one text.
pub(crate) fn fold(text: &str) -> String {
    words(text).join(" ")
}

/// A slug made from a name. A name without any letter or digit that a slug can have gives none.
pub(crate) fn slug(name: &str) -> Option<String> {
    let ascii = |word: String| word.chars().filter(char::is_ascii).collect::<String>();
    let parts = words(name).into_iter().map(ascii).filter(|part| !part.is_empty());
    let mut slug = parts.collect::<Vec<_>>().join("-");
    slug.truncate(100);
    let slug = slug.trim_end_matches('-');
    (!slug.is_empty()).then(|| slug.to_owned())
}

fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ä' | 'æ' => "ae",
        'ö' | 'œ' => "oe",
        'ü' => "ue",
        'ß' => "ss",
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ő' => "o",
        'ŕ' | 'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ť' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ů' | 'ű' | 'ū' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{fold, slug};

    #[test]
    fn umlauts_are_typed_with_or_without_their_dots_drawn() {
        assert_eq!(fold("Stühle & Bänke, groß"), fold("STUEHLE baenke gross"));
        assert_eq!(fold("Café Ångström"), "cafe angstroem");
    }

    #[test]
    fn a_slug_is_made_from_a_name() {
        assert_eq!(slug("Bürostuhl „Köln“ – 45,5 cm").as_deref(), Some("buerostuhl-koeln-45-5-cm"));
        assert_eq!(slug("椅子"), None);
        assert_eq!(slug("!!!"), None);
    }
}
