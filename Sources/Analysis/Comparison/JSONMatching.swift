internal import StrictJSON

/// Matches the members and elements of two containers.
enum JSONMatching {
    /// The maximum number of members or elements to match. A larger object is compared as a single value. The elements
    /// of a larger array are compared by position.
    static let countLimit = 100_000

    /// The names of members that identify array elements. The first name that identifies the elements of both arrays is
    /// used.
    static let identifyingNames = [
        "id", "uuid", "linkId", "consentId", "accountId", "creditCardAccountId", "contractId", "investmentId",
        "transactionId", "productReportId", "eventId", "cfRef", "case_id", "short_id", "accountNumber", "number",
        "institutionCode", "name",
    ]

    /// Pairs members by name, in the order of the older object. Members that exist only in the newer object are last.
    /// Nil if an object has too many members.
    static func members(_ before: JSONValue, _ after: JSONValue) -> [JSONPair]? {
        guard let old = table(before), let new = table(after) else { return nil }
        var pairs: [JSONPair] = []
        for (name, value) in old.inOrder {
            let other = new.values[name]
            if let other, JSONPair.areWrittenAlike(value, other) { continue }
            pairs.append(JSONPair(step: .name(String(decoding: name, as: UTF8.self)), before: value, after: other))
        }
        for (name, value) in new.inOrder where old.values[name] == nil {
            pairs.append(JSONPair(step: .name(String(decoding: name, as: UTF8.self)), before: nil, after: value))
        }
        return pairs
    }

    /// Pairs elements by an identifying member, in the order of the newer array. Removed elements are last. Nil if no
    /// member identifies the elements.
    static func elements(_ before: JSONValue, _ after: JSONValue) -> [JSONPair]? {
        for name in identifyingNames {
            guard let old = index(before, by: name), let new = index(after, by: name) else { continue }
            var pairs: [JSONPair] = []
            for (position, (key, value)) in new.inOrder.enumerated() {
                let other = old.places[key].map { old.inOrder[$0].value }
                if let other, JSONPair.areWrittenAlike(other, value) { continue }
                pairs.append(JSONPair(step: .index(position), before: other, after: value))
            }
            for (position, (key, value)) in old.inOrder.enumerated() where new.places[key] == nil {
                pairs.append(JSONPair(step: .index(position), before: value, after: nil))
            }
            return pairs
        }
        return nil
    }

    /// Indexes the members by the bytes of their names, because equal strings may differ in their bytes. If a name is
    /// repeated, the last member counts.
    private static func table(
        _ object: JSONValue
    ) -> (inOrder: [(name: [UInt8], value: JSONValue)], values: [[UInt8]: JSONValue])? {
        var values: [[UInt8]: JSONValue] = [:]
        var names: [[UInt8]] = []
        for member in object.members {
            let name = Array(member.name.utf8)
            if values.updateValue(member.value, forKey: name) == nil { names.append(name) }
            guard names.count <= countLimit else { return nil }
        }
        return (names.compactMap { name in values[name].map { (name, $0) } }, values)
    }

    /// Indexes the elements by the value of a member. Nil if an element has no string or number in this member, or if
    /// two elements have the same value.
    private static func index(
        _ array: JSONValue, by name: String
    ) -> (inOrder: [(key: [UInt8], value: JSONValue)], places: [[UInt8]: Int])? {
        var inOrder: [(key: [UInt8], value: JSONValue)] = []
        var places: [[UInt8]: Int] = [:]
        for element in array.elements {
            guard inOrder.count < countLimit, let member = element[name],
                member.kind == .string || member.kind == .number, let text = member.scalarText, !text.isEmpty
            else { return nil }
            let key = Array(text.utf8)
            guard places.updateValue(inOrder.count, forKey: key) == nil else { return nil }
            inOrder.append((key, element))
        }
        return (inOrder, places)
    }
}

/// A value and its counterpart. One of the two may be missing.
struct JSONPair {
    let step: ValuePath.Step
    let before: JSONValue?
    let after: JSONValue?

    /// True if two values of at most 64 KiB have the same bytes. Comparing longer values at every level would take
    /// quadratic time.
    static func areWrittenAlike(_ one: JSONValue, _ other: JSONValue) -> Bool {
        let (one, other) = (one.rawBytes, other.rawBytes)
        return one.count == other.count && one.count <= 65_536 && one.elementsEqual(other)
    }

    /// True if two strings, numbers, booleans or nulls are equal.
    static func areEqualScalars(_ one: JSONValue, _ other: JSONValue) -> Bool {
        guard one.kind == other.kind else { return false }
        switch one.kind {
        case .null: return true
        case .boolean: return one.boolean == other.boolean
        case .string: return (one.string ?? "").utf8.elementsEqual((other.string ?? "").utf8)
        case .number:
            guard let number = DecimalValue(one.rawText), let another = DecimalValue(other.rawText) else {
                return one.rawBytes.elementsEqual(other.rawBytes)
            }
            return number == another
        case .array, .object: return false
        }
    }
}
