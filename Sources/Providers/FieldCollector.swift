internal import Deliveries
internal import StrictJSON
internal import TextForms

/// Collects the fields of one report within the budget of its delivery, and counts the values that it omits.
struct FieldCollector {
    private(set) var fields: [ReportField] = []
    private(set) var externalInfo: String?
    private let budget: DeliveryBudget
    private let reserved: DeliveryBudget.Amount
    private var firstProblems: [String]
    private var known: Set<ReportField> = []
    /// The name of the limit that was reached; nil until then. Further values are only counted.
    private var limit: String?
    private var leftOutCount = 0
    private var longCount = 0
    private var omittedExternalInfo: String?

    /// - Parameters:
    ///   - problem: a problem of the report that is already known.
    ///   - budget: the budget that the reports of a delivery share.
    init(problem: String? = nil, budget: DeliveryBudget = DeliveryBudget()) {
        self.firstProblems = problem.map { [$0] } ?? []
        self.budget = budget
        self.reserved = budget.beginReport()
    }

    /// The known problems and the number of omitted values; nil if there are none.
    var problem: String? {
        var parts = firstProblems
        if let limit {
            let (indexed, leftOut) = (Self.count(fields.count, "field"), Self.count(leftOutCount, "value"))
            parts.append("indexed \(indexed) and left out \(leftOut), limit: \(limit)")
        }
        if longCount > 0 {
            let longFields = Self.count(longCount, "field")
            parts.append("left out \(longFields) longer than \(budget.limits.valueByteCount) bytes")
        }
        if let omittedExternalInfo { parts.append(omittedExternalInfo) }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// Creates the report with the collected fields.
    func report(_ provider: String, _ type: String, key: String, time: Timestamp? = nil) -> ReportContent {
        ReportContent(
            provider: provider, type: type, dedupeKey: key, providerTime: time, externalInfo: externalInfo,
            fields: fields,
            problem: problem)
    }

    /// Adds a value unless it is empty or a repeat.
    mutating func add(_ name: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        guard limit == nil else { return leftOutCount += 1 }
        guard value.utf8.count <= budget.limits.valueByteCount, name.utf8.count <= budget.limits.valueByteCount else {
            return longCount += 1
        }
        let field = ReportField(name, value)
        let byteCount = name.utf8.count + value.utf8.count
        let available = budget.available(reserved: reserved)
        guard available.comparedByteCount >= byteCount else {
            return meet("\(budget.limits.comparedByteCount) bytes compared in a delivery")
        }
        budget.spend(comparedByteCount: byteCount)
        guard !known.contains(field) else { return }
        guard fields.count < budget.limits.reportFieldCount else {
            return meet("\(budget.limits.reportFieldCount) fields of a report")
        }
        guard available.fieldCount > 0 else {
            return meet("\(budget.limits.fieldCount) fields of \(budget.reportCount) reports in a delivery")
        }
        guard available.byteCount >= byteCount else {
            return meet("\(budget.limits.byteCount) bytes of \(budget.reportCount) reports in a delivery")
        }
        budget.spend(fieldCount: 1, byteCount: byteCount)
        known.insert(field)
        fields.append(field)
    }

    /// Adds a string, number or boolean. Ignores other values.
    mutating func add(_ name: String, _ value: JSONValue?) {
        guard let value else { return }
        if limit != nil || isLong(value) { return leaveOut(value) }
        add(name, value.scalarText)
    }

    /// The time in a value; nil if there is none. A value that is not a time is added to the problems. The problem
    /// describes only the form of the value, which may be personal data.
    mutating func time(_ name: String, _ value: JSONValue?) -> Timestamp? {
        guard let value, value.kind != .null else { return nil }
        return time(name, text: value.kind == .boolean ? nil : value.scalarText)
    }

    /// - Parameter text: nil if the value is neither a string nor a number.
    mutating func time(_ name: String, text: String?) -> Timestamp? {
        let time = text.flatMap(TimeText.read)
        if time == nil {
            let form =
                text.map { $0.isEmpty ? "is empty" : "has the form \(TimeText.shape(of: $0))" }
                ?? "is neither text nor a number"
            firstProblems.append("\(name) \(form), which is not a time")
        }
        return time
    }

    /// Adds members of `object` under their names.
    mutating func add(_ names: [String], of object: JSONValue?) {
        for name in names { add(name, object?[name]) }
    }

    /// Adds members of an object, or of each object in an array, under their names.
    mutating func add(_ names: [String], ofEach value: JSONValue?) {
        guard let value, value.kind == .array else { return add(names, of: value) }
        for element in value.elements { add(names, of: element) }
    }

    /// Adds each leaf under the name `externalInfo.` and its path. An element of an array has the name of the array.
    /// Also stores the value as the report's externalInfo if the budget allows it.
    mutating func addExternalInfo(_ value: JSONValue?) {
        guard let value, value.kind != .null else { return }
        // Uses a stack of iterators instead of recursion, because the sender chooses the depth and the number of
        // members.
        var open: [Container] = []
        addLeaf("externalInfo", value, orOpenIn: &open)
        while let last = open.indices.last {
            guard let (member, inner) = open[last].children.next() else {
                open.removeLast()
                continue
            }
            guard limit == nil else {
                leaveOut(inner)
                if inner.kind == .object || inner.kind == .array { open.append(("", JSONChildren(of: inner))) }
                continue
            }
            guard let name = path(open[last].name, member) else {
                longCount += 1
                continue
            }
            addLeaf(name, inner, orOpenIn: &open)
        }
        keep(value)
    }

    private mutating func keep(_ externalInfo: JSONValue) {
        let byteCount = externalInfo.rawBytes.count
        let available = budget.available(reserved: reserved).byteCount
        guard byteCount <= min(budget.limits.externalInfoByteCount, available) else {
            omittedExternalInfo = "the externalInfo of \(byteCount) bytes is too long for the index; it is in the body"
            return
        }
        budget.spend(byteCount: byteCount)
        self.externalInfo = externalInfo.rawText
    }

    private mutating func addLeaf(_ name: String, _ value: JSONValue, orOpenIn open: inout [Container]) {
        switch value.kind {
        case .string, .number, .boolean, .null: add(name, value)
        case .object, .array: open.append((name, JSONChildren(of: value)))
        }
    }

    /// The path of a member. Nil if the path is too long; the paths of its children are then also too long.
    private func path(_ container: String, _ member: JSONMember?) -> String? {
        guard let member else { return container }
        let name = member.name
        guard container.utf8.count + 1 + name.utf8.count <= budget.limits.valueByteCount else { return nil }
        return "\(container).\(name)"
    }

    /// True if a string is too long even if every byte is escaped, as in `\u0041`, which is six bytes for one.
    private func isLong(_ value: JSONValue) -> Bool {
        value.kind == .string && value.rawBytes.count > 6 * budget.limits.valueByteCount + 2
    }

    private mutating func leaveOut(_ value: JSONValue) {
        switch value.kind {
        case .string where limit == nil: longCount += 1
        case .string: leftOutCount += value.rawBytes.count > 2 ? 1 : 0
        case .number, .boolean: leftOutCount += 1
        case .null, .object, .array: break
        }
    }

    private static func count(_ count: Int, _ noun: String) -> String {
        count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
    }

    private mutating func meet(_ limit: String) {
        self.limit = limit
        leftOutCount += 1
    }

    /// An object or array of an externalInfo, and its remaining children.
    private typealias Container = (name: String, children: JSONChildren)
}
