package import Journal

/// The schema of `index.sqlite` from index.sql in this folder. It has no migrations: a change gets a new format number,
/// and an index with another format is rebuilt from the journal.
package enum IndexSchema {
    /// The format number in `PRAGMA user_version`.
    static let format = 4

    package static let schema = SQLiteSchema(
        name: "index", applicationID: applicationID,
        // `SQLiteSchema` counts steps to determine the format. Only the last step creates tables.
        steps: Array(repeating: "", count: format - 1) + [tables], oldestFormat: format)

    /// `CBix` in ASCII.
    static let applicationID: Int32 = 0x4342_6978

    static let tables = String(decoding: PackageResources.index_sql, as: UTF8.self)
}
