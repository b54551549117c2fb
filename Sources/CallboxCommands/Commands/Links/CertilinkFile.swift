internal import Deliveries
internal import Foundation
internal import ProviderClients
internal import StrictJSON
internal import TerminalOutput

/// Certilinks in a file: CSV with a line of names (RFC 4180), or NDJSON. Each problem names its line.
enum CertilinkFile {
    /// More than anybody means to create at once.
    static let countLimit = 100_000

    static func orders(
        _ bytes: [UInt8], model: CertilinkOrder, hasFrame: Bool
    ) throws(CommandFailure) -> [CertilinkOrder] {
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw failure(nil, "is not UTF-8 text")
        }
        // A byte order mark is no part of the first line.
        if text.unicodeScalars.first == "\u{feff}" { text.unicodeScalars.removeFirst() }
        let isJSON = text.first { !$0.isWhitespace } == "{"
        let rows = isJSON ? try objects(text) : try table(text)
        guard !rows.isEmpty else { throw failure(nil, "holds no link") }
        guard rows.count <= countLimit else { throw failure(nil, "holds more than \(countLimit) links") }
        var tokens: Set<String> = []
        var orders: [CertilinkOrder] = []
        for row in rows {
            let order = try order(row, model, hasFrame: hasFrame)
            guard tokens.insert(order.reportToken).inserted else {
                throw failure(row.line, "repeats a reportToken")
            }
            orders.append(order)
        }
        return orders
    }

    /// The values of a line by name.
    struct Row {
        let line: Int
        let values: [(name: String, value: String)]
    }

    private static func order(
        _ row: Row, _ model: CertilinkOrder, hasFrame: Bool
    ) throws(CommandFailure) -> CertilinkOrder {
        var order = model
        order.reportToken = ""
        var frame = hasFrame ? model.frameID : nil
        var context = model.context ?? CertilinkContext()
        for (name, value) in row.values where !value.isEmpty {
            switch name {
            case "reportToken": order.reportToken = value
            case "frameId": frame = try number(value, name, row.line)
            case "maxUses": order.maxUses = try number(value, name, row.line)
            case "companyId": order.companyID = try number(value, name, row.line)
            case "expirationDate":
                do throws(ProviderCallFailure) {
                    order.expirationDate = try CertilinkExpiration(value)
                } catch {
                    throw failure(row.line, "has a wrong expirationDate: write 2026-12-31T23:59:59.000+0100")
                }
            default:
                guard context.set(name, to: value) else {
                    throw failure(row.line, "has a field '\(name)', which is none of a Certilink")
                }
            }
        }
        guard let frame else { throw failure(row.line, "names no frameId, and there is no --frame") }
        order.frameID = frame
        if order.reportToken.isEmpty { order.reportToken = UUID().uuidString.lowercased() }
        order.context = context == CertilinkContext() ? nil : context
        return order
    }

    private static func number(_ text: String, _ name: String, _ line: Int) throws(CommandFailure) -> Int64 {
        guard let number = DecimalText.nonNegative(text.utf8) else {
            throw failure(line, "has no number for \(name)")
        }
        return number
    }

    private static func objects(_ text: String) throws(CommandFailure) -> [Row] {
        var rows: [Row] = []
        // By scalars: CR LF is one character.
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, scalars) in lines.enumerated() {
            let line = String(scalars)
            guard line.contains(where: { !$0.isWhitespace }) else { continue }
            guard let document = try? JSONDocument(parsing: Array(line.utf8)), document.root.kind == .object else {
                throw failure(index + 1, "is no JSON object")
            }
            var values: [(String, String)] = []
            for member in document.root.members {
                switch member.value.kind {
                case .object where ["context", "visibleData", "beneficiary", "metadata"].contains(member.name):
                    values += try nested(member.value, member.name == "context" ? "" : member.name, index + 1)
                default:
                    guard let scalar = member.value.scalarText else {
                        throw failure(index + 1, "has no text or number for \(member.name)")
                    }
                    values.append((member.name, scalar))
                }
            }
            rows.append(Row(line: index + 1, values: values))
        }
        return rows
    }

    /// The members of a context, as the create call has it, at most three levels down.
    private static func nested(
        _ value: JSONValue, _ name: String, _ line: Int, depth: Int = 0
    ) throws(CommandFailure) -> [(String, String)] {
        var values: [(String, String)] = []
        for member in value.members {
            let isGroup = member.name == "visibleData" || member.name == "beneficiary" || member.name == "metadata"
            if member.value.kind == .object, isGroup, depth < 3 {
                values += try nested(member.value, member.name, line, depth: depth + 1)
            } else if let scalar = member.value.scalarText {
                let prefix = name == "beneficiary" || name == "metadata" ? name + "." : ""
                values.append((prefix + member.name, scalar))
            } else {
                throw failure(line, "has no text or number for \(member.name)")
            }
        }
        return values
    }

    private static func table(_ text: String) throws(CommandFailure) -> [Row] {
        var records = CSVRecords(text)
        guard let names = records.next()?.values else { return [] }
        var rows: [Row] = []
        while let record = records.next() {
            guard record.values.count == names.count else {
                throw failure(record.line, "has \(record.values.count) values for \(names.count) names")
            }
            rows.append(Row(line: record.line, values: Array(zip(names, record.values))))
        }
        guard !records.isOpen else { throw failure(nil, "ends within a quoted value") }
        return rows
    }

    private static func failure(_ line: Int?, _ problem: String) -> CommandFailure {
        let place = line.map { "line \($0) of the file" } ?? "the file"
        return CommandFailure(
            .damagedData, TerminalText.escape("\(place) \(problem)"),
            advice: "Nothing was created; mend it and try again.")
    }
}

extension CertilinkContext {
    /// Sets what a column's name says; false for a name that is none.
    fileprivate mutating func set(_ name: String, to value: String) -> Bool {
        if name.hasPrefix("metadata.") {
            let key = String(name.dropFirst("metadata.".count))
            // The line goes before the flag.
            metadata.removeAll { $0.key == key }
            metadata.append(Entry(key, value))
            return true
        }
        if name.hasPrefix("beneficiary.") {
            var person = beneficiary ?? Beneficiary()
            switch name.dropFirst("beneficiary.".count) {
            case "lastName": person.lastName = value
            case "firstName": person.firstName = value
            case "address": person.address = value
            case "city": person.city = value
            case "postCode": person.postCode = value
            case "email": person.email = value
            default: return false
            }
            beneficiary = person
            return true
        }
        switch name {
        case "issuer": issuer = value
        case "photoRef": photoRef = value
        case "reportRef": reportRef = value
        case "instructions": instructions = value
        case "user": user = value
        default: return false
        }
        return true
    }
}
