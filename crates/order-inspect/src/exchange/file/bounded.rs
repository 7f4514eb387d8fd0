//! Reading with a limit for each record, so that no file takes more memory than one record may.

use std::io::{self, BufRead, Read};

/// The longest record, in bytes.
pub(in crate::exchange) const LONGEST_RECORD: u64 = 4 * 1024 * 1024;

/// Counts what is taken since the last record, and lines.
#[derive(Debug)]
pub(in crate::exchange) struct Bounded<R> {
    inner: R,
    since: u64,
    lines: u64,
    too_long: bool,
}

impl<R> Bounded<R> {
    pub(in crate::exchange) fn new(inner: R) -> Self {
        Self { inner, since: 0, lines: 1, too_long: false }
    }

    /// A record has ended.
    pub(in crate::exchange) fn mark(&mut self) {
        self.since = 0;
    }

    /// The line of what is taken next, from 1; right where it is taken as [`BufRead`].
    pub(in crate::exchange) fn line(&self) -> u64 {
        self.lines
    }

    /// Whether a record was refused.
    pub(in crate::exchange) fn is_too_long(&self) -> bool {
        self.too_long
    }

    fn check(&mut self) -> io::Result<()> {
        if self.since > LONGEST_RECORD {
            self.too_long = true;
            return Err(io::Error::other("a record is too long"));
        }
        Ok(())
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.check()?;
        let read = self.inner.read(buffer)?;
        self.since += u64::try_from(read).unwrap_or(u64::MAX);
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.check()?;
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        if let Ok(buffer) = self.inner.fill_buf() {
            let taken = buffer.iter().take(amount).filter(|it| **it == b'\n').count();
            self.lines += u64::try_from(taken).unwrap_or(0);
        }
        self.since += u64::try_from(amount).unwrap_or(u64::MAX);
        self.inner.consume(amount);
    }
}

/// What to say of a record that is too long.
pub(in crate::exchange) const TOO_LONG: &str =
    "a record is longer than 4 MiB; is a quotation mark or an element not closed?";
