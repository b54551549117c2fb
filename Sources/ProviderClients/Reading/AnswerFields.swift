package import StrictJSON

/// The JSON of an answer, read field by field. What is missing is named; what is there is never quoted.
package struct AnswerFields: Sendable {
    /// The whole answer.
    package let rest: JSONDocument
    /// The part that is read.
    package let value: JSONValue

    /// Throws `unexpectedAnswer` when the body is no JSON.
    init(_ answer: ProviderAnswer) throws(ProviderCallFailure) {
        do {
            rest = try JSONDocument(parsing: answer.body)
        } catch {
            throw .unexpectedAnswer("Its body is no JSON: \(error).")
        }
        value = rest.root
    }

    private init(rest: JSONDocument, value: JSONValue) {
        self.rest = rest
        self.value = value
    }

    /// A text; ids that are written as numbers are texts too. Throws `unexpectedAnswer` where there is none.
    func text(_ name: String) throws(ProviderCallFailure) -> String {
        guard let text = value[name]?.scalarText, !text.isEmpty else { throw .unexpectedAnswer("\(name) is missing.") }
        return text
    }

    func optionalText(_ name: String) -> String? {
        value[name]?.scalarText
    }

    func credential(_ name: String) throws(ProviderCallFailure) -> Credential {
        Credential(try text(name))
    }

    /// A whole number, also one that is written as text.
    func integer(_ name: String) -> Int64? {
        value[name]?.scalarText.flatMap { Int64($0) }
    }

    func boolean(_ name: String) -> Bool? {
        value[name]?.boolean
    }

    func object(_ name: String) -> AnswerFields? {
        value[name].flatMap { $0.kind == .object ? AnswerFields(rest: rest, value: $0) : nil }
    }

    /// The elements of an array under `name`, or of the answer itself. Throws `unexpectedAnswer` where none stands.
    func elements(_ name: String? = nil) throws(ProviderCallFailure) -> [AnswerFields] {
        let array = name.map { value[$0] } ?? value
        guard let array, array.kind == .array else {
            throw .unexpectedAnswer("\(name ?? "The list") is missing.")
        }
        return array.elements.map { AnswerFields(rest: rest, value: $0) }
    }

    /// The elements read one by one.
    func list<Element>(
        _ name: String? = nil, _ read: (AnswerFields) throws(ProviderCallFailure) -> Element
    ) throws(ProviderCallFailure) -> [Element] {
        var list: [Element] = []
        for fields in try elements(name) { list.append(try read(fields)) }
        return list
    }
}
