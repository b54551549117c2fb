/// The tables of `journal.sqlite`, from `journal.sql` in this folder.
package enum JournalSchema {
    package static let schema = SQLiteSchema(
        name: "journal", applicationID: applicationID,
        steps: [String(decoding: PackageResources.journal_sql, as: UTF8.self)])

    /// `CBox` in ASCII.
    package static let applicationID: Int32 = 0x4342_6f78
}
