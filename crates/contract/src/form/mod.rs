//! A tool's arguments as a form: what to draw for each, read from the tool's JSON Schema.
//!
//! The form and the JSON beside it show one value. A form that cannot draw something shows it as JSON, so every argument
//! of every tool can be given in it.

mod check;
mod places;
mod read;

use serde::{Deserialize, Serialize};

use crate::tool::ToolSpec;

pub use orderdesk::{Json, Number, Object};

pub use check::{ARGUMENTS_MAX, JsonFault, faults, read_object};

/// The argument by which a write only says what it would do.
pub const DRY_RUN: &str = "dry_run";

/// The form of one tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormSpec {
    /// The tool's name.
    pub tool: String,
    /// Its arguments, in the order of the definition.
    pub fields: Vec<Field>,
}

/// One argument, one member of an object, or what each element of a list is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The argument's or member's name; blank for the elements of a list.
    pub name: String,
    /// What it is, from the definition; may be blank.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// What to draw.
    pub kind: FieldKind,
    /// Whether it must be given.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// Whether it is a secret: masked, and never put into a link, a history or a saved call.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub secret: bool,
    /// The least number, or the least letters or elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The largest number, or the most letters or elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// What stands in it when it is left out, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// What can be chosen, for a choice or many.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// The members of an object.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// What each element of a list is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<Box<Field>>,
    /// What to offer while it is typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picker: Option<Picker>,
}

/// What to draw for a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// A line of text.
    Text,
    /// Text of several lines.
    LongText,
    /// A date, with a time or not, as Order Desk writes it.
    Date,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
    /// One of `options`.
    Choice,
    /// A list of some of `options`.
    Many,
    /// An object of `fields`.
    Object,
    /// A list of `item`s.
    List,
    /// Anything else, such as an object with any members: typed as JSON.
    Json,
}

/// What a field's value names, and so what can be offered for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Picker {
    /// A store of the workspace.
    Store,
    /// A folder of the store, by name.
    FolderName,
    /// A folder of the store, by id.
    FolderId,
    /// A recent order of the store.
    Order,
    /// A product of the store, by id.
    Product,
    /// A product of the store, by SKU.
    Sku,
    /// A recent change.
    Change,
}

impl Picker {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Store,
        Self::FolderName,
        Self::FolderId,
        Self::Order,
        Self::Product,
        Self::Sku,
        Self::Change,
    ];

    /// The picker of an argument of this name, if what it names can be listed.
    fn of_argument(name: &str) -> Option<Self> {
        Some(match name {
            "store_identifier" | "identifier" => Self::Store,
            "folder" | "folder_name" => Self::FolderName,
            "folder_id" => Self::FolderId,
            "order_id" => Self::Order,
            "product_id" => Self::Product,
            "code" => Self::Sku,
            "change_id" => Self::Change,
            _ => return None,
        })
    }

    /// The picker's name, as it stands in pages and requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::FolderName => "folder_name",
            Self::FolderId => "folder_id",
            Self::Order => "order",
            Self::Product => "product",
            Self::Sku => "sku",
            Self::Change => "change",
        }
    }
}

impl FormSpec {
    /// The form of a tool.
    pub fn of(tool: &ToolSpec) -> Self {
        let mut fields = read::fields(&tool.input_schema);
        for field in &mut fields {
            field.secret |= tool.secrets.contains(&field.name.as_str());
            field.picker = Picker::of_argument(&field.name);
        }
        Self {
            tool: tool.name.to_owned(),
            fields,
        }
    }

    /// The field of this argument.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The arguments that are secrets.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        let secret = self.fields.iter().filter(|field| field.secret);
        secret.map(|field| field.name.as_str())
    }
}
