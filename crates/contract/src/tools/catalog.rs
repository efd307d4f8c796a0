//! The tools as data, built once.

use std::sync::LazyLock;

use crate::tool::ToolSpec;
use crate::tools::orders::{OrdersCreate, OrdersDelete, OrdersUpdate};

/// All tools this version offers, in the order clients see them.
pub fn offered() -> &'static [ToolSpec] {
    macro_rules! specs {
        ($($tool:ty),* $(,)?) => { vec![$(ToolSpec::of::<$tool>()),*] };
    }
    static OFFERED: LazyLock<Vec<ToolSpec>> = LazyLock::new(|| crate::for_each_tool!(specs));
    &OFFERED
}

/// Tools that are defined but not offered: changing live orders needs the machinery that makes it
/// safe, so calling one is refused with a sentence that says so.
pub fn withheld() -> &'static [ToolSpec] {
    static WITHHELD: LazyLock<Vec<ToolSpec>> = LazyLock::new(|| {
        vec![
            ToolSpec::of::<OrdersCreate>(),
            ToolSpec::of::<OrdersUpdate>(),
            ToolSpec::of::<OrdersDelete>(),
        ]
    });
    &WITHHELD
}

/// Finds an offered tool by its name or its dotted alias.
pub fn find(name: &str) -> Option<&'static ToolSpec> {
    find_in(offered(), name)
}

/// Finds a withheld tool by its name or its dotted alias.
pub fn find_withheld(name: &str) -> Option<&'static ToolSpec> {
    find_in(withheld(), name)
}

fn find_in(specs: &'static [ToolSpec], name: &str) -> Option<&'static ToolSpec> {
    specs
        .iter()
        .find(|spec| spec.name == name || (name.contains('.') && spec.dotted_name() == name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn has_the_earlier_systems_thirteen() {
        let names: BTreeSet<_> = offered()
            .iter()
            .chain(withheld())
            .map(|spec| spec.name)
            .collect();
        let expected = BTreeSet::from([
            "tenant_use_master_key",
            "stores_register",
            "stores_list",
            "stores_use_store",
            "stores_delete",
            "stores_resolve",
            "orders_get",
            "orders_list",
            "orders_create",
            "orders_update",
            "orders_delete",
            "products_get",
            "products_list",
        ]);
        assert_eq!(names, expected);
    }

    #[test]
    fn every_definition_is_complete_and_plain() {
        for spec in offered().iter().chain(withheld()) {
            let name = spec.name;
            assert!(
                name.len() <= 40 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
                "{name}"
            );
            assert!(
                !spec.title.is_empty() && spec.description.len() > 40,
                "{name} needs a description"
            );
            assert!(
                spec.description.is_ascii(),
                "{name}: hidden characters could mislead a model"
            );
            assert_eq!(spec.input_schema["type"], "object", "{name}");
            assert_eq!(
                spec.input_schema["additionalProperties"], false,
                "{name} must refuse unknown arguments"
            );
            assert_eq!(spec.output_schema["type"], "object", "{name}");
            let text = serde_json::to_string(&(&spec.input_schema, &spec.output_schema)).unwrap();
            for noise in ["$ref", "$defs", "\"null\"", "uint", "int64"] {
                assert!(!text.contains(noise), "{name} has {noise}: {text}");
            }
            for (argument, schema) in spec.input_schema["properties"].as_object().unwrap() {
                let described = schema
                    .get("description")
                    .and_then(|d| d.as_str())
                    .is_some_and(|d| d.len() > 8);
                assert!(described, "{name}.{argument} needs a description");
            }
        }
    }

    #[test]
    fn dotted_names_are_aliases() {
        assert_eq!(find("orders.get").map(|s| s.name), Some("orders_get"));
        assert_eq!(
            find("tenant.use_master_key").map(|s| s.name),
            Some("tenant_use_master_key")
        );
        assert_eq!(
            find_withheld("orders.update").map(|s| s.name),
            Some("orders_update")
        );
        assert!(find("orders_update").is_none() && find("orders").is_none() && find("").is_none());
    }
}
