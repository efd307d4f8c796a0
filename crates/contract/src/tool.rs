//! What a tool is.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::access::Access;
use crate::error::ApiError;
use crate::role::{Right, Standing};
use crate::schema;

/// The least that a caller needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// A key of at least this access, or a person whose role goes as far.
    Access(Access),
    /// A master key with write access, or a person who manages stores.
    Manage,
}

impl Need {
    /// The right it comes down to.
    pub fn right(self) -> Right {
        match self {
            Self::Access(Access::Read) => Right::Look,
            Self::Access(Access::Propose) => Right::Propose,
            Self::Access(Access::Write) => Right::Write,
            Self::Manage => Right::Stores,
        }
    }

    /// Whether somebody of this standing has it.
    pub fn is_met_by(self, standing: Standing) -> bool {
        standing.may(self.right())
    }

    /// Whether a tool of this need writes to Order Desk: such a tool works by way of a change, which goes on whatever
    /// becomes of the call.
    pub fn is_write(self) -> bool {
        matches!(self, Self::Access(Access::Propose | Access::Write))
    }
}

/// What a client may assume before calling; the spec's tool annotations (MCP 2025-03-26 and later).
/// They inform, they never permit: [`Need`] is checked on every call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Hints {
    /// Changes nothing anywhere.
    pub read_only: bool,
    /// May take something away.
    pub destructive: bool,
    /// The same call again has no further effect.
    pub idempotent: bool,
}

impl Hints {
    /// Looks, and changes nothing.
    pub const READ: Self = Self {
        read_only: true,
        destructive: false,
        idempotent: true,
    };
    /// Changes something of ours, harmlessly and repeatably.
    pub const SET: Self = Self {
        read_only: false,
        destructive: false,
        idempotent: true,
    };
    /// Adds something, and again when called again.
    pub const ADD: Self = Self {
        read_only: false,
        destructive: false,
        idempotent: false,
    };
    /// Takes something away or overwrites it, and no more when called again.
    pub const DESTROY: Self = Self {
        read_only: false,
        destructive: true,
        idempotent: true,
    };
    /// Overwrites something, and may have a further effect when called again.
    pub const OVERWRITE: Self = Self {
        read_only: false,
        destructive: true,
        idempotent: false,
    };
}

/// One tool. The documentation comment of `Input` is the description that models read.
pub trait Tool: Send + Sync + 'static {
    /// `family_verb`, at most 40 letters of `[a-z0-9_]`: some clients refuse dots and prefix the name.
    const NAME: &'static str;
    /// A short title for people.
    const TITLE: &'static str;
    /// Who may call it.
    const NEED: Need;
    /// What a client may assume.
    const HINTS: Hints;
    /// Arguments that are secrets: never recorded, never echoed in an error.
    const SECRETS: &'static [&'static str] = &[];
    /// The arguments.
    type Input: DeserializeOwned + JsonSchema + Validate + Send;
    /// The result.
    type Output: Serialize + JsonSchema + Send;
}

/// Checks that a type alone cannot express: ranges, lengths, one of two.
pub trait Validate {
    /// # Errors
    /// The first fault found, with the field at fault and what is allowed.
    fn validate(&self) -> Result<(), ApiError> {
        Ok(())
    }
}

/// A tool's definition as data.
#[derive(Clone, Debug, Serialize)]
pub struct ToolSpec {
    /// The name clients call.
    pub name: &'static str,
    /// A short title for people.
    pub title: &'static str,
    /// What it does, returns and needs; read by models.
    pub description: String,
    /// Who may call it.
    pub need: Need,
    /// What a client may assume.
    pub hints: Hints,
    /// JSON Schema 2020-12 of the arguments.
    pub input_schema: Map<String, Value>,
    /// JSON Schema 2020-12 of the result.
    pub output_schema: Map<String, Value>,
    /// Arguments that are secrets.
    #[serde(skip)]
    pub secrets: &'static [&'static str],
}

impl ToolSpec {
    /// The definition of one tool.
    pub fn of<T: Tool>() -> Self {
        Self {
            name: T::NAME,
            title: T::TITLE,
            description: schema::description::<T::Input>(),
            need: T::NEED,
            hints: T::HINTS,
            input_schema: schema::input_schema::<T::Input>(),
            output_schema: schema::output_schema::<T::Output>(),
            secrets: T::SECRETS,
        }
    }

    /// The part of the name before the first underscore: `orders` of `orders_get`.
    pub fn family(&self) -> &'static str {
        self.name
            .split_once('_')
            .map_or(self.name, |(family, _)| family)
    }

    /// The earlier system's dotted name, accepted in calls: `orders.get` for `orders_get`.
    pub fn dotted_name(&self) -> String {
        self.name.replacen('_', ".", 1)
    }

    /// The names of the arguments, in the order of the definition.
    pub fn argument_names(&self) -> Vec<&str> {
        self.input_schema
            .get("properties")
            .and_then(Value::as_object)
            .map(|properties| properties.keys().map(String::as_str).collect())
            .unwrap_or_default()
    }
}
