/// A folder `<provider>/<case>` of the samples: what the provider sends, and what it should be answered.
package struct SampleCase: Sendable, Equatable {
    /// `klavi/link-created-event`.
    package let name: String
    package let request: SampleRequest
    /// The status of the answer to the case when it is signed as its provider signs it. The rest of expected.json is
    /// about what the receiver makes of the delivery.
    package let expectedStatus: Int

    /// `klavi`.
    package var provider: Substring {
        name.prefix { $0 != "/" }
    }
}

/// A request of a provider, as request.http holds it.
package struct SampleRequest: Sendable, Equatable {
    package var method: String
    /// The request target as it is written on the wire: path and query, percent-encoding untouched.
    package var target: String
    package var headers: [HeaderLine]
    package var body: [UInt8]

    /// The target without its query, which may hold a credential.
    package var path: Substring {
        target.prefix { $0 != "?" }
    }
}
