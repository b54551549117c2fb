internal import Deliveries
internal import GRDB

/// The numbers of categories and of field names, remembered: each report needs some, and there are few.
struct ProjectionNames {
    private struct Category: Hashable {
        let source: String
        let provider: String
        let kind: String
        let route: Route?
    }

    /// Names remembered at a time: a source may send any number of them.
    private static let countLimit = 4096

    private var categories: [Category: Int64] = [:]
    private var fieldNames: [String: Int64] = [:]

    mutating func categoryID(_ source: String, _ content: ReportContent, _ route: Route?, _ db: Database) throws
        -> Int64
    {
        let category = Category(source: source, provider: content.provider, kind: content.kind.bindable, route: route)
        if let id = categories[category] { return id }
        let arguments: StatementArguments = [
            source, category.provider, category.kind, route?.rule.rawValue, route?.box,
        ]
        let known = try Int64.fetchOne(
            db,
            sql: "SELECT id FROM category WHERE source = ? AND provider = ? AND kind = ? AND rule IS ? AND box IS ?",
            arguments: arguments)
        if known == nil {
            try db.execute(
                sql: "INSERT INTO category (source, provider, kind, rule, box) VALUES (?, ?, ?, ?, ?)",
                arguments: arguments)
        }
        let id = known ?? db.lastInsertedRowID
        if categories.count >= Self.countLimit { categories = [:] }
        categories[category] = id
        return id
    }

    mutating func fieldNameID(_ name: String, _ db: Database) throws -> Int64 {
        if let id = fieldNames[name] { return id }
        let known = try Int64.fetchOne(db, sql: "SELECT id FROM fieldName WHERE name = ?", arguments: [name.bindable])
        if known == nil {
            try db.execute(sql: "INSERT INTO fieldName (name) VALUES (?)", arguments: [name.bindable])
        }
        let id = known ?? db.lastInsertedRowID
        if fieldNames.count >= Self.countLimit { fieldNames = [:] }
        fieldNames[name] = id
        return id
    }
}

extension String {
    /// The text with U+FFFD for each U+0000: a query's text is bound up to its first NUL, which a provider's JSON may hold, and
    /// then two different keys would be one.
    var bindable: String {
        guard utf8.contains(0) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{fffd}" : $0 }))
    }
}
