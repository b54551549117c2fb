package import StrictJSON

/// The JSON of an answer, read field by field. What is missing is named; what is there is never quoted.
package struct ResponseFields: Sendable {
    /// The whole answer.
    package let rest: JSONDocument
    /// The part that is read.
    package let value: JSONValue

    /// Throws `unexpectedResponse` when the body is no JSON.
    init(_ response: ProviderResponse) throws(ProviderCallFailure) {
        do {
            rest = try JSONDocument(parsing: response.body)
        } catch {
            throw .unexpectedResponse("Its body is no JSON: \(error).")
        }
        value = rest.root
    }

    private init(rest: JSONDocument, value: JSONValue) {
        self.rest = rest
        self.value = value
    }

    /// A text; ids that are written as numbers are texts too. Throws `unexpectedResponse` where there is none.
    func text(_ name: String) throws(ProviderCallFailure) -> String {
        guard let text = value[name]?.scalarText, !text.isEmpty else {
            throw .unexpectedResponse("\(name) is missing.")
        }
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

    func object(_ name: String) -> ResponseFields? {
        value[name].flatMap { $0.kind == .object ? ResponseFields(rest: rest, value: $0) : nil }
    }

    /// The elements of an array under `name`, or of the answer itself. Throws `unexpectedResponse` where none stands.
    func elements(_ name: String? = nil) throws(ProviderCallFailure) -> [ResponseFields] {
        let array = name.map { value[$0] } ?? value
        guard let array, array.kind == .array else {
            throw .unexpectedResponse("\(name ?? "The list") is missing.")
        }
        return array.elements.map { ResponseFields(rest: rest, value: $0) }
    }

    /// The elements read one by one.
    func list<Element>(
        _ name: String? = nil, _ read: (ResponseFields) throws(ProviderCallFailure) -> Element
    ) throws(ProviderCallFailure) -> [Element] {
        var list: [Element] = []
        for fields in try elements(name) { list.append(try read(fields)) }
        return list
    }
}
