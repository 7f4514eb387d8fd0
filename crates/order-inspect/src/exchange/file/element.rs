//! Reading XML without holding more of it than one record: no document type, no entities but those of XML itself.

use std::io::BufRead;

use quick_xml::{
    Reader,
    escape::resolve_xml_entity,
    events::{BytesStart, Event},
};

use super::{
    FileError,
    bounded::{Bounded, TOO_LONG},
};

/// How deep elements may lie in each other.
const DEEPEST: usize = 32;

/// An element with everything in it. Names are without their prefix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::exchange) struct Element {
    pub(in crate::exchange) name: String,
    pub(in crate::exchange) line: u64,
    pub(in crate::exchange) attributes: Vec<(String, String)>,
    /// Its own text, without that of its children.
    pub(in crate::exchange) text: String,
    pub(in crate::exchange) children: Vec<Element>,
}

impl Element {
    /// The first child of this name.
    pub(in crate::exchange) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|it| it.name == name)
    }

    /// All children of this name.
    pub(in crate::exchange) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |it| it.name == name)
    }

    /// The text of the first child of this name, if it says anything.
    pub(in crate::exchange) fn say(&self, name: &str) -> Option<&str> {
        self.child(name).map(|it| it.text.trim()).filter(|it| !it.is_empty())
    }

    /// An attribute.
    pub(in crate::exchange) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }
}

/// What comes next in a document.
#[derive(Debug)]
pub(in crate::exchange) enum Part {
    /// An element that is gone into begins: its name, its attributes, its line.
    Inside(Element),
    /// A record, whole.
    Record(Element),
    /// The document has ended.
    End,
}

/// Reads a document as a stream of records.
pub(in crate::exchange) struct Elements<R> {
    reader: Reader<Bounded<R>>,
    buffer: Vec<u8>,
    /// The elements that were gone into.
    open: usize,
    begun: bool,
}

impl<R: BufRead> Elements<R> {
    pub(in crate::exchange) fn new(source: R) -> Self {
        let mut reader = Reader::from_reader(Bounded::new(source));
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), open: 0, begun: false }
    }

    /// The next part; `enters` says which elements are gone into, all others are records.
    pub(in crate::exchange) fn next(
        &mut self,
        enters: impl Fn(&str) -> bool,
    ) -> Result<Part, FileError> {
        loop {
            let line = self.line();
            match self.event()? {
                Event::Start(start) => {
                    let element = begun(&start, line)?;
                    self.begun = true;
                    if enters(&element.name) {
                        self.open += 1;
                        self.mark();
                        return Ok(Part::Inside(element));
                    }
                    let record = self.whole(element)?;
                    self.mark();
                    return Ok(Part::Record(record));
                }
                Event::End(_) => self.open = self.open.saturating_sub(1),
                Event::Eof if !self.begun => {
                    return Err(FileError::at(line, "this is no XML document"));
                }
                Event::Eof if self.open > 0 => {
                    return Err(FileError::at(
                        line,
                        "the document ends before its elements do: it is cut off",
                    ));
                }
                Event::Eof => return Ok(Part::End),
                _ => {}
            }
        }
    }

    /// Where the reader stands.
    pub(in crate::exchange) fn line(&self) -> u64 {
        self.reader.get_ref().line()
    }

    fn mark(&mut self) {
        self.reader.get_mut().mark();
    }

    fn event(&mut self) -> Result<Event<'static>, FileError> {
        self.buffer.clear();
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event.into_owned(),
            Err(error) => {
                let bounds = self.reader.get_ref();
                let message =
                    if bounds.is_too_long() { TOO_LONG.to_owned() } else { error.to_string() };
                return Err(FileError::at(bounds.line(), message));
            }
        };
        if matches!(event, Event::DocType(_)) {
            let message = "a document type (DOCTYPE) is not taken: leave it out";
            return Err(FileError::at(self.line(), message));
        }
        Ok(event)
    }

    /// Everything up to the end of an element.
    fn whole(&mut self, first: Element) -> Result<Element, FileError> {
        let mut open = vec![first];
        loop {
            let line = self.line();
            let event = self.event()?;
            let depth = open.len();
            let Some(current) = open.last_mut() else {
                return Err(FileError::at(line, "an element ends that has not begun"));
            };
            match event {
                Event::Start(start) if depth < DEEPEST => open.push(begun(&start, line)?),
                Event::Start(_) => {
                    return Err(FileError::at(
                        line,
                        format!("elements lie deeper than {DEEPEST} in each other"),
                    ));
                }
                Event::Text(text) => current.text.push_str(&text.xml10_content()),
                Event::CData(text) => current.text.push_str(&text.xml10_content()),
                Event::GeneralRef(name) => {
                    let unknown =
                        || FileError::at(line, format!("the entity “&{};” is not defined", &*name));
                    match name.resolve_char_ref() {
                        Ok(Some('\0')) | Err(_) => return Err(unknown()),
                        Ok(Some(character)) => current.text.push(character),
                        Ok(None) => {
                            current.text.push_str(resolve_xml_entity(&name).ok_or_else(unknown)?);
                        }
                    }
                }
                Event::End(_) => {
                    let Some(ended) = open.pop() else { continue };
                    if ended.text.contains('\0') {
                        return Err(FileError::at(
                            line,
                            "the character U+0000 cannot be part of a text",
                        ));
                    }
                    match open.last_mut() {
                        Some(parent) => parent.children.push(ended),
                        None => return Ok(ended),
                    }
                }
                Event::Eof => {
                    return Err(FileError::at(
                        line,
                        "the document ends before its elements do: it is cut off",
                    ));
                }
                _ => {}
            }
        }
    }
}

fn begun(start: &BytesStart<'_>, line: u64) -> Result<Element, FileError> {
    let wrong = |what: String| FileError::at(line, what);
    let name = start.local_name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| wrong(error.to_string()))?;
        let value = quick_xml::escape::unescape_with(&attribute.value, resolve_xml_entity)
            .map_err(|error| wrong(error.to_string()))?;
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element { name, line, attributes, ..Element::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Result<Vec<Element>, FileError> {
        let mut elements = Elements::new(text.as_bytes());
        let mut found = Vec::new();
        loop {
            match elements.next(|name| name == "all")? {
                Part::Record(it) => found.push(it),
                Part::Inside(_) => {}
                Part::End => return Ok(found),
            }
        }
    }

    #[test]
    fn records_come_with_their_line_their_text_and_what_is_in_them() {
        let found = records("<?xml version=\"1.0\"?>\n<all>\n <g:a x=\"1 &lt;\">b &amp; <![CDATA[<c>]]>&#xe4;<d/></g:a>\n</all>").unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].name.as_str(), found[0].line, found[0].text.as_str()),
            ("a", 3, "b & <c>ä")
        );
        assert_eq!(found[0].attribute("x"), Some("1 <"));
        assert!(found[0].child("d").is_some());
    }

    #[test]
    fn bombs_and_ruins_are_refused_with_their_line() {
        for (text, wanted) in [
            ("<!DOCTYPE a [<!ENTITY b \"cc\">]>\n<all><a>&b;</a></all>", "DOCTYPE"),
            ("<all>\n<a>&b;</a></all>", "&b;"),
            ("<all><a>", "cut off"),
            ("<all><a></all>", "line 1"),
            ("", "no XML"),
            ("sku;price", "no XML"),
        ] {
            let error = records(text).unwrap_err().to_string();
            assert!(error.contains(wanted), "{text}: {error}");
        }
        let deep = format!("<all>{}</all>", "<a>".repeat(100));
        assert!(records(&deep).unwrap_err().message.contains("deeper"));
        let long = format!("<all><a>{}</a></all>", "x".repeat(5_000_000));
        assert!(records(&long).unwrap_err().message.contains("4 MiB"));
    }
}
