internal import StrictJSON

/// One place in which two JSON texts differ.
struct JSONDifference {
    enum Change {
        case added(JSONValue)
        case removed(JSONValue)
        case changed(before: JSONValue, after: JSONValue)
    }

    /// In the newer text; of what was removed, in the older one.
    let path: ValuePath
    let change: Change
}

/// A value and its counterpart, one of which may be missing.
struct JSONPair {
    let step: ValuePath.Step
    let before: JSONValue?
    let after: JSONValue?

    /// What is written alike is alike. Only short texts are looked at, so that deep ones are not gone through at every level.
    static func areWrittenAlike(_ one: JSONValue, _ other: JSONValue) -> Bool {
        let (one, other) = (one.rawBytes, other.rawBytes)
        return one.count == other.count && one.count <= 65_536 && one.elementsEqual(other)
    }

    /// Whether two values that hold no others mean the same.
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
