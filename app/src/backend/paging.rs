//! Long lists, of which a page shows a part.

/// Rows on a page.
const PAGE: usize = 50;

/// A part of a list.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Paged<T> {
    /// What is on the page.
    pub(crate) rows: Vec<T>,
    /// Which page it is, from 1 on.
    pub(crate) page: u32,
    /// How many there are; an empty list has one.
    pub(crate) pages: u32,
}

/// The page of a list that an address asks for.
pub(crate) fn paged<T>(rows: Vec<T>, asked: &str) -> Paged<T> {
    let pages = rows.len().div_ceil(PAGE).max(1);
    // An address that somebody wrote by hand shows the nearest page.
    let page = asked.parse().unwrap_or(1).clamp(1, pages);
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Paged {
        rows: rows
            .into_iter()
            .skip((page - 1) * PAGE)
            .take(PAGE)
            .collect(),
        page: number(page),
        pages: number(pages),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(number: usize) -> Vec<usize> {
        (0..number).collect()
    }

    #[test]
    fn every_row_is_on_one_page() {
        for (number, pages) in [(0, 1), (1, 1), (50, 1), (51, 2), (120, 3)] {
            let first = paged(rows(number), "");
            assert_eq!(first.pages, pages, "{number}");
            let all: Vec<_> = (1..=pages)
                .map(|page| paged(rows(number), &page.to_string()))
                .collect();
            assert_eq!(all[0], first);
            assert!(all.iter().all(|paged| paged.rows.len() <= PAGE));
            assert!((1..).zip(&all).all(|(page, paged)| paged.page == page));
            assert!(all.iter().all(|paged| paged.pages == pages));
            let shown: Vec<_> = all.into_iter().flat_map(|paged| paged.rows).collect();
            assert_eq!(shown, rows(number));
        }
    }

    #[test]
    fn an_odd_address_shows_the_nearest_page() {
        for odd in ["x", "0", "-1", "99"] {
            let page = paged(rows(51), odd).page;
            assert_eq!(page, if odd == "99" { 2 } else { 1 }, "{odd}");
        }
    }
}
