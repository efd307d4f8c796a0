//! The one line in which calls are asked for: `tool:orders_update status:error latency:>800 key:"Claude – Anna" since:24h`.
//!
//! Terms are `field:value`, quoted where the value has blanks, and all of them must hold. The same field twice means either
//! value; `-` before a term excludes what it names. A query is read on the server and in the browser alike, and printed as
//! it stands in addresses and saved views.

mod read;
mod term;
mod time;

use std::fmt;

pub use read::QueryFault;
pub use term::{ChangeTest, Field, Latency, Status, Term, Test};
pub use time::{Unit, When};

/// Longest query, in characters.
pub const QUERY_MAX: usize = 1000;
/// Most terms of a query.
pub const TERMS_MAX: usize = 40;
/// Longest value of a term, in characters.
pub const VALUE_MAX: usize = 120;

/// What calls are asked for: its terms, in the order they were written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TraceQuery {
    terms: Vec<Term>,
}

impl TraceQuery {
    /// Reads a query; an empty one asks for every call.
    ///
    /// # Errors
    /// The first term that cannot be read, where it stands, and what may stand there.
    pub fn parse(text: &str) -> Result<Self, QueryFault> {
        read::query(text)
    }

    /// Where the term of this number stands in a query that can be read, and how long it is there, in characters.
    pub fn place_of(text: &str, number: usize) -> Option<(usize, usize)> {
        read::place_of(text, number)
    }

    /// The terms, in their order.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Whether it asks for every call.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether this very term is in it.
    pub fn has(&self, term: &Term) -> bool {
        self.terms.contains(term)
    }

    /// The same query with one more term. It takes the place of the same test the other way round, and of the one before
    /// where a field can be given once.
    #[must_use]
    pub fn with(mut self, term: Term) -> Self {
        let field = term.test.field();
        self.terms.retain(|other| {
            other.test != term.test && (field.may_repeat() || other.test.field() != field)
        });
        self.terms.push(term);
        self
    }

    /// The same query without this term.
    #[must_use]
    pub fn without(mut self, term: &Term) -> Self {
        self.terms.retain(|other| other != term);
        self
    }

    /// The same query without any term of a field.
    #[must_use]
    pub fn without_field(mut self, field: Field) -> Self {
        self.terms.retain(|other| other.test.field() != field);
        self
    }

    /// The same query without the term where it has it, else with it: what pressing a facet does.
    #[must_use]
    pub fn toggled(self, term: Term) -> Self {
        if self.has(&term) {
            self.without(&term)
        } else {
            self.with(term)
        }
    }

    /// From when on calls are asked for.
    pub fn since(&self) -> Option<When> {
        self.terms.iter().find_map(|term| match term.test {
            Test::Since(when) => Some(when),
            _ => None,
        })
    }

    /// Until when calls are asked for.
    pub fn until(&self) -> Option<When> {
        self.terms.iter().find_map(|term| match term.test {
            Test::Until(when) => Some(when),
            _ => None,
        })
    }
}

/// The query as it is written; read again, it is the same.
impl fmt::Display for TraceQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, term) in self.terms.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            term.fmt(f)?;
        }
        Ok(())
    }
}
