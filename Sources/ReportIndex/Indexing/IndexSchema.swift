package import Journal

/// The tables of `index.sqlite`, which queries read and which are derived from the journal alone: index.sql beside this file.
///
/// The index has no migrations. Any change here is a new format number, and an index of another format is rebuilt.
package enum IndexSchema {
    /// The number of the format, in `PRAGMA user_version`.
    static let format = 1

    package static let schema = SQLiteSchema(
        name: "index", applicationID: applicationID,
        // As many steps as the format's number, of which only the last creates anything.
        steps: Array(repeating: "", count: format - 1) + [tables], oldestFormat: format)

    /// `CBix` in ASCII.
    static let applicationID: Int32 = 0x4342_6978

    static let tables = String(decoding: PackageResources.index_sql, as: UTF8.self)
}
