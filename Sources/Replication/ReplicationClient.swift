internal import Deliveries
package import OutboundHTTP

/// The primary that a follower copies.
package struct PrimaryAddress: Sendable, Equatable {
    /// The URL, such as `https://host:port`, without a trailing slash.
    package let url: String
    package let token: [UInt8]
    package let trust: Trust

    package init(url: String, token: [UInt8], trust: Trust) {
        self.url = url
        self.token = token
        self.trust = trust
    }
}

/// Requests entries from a primary.
package struct ReplicationClient: Sendable {
    /// The maximum length of a response in bytes: one entry with the largest possible body.
    private static let responseByteCountLimit = 1 << 30
    /// The time limit from the end of the wait for an entry to the last byte of the response.
    private static let transferTime: Duration = .seconds(120)

    package enum Failure: Error, Sendable, Equatable {
        case outbound(OutboundFailure)
        /// The primary closed an unencrypted connection without a response. A listener with TLS does so.
        case closedPlain
        /// The primary responded with 401.
        case unauthorized
        case refused(ReplicationRefusal)
        /// The primary responded with another unexpected status.
        case status(Int)
        case damaged(ReplicationBatch.Damaged)

        package var text: String {
            switch self {
            case .outbound(let failure): failure.text
            case .closedPlain: "the primary sent no response; if the listener uses TLS, use an https URL"
            case .unauthorized: "the primary does not accept the token"
            case .refused(.differs): "the archive is not a copy of the primary's archive"
            case .refused(.removed):
                "the primary removed all entries that the archive has, so the archives cannot be compared"
            case .refused(.nameInUse): "another follower has this name; pass a unique name with --node"
            case .status(let status): "the response has status \(status)"
            case .damaged(let damage): "the response is damaged: \(damage.reason)"
            }
        }
    }

    private let address: PrimaryAddress
    private let client: OutboundClient

    package init(_ address: PrimaryAddress) {
        self.address = address
        client = OutboundClient(.configured, trust: address.trust)
    }

    package func entries(_ request: ReplicationRequest) async throws(Failure) -> ReplicationBatch {
        let response: OutboundResponse
        do throws(OutboundFailure) {
            response = try await client.send(
                OutboundRequest(
                    "GET", address.url + request.target,
                    headers: [HeaderField("Authorization", "Bearer " + String(decoding: address.token, as: UTF8.self))]),
                timeout: .seconds(request.waitSeconds) + Self.transferTime,
                reading: .whole(byteCountLimit: Self.responseByteCountLimit))
        } catch {
            throw error == .closed && address.url.hasPrefix("http:") ? .closedPlain : .outbound(error)
        }
        switch (response.status, response[ReplicationRefusal.header].flatMap(ReplicationRefusal.init)) {
        case (200, _): break
        case (401, _): throw .unauthorized
        case (409, let refusal?): throw .refused(refusal)
        default: throw .status(response.status)
        }
        do throws(ReplicationBatch.Damaged) {
            return try ReplicationBatch(response.body)
        } catch {
            throw .damaged(error)
        }
    }
}
