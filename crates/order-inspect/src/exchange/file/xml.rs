//! Writing XML, line by line.

use quick_xml::escape::escape;

/// A document that is being written; what was written can be taken away while it goes on.
#[derive(Debug, Default)]
pub(in crate::exchange) struct Xml {
    text: String,
    open: Vec<&'static str>,
}

impl Xml {
    /// Begins an element.
    pub(in crate::exchange) fn open(&mut self, name: &'static str, attributes: &[(&str, &str)]) {
        self.start(name, attributes);
        self.text.push_str(">\n");
        self.open.push(name);
    }

    /// Ends the element that was begun last.
    pub(in crate::exchange) fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.text.push_str(&format!("</{name}>\n"));
        }
    }

    /// An element with a text in it.
    pub(in crate::exchange) fn leaf(&mut self, name: &str, text: &str) {
        self.leaf_with(name, &[], text);
    }

    /// An element with attributes and a text in it.
    pub(in crate::exchange) fn leaf_with(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        text: &str,
    ) {
        self.start(name, attributes);
        self.text.push_str(&format!(">{}</{name}>\n", escape(clean(text))));
    }

    /// What stands there already, as it is.
    pub(in crate::exchange) fn raw(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// What was written since the last time.
    pub(in crate::exchange) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.text).into_bytes()
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.indent();
        self.text.push_str(&format!("<{name}"));
        for (attribute, value) in attributes {
            self.text.push_str(&format!(" {attribute}=\"{}\"", escape(clean(value))));
        }
    }

    fn indent(&mut self) {
        self.text.push_str(&"  ".repeat(self.open.len()));
    }
}

/// Without the characters that XML 1.0 cannot hold (section 2.2).
fn clean(text: &str) -> String {
    let fits = |it: &char| !it.is_control() || matches!(it, '\n' | '\t' | '\r');
    text.chars().filter(fits).filter(|it| !matches!(it, '\u{fffe}' | '\u{ffff}')).collect()
}
