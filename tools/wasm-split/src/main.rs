//! Splits the WASM that cargo built into a main module and one chunk per lazy page, and writes the
//! manifest that `leptos::hydration::HydrationScripts` reads to preload a page's chunks.
use std::{collections::BTreeMap, env, error::Error, fs, path::PathBuf};

use wasm_split_cli_support::{Options, transform};

/// The name `HydrationScripts` asks for when `hash-files` is off.
const LINK: &str = "./__wasm_split.______________________.js";
const MANIFEST: &str = "__wasm_split_manifest.json";

fn main() -> Result<(), Box<dyn Error>> {
    let [input, out_dir, main_wasm, out_name] = env::args()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .map_err(|_| "usage: wasm-split INPUT.wasm OUT_DIR MAIN.wasm OUT_NAME")?;
    let (out_dir, main_wasm) = (PathBuf::from(out_dir), PathBuf::from(main_wasm));
    let wasm = fs::read(input)?;
    let main_module = format!("./{out_name}.js");
    let mut options = Options::new(&wasm);
    options.output_dir = &out_dir;
    options.main_out_path = &main_wasm;
    options.main_module = &main_module;
    options.link_name = LINK;
    let split = transform(options)?;
    // Sorted: the manifest is part of what the site's folder is named after, so that the same
    // sources must give the same bytes.
    let chunks_of_page: BTreeMap<_, _> = split.prefetch_map.into_iter().collect();
    fs::write(
        out_dir.join(MANIFEST),
        serde_json::to_string(&chunks_of_page)?,
    )?;
    Ok(())
}
