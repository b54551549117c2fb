/// The tables of `journal.sqlite`, from `journal.sql` in this folder.
package enum JournalSchema {
    package static let schema = SQLiteSchema(
        name: "journal", applicationID: applicationID,
        steps: [String(decoding: PackageResources.journal_sql, as: UTF8.self)])

    /// The maximum length of a body that an entry can store uncompressed. SQLite limits a row to 1,000,000,000 bytes by
    /// default (sqlite.org/limits.html, SQLITE_MAX_LENGTH); the remaining 56 MB are for the head and other columns.
    package static let bodyByteCountLimit = 900 << 20

    /// `CBox` in ASCII.
    package static let applicationID: Int32 = 0x4342_6f78
}
