//! Descriptions are plain text here and HTML in some formats.

use quick_xml::escape::{escape, resolve_html5_entity};

/// Elements that stand in lines of their own.
const BLOCKS: [&str; 20] = [
    "p",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "table",
    "tr",
    "section",
    "article",
    "blockquote",
    "header",
    "footer",
    "pre",
    "dl",
    "hr",
];
/// Elements whose content is for machines.
const UNSEEN: [&str; 3] = ["script", "style", "template"];

/// A text as HTML: paragraphs where an empty line stands, breaks where a line ends.
pub(in crate::exchange) fn from_text(text: &str) -> String {
    let paragraphs = text.split("\n\n").filter(|it| !it.trim().is_empty());
    let marked = paragraphs.map(|it| format!("<p>{}</p>", escape(it.trim()).replace('\n', "<br>")));
    marked.collect::<Vec<_>>().join("\n")
}

/// What a reader sees of HTML: paragraphs with an empty line between them, list items with a dash.
pub(in crate::exchange) fn to_text(html: &str) -> String {
    let mut text = Text::default();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        text.say(&rest[..at]);
        let tag = &rest[at..];
        let end =
            if tag.starts_with("<!--") { tag.find("-->").map(|it| it + 2) } else { tag.find('>') };
        let Some(end) = end else {
            rest = tag;
            break;
        };
        rest = &tag[end + 1..];
        let closing = tag[1..end].starts_with('/');
        let name = tag[1..end].trim_start_matches('/');
        let name = name.split(|it: char| !it.is_ascii_alphanumeric()).next().unwrap_or_default();
        let name = name.to_ascii_lowercase();
        if UNSEEN.contains(&name.as_str()) && !closing {
            let close = format!("</{name}");
            let lower = rest.to_ascii_lowercase();
            rest = lower.find(&close).map_or("", |at| &rest[at..]);
        }
        text.border(&name, closing);
    }
    text.say(rest);
    text.end()
}

#[derive(Default)]
struct Text {
    seen: String,
    /// Line ends that come before the next word.
    breaks: usize,
    space: bool,
}

impl Text {
    fn border(&mut self, name: &str, closing: bool) {
        match name {
            "br" => self.breaks += 1,
            "li" if !closing => {
                self.breaks = self.breaks.max(1);
                self.word("- ");
            }
            "li" => {}
            name if BLOCKS.contains(&name) => self.breaks = self.breaks.max(2),
            _ => {}
        }
    }

    fn say(&mut self, html: &str) {
        let decoded = decode(html);
        for word in decoded.split_inclusive([' ', '\n', '\r', '\t']) {
            let bare = word.trim_end_matches([' ', '\n', '\r', '\t']);
            if !bare.is_empty() {
                self.word(bare);
            }
            self.space |= bare.len() < word.len();
        }
    }

    fn word(&mut self, word: &str) {
        let begun = !self.seen.is_empty();
        if self.breaks > 0 && begun {
            self.seen.push_str(&"\n".repeat(self.breaks.min(2)));
        } else if self.space && begun && !self.seen.ends_with(' ') {
            self.seen.push(' ');
        }
        (self.breaks, self.space) = (0, false);
        self.seen.push_str(word);
    }

    fn end(self) -> String {
        self.seen.replace('\u{a0}', " ").trim().to_owned()
    }
}

/// Entities as the characters that they stand for; what is none stays as it is.
fn decode(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('&') {
        text.push_str(&rest[..at]);
        let here = &rest[at + 1..];
        let known = here.find(';').filter(|end| *end <= 32).and_then(|end| {
            let name = &here[..end];
            let character = match name.strip_prefix('#') {
                Some(number) => numbered(number)?.to_string(),
                None => resolve_html5_entity(name)?.to_owned(),
            };
            Some((character, end))
        });
        match known {
            Some((character, end)) => {
                text.push_str(&character);
                rest = &here[end + 1..];
            }
            None => {
                text.push('&');
                rest = here;
            }
        }
    }
    text.push_str(rest);
    text
}

fn numbered(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).filter(|it| *it != '\0')
}

#[cfg(test)]
mod tests {
    use super::{from_text, to_text};

    #[test]
    fn readers_see_the_same_as_in_a_browser() {
        for (html, wanted) in [
            ("<p>Fein &amp; <b>stabil</b></p>\n<p>Aus Eiche</p>", "Fein & stabil\n\nAus Eiche"),
            ("Zeile<br/>zwei", "Zeile\nzwei"),
            ("<ul><li>eins</li>\n<li>zwei</li></ul>", "- eins\n- zwei"),
            ("a<script>alert('<p>')</script>b<!-- <p> -->c", "abc"),
            ("3 &lt; 4 &euro; &#8211; &unknown; & so", "3 < 4 € – &unknown; & so"),
            ("1 < 2", "1 < 2"),
            ("", ""),
        ] {
            assert_eq!(to_text(html), wanted, "{html}");
        }
    }

    #[test]
    fn a_text_goes_and_comes_back() {
        for text in ["Eiche", "Eins\nzwei\n\ndrei", "a < b & \"c\""] {
            assert_eq!(to_text(&from_text(text)), text);
        }
    }
}
