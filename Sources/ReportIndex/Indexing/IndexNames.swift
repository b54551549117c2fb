internal import Deliveries
internal import GRDB
internal import TextForms

/// Caches the IDs of categories and field names. Each report needs several IDs, but there are few different names.
struct IndexNames {
    private struct Category: Hashable {
        let source: ByteText
        let provider: ByteText
        let type: ByteText
        let rule: RouteRule?
        let topic: ByteText?
    }

    /// The maximum number of entries of each cache. A source may send any number of names.
    private static let countLimit = 4096

    private var categories: [Category: Int64] = [:]
    private var fieldNames: [ByteText: Int64] = [:]

    mutating func categoryID(
        _ source: String, _ content: ReportContent, _ route: Route?, _ db: Database
    ) throws -> Int64 {
        let category = Category(
            source: ByteText(source), provider: ByteText(content.provider), type: ByteText(content.type.bindable),
            rule: route?.rule, topic: route.map { ByteText($0.topic) })
        return try Self.id(category, &categories) {
            try Self.row(
                "INSERT INTO category (source, provider, type, rule, topic) VALUES (?, ?, ?, ?, ?)",
                "SELECT id FROM category WHERE source = ? AND provider = ? AND type = ? AND rule IS ? AND topic IS ?",
                [source, content.provider, category.type.text, route?.rule, route?.topic], db)
        }
    }

    mutating func fieldNameID(_ name: String, _ db: Database) throws -> Int64 {
        let name = ByteText(name.bindable)
        return try Self.id(name, &fieldNames) {
            try Self.row(
                "INSERT INTO fieldName (name, key) VALUES (?, ?)",
                "SELECT id FROM fieldName WHERE name = ? AND key = ?",
                [name.text, TextFolding.fold(name.text)], db)
        }
    }

    private static func id<Name>(
        _ name: Name, _ cache: inout [Name: Int64], _ find: () throws -> Int64
    ) rethrows -> Int64 {
        if let id = cache[name] { return id }
        let id = try find()
        if cache.count >= countLimit { cache = [:] }
        cache[name] = id
        return id
    }

    private static func row(
        _ insert: String, _ select: String, _ arguments: StatementArguments, _ db: Database
    ) throws -> Int64 {
        if let known = try Int64.fetchOne(db, sql: select, arguments: arguments) { return known }
        try db.execute(sql: insert, arguments: arguments)
        return db.lastInsertedRowID
    }
}
