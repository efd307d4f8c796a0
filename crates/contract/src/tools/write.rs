//! What every tool that writes takes beside its own arguments, said once for all of them.

use super::receipt::WriteOptions;

/// The arguments of a tool that writes.
pub trait WriteInput {
    /// The store that is named; none for the active one.
    fn store_identifier(&self) -> Option<&str>;
    /// How to write.
    fn options(&self) -> WriteOptions;
}

/// Declares the arguments of a tool that writes: its own, followed by what every write takes; with `in a store`, after
/// the store. What the types of its own arguments cannot express is checked by its own method `check`. A sentence about
/// what holds for every write is added to its documentation.
macro_rules! write_input {
    (
        $(#[$about:meta])*
        pub struct $name:ident in a store { $($own:tt)* }
    ) => {
        write_input! {
            @named |input: &$name| input.store_identifier.as_deref();
            $(#[$about])*
            pub struct $name {
                /// The store's Order Desk id or name. Default: the active store.
                #[serde(default)]
                pub store_identifier: Option<String>,
                $($own)*
            }
        }
    };
    (
        $(#[$about:meta])*
        pub struct $name:ident { $($own:tt)* }
    ) => {
        write_input! {
            @named |_: &$name| None;
            $(#[$about])*
            pub struct $name { $($own)* }
        }
    };
    (
        @named $store:expr;
        $(#[$about:meta])*
        pub struct $name:ident { $($own:tt)* }
    ) => {
        $(#[$about])*
        /// Recorded as a change; `pending` in the answer means that a person must approve it first.
        #[derive(Debug, Clone, serde::Deserialize, serde::Serialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($own)*
            /// Why, for the people who review it; one line.
            #[serde(default)]
            pub reason: Option<String>,
            /// The `version` you read; refused if the record has another by now.
            #[serde(default)]
            pub if_version: Option<String>,
            /// Your name for this change; repeated within 24 hours it has no second effect.
            #[serde(default)]
            pub idempotency_key: Option<String>,
            /// Only say what would change.
            #[serde(default)]
            pub dry_run: bool,
        }

        impl crate::tools::write::WriteInput for $name {
            fn store_identifier(&self) -> Option<&str> {
                let named: fn(&Self) -> Option<&str> = $store;
                named(self)
            }

            fn options(&self) -> crate::tools::receipt::WriteOptions {
                crate::tools::receipt::WriteOptions {
                    reason: self.reason.clone(),
                    if_version: self.if_version.clone(),
                    idempotency_key: self.idempotency_key.clone(),
                    dry_run: self.dry_run,
                }
            }
        }

        impl crate::tool::Validate for $name {
            fn validate(&self) -> Result<(), crate::error::ApiError> {
                use crate::tools::write::WriteInput as _;
                crate::validate::store_identifier(self.store_identifier())?;
                self.check()?;
                self.options().validate()
            }
        }
    };
}

pub(super) use write_input;
