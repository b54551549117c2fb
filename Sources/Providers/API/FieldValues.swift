package import Deliveries
internal import StrictJSON

/// The values of fields, by field name.
package struct FieldValues: Sendable, Equatable {
    private var values: [String: [String]] = [:]

    package init() {}

    /// - Parameter texts: the values by field name, already checked.
    package init(checked texts: [String: [String]]) {
        values = texts
    }

    /// Replaces the values of a field with a checked value. For a field of pairs, replaces only the pair with the same
    /// name.
    package mutating func replace(_ field: Field, by text: String) {
        let name = text.prefix { $0 != "=" }
        values[field.name]?.removeAll { field.kind != .pairs || $0.prefix { $0 != "=" } == name }
        values[field.name, default: []].append(text)
    }

    package subscript(name: String) -> String? { values[name]?.first }

    package func all(_ name: String) -> [String] { values[name] ?? [] }

    package func contains(_ name: String) -> Bool { values[name]?.isEmpty == false }

    package func integer(_ name: String) -> Int64? { self[name].flatMap { Int64($0) } }

    package func pairs(_ name: String) -> [ReportField] {
        all(name).map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return ReportField(String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
        }
    }

    /// The object that consists of the pairs, or that the file contains. Nil if there are neither pairs nor a file.
    /// Throws `badInput` if there are both, if a name is repeated, or if the file contains no object.
    func object(_ name: String, file: String? = nil) throws -> FreeObject? {
        if let file, let text = self[file] {
            guard !contains(name) else {
                throw ProviderCallFailure.badInput("--\(name) and --\(file) cannot be combined.")
            }
            return try FreeObject(text, name: "--\(file)")
        }
        var members: [JSONText.Member] = []
        for pair in pairs(name) {
            guard !members.contains(where: { $0.name == pair.name }) else {
                throw ProviderCallFailure.badInput("--\(name) sets '\(pair.name)' twice.")
            }
            members.append(.init(pair.name, .string(pair.value)))
        }
        return members.isEmpty ? nil : try FreeObject(JSONText.object(members).compact, name: "--\(name)")
    }

    /// The object in a file; nil if there is no file.
    func object(file: String) throws -> FreeObject? {
        try self[file].map { try FreeObject($0, name: "--\(file)") }
    }
}

/// A JSON object from the caller. It is sent byte for byte.
package struct FreeObject: Sendable, Equatable {
    /// The JSON text.
    package let text: String

    /// Throws `badInput` for text that is not a JSON object.
    init(_ text: String, name: String) throws {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: Array(text.utf8))
        } catch {
            throw ProviderCallFailure.badInput("\(name) is not JSON: \(error).")
        }
        guard document.root.kind == .object else {
            throw ProviderCallFailure.badInput("\(name) is JSON, but not an object.")
        }
        self.text = text
    }

    var json: JSONText { .raw(text) }

    var members: [JSONText.Member] {
        guard let root = try? JSONDocument(parsing: Array(text.utf8)).root else { return [] }
        return root.members.map { .init($0.name, .raw($0.value.rawText)) }
    }

    /// The fields that reports with this object will have.
    var reportFields: [ReportField] {
        guard let root = try? JSONDocument(parsing: Array(text.utf8)).root else { return [] }
        return ExternalInfoFields.leaves(of: root)
    }
}

/// The JSON body of a request, composed of members by path.
struct JSONBody {
    private var members: [(path: [String], value: JSONText)] = []

    init() {}

    /// Adds the values of the fields that have a path, in the order of the fields.
    init(_ fields: [Field], _ values: FieldValues) throws {
        for field in fields {
            guard let path = field.path, values.contains(field.name) else { continue }
            switch field.kind {
            case .flag: set(path, .boolean(true))
            case .integer: set(path, values.integer(field.name).map { .integer($0) })
            case .pairs: set(path, try values.object(field.name)?.json)
            case .objectFile: set(path, try values.object(file: field.name)?.json)
            case _ where field.isRepeated: set(path, .array(values.all(field.name).map { .string($0) }))
            default: set(path, values[field.name])
            }
        }
    }

    /// Sets a member. A nil value omits the member.
    mutating func set(_ path: String, _ value: JSONText?) {
        if let value { members.append((path.split(separator: ".").map(String.init), value)) }
    }

    mutating func set(_ path: String, _ text: String?) {
        set(path, text.map { .string($0) })
    }

    mutating func replace(_ name: String, _ value: JSONText) {
        members = members.map { $0.path == [name] ? ($0.path, value) : $0 }
    }

    mutating func append(_ other: JSONBody) {
        members += other.members
    }

    /// Adds the caller's members after the documented members. Throws `badInput` for a name that is already set.
    mutating func add(_ more: FreeObject?, at path: [String] = []) throws {
        for member in more?.members ?? [] {
            let whole = path + [member.name]
            guard !contains(whole) else {
                throw ProviderCallFailure.badInput("The field \(JSONString.quote(member.name)) is set twice.")
            }
            members.append((whole, member.value))
        }
    }

    func contains(_ path: [String]) -> Bool { members.contains { $0.path.starts(with: path) } }

    var json: JSONText { Self.object(members) }

    private static func object(_ members: [(path: [String], value: JSONText)]) -> JSONText {
        var names: [String] = []
        var groups: [String: [(path: [String], value: JSONText)]] = [:]
        for member in members {
            let name = member.path[0]
            if groups[name] == nil { names.append(name) }
            groups[name, default: []].append((Array(member.path.dropFirst()), member.value))
        }
        return .object(
            names.map { name in
                let group = groups[name] ?? []
                return .init(name, group.first?.path.isEmpty == true ? group[0].value : object(group))
            })
    }
}
