//! Reading a query.

use std::fmt;

use super::term::{ChangeTest, Field, Latency, Status, Term, Test};
use super::time::When;
use super::{QUERY_MAX, TERMS_MAX, TraceQuery, VALUE_MAX};
use crate::trace::door::Door;

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryFault {
    /// Where the term at fault begins, in characters from the beginning.
    pub at: usize,
    /// How many characters of it are at fault.
    pub len: usize,
    /// What is wrong and what may stand there, in one to three sentences.
    pub message: String,
}

impl fmt::Display for QueryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for QueryFault {}

/// A term's text and where it begins, in characters.
struct Piece<'a> {
    at: usize,
    text: &'a str,
}

impl Piece<'_> {
    fn fault(&self, message: String) -> QueryFault {
        QueryFault {
            at: self.at,
            len: self.text.chars().count(),
            message,
        }
    }
}

pub(super) fn query(text: &str) -> Result<TraceQuery, QueryFault> {
    let length = text.chars().count();
    if length > QUERY_MAX {
        return Err(QueryFault {
            at: QUERY_MAX,
            len: length - QUERY_MAX,
            message: format!("The query is too long. {QUERY_MAX} characters are the most."),
        });
    }
    let mut query = TraceQuery::default();
    for piece in pieces(text) {
        let term = term(&piece)?;
        if query.terms.len() == TERMS_MAX {
            return Err(piece.fault(format!("{TERMS_MAX} terms are the most.")));
        }
        let field = term.test.field();
        if !field.may_repeat() && query.terms.iter().any(|other| other.test.field() == field) {
            return Err(piece.fault(format!(
                "`{0}:` can be given once. Take one of the two out.",
                field.as_str()
            )));
        }
        query.terms.push(term);
    }
    Ok(query)
}

/// A query's terms, unread.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let (mut rest, mut at) = (text, 0);
    std::iter::from_fn(move || {
        let trimmed = rest.trim_start();
        at += rest.chars().count() - trimmed.chars().count();
        if trimmed.is_empty() {
            return None;
        }
        let (piece, after) = trimmed.split_at(length_of_piece(trimmed));
        let piece = Piece { at, text: piece };
        at += piece.text.chars().count();
        rest = after;
        Some(piece)
    })
}

pub(super) fn place_of(text: &str, number: usize) -> Option<(usize, usize)> {
    let piece = pieces(text).nth(number)?;
    Some((piece.at, piece.text.chars().count()))
}

/// How many bytes a term takes: to the next blank, or to the end of the quotes that its value begins with.
fn length_of_piece(text: &str) -> usize {
    let blank = text.find(char::is_whitespace).unwrap_or(text.len());
    let Some(quotes) = text[..blank]
        .find(':')
        .filter(|colon| text[colon + 1..].starts_with('"'))
    else {
        return blank;
    };
    let mut is_escaped = false;
    for (at, letter) in text.char_indices().skip_while(|(at, _)| *at < quotes + 2) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            // What stands right behind the quotes is of the term, so that it is told of.
            '"' => {
                let after = &text[at..];
                return at + after.find(char::is_whitespace).unwrap_or(after.len());
            }
            _ => {}
        }
    }
    text.len()
}

fn term(piece: &Piece<'_>) -> Result<Term, QueryFault> {
    let (excluded, text) = match piece.text.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, piece.text),
    };
    let Some((name, value)) = text.split_once(':') else {
        return Err(piece.fault(format!(
            "`{0}` stands alone. Say what it is of, such as tool:orders_get, order:10042 or text:{0}.",
            shown(text)
        )));
    };
    let Some(field) = Field::ALL
        .into_iter()
        .find(|field| name.eq_ignore_ascii_case(field.as_str()))
    else {
        let known = Field::ALL.map(Field::as_str).join(", ");
        return Err(piece.fault(format!(
            "There is no field `{}`. Fields are {known}.",
            shown(name)
        )));
    };
    if excluded && !field.may_repeat() {
        return Err(piece.fault(format!(
            "`{}:` cannot be excluded. Write what you want to see instead. {}",
            field.as_str(),
            field.takes()
        )));
    }
    let value = unquoted(value).ok_or_else(|| {
        piece.fault("The quotes do not end, or something stands right behind them.".to_owned())
    })?;
    if value.chars().count() > VALUE_MAX {
        return Err(piece.fault(format!("A value has at most {VALUE_MAX} characters.")));
    }
    let test = test(field, value).ok_or_else(|| piece.fault(field.takes().to_owned()))?;
    Ok(Term { excluded, test })
}

/// A value without its quotes; none when they do not end, or not at the end.
fn unquoted(value: &str) -> Option<String> {
    let Some(quoted) = value.strip_prefix('"') else {
        return Some(value.to_owned());
    };
    let mut text = String::new();
    let mut letters = quoted.chars();
    loop {
        match letters.next()? {
            '"' => break,
            '\\' => text.push(letters.next()?),
            letter => text.push(letter),
        }
    }
    letters.next().is_none().then_some(text)
}

fn test(field: Field, value: String) -> Option<Test> {
    if value.trim().is_empty() {
        return None;
    }
    let name = value.to_ascii_lowercase();
    match field {
        Field::Tool => Some(Test::Tool(value)),
        Field::Store => Some(Test::Store(value)),
        Field::Key => Some(Test::Key(value)),
        Field::Order => Some(Test::Order(value)),
        Field::Client => Some(Test::Client(value)),
        Field::Door => Door::ALL
            .into_iter()
            .find(|door| door.as_str() == name)
            .map(Test::Door),
        Field::Status => Status::parse(&name).map(Test::Status),
        Field::Cached => match name.as_str() {
            "yes" => Some(Test::Cached(true)),
            "no" => Some(Test::Cached(false)),
            _ => None,
        },
        Field::Latency => Latency::parse(&name).map(Test::Latency),
        Field::Changed => Some(Test::Changed(value)),
        Field::Text => Some(Test::Text(value)),
        Field::Change => ChangeTest::parse(&name).map(Test::Change),
        Field::Since => When::parse(&value).map(Test::Since),
        Field::Until => When::parse(&value).map(Test::Until),
    }
}

/// As much of what was typed as is repeated.
fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}
