package import Deliveries

/// A delivery that was read from an export or a HAR and checked, on its way into an archive.
package struct ImportedDelivery: Equatable, Sendable {
    package let uuid: UUIDv7
    package let source: String
    package let receivedAt: Timestamp
    package let method: String
    package let target: String
    package let peer: String
    package let headers: HeaderFields
    package let body: [UInt8]
    /// The verification that the archive it comes from recorded.
    package let claimed: Verification

    /// About the bytes it takes while it waits.
    var byteCount: Int {
        512 + body.count
    }
}

/// Why something cannot be imported, in words that continue "line 3 of x.ndjson".
struct ImportProblem: Error, Equatable {
    let text: String

    init(_ text: String) {
        self.text = text
    }
}
