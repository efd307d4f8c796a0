//! A site of the shape the build makes, small enough to write in a test.

use std::fs;
use std::path::{Path, PathBuf};

/// Writes it and says where.
pub fn make(beside: &Path) -> PathBuf {
    let site = beside.join("site");
    let build = site.join("pkg/0123abcd");
    fs::create_dir_all(&build).unwrap();
    for (path, content) in [
        (
            "site.json",
            "{\"output_name\":\"app\",\"pkg_dir\":\"pkg/0123abcd\",\"previous\":null,\"inputs\":\"\"}",
        ),
        ("favicon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        ("pkg/0123abcd/app.js", "export default () => {}"),
        ("pkg/0123abcd/app.js.br", "stands for brotli"),
        ("pkg/0123abcd/app.js.gz", "stands for gzip"),
    ] {
        fs::write(site.join(path), content).unwrap();
    }
    site
}
