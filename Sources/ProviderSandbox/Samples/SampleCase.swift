/// A folder `<provider>/<case>` of the samples: what the provider sends, and what it should be answered.
package struct SampleCase: Sendable, Equatable {
    /// `klavi/link-created-event`.
    package let name: String
    package let request: SampleRequest
    package let expected: ExpectedAnswer

    package init(name: String, request: SampleRequest, expected: ExpectedAnswer) {
        self.name = name
        self.request = request
        self.expected = expected
    }

    /// `klavi`.
    package var provider: Substring {
        name.prefix { $0 != "/" }
    }
}
