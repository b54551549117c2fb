internal import AsyncHTTPClient
internal import Deliveries
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import OutboundHTTP

/// Sends requests once, without changes to the header lines.
enum HTTPSender {
    /// No usable response.
    struct Failure: Error, Equatable {
        /// False if a connection was made.
        let isUnreachable: Bool
        let problem: String
    }

    /// - Parameter timeLimit: to the last byte of the response.
    static func send(
        _ method: String, _ url: String, headers: [HeaderField] = [], body: [UInt8] = [],
        timeLimit: Duration = .seconds(10), responseByteCountLimit: Int = 64 * 1024
    ) async throws(Failure) -> Response {
        do {
            return try await withDeadline(after: timeLimit) {
                try await exchange(method, url, headers, body, timeLimit, responseByteCountLimit)
            }
        } catch {
            throw Failure(error)
        }
    }

    private static func exchange(
        _ method: String, _ url: String, _ headers: [HeaderField], _ body: [UInt8], _ timeLimit: Duration, _ limit: Int
    ) async throws -> Response {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        for field in headers { request.headers.add(name: field.name, value: field.value) }
        if method != "GET" || !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await OutboundHTTP.client.execute(request, timeout: TimeAmount(timeLimit))
        var kept: [UInt8] = []
        for try await part in response.body {
            kept.append(contentsOf: part.readableBytesView.prefix(limit - kept.count))
            if kept.count == limit { break }
        }
        let fields = response.headers.map { HeaderField($0.name, $0.value) }
        return Response(status: Int(response.status.code), headers: fields, body: kept)
    }
}

extension HTTPSender.Failure {
    fileprivate init(_ error: any Error) {
        switch error {
        case let error as NIOConnectionError:
            let cause = (error.connectionErrors.first?.error as? IOError)?.errnoCode
            let problem = cause.map { String(cString: strerror($0)).lowercased() } ?? "the host name was not found"
            self.init(isUnreachable: true, problem: problem)
        case let error as IOError where [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode):
            self.init(isUnreachable: true, problem: String(cString: strerror(error.errnoCode)).lowercased())
        case let error as HTTPClientError where error == .connectTimeout:
            self.init(isUnreachable: true, problem: "no connection in time")
        case is DeadlineExceeded: self.init(isUnreachable: false, problem: "no response in time")
        case let error as HTTPClientError where error == .deadlineExceeded:
            self.init(isUnreachable: false, problem: "no response in time")
        case is HTTPParserError: self.init(isUnreachable: false, problem: "the response is not HTTP/1.1")
        case let error as HTTPClientError where error != .remoteConnectionClosed:
            self.init(isUnreachable: false, problem: "the request failed")
        default: self.init(isUnreachable: false, problem: "the connection was closed")
        }
    }
}
