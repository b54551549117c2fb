package import AsyncHTTPClient
internal import Crypto
internal import Deliveries
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import OutboundHTTP

/// What a replay brought back.
package struct ReplayResult: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        case responded(ReplayResponse)
        /// Nothing came back; says why in a few words.
        case failed(String)
    }

    package let durationMilliseconds: Int64
    package let outcome: Outcome
}

/// The answer to a replayed delivery.
package struct ReplayResponse: Sendable, Equatable {
    package let status: Int
    /// The first bytes of the body.
    package let bodyPrefix: [UInt8]
    package let bodyByteCount: Int
    /// SHA-256 of the whole body.
    package let bodySHA256: [UInt8]
}

/// Sends replays. Follows no redirect and tries nothing twice: what is replayed is seen once by the receiver.
package struct ReplaySender: Sendable {
    /// Bytes of an answer that are kept to be shown.
    package static let shownByteCount = 4096
    /// Bytes of an answer that are read at all.
    package static let readByteCountLimit = 64 * 1024 * 1024

    private let client: HTTPClient
    private let timeout: Duration

    /// - Parameter timeout: for the whole exchange.
    package init(client: HTTPClient = OutboundHTTP.client, timeout: Duration) {
        self.client = client
        self.timeout = timeout
    }

    package func send(_ plan: ReplayPlan) async -> ReplayResult {
        let clock = ContinuousClock()
        let start = clock.now
        let outcome: ReplayResult.Outcome
        do {
            outcome = .responded(try await withDeadline(after: timeout) { try await exchange(plan) })
        } catch {
            outcome = .failed(Self.explanation(of: error))
        }
        let duration = start.duration(to: clock.now)
        return ReplayResult(durationMilliseconds: duration.milliseconds, outcome: outcome)
    }

    private func exchange(_ plan: ReplayPlan) async throws -> ReplayResponse {
        var request = HTTPClientRequest(url: plan.url)
        request.method = HTTPMethod(rawValue: plan.method)
        for field in plan.headers { request.headers.add(name: field.name, value: field.value) }
        if !plan.body.isEmpty || plan.method == "POST" { request.body = .bytes(plan.body) }
        let response = try await client.execute(request, timeout: TimeAmount(timeout))
        var shown: [UInt8] = []
        var byteCount = 0
        var digest = SHA256()
        for try await part in response.body {
            byteCount += part.readableBytes
            guard byteCount <= Self.readByteCountLimit else { throw ResponseTooLong() }
            digest.update(data: Array(part.readableBytesView))
            shown.append(contentsOf: part.readableBytesView.prefix(max(0, Self.shownByteCount - shown.count)))
        }
        return ReplayResponse(
            status: Int(response.status.code), bodyPrefix: shown, bodyByteCount: byteCount,
            bodySHA256: Array(digest.finalize()))
    }

    private struct ResponseTooLong: Error {}

    /// A few words for a failure; never the request's own text.
    private static func explanation(of error: any Error) -> String {
        switch error {
        case is ResponseTooLong: "the response is longer than \(readByteCountLimit / 1024 / 1024) MiB"
        case is DeadlineExceeded: "no complete response in time"
        case let error as HTTPClientError where error == .connectTimeout || error == .deadlineExceeded:
            "no complete response in time"
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            "the connection was closed without a response"
        case let error as HTTPClientError: "\(error.shortDescription)"
        case is NIOConnectionError: "nothing listens there, or it rejects connections"
        case let error as IOError where error.errnoCode == ECONNREFUSED:
            "nothing listens there, or it rejects connections"
        case let error as IOError: "the connection failed (error \(error.errnoCode))"
        default: "the exchange failed (\(type(of: error)))"
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
