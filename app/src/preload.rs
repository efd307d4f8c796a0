//! What a page's own part is made of, named in the page's head.

use leptos::prelude::*;
use leptos::{PrefetchLazyFn, WasmSplitManifest};
use leptos_meta::Link;

/// Names the files of the lazy pages that this request renders, so that the browser fetches them beside the program and not when
/// that asks for them: by then, a slow processor has been idle for as long as it works afterwards.
///
/// The framework means to do so when all is rendered, but looks for what it needs in the context of whichever work its thread
/// did last (`leptos_integration_utils` 0.8.9, `from_app`), and finds nothing.
pub(crate) fn preload_page() {
    let (Some(pages), Some(manifest)) = (
        use_context::<PrefetchLazyFn>(),
        use_context::<WasmSplitManifest>(),
    ) else {
        return;
    };
    let (pages, manifest) = (pages.0.read_value(), manifest.0.read_value());
    let (folder, files, _) = &*manifest;
    for file in pages.iter().filter_map(|page| files.get(*page)).flatten() {
        let href = format!("{folder}/{file}.wasm");
        // Being rendered puts it into the head.
        let _ = view! { <Link rel="preload" href as_="fetch" type_="application/wasm" crossorigin="anonymous"/> }.to_html();
    }
}
