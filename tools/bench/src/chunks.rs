//! Bodies that come in chunks, as pages do (RFC 9112, 7.1).

use anyhow::{Context, bail};

/// Joins the chunks that `raw` begins with, once the last one is there: gives where they end. The trailers that may follow
/// the last chunk are not read; the product sends none.
///
/// # Errors
/// They are none.
pub(crate) fn join(raw: &[u8], into: &mut Vec<u8>) -> anyhow::Result<Option<usize>> {
    into.clear();
    let mut at = 0;
    loop {
        let Some(length) = raw[at..].windows(2).position(|two| two == b"\r\n") else {
            return Ok(None);
        };
        let size = std::str::from_utf8(&raw[at..at + length]).context("a chunk has no size")?;
        let size = usize::from_str_radix(size, 16).context("the size of a chunk is no number")?;
        let begin = at + length + 2;
        let end = begin.checked_add(size).context("a chunk has no end")?;
        let Some(after) = raw.get(end..end.saturating_add(2)) else {
            return Ok(None);
        };
        if after != b"\r\n" {
            bail!("a chunk is longer than it says");
        }
        into.extend_from_slice(&raw[begin..end]);
        at = end + 2;
        if size == 0 {
            return Ok(Some(at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_chunks_once_all_are_there() {
        let raw = b"3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
        let mut body = Vec::new();
        for length in 0..raw.len() {
            assert_eq!(join(&raw[..length], &mut body).unwrap(), None, "{length}");
        }
        assert_eq!(join(raw, &mut body).unwrap(), Some(raw.len()));
        assert_eq!(body, b"abc0123456789");
    }

    #[test]
    fn refuses_what_is_no_chunk() {
        for raw in ["x\r\n", "2\r\nabc\r\n", "ffffffffffffffff\r\nab"] {
            assert!(join(raw.as_bytes(), &mut Vec::new()).is_err(), "{raw}");
        }
    }
}
