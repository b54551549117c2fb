internal import StrictJSON

/// A kind of case: what the user is asked for, step by step.
package struct CertificallFrame: Sendable, Equatable {
    package let id: Int64
    package let name: String?
    /// Of the steps that have one, in their order.
    package let stepTitles: [String]

    init(_ fields: AnswerFields) throws(ProviderCallFailure) {
        guard let id = fields.integer("id") else { throw .unexpectedAnswer("The id of a frame is missing.") }
        self.id = id
        name = fields.optionalText("name")
        stepTitles = fields.value["steps"]?.elements.compactMap { $0["title"]?.scalarText } ?? []
    }
}
