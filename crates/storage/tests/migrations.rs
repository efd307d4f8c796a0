//! Both databases go through the same steps.

use std::fs;
use std::path::Path;

fn names(database: &str) -> Vec<String> {
    let folder = Path::new("../../migrations").join(database);
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("the folder of migrations is part of the repository")
        .map(|file| {
            let name = file.expect("the folder can be read").file_name();
            name.into_string().expect("names are plain text")
        })
        .collect();
    names.sort();
    names
}

#[test]
fn both_folders_have_the_same_names() {
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn numbers_count_up_without_gaps() {
    let names = names("sqlite");
    assert!(!names.is_empty());
    for (number, name) in (1..).zip(&names) {
        assert!(name.starts_with(&format!("{number:04}_")), "{name}");
        assert!(name.ends_with(".sql"), "{name}");
    }
}
