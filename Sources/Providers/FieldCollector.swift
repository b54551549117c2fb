internal import Deliveries
internal import StrictJSON

/// Gathers the fields of one report, within bounds that no honest report meets.
struct FieldCollector {
    /// Fields of one report.
    static let fieldCountLimit = 256
    /// Bytes of a value that is indexed; a longer one is left to searches over bodies.
    static let valueByteCountLimit = 1024
    /// Bytes of an externalInfo that is kept beside the report; a longer one is read from the body.
    static let externalInfoByteCountLimit = 64 * 1024

    private(set) var fields: [ReportField] = []
    private(set) var externalInfo: String?
    private(set) var problem: String?
    private var known: Set<ReportField> = []

    /// Adds a value unless it is empty or known already.
    mutating func add(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        guard value.utf8.count <= Self.valueByteCountLimit, name.utf8.count <= Self.valueByteCountLimit else {
            problem = "a field longer than \(Self.valueByteCountLimit) bytes is not indexed"
            return
        }
        guard fields.count < Self.fieldCountLimit else {
            problem = "only the first \(Self.fieldCountLimit) fields are indexed"
            return
        }
        let field = ReportField(name, value)
        if known.insert(field).inserted { fields.append(field) }
    }

    /// Adds a string, number or boolean; anything else is no field.
    mutating func add(_ name: String, _ value: JSONValue?) {
        add(name, value?.scalarText)
    }

    /// Adds the members of `object` that have these names, under these names.
    mutating func add(_ names: [String], of object: JSONValue?) {
        for name in names { add(name, object?[name]) }
    }

    /// Keeps the value as the report's externalInfo and adds each leaf under `externalInfo.` and its path; the elements of
    /// an array share its name.
    mutating func addExternalInfo(_ value: JSONValue?) {
        guard let value, value.kind != .null else { return }
        if value.rawBytes.count <= Self.externalInfoByteCountLimit {
            externalInfo = value.rawText
        } else {
            problem = "an externalInfo longer than \(Self.externalInfoByteCountLimit / 1024) KiB stays in the body"
        }
        // A stack of its own: the depth is the sender's choice. Reversed, so that leaves come in their order.
        var waiting: [(name: String, value: JSONValue)] = [("externalInfo", value)]
        while let (name, value) = waiting.popLast(), fields.count < Self.fieldCountLimit {
            switch value.kind {
            case .object:
                let inner = value.members.prefix(Self.fieldCountLimit).map { ("\(name).\($0.name)", $0.value) }
                waiting.append(contentsOf: inner.reversed())
            case .array:
                waiting.append(contentsOf: value.elements.prefix(Self.fieldCountLimit).map { (name, $0) }.reversed())
            case .string, .number, .boolean, .null:
                add(name, value)
            }
        }
    }
}

extension JSONValue {
    /// The elements of an array, as far as their fields could all be indexed.
    var firstElements: [JSONValue] {
        Array(elements.prefix(FieldCollector.fieldCountLimit))
    }
}
