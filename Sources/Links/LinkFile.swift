internal import Deliveries
internal import Foundation
package import Providers
internal import StrictJSON

/// Reads orders from a file: CSV with a header line (RFC 4180), or NDJSON. A column or member name in the file matches
/// the end of a field's path. The whole file is checked before any link is requested, and each error names the line.
package struct LinkFile<Form: BulkLinkForm> {
    /// The maximum number of lines in a file.
    package static var countLimit: Int { 100_000 }

    /// - Parameter flags: the values for all orders. A value in a line replaces the value of the flag.
    package static func orders(_ bytes: [UInt8], _ flags: FieldValues) throws(LinkError) -> [FieldValues] {
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw .badFile(line: nil, problem: "is not UTF-8 text")
        }
        // Skips a byte order mark, which would otherwise become part of the first line.
        if text.unicodeScalars.first == "\u{feff}" { text.unicodeScalars.removeFirst() }
        let isJSON = text.first { !$0.isWhitespace } == "{"
        let rows = isJSON ? try objects(text) : try table(text)
        guard !rows.isEmpty else { throw .badFile(line: nil, problem: "has no links") }
        guard rows.count <= countLimit else { throw .badFile(line: nil, problem: "has more than \(countLimit) links") }
        var identifiers: Set<String> = []
        var orders: [FieldValues] = []
        for row in rows {
            let order = try order(row, flags)
            guard identifiers.insert(order[Form.identifier] ?? "").inserted else {
                throw .badFile(line: row.line, problem: "repeats a \(name(of: Form.identifier))")
            }
            orders.append(order)
        }
        return orders
    }

    private struct Row {
        let line: Int
        var values: [(name: String, value: String)] = []
    }

    private static func order(_ row: Row, _ flags: FieldValues) throws(LinkError) -> FieldValues {
        var order = flags
        for (name, value) in row.values where !value.isEmpty {
            guard let (field, key) = field(name) else {
                throw .badFile(line: row.line, problem: "has '\(name)', which is not a field of a \(Form.name)")
            }
            if let problem = field.problem(with: key + value) {
                throw .badFile(line: row.line, problem: "has an invalid \(name): it \(problem)")
            }
            order.replace(field, by: key + value)
        }
        if let problem = Form.problem(withOrder: order) { throw .badFile(line: row.line, problem: problem) }
        if !order.contains(Form.identifier), let field = Form.fields.first(where: { $0.name == Form.identifier }) {
            order.replace(field, by: UUID().uuidString.lowercased())
        }
        return order
    }

    /// The field whose path ends with a name. For a field of pairs, `key` is the prefix of the pair, such as `color=`;
    /// otherwise it is empty.
    private static func field(_ name: String) -> (Field, key: String)? {
        for field in Form.fields {
            guard let path = field.path else { continue }
            if field.kind != .pairs, path == name || path.hasSuffix(".\(name)") { return (field, "") }
            let last = path.split(separator: ".").last ?? ""
            if field.kind == .pairs, let range = name.range(of: "\(last)."),
                range.lowerBound == name.startIndex || path.hasPrefix(name[..<range.lowerBound])
            {
                return (field, name[range.upperBound...] + "=")
            }
        }
        return nil
    }

    private static func name(of field: String) -> String {
        Form.fields.first { $0.name == field }?.path ?? field
    }

    private static func objects(_ text: String) throws(LinkError) -> [Row] {
        var rows: [Row] = []
        // Splits Unicode scalars, because CR LF is a single `Character`.
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, scalars) in lines.enumerated() {
            let line = String(scalars)
            guard line.contains(where: { !$0.isWhitespace }) else { continue }
            guard let document = try? JSONDocument(parsing: Array(line.utf8)), document.root.kind == .object else {
                throw .badFile(line: index + 1, problem: "is not a JSON object")
            }
            var row = Row(line: index + 1)
            try append(document.root, "", depth: 0, to: &row)
            rows.append(row)
        }
        return rows
    }

    /// The names of the request members that contain other members.
    private static var groups: Set<String> {
        Set(
            Form.fields.flatMap { field in
                let names = field.path?.split(separator: ".").map(String.init) ?? []
                return field.kind == .pairs ? names : Array(names.dropLast())
            })
    }

    /// Appends the strings and numbers of an object by their paths, at most four levels deep.
    private static func append(
        _ value: JSONValue, _ prefix: String, depth: Int, to row: inout Row
    ) throws(LinkError) {
        for member in value.members {
            if member.value.kind == .object, depth < 3, groups.contains(member.name) {
                try append(member.value, "\(prefix)\(member.name).", depth: depth + 1, to: &row)
            } else if let scalar = member.value.scalarText {
                row.values.append((prefix + member.name, scalar))
            } else {
                throw .badFile(line: row.line, problem: "has \(member.name), which is neither text nor a number")
            }
        }
    }

    private static func table(_ text: String) throws(LinkError) -> [Row] {
        var records = CSVRecords(text)
        guard let names = records.next()?.values else { return [] }
        var rows: [Row] = []
        while let record = records.next() {
            guard record.values.count == names.count else {
                throw .badFile(
                    line: record.line, problem: "has \(record.values.count) values for \(names.count) columns")
            }
            rows.append(Row(line: record.line, values: Array(zip(names, record.values))))
        }
        guard !records.isOpen else { throw .badFile(line: nil, problem: "ends inside a quoted value") }
        return rows
    }
}
