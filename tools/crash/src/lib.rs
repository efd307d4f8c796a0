#![doc = include_str!("../README.md")]

pub mod backend;
pub mod child;
pub mod history;
pub mod judge;
pub mod many;
pub mod place;
pub mod scenario;
pub mod stage;
pub mod write;
