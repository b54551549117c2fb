internal import Deliveries
internal import StrictJSON

/// One part of a body: an element of a JSON array, or a part of a multipart body.
struct BodyPart {
    let bytes: [UInt8]
    let contentType: String?
    /// What it is called where its body gives names.
    let name: String?
    /// From 1.
    let number: Int
    /// How many there are.
    let count: Int

    /// The part with this number, or how many parts there are; 0 for a body that has none.
    static func find(_ number: Int, in body: [UInt8], contentType: String?) -> Result<BodyPart, Missing> {
        if let contentType, let multipart = MultipartBody(body, contentType: contentType) {
            let parts = multipart.parts
            guard number >= 1, number <= parts.count else { return .failure(Missing(count: parts.count)) }
            let part = parts[number - 1]
            return .success(
                BodyPart(
                    bytes: part.body, contentType: part.contentType, name: part.name, number: number,
                    count: parts.count))
        }
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
        return .success(
            BodyPart(
                bytes: Array(found.rawBytes), contentType: "application/json", name: nil, number: number, count: count))
    }

    struct Missing: Error, Equatable {
        let count: Int
    }
}

extension InboundRequest {
    var contentType: String? {
        headers.values(named: "Content-Type").first
    }
}
