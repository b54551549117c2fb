internal import StrictJSON

/// A JSON object whose members are the caller's own; sent exactly as it was written, white space included.
package struct FreeObject: Sendable, Equatable {
    /// The JSON text.
    package let text: String

    /// Throws `badInput` for text that is no JSON and for JSON that is no object.
    package init(_ text: String, name: String) throws(ProviderCallFailure) {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: Array(text.utf8))
        } catch {
            throw .badInput("\(name) is no JSON: \(error).")
        }
        guard document.root.kind == .object else { throw .badInput("\(name) is JSON, but no object.") }
        self.text = text
    }

    var json: JSONText { .raw(text) }

    /// The members to be put beside others. Throws `badInput` when one has a name that is there already.
    func members(beside others: [JSONText.Member]) throws(ProviderCallFailure) -> [JSONText.Member] {
        guard let root = try? JSONDocument(parsing: Array(text.utf8)).root else { return [] }
        var names = Set(others.map(\.name))
        var members: [JSONText.Member] = []
        for member in root.members {
            guard names.insert(member.name).inserted else {
                throw .badInput("The field \(JSONString.quote(member.name)) is given twice.")
            }
            members.append(JSONText.Member(member.name, .raw(member.value.rawText)))
        }
        return members
    }
}
