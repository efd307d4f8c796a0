//! What a search begins at.

use orderdesk_mcp_contract::ErrorCode;
use orderdesk_mcp_contract::trace::query::ChangeTest;

use crate::record::{Posting, PostingField, Sieve, TraceRecord, TraceSearch, WordSieve};
use crate::row::holds_nul;

/// The condition that leaves the fewest blocks to read, as far as one can tell; the rest of a search is tried on their calls.
pub(super) fn posting_of(search: &TraceSearch) -> Posting {
    let posting = |field, value: String| Posting { field, value };
    let bare = |field| posting(field, String::new());
    let word = || looked_up(&search.words).map(|word| posting(PostingField::Word, word));
    let of_change = match search.change {
        Some(ChangeTest::Id(id)) => Some(posting(PostingField::Change, id.to_string())),
        _ => None,
    };
    let changed = || (search.change == Some(ChangeTest::Any)).then(|| bare(PostingField::Changed));
    let fails = |outcomes: &Vec<Option<ErrorCode>>| !outcomes.contains(&None);
    let failed = || {
        let only_failed = search.outcomes.as_ref().is_some_and(fails);
        only_failed.then(|| bare(PostingField::Failed))
    };
    let one = |field, value: Option<String>| value.map(|value| posting(field, value));
    one(PostingField::Order, single(&search.orders))
        .or(of_change)
        .or_else(word)
        .or_else(changed)
        .or_else(failed)
        .or_else(|| one(PostingField::Key, single(&search.keys)))
        .or_else(|| one(PostingField::Store, single(&search.stores)))
        .or_else(|| one(PostingField::Tool, single(&search.tools)))
        .unwrap_or(Posting::ALL)
}

/// Whether a call is among those of a posting.
pub(super) fn has(call: &TraceRecord, posting: &Posting) -> bool {
    let value = posting.value.as_str();
    let is_id = |id: Option<String>| id.as_deref() == Some(value);
    match posting.field {
        PostingField::All => true,
        PostingField::Change => is_id(call.change_id.map(|id| id.to_string())),
        PostingField::Changed => call.change_id.is_some(),
        PostingField::Failed => call.error.is_some(),
        PostingField::Key => is_id(call.key_id.map(|id| id.to_string())),
        PostingField::Order => call.order_id.as_deref() == Some(value),
        PostingField::Store => is_id(call.store_id.map(|id| id.to_string())),
        PostingField::Tool => call.tool == value,
        PostingField::Word => call.words.iter().any(|word| word == value),
    }
}

/// The only value that passes, if it can be looked up.
fn single<T: ToString>(sieve: &Sieve<T>) -> Option<String> {
    let one = match sieve.only.as_deref() {
        Some([one]) => Some(one.to_string()),
        _ => None,
    };
    one.filter(|one| !holds_nul(one))
}

/// The longest word that a call must have, which is likely the rarest; rather not that of a changed field, which alone holds a
/// colon: many calls change the same.
fn looked_up(words: &WordSieve) -> Option<String> {
    let must = words
        .only
        .iter()
        .filter_map(|either| match either.as_slice() {
            [all] => Some(all),
            _ => None,
        });
    let must = must.flatten().filter(|word| !holds_nul(word));
    must.max_by_key(|word| (!word.contains(':'), word.len()))
        .cloned()
}

#[cfg(test)]
mod tests {
    use orderdesk_mcp_contract::{ChangeId, KeyId, StoreUid};

    use super::*;

    #[test]
    fn the_rarest_condition_is_looked_up() {
        let field = |search: &TraceSearch| posting_of(search).field;
        let mut search = TraceSearch::default();
        assert_eq!(field(&search), PostingField::All);
        search.tools = Sieve::only(["a".to_owned()]);
        assert_eq!(field(&search), PostingField::Tool);
        search.stores = Sieve::only([StoreUid::from_parts(1, 1)]);
        assert_eq!(field(&search), PostingField::Store);
        search.keys = Sieve::only([KeyId::from_parts(1, 1)]);
        assert_eq!(field(&search), PostingField::Key);
        search.keys = Sieve::only([KeyId::from_parts(1, 1), KeyId::from_parts(1, 2)]);
        assert_eq!(field(&search), PostingField::Store);
        search.outcomes = Some(vec![Some(ErrorCode::Invalid)]);
        assert_eq!(field(&search), PostingField::Failed);
        search.outcomes = Some(vec![None, Some(ErrorCode::Invalid)]);
        search.change = Some(ChangeTest::None);
        assert_eq!(field(&search), PostingField::Store);
        search.change = Some(ChangeTest::Any);
        assert_eq!(field(&search), PostingField::Changed);
        let words = |text: &str| text.split(' ').map(ToOwned::to_owned).collect::<Vec<_>>();
        search.words.only = vec![
            vec![words("a"), words("b")],
            vec![words("c ddd ee")],
            vec![words("changed:shipping")],
        ];
        let posting = posting_of(&search);
        assert_eq!(
            (posting.field, &*posting.value),
            (PostingField::Word, "ddd")
        );
        search.change = Some(ChangeTest::Id(ChangeId::from_parts(1, 1)));
        assert_eq!(field(&search), PostingField::Change);
        search.orders = Sieve::only(["7".to_owned()]);
        assert_eq!(field(&search), PostingField::Order);
        // What no row can hold is not asked for.
        search.orders = Sieve::only(["a\0b".to_owned()]);
        assert_eq!(field(&search), PostingField::Change);
    }
}
