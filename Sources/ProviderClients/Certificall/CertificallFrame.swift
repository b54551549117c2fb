internal import StrictJSON

/// A kind of case: what the user is asked for, step by step.
package struct CertificallFrame: Sendable, Equatable {
    /// One picture or answer.
    package struct Step: Sendable, Equatable {
        package let id: Int64?
        package let title: String?
        package let description: String?
    }

    package let id: Int64
    package let name: String?
    package let steps: [Step]

    init(_ fields: AnswerFields) throws(ProviderCallFailure) {
        guard let id = fields.integer("id") else { throw .unexpectedAnswer("The id of a frame is missing.") }
        self.id = id
        name = fields.optionalText("name")
        steps =
            fields.value["steps"]?.kind == .array
            ? try fields.list("steps") { step in
                Step(
                    id: step.integer("id"), title: step.optionalText("title"),
                    description: step.optionalText("description"))
            } : []
    }
}
