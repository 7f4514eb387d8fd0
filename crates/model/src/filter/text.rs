//! Reading the text form of filters.

use super::period::Period;
use super::{Arity, FieldTest, Filter, Operator};

/// Parentheses may not nest deeper than this.
const MAX_DEPTH: usize = 40;
/// More tests than this are no filter that anybody wrote.
const MOST_TESTS: usize = 100;

/// A filter's text cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("filter, character {at}: {expected} expected{}", instead(.found.as_deref()))]
pub struct FilterError {
    /// The most tests that a filter may have, where it has more.
    pub most: Option<usize>,
    /// Character position, from 1.
    pub at: usize,
    /// What was probably meant, where that can be told: a filter, or its beginning.
    pub meant: Option<String>,
    /// What should stand there.
    pub expected: String,
    /// What stands there; none at the end.
    pub found: Option<String>,
}

fn instead(found: Option<&str>) -> String {
    found.map_or_else(String::new, |found| format!(" instead of “{found}”"))
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Comma,
    Dot,
    Symbol(&'static str),
    Word(String),
    Quoted(String),
}

struct Located {
    token: Token,
    at: usize,
}

/// Two-letter symbols first, so that `<=` is not read as `<`.
const SYMBOLS: [&str; 7] = ["!=", "<=", ">=", "<>", "=", "<", ">"];

fn tokens(text: &str) -> Result<Vec<Located>, FilterError> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let at = i + 1;
        let c = chars[i];
        if c.is_whitespace() {
            i += 1;
            continue;
        }
        let symbol =
            SYMBOLS.into_iter().find(|s| s.chars().eq(chars[i..].iter().copied().take(s.len())));
        let token = match c {
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '.' => Token::Dot,
            '"' | '\'' => {
                let (text, length) = quoted(&chars[i..], c).ok_or_else(|| FilterError {
                    most: None,
                    at,
                    meant: None,
                    expected: format!("a closing {c}"),
                    found: None,
                })?;
                i += length;
                out.push(Located { token: Token::Quoted(text), at });
                continue;
            }
            _ => match symbol {
                Some(symbol) => {
                    i += symbol.len();
                    let symbol = if symbol == "<>" { "!=" } else { symbol };
                    out.push(Located { token: Token::Symbol(symbol), at });
                    continue;
                }
                None => {
                    let length = chars[i..].iter().take_while(|c| is_word(**c)).count();
                    if length == 0 {
                        return Err(FilterError {
                            most: None,
                            at,
                            meant: None,
                            expected: "a name, a value or an operator".into(),
                            found: Some(c.to_string()),
                        });
                    }
                    let word: String = chars[i..i + length].iter().collect();
                    i += length;
                    out.push(Located { token: Token::Word(word), at });
                    continue;
                }
            },
        };
        out.push(Located { token, at });
        i += 1;
    }
    Ok(out)
}

/// A quoted text and the characters it takes; the quote is written twice inside.
fn quoted(chars: &[char], quote: char) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut i = 1;
    loop {
        let c = *chars.get(i)?;
        if c != quote {
            text.push(c);
            i += 1;
        } else if chars.get(i + 1) == Some(&quote) {
            text.push(quote);
            i += 2;
        } else {
            return Some((text, i + 1));
        }
    }
}

/// Characters of a bare word. A dot is apart, so that it can join the names of a path.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '_' | '-' | ':' | '+' | '@' | '/' | '%' | '#' | '$' | '*' | '&')
}

struct Reader {
    tokens: Vec<Located>,
    next: usize,
    end: usize,
    depth: usize,
    tests: usize,
}

/// The longest filter in bytes: what is longer fits into no address.
const LONGEST: usize = 64 * 1024;

pub(super) fn parse(text: &str) -> Result<Filter, FilterError> {
    if text.len() > LONGEST {
        let (at, expected) = (LONGEST, format!("a filter of at most {LONGEST} bytes"));
        return Err(FilterError { most: None, at, meant: None, expected, found: None });
    }
    let tokens = tokens(text)?;
    if tokens.is_empty() {
        return Ok(Filter::everything());
    }
    let mut reader = Reader { tokens, next: 0, end: text.chars().count() + 1, depth: 0, tests: 0 };
    let filter = reader.any()?;
    match reader.peek() {
        None => Ok(filter),
        Some(_) => Err(reader.expected("“and”, “or” or the end")),
    }
}

impl Reader {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|located| &located.token)
    }

    fn expected(&self, what: &str) -> FilterError {
        let (at, found) = match self.tokens.get(self.next) {
            Some(located) => (located.at, Some(shown(&located.token).to_owned())),
            None => (self.end, None),
        };
        FilterError { most: None, at, meant: None, expected: what.to_owned(), found }
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.next += usize::from(found);
        found
    }

    fn take(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.next += usize::from(found);
        found
    }

    fn any(&mut self) -> Result<Filter, FilterError> {
        self.joined("or", Self::all, Filter::Any)
    }

    fn all(&mut self) -> Result<Filter, FilterError> {
        self.joined("and", Self::single, Filter::All)
    }

    fn joined(
        &mut self,
        word: &str,
        part: fn(&mut Self) -> Result<Filter, FilterError>,
        join: fn(Vec<Filter>) -> Filter,
    ) -> Result<Filter, FilterError> {
        let first = part(self)?;
        if !self.is_word(word) {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.take_word(word) {
            parts.push(part(self)?);
        }
        Ok(join(parts))
    }

    fn single(&mut self) -> Result<Filter, FilterError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.expected("fewer nested parentheses"));
        }
        let filter = if self.take(&Token::Open) {
            let inner = self.any()?;
            if !self.take(&Token::Close) {
                return Err(self.expected("“)”"));
            }
            inner
        } else if self.is_word("not") {
            self.next += 1;
            Filter::Not(Box::new(self.single()?))
        } else {
            self.test()?
        };
        self.depth -= 1;
        Ok(filter)
    }

    fn test(&mut self) -> Result<Filter, FilterError> {
        self.tests += 1;
        if self.tests > MOST_TESTS {
            let error = self.expected("no more than 100 conditions");
            return Err(FilterError { most: Some(MOST_TESTS), ..error });
        }
        let mut path = vec![self.name()?];
        while self.take(&Token::Dot) {
            path.push(self.name()?);
        }
        let operator = self.operator()?;
        let start = self.next;
        let operands = self
            .operands(operator)
            .map_err(|error| self.corrected(error, &path, operator, start))?;
        Ok(Filter::Test(FieldTest { path, operator, operands }))
    }

    /// The error of a test with what was probably meant: a period after `in`, or a list of one.
    fn corrected(
        &mut self,
        error: FilterError,
        path: &[String],
        operator: Operator,
        start: usize,
    ) -> FilterError {
        self.next = start;
        let is_list = operator.arity() == Arity::Many;
        let Some(words) = self.phrase().ok().filter(|_| is_list) else { return error };
        let operator = match (operator, Period::is_one(&words)) {
            (Operator::In, true) => Operator::During,
            (operator, _) => operator,
        };
        let test = FieldTest { path: path.to_vec(), operator, operands: vec![words] };
        FilterError { meant: Some(Filter::Test(test).to_string()), ..error }
    }

    fn name(&mut self) -> Result<String, FilterError> {
        match self.peek() {
            Some(Token::Word(name) | Token::Quoted(name)) => {
                let name = name.clone();
                self.next += 1;
                Ok(name)
            }
            _ => Err(self.expected("the name of a field")),
        }
    }

    fn operator(&mut self) -> Result<Operator, FilterError> {
        if let Some(&Token::Symbol(symbol)) = self.peek() {
            self.next += 1;
            return Operator::from_symbol(symbol).ok_or_else(|| self.expected("an operator"));
        }
        // The longest phrase wins, so that “is not null” is not read as “is null”.
        let mut phrases: Vec<Operator> = Operator::ALL.to_vec();
        phrases.sort_by_key(|operator| std::cmp::Reverse(operator.symbol().len()));
        for operator in phrases {
            let words: Vec<&str> = operator.symbol().split(' ').collect();
            let matches = words.iter().enumerate().all(|(i, word)| {
                matches!(self.tokens.get(self.next + i).map(|l| &l.token),
                    Some(Token::Word(found)) if found.eq_ignore_ascii_case(word))
            });
            if matches {
                self.next += words.len();
                return Ok(operator);
            }
        }
        Err(self.expected("an operator such as =, contains, is null, during"))
    }

    fn operands(&mut self, operator: Operator) -> Result<Vec<String>, FilterError> {
        match operator.arity() {
            Arity::None => Ok(Vec::new()),
            Arity::One if operator == Operator::During => Ok(vec![self.phrase()?]),
            Arity::One => Ok(vec![self.value()?]),
            Arity::Two => {
                let first = self.value()?;
                if !self.take_word("and") {
                    return Err(self.expected("“and”"));
                }
                Ok(vec![first, self.value()?])
            }
            Arity::Many => {
                if !self.take(&Token::Open) {
                    return Err(self.expected("“(”"));
                }
                let mut values = vec![self.value()?];
                while self.take(&Token::Comma) {
                    values.push(self.value()?);
                }
                if !self.take(&Token::Close) {
                    return Err(self.expected("“,” or “)”"));
                }
                Ok(values)
            }
        }
    }

    /// A value: a quoted text, or bare words joined by dots that touch them (`12.50`).
    fn value(&mut self) -> Result<String, FilterError> {
        match self.peek() {
            Some(Token::Quoted(text)) => {
                let text = text.clone();
                self.next += 1;
                Ok(text)
            }
            Some(Token::Word(_) | Token::Dot) => {
                let mut text = String::new();
                let mut at = self.tokens[self.next].at;
                while let Some(located) = self.tokens.get(self.next) {
                    let part = match &located.token {
                        Token::Word(word) => word.as_str(),
                        Token::Dot => ".",
                        _ => break,
                    };
                    if located.at != at {
                        break;
                    }
                    text.push_str(part);
                    at += part.chars().count();
                    self.next += 1;
                }
                Ok(text)
            }
            _ => Err(self.expected("a value")),
        }
    }

    /// The words of a period, up to `and`, `or`, `)` or the end.
    fn phrase(&mut self) -> Result<String, FilterError> {
        let mut words = vec![self.value()?];
        while matches!(self.peek(), Some(Token::Word(word)) if !matches!(word.to_ascii_lowercase().as_str(), "and" | "or"))
        {
            words.push(self.value()?);
        }
        Ok(words.join(" "))
    }
}

fn shown(token: &Token) -> &str {
    match token {
        Token::Open => "(",
        Token::Close => ")",
        Token::Comma => ",",
        Token::Dot => ".",
        Token::Symbol(symbol) => symbol,
        Token::Word(text) | Token::Quoted(text) => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_filter_reads_as_it_is_written() {
        for text in [
            "status = open",
            "status != open and total >= 12.50",
            "status in (open, \"in progress\") or note is not empty",
            "customer.country = DE and (a = 1 or b = 2)",
            "not name contains \"van der\"",
            "\"Order Date\" during last 7 days and x = 1",
            "total between -1.5 and 3",
            "\"and\" = \"or\"",
            "name = \"say \"\"hi\"\"\"",
        ] {
            assert_eq!(Filter::parse(text).expect(text).to_string(), text);
        }
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        let message = |text| Filter::parse(text).expect_err(text).to_string();
        assert_eq!(
            message("status open"),
            "filter, character 8: an operator such as =, contains, is null, during expected instead of “open”"
        );
        assert_eq!(message("a = "), "filter, character 5: a value expected");
        let many = |tests: usize| vec!["a=1"; tests].join(" and ");
        assert!(parse(&many(MOST_TESTS)).is_ok());
        let too_many = many(MOST_TESTS + 1);
        assert!(message(&too_many).contains("no more than 100 conditions expected"));
        assert_eq!(message("(a = 1"), "filter, character 7: “)” expected");
        assert_eq!(message("a = \"x"), "filter, character 5: a closing \" expected");
        assert_eq!(
            message("a = 1 b = 2"),
            "filter, character 7: “and”, “or” or the end expected instead of “b”"
        );
        let deep = "(".repeat(5_000);
        assert!(message(&deep).contains("fewer nested parentheses"));
    }

    fn any_test() -> impl Strategy<Value = Filter> {
        let operator = prop::sample::select(
            Operator::ALL.into_iter().filter(|o| *o != Operator::During).collect::<Vec<_>>(),
        );
        (prop::collection::vec(".{1,8}", 1..3), operator, prop::collection::vec(".{0,8}", 1..4))
            .prop_map(|(path, operator, mut operands)| {
                match operator.arity() {
                    Arity::None => operands.clear(),
                    Arity::One => operands.truncate(1),
                    Arity::Two => operands.resize(2, "x".into()),
                    Arity::Many => {}
                }
                Filter::Test(FieldTest { path, operator, operands })
            })
    }

    fn any_filter() -> impl Strategy<Value = Filter> {
        any_test().prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::All),
                prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Any),
                inner.prop_map(|f| Filter::Not(Box::new(f))),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_filter_reads_back(filter in any_filter()) {
            let text = filter.to_string();
            prop_assert_eq!(Filter::parse(&text).expect("reads back"), filter, "{}", text);
        }

        #[test]
        fn no_text_makes_the_reader_fail_badly(text in ".*") {
            let _ = Filter::parse(&text);
        }
    }

    #[test]
    fn a_period_after_in_is_told_how_it_would_be_right() {
        let meant = |text: &str| parse(text).expect_err("no list").meant;
        assert_eq!(
            meant("updated_at in last 30 days").as_deref(),
            Some("updated_at during last 30 days")
        );
        assert_eq!(meant("status in new and a = 1").as_deref(), Some("status in (new)"));
        assert_eq!(meant("status in"), None);
        assert_eq!(meant("status = "), None);
    }

    #[test]
    fn every_example_of_the_documents_is_a_filter() {
        let page = include_str!("../../../../docs/filters.md");
        let blocks = page.split("```filter\n").skip(1).filter_map(|rest| rest.split("```").next());
        let rows = page.lines().filter(|line| line.starts_with("| `"));
        let in_rows = rows.filter_map(|row| row.split('`').nth(3));
        let mut operators = std::collections::HashSet::new();
        for text in blocks.flat_map(str::lines).chain(in_rows) {
            let filter = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(parse(&filter.to_string()), Ok(filter.clone()), "{text}");
            if let Filter::Test(test) = filter {
                operators.insert(test.operator);
            }
        }
        for operator in Operator::ALL {
            assert!(operators.contains(&operator), "{} has no example", operator.symbol());
        }
    }
}
