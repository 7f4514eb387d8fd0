//! A letter as blocks, and the two ways to write them down: plain text and HTML.

use maud::{DOCTYPE, Markup, html};

use super::{Content, Language, MailLine, Section, Shop, Sum};

/// A part of a letter.
pub(super) enum Block {
    /// Sentences.
    Paragraph(String),
    /// Labels with short values.
    Facts(Vec<(&'static str, String)>),
    /// Articles.
    Lines(Vec<MailLine>),
    /// Amounts below articles; the last one is everything together.
    Sums(Vec<Sum>),
    /// A postal address or another text of several lines.
    Address { label: &'static str, lines: Vec<String> },
    /// The one thing to click.
    Link { label: String, url: String },
    /// What the law wants, small, at the end.
    Section(Section),
}

/// A letter before it is written down.
pub(super) struct Letter {
    pub(super) language: Language,
    pub(super) subject: String,
    pub(super) greeting: String,
    pub(super) blocks: Vec<Block>,
    pub(super) closing: &'static str,
}

const INK: &str = "#1c2026";
const QUIET: &str = "#5a626d";
const ACCENT: &str = "#1f3d5c";

impl Letter {
    pub(super) fn write(self, shop: &Shop) -> Content {
        let (text, html) = (self.text(shop), self.html(shop).into_string());
        Content { subject: self.subject, text, html }
    }

    /// What is said before the closing.
    fn body(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(|block| !matches!(block, Block::Section(_)))
    }

    /// What the law wants comes after it.
    fn legal(&self) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(|block| matches!(block, Block::Section(_)))
    }

    fn text(&self, shop: &Shop) -> String {
        let mut parts = vec![self.greeting.clone()];
        parts.extend(self.body().map(Block::text));
        parts.push(format!("{}\n{}", self.closing, shop.name));
        parts.extend(self.legal().map(Block::text));
        parts.push(format!("-- \n{}", shop.imprint.join("\n")));
        parts.join("\n\n") + "\n"
    }

    fn html(&self, shop: &Shop) -> Markup {
        let body = format!(
            "margin:0;background:#f3f4f6;color:{INK};\
             font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
        );
        let foot = format!("padding:16px 32px 32px;color:{QUIET};font-size:12px");
        html! {
            (DOCTYPE)
            html lang=(self.language.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { (self.subject) }
                }
                body style=(body) {
                    // Tables, because mail programs lay out little else.
                    table role="presentation" width="100%" cellpadding="0" cellspacing="0" {
                        tr { td align="center" style="padding:24px 12px" {
                            table role="presentation" width="600" cellpadding="0" cellspacing="0"
                                style="max-width:600px;width:100%;background:#ffffff;border-radius:8px" {
                                tr { td style=(format!("padding:28px 32px 0;color:{ACCENT};font-size:20px;font-weight:bold")) {
                                    (shop.name)
                                } }
                                tr { td style="padding:12px 32px 24px" {
                                    h1 style=(format!("margin:12px 0 16px;font-size:22px;line-height:1.3;color:{ACCENT}")) { (self.subject) }
                                    p style="margin:0 0 16px" { (self.greeting) }
                                    @for block in self.body() { (block.html()) }
                                    p style="margin:24px 0" { (self.closing) br; (shop.name) }
                                    @for block in self.legal() { (block.html()) }
                                } }
                            }
                            table role="presentation" width="600" cellpadding="0" cellspacing="0"
                                style="max-width:600px;width:100%" {
                                tr { td style=(foot) {
                                    @for line in &shop.imprint { (line) br; }
                                } }
                            }
                        } }
                    }
                }
            }
        }
    }
}

impl Block {
    fn text(&self) -> String {
        match self {
            Self::Paragraph(text) => text.clone(),
            Self::Section(section) => section.text(),
            Self::Facts(facts) => joined(facts, |(label, value)| format!("{label}: {value}")),
            Self::Lines(lines) => joined(lines, MailLine::text),
            Self::Sums(sums) => joined(sums, |sum| format!("{}: {}", sum.label, sum.amount)),
            Self::Address { label, lines } => format!("{label}:\n{}", lines.join("\n")),
            Self::Link { label, url } => format!("{label}:\n{url}"),
        }
    }

    fn html(&self) -> Markup {
        match self {
            Self::Paragraph(text) => html! { p style="margin:0 0 16px" { (lines_html(text)) } },
            Self::Section(section) => section.html(),
            Self::Facts(facts) => html! {
                table cellpadding="0" cellspacing="0" style="margin:0 0 16px" {
                    @for (label, value) in facts {
                        tr {
                            th align="left" style=(format!("padding:2px 16px 2px 0;font-weight:normal;color:{QUIET}")) { (label) }
                            td style="padding:2px 0" { (value) }
                        }
                    }
                }
            },
            Self::Lines(lines) => html! {
                table width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 8px" {
                    @for line in lines { (line.html()) }
                }
            },
            Self::Sums(sums) => sums_html(sums),
            Self::Address { label, lines } => html! {
                p style="margin:0 0 16px" {
                    strong { (label) }
                    @for line in lines { br; (line) }
                }
            },
            Self::Link { label, url } => link_html(label, url),
        }
    }
}

impl Section {
    fn text(&self) -> String {
        let rule = "─".repeat(self.title.chars().count());
        let head = format!("{}\n{rule}", self.title);
        let text = self.text.as_deref().map(plain_ends);
        let parts = [Some(head), text, self.url.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
    }

    fn html(&self) -> Markup {
        let small = format!("margin:0 0 12px;font-size:13px;color:{QUIET}");
        let text = self.text.as_deref().map(plain_ends).unwrap_or_default();
        let paragraphs = text.split("\n\n").filter(|it| !it.trim().is_empty());
        html! {
            h2 style=(format!("margin:24px 0 8px;padding-top:16px;border-top:1px solid #e3e6ea;font-size:14px;color:{ACCENT}")) { (self.title) }
            @for paragraph in paragraphs { p style=(small) { (lines_html(paragraph.trim_matches('\n'))) } }
            @if let Some(url) = &self.url {
                p style=(small) {
                    @if is_web(url) { a href=(url) style=(format!("color:{ACCENT}")) { (url) } } @else { (url) }
                }
            }
        }
    }
}

/// A text whose lines end as ours do, wherever it was written.
fn plain_ends(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// A text with its lines, as addresses and forms have them.
fn lines_html(text: &str) -> Markup {
    html! {
        @for (at, line) in text.lines().enumerate() {
            @if at > 0 { br; }
            (line)
        }
    }
}

/// What is no address of the web is only written, never linked.
fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

impl MailLine {
    fn text(&self) -> String {
        let details = if self.details.is_empty() {
            String::new()
        } else {
            format!(" ({})", self.details.join(", "))
        };
        let total = self.total.as_ref().map(|total| format!(": {total}")).unwrap_or_default();
        format!("- {} × {}{details}{total}", self.quantity, self.name)
    }

    fn html(&self) -> Markup {
        let cell = "padding:10px 0;border-top:1px solid #e3e6ea;vertical-align:top";
        html! {
            tr {
                td style=(cell) {
                    (self.quantity) " × " strong { (self.name) }
                    @for detail in &self.details {
                        br; span style=(format!("font-size:13px;color:{QUIET}")) { (detail) }
                    }
                }
                @if let Some(total) = &self.total {
                    td align="right" style=(format!("{cell};white-space:nowrap;padding-left:12px")) { (total) }
                }
            }
        }
    }
}

fn sums_html(sums: &[Sum]) -> Markup {
    html! {
        table width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 20px" {
            @for (index, sum) in sums.iter().enumerate() {
                @let weight = if index + 1 == sums.len() {
                    format!("padding:8px 0;border-top:2px solid {ACCENT};font-weight:bold;color:{ACCENT}")
                } else {
                    "padding:3px 0".to_owned()
                };
                tr {
                    td style=(weight) { (sum.label) }
                    td align="right" style=(format!("{weight};white-space:nowrap")) { (sum.amount) }
                }
            }
        }
    }
}

/// A link that looks like a button.
fn link_html(label: &str, url: &str) -> Markup {
    let style = format!(
        "display:inline-block;padding:12px 20px;border-radius:6px;background:{ACCENT};\
         color:#ffffff;text-decoration:none;font-weight:bold"
    );
    html! {
        p style="margin:0 0 20px" {
            @if is_web(url) { a href=(url) style=(style) { (label) } } @else { (label) ": " (url) }
        }
    }
}

fn joined<T>(items: &[T], write: impl Fn(&T) -> String) -> String {
    items.iter().map(write).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::Section;

    #[test]
    fn lines_of_legal_texts_stay_lines_wherever_they_were_written() {
        let text = "Muster-Widerrufsformular\r\n\r\nAn Lampenladen GmbH\r\nLange Straße 1 & 2\r\n20095 Hamburg";
        let section =
            |text: String| Section { title: "Widerruf".to_owned(), text: Some(text), url: None };
        let html = section(text.to_owned()).html().into_string();
        assert_eq!(html.matches("<p ").count(), 2, "{html}");
        assert!(
            html.contains("An Lampenladen GmbH<br>Lange Straße 1 &amp; 2<br>20095 Hamburg</p>"),
            "{html}"
        );
        assert_eq!(html, section(text.replace("\r\n", "\n")).html().into_string());
        assert!(!section(text.to_owned()).text().contains('\r'));
    }
}
