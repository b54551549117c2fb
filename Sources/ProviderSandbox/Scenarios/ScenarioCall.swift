internal import Yams

/// A call to an imitated API within a scenario. `${name}` in it stands for what an earlier call saved.
package struct ScenarioCall: Sendable, Equatable {
    package let method: String
    package let path: String
    package let headers: [HeaderLine]
    package let body: JSON?
    /// The fields of a page's form, which are the body instead; nil where there is none.
    package let form: [APIRequest.QueryItem]?
    /// The status that the answer has to have; any below 400 where this is nil.
    package let status: Int?
    /// Names, and the members of the answer they stand for: `token: accessToken`, `first: 0.id`.
    package let saved: [String: String]

    init(_ text: String, _ fields: inout StepFields) throws(ScenarioProblem) {
        let words = text.split(separator: " ")
        guard words.count == 2, words[1].hasPrefix("/") else {
            throw ScenarioProblem("'call' has to be a method and a path, such as POST /data/v1/auth")
        }
        method = String(words[0])
        path = String(words[1])
        body = fields.node("json").map { JSON(yaml: $0) ?? .null }
        form = try fields.node("form").map { node throws(ScenarioProblem) in try Self.form(node) }
        guard body == nil || form == nil else { throw ScenarioProblem("'json' and 'form' exclude each other") }
        status = try fields.number("status")
        headers = try fields.texts("headers").map { HeaderLine($0.key, $0.value) }.sorted { $0.name < $1.name }
        saved = try fields.texts("save")
    }

    /// In their order; a list is a field that stands several times.
    private static func form(_ node: Node) throws(ScenarioProblem) -> [APIRequest.QueryItem] {
        let problem = ScenarioProblem("'form' has to be a mapping of texts, or lists of texts")
        guard let mapping = node.mapping else { throw problem }
        var items: [APIRequest.QueryItem] = []
        for (key, value) in mapping {
            let values = value.sequence.map { $0.map(\.string) } ?? [value.string]
            guard let name = key.string, !values.contains(nil) else { throw problem }
            items += values.compactMap { $0.map { APIRequest.QueryItem(name, $0) } }
        }
        return items
    }
}
