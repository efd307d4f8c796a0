//! The record a change is about: an order or a product, handled alike.

use orderdesk::{Applied, FieldChange, Json, Object, Order, Product};
use orderdesk_mcp_contract::views::change::RecordKind;

use crate::error::Failure;

/// An order or a product.
#[derive(Clone, Debug)]
pub(super) enum Record {
    Order(Order),
    Product(Product),
}

impl Record {
    pub(super) fn object(&self) -> &Object {
        match self {
            Self::Order(order) => order.as_object(),
            Self::Product(product) => product.as_object(),
        }
    }

    pub(super) fn id(&self) -> Option<String> {
        match self {
            Self::Order(order) => order.id().map(|id| id.to_string()),
            Self::Product(product) => product.id().map(|id| id.to_string()),
        }
    }

    pub(super) fn version(&self) -> String {
        match self {
            Self::Order(order) => order.version(),
            Self::Product(product) => product.version(),
        }
    }

    pub(super) fn order(&self) -> Option<&Order> {
        match self {
            Self::Order(order) => Some(order),
            Self::Product(_) => None,
        }
    }

    /// What differs from this one to `after`. Records of two kinds have nothing to compare: that is a bug elsewhere and
    /// shows as a change of everything.
    pub(super) fn diff(&self, after: &Self) -> Vec<FieldChange> {
        match (self, after) {
            (Self::Order(before), Self::Order(after)) => before.diff(after),
            (Self::Product(before), Self::Product(after)) => before.diff(after),
            (before, after) => {
                Order::from(before.object().clone()).diff(&Order::from(after.object().clone()))
            }
        }
    }

    /// This record with changes carried over to it.
    pub(super) fn apply(&self, changes: &[FieldChange]) -> Applied<Self> {
        match self {
            Self::Order(order) => {
                let Applied { record, conflicts } = order.apply(changes);
                Applied {
                    record: Self::Order(record),
                    conflicts,
                }
            }
            Self::Product(product) => {
                let Applied { record, conflicts } = product.apply(changes);
                Applied {
                    record: Self::Product(record),
                    conflicts,
                }
            }
        }
    }

    /// As text to be sealed: every member, its order and the text of its numbers.
    pub(super) fn to_text(&self) -> String {
        Json::from(self.object().clone()).to_string()
    }

    pub(super) fn from_text(kind: RecordKind, text: &str) -> Result<Self, Failure> {
        let json = Json::parse(text)
            .map_err(|error| Failure::bug("a sealed record is not JSON", error))?;
        let not_one = |error| Failure::bug("a sealed record is not one", error);
        Ok(match kind {
            RecordKind::Order => Self::Order(Order::try_from(json).map_err(not_one)?),
            RecordKind::Product => Self::Product(Product::try_from(json).map_err(not_one)?),
        })
    }
}
