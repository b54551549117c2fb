internal import Deliveries
package import OutboundHTTP

/// Sends replays. Follows no redirects and never retries, so each call sends a delivery at most once.
package struct ReplaySender: Sendable {
    /// The maximum length of a response in bytes. A longer response is a failure.
    package static let readByteCountLimit = 64 * 1024 * 1024

    private let client: OutboundClient
    private let timeout: Duration

    /// - Parameters:
    ///   - client: the client that all requests of a run share, because it resolves a host once.
    ///   - timeout: the time limit for the whole exchange, including the last byte of the response.
    package init(client: OutboundClient = OutboundClient(.named), timeout: Duration) {
        self.client = client
        self.timeout = timeout
    }

    package func send(_ plan: ReplayPlan) async -> ReplayResult {
        let clock = ContinuousClock()
        let start = clock.now
        let outcome: ReplayResult.Outcome
        do throws(OutboundFailure) {
            outcome = .responded(try await exchange(plan))
        } catch {
            outcome = .failed(error.replayText)
        }
        let duration = start.duration(to: clock.now)
        return ReplayResult(durationMilliseconds: duration.milliseconds, outcome: outcome)
    }

    private func exchange(_ plan: ReplayPlan) async throws(OutboundFailure) -> ReplayResponse {
        let request = OutboundRequest(plan.method, plan.url, headers: plan.headers, body: plan.body)
        let response = try await client.send(
            request, timeout: timeout,
            reading: .hashed(keptByteCount: ReplayResponse.keptByteCount, byteCountLimit: Self.readByteCountLimit))
        var kept = ReplayResponse(
            status: response.status, location: response["Location"], contentType: response["Content-Type"] ?? "",
            contentEncoding: response["Content-Encoding"] ?? "", bodyPrefix: response.body,
            bodyByteCount: response.bodyByteCount, bodySHA256: response.bodySHA256)
        kept.headers = ReplayResponse.kept(response.headers)
        return kept
    }
}

extension OutboundFailure {
    /// The failure as text, with the option that avoids the failure.
    fileprivate var replayText: String {
        switch self {
        case .untrusted(.selfSigned), .untrusted(.unknownAuthority):
            text + "; pass its CA's certificate with --cacert"
        default: text
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded down. Clamped to 64 bits.
    fileprivate var milliseconds: Int64 {
        let (whole, overflow) = components.seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? .max : whole + components.attoseconds / 1_000_000_000_000_000
    }
}
