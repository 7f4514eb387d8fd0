//! A statement read sign by sign, as far as that is needed to find its names and its end.

use super::{KNOWN, Piece, Place, Statement, StatementError, StatementKind};
use crate::Engine;

/// How far a text was read.
pub(super) struct Reading<'a> {
    text: &'a str,
    engine: Engine,
    /// Bytes that were read.
    at: usize,
    /// Where the SQL begins that is no part yet.
    from: usize,
    pieces: Vec<Piece>,
    /// Parentheses that are open.
    depth: usize,
    /// The first word, in capitals.
    verb: Option<String>,
    /// After `WITH`: the word that says what is done, in capitals.
    main: Option<String>,
}

/// The words that say what a statement does.
const VERBS: &[(&str, StatementKind)] = &[
    ("UPDATE", StatementKind::Update),
    ("INSERT", StatementKind::Write),
    ("DELETE", StatementKind::Write),
    ("REPLACE", StatementKind::Write),
    ("MERGE", StatementKind::Write),
    ("CALL", StatementKind::Call),
    ("SELECT", StatementKind::Call),
];

impl<'a> Reading<'a> {
    pub(super) fn of(text: &'a str, engine: Engine) -> Self {
        Self { text, engine, at: 0, from: 0, pieces: Vec::new(), depth: 0, verb: None, main: None }
    }

    pub(super) fn statement(mut self) -> Result<Statement, StatementError> {
        while let Some(c) = self.rest().chars().next() {
            if c == ';' {
                let end = self.at;
                self.at += 1;
                self.nothing_more()?;
                self.sql_until(end);
                self.from = self.text.len();
                break;
            }
            self.one(c)?;
        }
        self.sql_until(self.text.len());
        let does_more = self.main.is_some();
        let verb = self.main.or(self.verb).unwrap_or_default();
        let kind = VERBS.iter().find(|(word, _)| *word == verb).map(|(_, kind)| *kind);
        let kind = match kind.ok_or(StatementError::Verb(verb))? {
            // What stands before may change something else, too.
            StatementKind::Update if does_more => StatementKind::Write,
            kind => kind,
        };
        Ok(Statement { pieces: self.pieces, kind })
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn is_mysql(&self) -> bool {
        self.engine == Engine::Mysql
    }

    fn is_sqlite(&self) -> bool {
        self.engine == Engine::Sqlite
    }

    /// Reads one sign, word, quotation, comment or name.
    fn one(&mut self, c: char) -> Result<(), StatementError> {
        if self.blank()? {
            return Ok(());
        }
        match c {
            '\'' => self.quotation("'", self.is_mysql() || self.is_escaping()),
            '"' => self.quotation("\"", self.is_mysql()),
            '`' if self.is_mysql() || self.is_sqlite() => self.quotation("`", false),
            '[' if self.is_sqlite() => self.until("[", "]"),
            '$' if !self.is_mysql() => self.dollar(),
            '?' if self.engine != Engine::Postgres => Err(StatementError::Unnamed("?".into())),
            '@' if self.is_sqlite() => Err(StatementError::Unnamed("@".into())),
            ':' => self.colon(),
            '(' => {
                self.depth += 1;
                self.step(c)
            }
            ')' => {
                self.depth = self.depth.saturating_sub(1);
                self.step(c)
            }
            c if is_first(c) => {
                self.word();
                Ok(())
            }
            // `1e5`, `0x1f`: no words.
            c if c.is_ascii_digit() => {
                self.at += length(self.rest(), is_further);
                Ok(())
            }
            c => self.step(c),
        }
    }

    fn step(&mut self, c: char) -> Result<(), StatementError> {
        self.at += c.len_utf8();
        Ok(())
    }

    /// Reads a blank or a comment, if one is next.
    fn blank(&mut self) -> Result<bool, StatementError> {
        let rest = self.rest();
        let after = |sign: &str| rest.strip_prefix(sign).map(|rest| rest.chars().next());
        let is_line = match after("--") {
            // `5--3` is a difference there.
            Some(next) if self.is_mysql() => next.is_none_or(char::is_whitespace),
            Some(_) => true,
            None => self.is_mysql() && rest.starts_with('#'),
        };
        if is_line {
            self.at += rest.find('\n').map_or(rest.len(), |end| end + 1);
        } else if rest.starts_with("/*") {
            self.comment()?;
        } else if rest.starts_with(char::is_whitespace) {
            self.at += length(rest, char::is_whitespace);
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Comments lie in each other in PostgreSQL, and nowhere else.
    fn comment(&mut self) -> Result<(), StatementError> {
        let mut open = 0_usize;
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") && (open == 0 || self.engine == Engine::Postgres) {
                (open, self.at) = (open + 1, self.at + 2);
            } else if rest.starts_with("*/") {
                (open, self.at) = (open - 1, self.at + 2);
                if open == 0 {
                    return Ok(());
                }
            } else {
                let c = rest.chars().next().ok_or(StatementError::Unended("/*"))?;
                self.at += c.len_utf8();
            }
        }
    }

    /// Reads a quotation, within which the sign is doubled, and some let it follow a backslash.
    fn quotation(&mut self, sign: &'static str, escapes: bool) -> Result<(), StatementError> {
        self.at += 1;
        loop {
            let rest = self.rest();
            if escapes && rest.starts_with('\\') {
                self.at += 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
            } else if rest.strip_prefix(sign).is_some_and(|rest| rest.starts_with(sign)) {
                self.at += 2;
            } else if rest.starts_with(sign) {
                self.at += 1;
                return Ok(());
            } else {
                let c = rest.chars().next().ok_or(StatementError::Unended(sign))?;
                self.at += c.len_utf8();
            }
        }
    }

    /// PostgreSQL's `E'…'`, in which a backslash means something.
    fn is_escaping(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or_default();
        let outer = before.strip_suffix(['e', 'E']);
        self.engine == Engine::Postgres && outer.is_some_and(|outer| !outer.ends_with(is_further))
    }

    fn until(&mut self, begin: &'static str, end: &str) -> Result<(), StatementError> {
        let place = self.rest().find(end).ok_or(StatementError::Unended(begin))?;
        self.at += place + end.len();
        Ok(())
    }

    /// PostgreSQL's `$tag$…$tag$`; a number or a name is a place without Kontor's name.
    fn dollar(&mut self) -> Result<(), StatementError> {
        let rest = &self.rest()[1..];
        let name = length(rest, is_further);
        let is_tag = self.engine == Engine::Postgres
            && rest[name..].starts_with('$')
            && !rest.starts_with(|c: char| c.is_ascii_digit());
        if !is_tag {
            return Err(StatementError::Unnamed(format!("${}", &rest[..name])));
        }
        let tag = &self.rest()[..name + 2];
        self.at += tag.len();
        self.until("$", tag)
    }

    fn word(&mut self) {
        let rest = self.rest();
        // In MySQL and PostgreSQL a name may have a `$` in it.
        let end = length(rest, |c| is_further(c) || c == '$');
        let word = rest[..end].to_uppercase();
        self.at += end;
        let is_verb = VERBS.iter().any(|(verb, _)| *verb == word);
        match self.verb.as_deref() {
            None => self.verb = Some(word),
            Some("WITH") if self.depth == 0 && self.main.is_none() && is_verb => {
                self.main = Some(word);
            }
            Some(_) => {}
        }
    }

    /// A name, or one of the other meanings of a colon (`::`, `:=`, `[1:2]`).
    fn colon(&mut self) -> Result<(), StatementError> {
        let begin = self.at;
        let rest = &self.rest()[1..];
        if rest.starts_with(':') || rest.starts_with('=') {
            self.at += 2;
            return Ok(());
        }
        self.at += 1;
        let Some(name) = self.name()? else { return Ok(()) };
        let is_quoted = rest.starts_with('"');
        let is_prefix = !is_quoted && matches!(name.as_str(), "record" | "kontor");
        let place = if is_prefix && self.rest().starts_with('.') {
            self.at += 1;
            let inner = self.name()?.unwrap_or_default();
            match name.as_str() {
                "record" => Place::Record(inner),
                _ => match KNOWN.iter().find(|(word, _)| *word == inner) {
                    Some((_, known)) => Place::Known(*known),
                    None => return Err(StatementError::Unknown(inner)),
                },
            }
        } else {
            Place::Named(name)
        };
        self.sql_until(begin);
        self.pieces.push(Piece::Place(place));
        self.from = self.at;
        Ok(())
    }

    /// A name as it stands, or in quotation marks.
    fn name(&mut self) -> Result<Option<String>, StatementError> {
        let begin = self.at;
        let rest = self.rest();
        if rest.starts_with('"') {
            self.quotation("\"", false)?;
            let quoted = &self.text[begin + 1..self.at - 1];
            return Ok(Some(quoted.replace("\"\"", "\"")));
        }
        if !rest.starts_with(is_first) {
            return Ok(None);
        }
        self.at += length(rest, is_further);
        Ok(Some(rest[..self.at - begin].to_owned()))
    }

    /// After the end there may be blanks and comments.
    fn nothing_more(&mut self) -> Result<(), StatementError> {
        while !self.rest().is_empty() {
            if !self.blank()? {
                return Err(StatementError::Several);
            }
        }
        Ok(())
    }

    fn sql_until(&mut self, end: usize) {
        if let Some(sql) = self.text.get(self.from..end).filter(|sql| !sql.is_empty()) {
            self.pieces.push(Piece::Sql(sql.to_owned()));
        }
    }
}

fn is_first(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_further(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Bytes of the signs at the beginning that are of a kind.
fn length(text: &str, is_of: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_of(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::super::Known;
    use super::*;

    fn places(text: &str, engine: Engine) -> Vec<Place> {
        let read = Statement::parse(text, engine);
        read.unwrap_or_else(|error| panic!("{text}: {error}")).places().cloned().collect()
    }

    fn named(names: &[&str]) -> Vec<Place> {
        names.iter().map(|name| Place::Named((*name).to_owned())).collect()
    }

    #[test]
    fn names_are_found_where_they_are_no_part_of_something_else() {
        let everywhere = "UPDATE t SET a = :a, \"b:c\" = ':d', e = :e_2 WHERE /* :f */ g=:Größe";
        for engine in [Engine::Sqlite, Engine::Postgres, Engine::Mysql] {
            assert_eq!(places(everywhere, engine), named(&["a", "e_2", "Größe"]), "{engine:?}");
        }
        let casts =
            "UPDATE t SET a = :a::text, b = x[1:2], c = $q$ :no $q$, d = E'\\':no', e = ':x'";
        assert_eq!(places(casts, Engine::Postgres), named(&["a"]));
        let nested = "UPDATE t SET a = /* /* :no */ :no */ :a -- :no";
        assert_eq!(places(nested, Engine::Postgres), named(&["a"]));
        let mysql = "UPDATE t SET a = 'it\\'s :no', `b:no` = @v := 5--:b # :no";
        assert_eq!(places(mysql, Engine::Mysql), named(&["b"]));
        assert_eq!(places("UPDATE t SET [a:no] = :a", Engine::Sqlite), named(&["a"]));
    }

    #[test]
    fn what_the_record_holds_and_what_kontor_knows_have_names_of_their_own() {
        let text = "CALL f(:record.n, :\"Kunden Nr\", :record.\"a\"\"b\", :kontor.person, :record)";
        let wanted = [
            Place::Record("n".into()),
            Place::Named("Kunden Nr".into()),
            Place::Record("a\"b".into()),
            Place::Known(Known::Person),
            Place::Named("record".into()),
        ];
        assert_eq!(places(text, Engine::Postgres), wanted);
        let unknown = Statement::parse("CALL f(:kontor.when)", Engine::Postgres);
        assert_eq!(unknown, Err(StatementError::Unknown("when".into())));
    }

    #[test]
    fn nothing_but_one_statement_is_taken() {
        let parse = |text| Statement::parse(text, Engine::Sqlite);
        let whole = parse("DELETE FROM t WHERE a = ';' ; -- the end\n").unwrap();
        assert_eq!(whole.pieces, [Piece::Sql("DELETE FROM t WHERE a = ';' ".into())]);
        for several in ["DELETE FROM t; DROP TABLE t", "SELECT 1;;", "SELECT 1; /* */ x"] {
            assert_eq!(parse(several), Err(StatementError::Several), "{several}");
        }
        for (text, verb) in [("DROP TABLE t", "DROP"), ("", ""), ("COMMIT", "COMMIT")] {
            assert_eq!(parse(text), Err(StatementError::Verb(verb.into())));
        }
        assert_eq!(parse("SELECT 'a"), Err(StatementError::Unended("'")));
        assert_eq!(parse("SELECT /* a"), Err(StatementError::Unended("/*")));
        for unnamed in ["SELECT ?", "SELECT @a", "SELECT $1"] {
            assert!(matches!(parse(unnamed), Err(StatementError::Unnamed(_))), "{unnamed}");
        }
    }

    #[test]
    fn what_a_statement_does_is_told_by_its_first_words() {
        let kind = |text| Statement::parse(text, Engine::Postgres).map(|statement| statement.kind);
        assert_eq!(kind("update t set a = 1"), Ok(StatementKind::Update));
        let with = "WITH gone AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM gone";
        assert_eq!(kind(with), Ok(StatementKind::Write));
        assert_eq!(kind("WITH a AS (SELECT 1) UPDATE t SET a = 1"), Ok(StatementKind::Write));
        assert_eq!(kind("WITH a AS (UPDATE b SET c = 1) SELECT 1"), Ok(StatementKind::Call));
        assert_eq!(kind("WITH a AS (SELECT 1)"), Err(StatementError::Verb("WITH".into())));
    }
}
