//! The tools as data, built once.

use std::sync::LazyLock;

use crate::tool::ToolSpec;

/// All tools this version offers, in the order clients see them.
pub fn offered() -> &'static [ToolSpec] {
    macro_rules! specs {
        ($($tool:ty),* $(,)?) => { vec![$(ToolSpec::of::<$tool>()),*] };
    }
    static OFFERED: LazyLock<Vec<ToolSpec>> = LazyLock::new(|| crate::for_each_tool!(specs));
    &OFFERED
}

/// Finds a tool by its name or its dotted alias.
pub fn find(name: &str) -> Option<&'static ToolSpec> {
    offered()
        .iter()
        .find(|spec| spec.name == name || (name.contains('.') && spec.dotted_name() == name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Map, Value};

    use super::*;

    #[test]
    fn has_the_earlier_systems_thirteen() {
        let names: BTreeSet<_> = offered().iter().map(|spec| spec.name).collect();
        let expected = [
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
        ];
        for name in expected {
            assert!(names.contains(name), "{name} is gone");
        }
        assert_eq!(names.len(), offered().len(), "a name is used twice");
    }

    #[test]
    fn every_write_takes_the_same_and_says_what_happens() {
        let common = ["reason", "if_version", "idempotency_key", "dry_run"];
        for spec in offered() {
            let names = spec.argument_names();
            let options = &names[names.len().saturating_sub(common.len())..];
            assert_eq!(spec.need.is_write(), options == common, "{}", spec.name);
            if spec.need.is_write() {
                assert!(!spec.hints.read_only, "{}", spec.name);
                let text = &spec.description;
                assert!(text.contains("Recorded as a change"), "{}", spec.name);
                let says_undo = text.contains("changes_undo") || text.contains("taken back");
                assert!(says_undo || spec.name == "changes_undo", "{}", spec.name);
            }
        }
    }

    #[test]
    fn every_definition_is_complete_and_plain() {
        for spec in offered() {
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
            for schema in [&spec.input_schema, &spec.output_schema] {
                let vague = vague_member(schema);
                assert!(vague.is_none(), "{name}: {vague:?} may be anything");
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

    /// The first member, however deep, whose schema says nothing; strict clients warn of it.
    fn vague_member(schema: &Map<String, Value>) -> Option<String> {
        let members = schema.get("properties").and_then(Value::as_object);
        let members = members.into_iter().flatten();
        let elements = schema.get("items").map(|items| ("items", items));
        let inner = members.map(|(name, inner)| (name.as_str(), inner));
        inner.chain(elements).find_map(|(name, inner)| {
            let inner = inner.as_object()?;
            let says_nothing = inner.keys().all(|key| key == "description");
            let deeper = || vague_member(inner).map(|deeper| format!("{name}.{deeper}"));
            says_nothing.then(|| name.to_owned()).or_else(deeper)
        })
    }

    #[test]
    fn dotted_names_are_aliases() {
        assert_eq!(find("orders.get").map(|s| s.name), Some("orders_get"));
        assert_eq!(
            find("tenant.use_master_key").map(|s| s.name),
            Some("tenant_use_master_key")
        );
        assert_eq!(
            find("orders.add_note").map(|s| s.name),
            Some("orders_add_note")
        );
        assert!(find("orders").is_none() && find("").is_none());
    }
}
