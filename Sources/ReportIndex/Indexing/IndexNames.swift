internal import Deliveries
internal import GRDB

/// The numbers of categories and field names, cached: each report needs some, and there are few.
struct IndexNames {
    private struct Category: Hashable {
        let source: ByteText
        let provider: ByteText
        let type: ByteText
        let rule: RouteRule?
        let topic: ByteText?
    }

    /// Names kept at a time: a source may send any number of them.
    private static let countLimit = 4096

    private var categories: [Category: Int64] = [:]
    private var fieldNames: [ByteText: Int64] = [:]

    mutating func categoryID(_ source: String, _ content: ReportContent, _ route: Route?, _ db: Database) throws
        -> Int64
    {
        let category = Category(
            source: ByteText(source), provider: ByteText(content.provider), type: ByteText(content.type.bindable),
            rule: route?.rule, topic: route.map { ByteText($0.topic) })
        if let id = categories[category] { return id }
        let arguments: StatementArguments = [
            source, category.provider.text, category.type.text, route?.rule.rawValue, route?.topic,
        ]
        let known = try Int64.fetchOne(
            db,
            sql: "SELECT id FROM category WHERE source = ? AND provider = ? AND type = ? AND rule IS ? AND topic IS ?",
            arguments: arguments)
        if known == nil {
            try db.execute(
                sql: "INSERT INTO category (source, provider, type, rule, topic) VALUES (?, ?, ?, ?, ?)",
                arguments: arguments)
        }
        let id = known ?? db.lastInsertedRowID
        if categories.count >= Self.countLimit { categories = [:] }
        categories[category] = id
        return id
    }

    /// - Parameter name: without NUL characters (`bindable`).
    mutating func fieldNameID(_ name: ByteText, _ db: Database) throws -> Int64 {
        if let id = fieldNames[name] { return id }
        let known = try Int64.fetchOne(db, sql: "SELECT id FROM fieldName WHERE name = ?", arguments: [name.text])
        if known == nil {
            try db.execute(sql: "INSERT INTO fieldName (name) VALUES (?)", arguments: [name.text])
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
