//! The 26 operations, one file per area.

mod order_items;
mod orders;
mod products;
mod shipments;
mod store;

pub use orders::Destination;
pub use store::ServerClock;

use super::ClientError;
use crate::json::{Json, Object};
use crate::{Envelope, EnvelopeError, Page};

/// What to say of an answer that lacks its payload.
fn complain(error: EnvelopeError) -> &'static str {
    match error {
        EnvelopeError::NotAnObject => "it is not a JSON object",
        EnvelopeError::Missing(_) => "what was asked for is missing",
        EnvelopeError::WrongKind(_) => "what was asked for is of the wrong kind",
    }
}

/// Reads one record.
fn record<R: From<Object>>(name: &'static str) -> impl Fn(Envelope) -> Result<R, &'static str> {
    move |mut envelope| envelope.record(name).map_err(complain)
}

/// Reads one record that must be the one asked for: a proxy's mix-up must not pass for another
/// customer's order.
fn record_of<R: From<Object> + AsRef<Object>>(
    name: &'static str,
    id: &str,
) -> impl Fn(Envelope) -> Result<R, &'static str> {
    move |mut envelope| {
        let record: R = envelope.record(name).map_err(complain)?;
        let is_other = record.as_ref().text("id").is_some_and(|found| found != id);
        if is_other {
            Err("it holds another record than asked for")
        } else {
            Ok(record)
        }
    }
}

/// Reads a list of records.
fn records<R: From<Object>>(
    name: &'static str,
) -> impl Fn(Envelope) -> Result<Vec<R>, &'static str> {
    move |mut envelope| envelope.records(name).map_err(complain)
}

/// Reads a page.
fn page<R: From<Object>>(name: &'static str) -> impl Fn(Envelope) -> Result<Page<R>, &'static str> {
    move |envelope| Page::read(envelope, name).map_err(complain)
}

/// Takes the envelope as it is.
fn receipt(envelope: Envelope) -> Result<Envelope, &'static str> {
    Ok(envelope)
}

/// A whole record is written under its own id or none: another id would overwrite another record.
fn check_id(object: &Object, id: &str) -> Result<(), ClientError> {
    match object.text("id") {
        Some(other) if other != id => Err(ClientError::InvalidRequest {
            what: "the record's id differs from the one addressed",
        }),
        _ => Ok(()),
    }
}

/// A batch body: a bare list, as Order Desk takes it.
fn batch<'a, R>(records: &'a [R]) -> Result<Json, ClientError>
where
    R: Clone + Into<Json> + 'a,
{
    if records.is_empty() {
        return Err(ClientError::InvalidRequest {
            what: "the batch is empty",
        });
    }
    Ok(Json::Array(
        records.iter().cloned().map(Into::into).collect(),
    ))
}
