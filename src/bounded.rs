//! Files read whole, up to a limit: a device without end or a file that is no such thing costs no more than that.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The bytes of a file.
///
/// # Errors
/// Where it cannot be read, or has more than `limit` bytes ([`io::ErrorKind::FileTooLarge`]).
pub fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    read_from(file, limit)
}

/// The text of a file.
///
/// # Errors
/// As for [`read`], and where it is not UTF-8 ([`io::ErrorKind::InvalidData`]).
pub fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    String::from_utf8(read(path, limit)?).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8"))
}

/// All that a source gives.
///
/// # Errors
/// As for [`read`].
pub fn read_from(source: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {}", size(limit))));
    }
    Ok(bytes)
}

/// What a source of text gives, up to its first zero byte and some bytes beyond: a binary file or a device need not be read
/// to its end for that to be said.
///
/// # Errors
/// As for [`read`].
pub fn read_until_zero(mut source: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let start = bytes.len();
        let n_read = source.by_ref().take(1 << 20).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("larger than {}", size(limit))));
        }
        if n_read == 0 || memchr::memchr(0, &bytes[start..]).is_some() {
            return Ok(bytes);
        }
    }
}

/// A limit as people write it.
#[must_use]
pub fn size(n_bytes: u64) -> String {
    match n_bytes {
        n if n >= 1 << 30 && n % (1 << 30) == 0 => format!("{} GiB", n >> 30),
        n if n >= 1 << 20 => format!("{} MiB", n >> 20),
        n if n >= 1 << 10 => format!("{} KiB", n >> 10),
        n => format!("{n} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_the_limit_is_read() {
        assert_eq!(read_from(&b"abc"[..], 3).unwrap(), b"abc");
        assert_eq!(read_until_zero(io::repeat(0), 1 << 30).unwrap().len(), 1 << 20);
        assert_eq!(read_until_zero(&b"abc"[..], 3).unwrap(), b"abc");
        assert!(read_until_zero(&b"abcd"[..], 3).is_err());
        let error = read_from(io::repeat(0), 1 << 20).unwrap_err();
        assert_eq!(error.to_string(), "larger than 1 MiB");
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }
}
