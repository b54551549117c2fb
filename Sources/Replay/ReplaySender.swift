internal import AsyncHTTPClient
internal import Crypto
internal import Deliveries
internal import NIOCore
internal import NIOHTTP1
package import OutboundHTTP

/// Sends replays. Follows no redirect and repeats nothing: the receiver sees a delivery once.
package struct ReplaySender: Sendable {
    /// A longer response is a failure.
    package static let readByteCountLimit = 64 * 1024 * 1024

    private let client: OutboundClient
    private let timeout: Duration

    /// - Parameters:
    ///   - client: shared by all requests of a run: it resolves a host once.
    ///   - timeout: for the whole exchange, the last byte of the response included.
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
        var request = HTTPClientRequest(url: plan.url)
        request.method = HTTPMethod(rawValue: plan.method)
        for field in plan.headers { request.headers.add(name: field.name, value: field.value) }
        if !plan.body.isEmpty || plan.method == "POST" { request.body = .bytes(plan.body) }
        return try await client.send(request, timeout: timeout) { response in
            var prefix: [UInt8] = []
            var byteCount = 0
            var digest = SHA256()
            for try await part in response.body {
                byteCount += part.readableBytes
                guard byteCount <= Self.readByteCountLimit else {
                    throw OutboundFailure.tooLong(byteCountLimit: Self.readByteCountLimit)
                }
                digest.update(data: Array(part.readableBytesView))
                prefix.append(
                    contentsOf: part.readableBytesView.prefix(max(0, ReplayResponse.keptByteCount - prefix.count)))
            }
            var kept = ReplayResponse(
                status: Int(response.status.code), location: response.headers.first(name: "Location"),
                contentType: response.headers.first(name: "Content-Type") ?? "",
                contentEncoding: response.headers.first(name: "Content-Encoding") ?? "", bodyPrefix: prefix,
                bodyByteCount: byteCount, bodySHA256: Array(digest.finalize()))
            kept.headers = ReplayResponse.kept(response.headers.map { HeaderField($0.name, $0.value) })
            return kept
        }
    }
}

extension OutboundFailure {
    /// With the option that helps.
    fileprivate var replayText: String {
        switch self {
        case .untrusted(.selfSigned), .untrusted(.unknownAuthority):
            text + "; name a file with its authority with --cacert"
        default: text
        }
    }
}

extension Duration {
    /// Whole milliseconds, rounded down; the largest number for what does not fit.
    fileprivate var milliseconds: Int64 {
        let (whole, overflow) = components.seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? .max : whole + components.attoseconds / 1_000_000_000_000_000
    }
}
