//! The data files that both sides of the wire are tested against.

use std::path::PathBuf;

/// A file below `tests/data` of the workspace.
#[expect(clippy::disallowed_methods, reason = "the crate reads no file, its tests do")]
pub(crate) fn read(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The rows of a table, without comments and the row of names.
pub(crate) fn table<const COLUMNS: usize>(name: &str) -> Vec<[String; COLUMNS]> {
    let text = String::from_utf8(read(name)).unwrap();
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|row| {
        let cells: Vec<_> = row.split('\t').map(str::to_owned).collect();
        cells.try_into().unwrap_or_else(|_| panic!("{name}: {row}"))
    })
    .collect()
}

/// A body below `tests/data/replies`.
pub(crate) fn reply(name: &str) -> Vec<u8> {
    read(&format!("replies/{name}"))
}
