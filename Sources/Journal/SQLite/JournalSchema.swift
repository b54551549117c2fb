/// The tables of `journal.sqlite`: journal.sql beside this file.
package enum JournalSchema {
    package static let schema = SQLiteSchema(
        name: "journal", applicationID: applicationID,
        steps: [String(decoding: PackageResources.journal_sql, as: UTF8.self)])

    /// `CBox` in ASCII.
    package static let applicationID: Int32 = 0x4342_6f78
}
