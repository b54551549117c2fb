internal import StrictJSON

/// One element of a body that is a JSON array.
struct BodyPart {
    let bytes: [UInt8]
    /// From 1.
    let number: Int
    /// How many there are.
    let count: Int

    /// The part with this number, or how many parts there are; 0 for a body that has none.
    static func find(_ number: Int, in body: [UInt8]) -> Result<BodyPart, Missing> {
        guard let root = (try? JSONDocument(parsing: body))?.root, root.kind == .array else {
            return .failure(Missing(count: 0))
        }
        var count = 0
        var found: JSONValue?
        for element in root.elements {
            count += 1
            if count == number { found = element }
        }
        guard let found else { return .failure(Missing(count: count)) }
        return .success(BodyPart(bytes: Array(found.rawBytes), number: number, count: count))
    }

    struct Missing: Error, Equatable {
        let count: Int
    }
}
