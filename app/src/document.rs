//! The HTML around the app.

use leptos::config::LeptosOptions;
use leptos::hydration::{AutoReload, HydrationScripts};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::app::App;
use crate::theme::Theme;

/// Chromium refuses every `innerHTML` under `require-trusted-types-for 'script'` without a default policy, and
/// Leptos builds its templates that way. The policy lets markup pass that can run nothing; there is none for
/// scripts and their addresses, so those sinks stay shut.
const TRUSTED_TYPES: &str = r"if(window.trustedTypes)trustedTypes.createPolicy('default',{createHTML:s=>/<\s*(script|iframe|object|embed|base|meta|link)\b|\son\w+\s*=|javascript:/i.test(s)?null:s})";

/// Marks the page while the browser has no network; the style sheet shows the frame's banner by it.
const OFFLINE: &str = r"for(const e of['online','offline'])addEventListener(e,()=>document.documentElement.toggleAttribute('data-offline',e=='offline'))";

/// Where the program finds its parts, by the splitting tool's name. The program imports it before it does anything else, so it is
/// asked for ahead of all parts: a browser opens six connections, and the framework names it last.
const SPLIT: &str = "__wasm_split.______________________.js";

const DESCRIPTION: &str =
    "Let AI assistants work on your Order Desk orders, and see every call they make.";

/// The whole document, from `<!DOCTYPE html>` on.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let pkg = format!("/{}", options.site_pkg_dir);
    let style = format!("{pkg}/{}.css", options.output_name);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=Theme::of_request().attribute()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="description" content=DESCRIPTION/>
                <script nonce=use_nonce()>{TRUSTED_TYPES}</script>
                <script nonce=use_nonce()>{OFFLINE}</script>
                <link rel="stylesheet" href=style/>
                <link rel="modulepreload" href=format!("{pkg}/{SPLIT}") crossorigin="anonymous"/>
                <link
                    rel="preload" href=format!("{pkg}/fonts/inter.woff2") r#as="font" r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
