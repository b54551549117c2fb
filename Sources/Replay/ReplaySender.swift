package import AsyncHTTPClient
internal import Crypto
internal import Deliveries
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import OutboundHTTP

/// Sends replays. Follows no redirect and repeats nothing: the receiver sees a delivery once.
package struct ReplaySender: Sendable {
    /// A longer response is a failure.
    package static let readByteCountLimit = 64 * 1024 * 1024

    private let client: HTTPClient
    private let timeout: Duration

    /// - Parameter timeout: for the whole exchange, the last byte of the response included.
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
        var prefix: [UInt8] = []
        var byteCount = 0
        var digest = SHA256()
        for try await part in response.body {
            byteCount += part.readableBytes
            guard byteCount <= Self.readByteCountLimit else { throw ResponseTooLong() }
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

    private struct ResponseTooLong: Error {}

    /// A few words; never the request's own text.
    private static func explanation(of error: any Error) -> String {
        switch error {
        case is ResponseTooLong: return "the response is longer than \(readByteCountLimit / 1024 / 1024) MiB"
        case is DeadlineExceeded: return "no complete response in time"
        case let error as HTTPClientError where [.connectTimeout, .deadlineExceeded].contains(error):
            return "no complete response in time"
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            return "the connection was closed without a response"
        case let error as HTTPClientError: return "\(error.shortDescription)"
        case let error as NIOConnectionError:
            return error.connectionErrors.isEmpty ? "the host name is unknown" : "connection refused"
        case let error as IOError where error.errnoCode == ECONNREFUSED: return "connection refused"
        case let error as IOError where [EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode):
            return "the host is unreachable"
        case let error as IOError: return "the connection failed (error \(error.errnoCode))"
        default: return tlsExplanation(of: error) ?? "the exchange failed (\(type(of: error)))"
        }
    }

    /// BoringSSL names the reason in the text of its errors; nil for other errors.
    private static func tlsExplanation(of error: any Error) -> String? {
        let text = String(describing: error)
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "the certificate is not trusted; use an http URL or a certificate of a public CA"
        }
        if text.contains("failedToValidateHostname") { return "the certificate is for another host name" }
        if text.contains("WRONG_VERSION_NUMBER") { return "the port does not speak TLS; use an http URL" }
        return text.contains("handshakeFailed") ? "the TLS handshake failed" : nil
    }
}

extension Duration {
    /// Whole milliseconds, rounded down; the largest number for what does not fit.
    fileprivate var milliseconds: Int64 {
        let (whole, overflow) = components.seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? .max : whole + components.attoseconds / 1_000_000_000_000_000
    }
}
