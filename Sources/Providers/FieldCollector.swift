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
    /// Names and values in UTF-8, a byte between them that UTF-8 does not have. As strings, texts that merely look alike
    /// would be equal.
    private var known: Set<[UInt8]> = []
    private var isFull = false

    /// - Parameter problem: what is known to be odd before anything is gathered.
    init(problem: String? = nil) {
        self.problem = problem
    }

    /// Adds a value unless it is empty or known already.
    mutating func add(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty, !isFull else { return }
        guard value.utf8.count <= Self.valueByteCountLimit, name.utf8.count <= Self.valueByteCountLimit else {
            leaveOutLongField()
            return
        }
        guard known.insert(Array(name.utf8) + [0xff] + Array(value.utf8)).inserted else { return }
        guard fields.count < Self.fieldCountLimit else {
            isFull = true
            problem = "only the first \(Self.fieldCountLimit) fields are indexed"
            return
        }
        fields.append(ReportField(name, value))
    }

    /// Adds a string, number or boolean; anything else is no field.
    mutating func add(_ name: String, _ value: JSONValue?) {
        add(name, value?.scalarText)
    }

    /// Adds the members of `object` that have these names, under these names.
    mutating func add(_ names: [String], of object: JSONValue?) {
        for name in names { add(name, object?[name]) }
    }

    /// Adds the members that have these names, of an object or of every object in an array.
    mutating func add(_ names: [String], ofEach value: JSONValue?) {
        guard let value, value.kind == .array else { return add(names, of: value) }
        for element in value.elements { add(names, of: element) }
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
        // A stack of its own, for the depth is the sender's choice; of iterators, for so is the number of members.
        var open: [Container] = []
        addLeaf("externalInfo", value, orOpenIn: &open)
        while !isFull, let last = open.indices.last {
            if let (name, inner) = open[last].next() {
                addLeaf(name, inner, orOpenIn: &open)
            } else {
                open.removeLast()
            }
        }
    }

    /// A container whose name is too long is not walked: every name within it would be longer still.
    private mutating func addLeaf(_ name: String, _ value: JSONValue, orOpenIn open: inout [Container]) {
        switch value.kind {
        case .string, .number, .boolean, .null: add(name, value)
        case .object, .array:
            guard name.utf8.count <= Self.valueByteCountLimit else { return leaveOutLongField() }
            open.append(Container(name: name, members: value.members, elements: value.elements))
        }
    }

    private mutating func leaveOutLongField() {
        problem = "a field longer than \(Self.valueByteCountLimit) bytes is not indexed"
    }

    /// What is left of an object or an array of an externalInfo.
    private struct Container {
        let name: String
        var members: JSONMembers
        var elements: JSONElements

        mutating func next() -> (name: String, value: JSONValue)? {
            if let member = members.next() { return ("\(name).\(member.name)", member.value) }
            return elements.next().map { (name, $0) }
        }
    }
}
