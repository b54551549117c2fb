package import Journal

/// The tables of `quarantine.sqlite`, from `quarantine.sql` in this folder.
package enum QuarantineSchema {
    package static let schema = SQLiteSchema(
        name: "quarantine", applicationID: applicationID,
        steps: [String(decoding: PackageResources.quarantine_sql, as: UTF8.self)])

    /// `CBqu` in ASCII.
    package static let applicationID: Int32 = 0x4342_7175
}
