//! What customers choose: names and values of a file as the product's options.

use crate::catalogue::{
    folding,
    products::record::{OptionValue, ProductOption},
    words::{Code, Locale, Localised},
};

/// The option of this name, made if there is none.
pub(super) fn option(options: &mut Vec<ProductOption>, name: &str, locale: &Locale) -> usize {
    let found = options.iter().position(|it| means(&it.code, &it.labels, name));
    found.unwrap_or_else(|| {
        let code =
            free_code(name, options.len(), |code| options.iter().any(|it| &*it.code == code));
        options.push(ProductOption { code, labels: labelled(locale, name), values: Vec::new() });
        options.len() - 1
    })
}

/// The value of this name, made if there is none.
pub(super) fn value(option: &mut ProductOption, name: &str, locale: &Locale) -> Code {
    if let Some(known) = option.values.iter().find(|it| means(&it.code, &it.labels, name)) {
        return known.code.clone();
    }
    let values = &option.values;
    let code = free_code(name, values.len(), |code| values.iter().any(|it| &*it.code == code));
    option.values.push(OptionValue { code: code.clone(), labels: labelled(locale, name) });
    code
}

/// Whether a name is one of the labels, or the code.
pub(super) fn means(code: &Code, labels: &Localised, name: &str) -> bool {
    let same = |label: &String| label == name || folding::fold(label) == folding::fold(name);
    **code == *name || labels.0.values().any(same)
}

fn labelled(locale: &Locale, name: &str) -> Localised {
    Localised([(locale.clone(), name.to_owned())].into())
}

fn free_code(name: &str, count: usize, taken: impl Fn(&str) -> bool) -> Code {
    let base = folding::slug(name).unwrap_or_else(|| format!("o{}", count + 1));
    let base: String = base.chars().take(50).collect();
    let base = base.trim_end_matches('-').to_owned();
    let next = (2..).map(|number| format!("{base}-{number}"));
    let mut codes = std::iter::once(base.clone()).chain(next);
    let code = codes.find(|code| !taken(code)).unwrap_or(base);
    Code::try_from(code).expect("a slug of at most 50 letters with a number is a code")
}
