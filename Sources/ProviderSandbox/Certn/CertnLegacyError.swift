/// The error bodies of the legacy API (PROVIDERS.md 2A.2): `detail` for the call as a whole, a map of the fields for what
/// was sent.
enum CertnLegacyError {
    static let notFound = APIReply.json(404, ["detail": "Not found."])
    static let invalidPage = APIReply.json(404, ["detail": "Invalid page."])
    static let notJSON = APIReply.json(
        400, ["detail": "JSON parse error - Expecting value: line 1 column 1 (char 0)"])

    /// The one documented text; the header alone says whether a token was there.
    static func unauthorized(challenge: String) -> APIReply {
        let body: JSON = ["detail": "Authentication credentials were not provided."]
        return APIReply(
            status: 401,
            headers: [HeaderLine("Content-Type", "application/json"), HeaderLine("WWW-Authenticate", challenge)],
            body: body.bytes)
    }

    static func notAllowed(_ method: String) -> APIReply {
        .json(405, ["detail": "Method \"\(method)\" not allowed."])
    }

    static func whole(_ sentence: String) -> APIReply {
        .json(400, ["non_field_errors": [.string(sentence)]])
    }

    static func fields(_ problems: [CertnFieldProblem]) -> APIReply {
        .json(400, map(problems.map { ($0.path[...], $0.detail) }))
    }

    /// The problems grouped by the first name of their paths. It calls itself no deeper than the paths are long.
    private static func map(_ problems: [(path: ArraySlice<String>, detail: String)]) -> JSON {
        var names: [String] = []
        for name in problems.compactMap(\.path.first) where !names.contains(name) { names.append(name) }
        if names.isEmpty { return .array(problems.map { .string($0.detail) }) }
        let values = names.map { name in
            map(problems.filter { $0.path.first == name }.map { ($0.path.dropFirst(), $0.detail) })
        }
        let indexes = names.compactMap { Int($0) }
        guard indexes.count == names.count, let last = indexes.max() else {
            return .object(zip(names, values).map { JSON.Member($0, $1) })
        }
        var elements = [JSON](repeating: .object([]), count: last + 1)
        for (index, value) in zip(indexes, values) { elements[index] = value }
        return .array(elements)
    }
}
