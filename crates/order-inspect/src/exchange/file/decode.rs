//! Bytes as UTF-8: by the mark at the beginning, by what was said, by what the XML declaration says (XML 1.0,
//! Appendix F), else UTF-8. Other encodings are those of the WHATWG Encoding Standard.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::{Decoder, Encoding, UTF_8};

use super::FileError;

/// How much is decoded at once, in bytes.
const STEP: usize = 32 * 1024;

/// A file as UTF-8.
pub(in crate::exchange) struct Decoded<R> {
    inner: BufReader<R>,
    /// None where the bytes are UTF-8 already: they are passed on as they are, and checked by who reads them.
    decoder: Option<Decoder>,
    ready: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    /// Looks at the beginning of a file. `said` is a label such as `windows-1252`.
    pub(in crate::exchange) fn open(source: R, said: Option<&str>) -> Result<Self, FileError> {
        let mut inner = BufReader::with_capacity(STEP, source);
        let unread = |error: io::Error| FileError::whole(error.to_string());
        let start = inner.fill_buf().map_err(unread)?;
        let encoding = match Encoding::for_bom(start) {
            Some((encoding, length)) => {
                inner.consume(length);
                encoding
            }
            None => match said.map(str::to_owned).or_else(|| declared(start)) {
                Some(label) => named(&label)?,
                None => UTF_8,
            },
        };
        let decoder = (encoding != UTF_8).then(|| encoding.new_decoder_without_bom_handling());
        Ok(Self { inner, decoder, ready: Vec::new(), given: 0, ended: false })
    }

    fn decode_more(&mut self, decoder: &mut Decoder) -> io::Result<()> {
        let input = self.inner.fill_buf()?;
        let last = input.is_empty();
        let room = decoder.max_utf8_buffer_length(input.len()).unwrap_or(STEP * 4);
        self.ready.resize(room, 0);
        let (_, read, written, _) = decoder.decode_to_utf8(input, &mut self.ready, last);
        self.inner.consume(read);
        self.ready.truncate(written);
        (self.given, self.ended) = (0, last);
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(mut decoder) = self.decoder.take() else { return self.inner.read(buffer) };
        let mut outcome = Ok(());
        while self.given == self.ready.len() && !self.ended && outcome.is_ok() {
            outcome = self.decode_more(&mut decoder);
        }
        self.decoder = Some(decoder);
        outcome?;
        let read = (&self.ready[self.given..]).read(buffer)?;
        self.given += read;
        Ok(read)
    }
}

/// The encoding of this label.
pub(in crate::exchange) fn named(label: &str) -> Result<&'static Encoding, FileError> {
    Encoding::for_label(label.as_bytes()).ok_or_else(|| {
        FileError::whole(format!(
            "the encoding “{label}” is not known here: write the file as UTF-8"
        ))
    })
}

/// What `<?xml … encoding="…"?>` says; such a declaration is ASCII in all encodings that have no mark.
fn declared(start: &[u8]) -> Option<String> {
    let start = start.get(..start.len().min(200))?;
    let text: String = start.iter().map(|it| char::from(*it)).collect();
    let declaration = text.strip_prefix("<?xml")?.split("?>").next()?.to_owned();
    let value = declaration.split("encoding").nth(1)?.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    value[1..].split(quote).next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], said: Option<&str>) -> String {
        let mut text = String::new();
        Decoded::open(bytes, said).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn each_encoding_is_read_as_what_it_is() {
        assert_eq!(read("\u{feff}Stühle".as_bytes(), None), "Stühle");
        assert_eq!(read(b"St\xfchle", Some("iso-8859-1")), "Stühle");
        let xml = b"<?xml version=\"1.0\" encoding='ISO-8859-1'?><a>St\xfchle</a>";
        assert!(read(xml, None).ends_with("<a>Stühle</a>"));
        assert_eq!(read(b"\xff\xfeS\0t\0", None), "St");
        let long = [b"\xfc".as_slice(); 100_000].concat();
        assert_eq!(read(&long, Some("latin1")), "ü".repeat(100_000));
    }

    #[test]
    fn an_unknown_encoding_is_told() {
        let error = Decoded::open(b"a".as_slice(), Some("klingon")).err().unwrap();
        assert!(error.message.contains("klingon"));
    }
}
