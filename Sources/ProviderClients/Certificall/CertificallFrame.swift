internal import StrictJSON

/// A type of case: what the user is asked for, step by step.
package struct CertificallFrame: Sendable, Equatable {
    package let id: Int64
    package let name: String?
    /// Of the steps that have one, in their order.
    package let stepTitles: [String]

    init(_ fields: ResponseFields) throws(ProviderCallFailure) {
        guard let id = fields.integer("id") else { throw .unexpectedResponse("The id of a frame is missing.") }
        self.id = id
        name = fields.optionalText("name")
        stepTitles = fields.value["steps"]?.elements.compactMap { $0["title"]?.scalarText } ?? []
    }
}
