internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import OutboundHTTP

/// Classifies network failures by whether the request may have arrived.
enum NetworkFailure {
    struct ResponseTooLong: Error {}

    /// In doubt the request may have arrived. The texts quote nothing of the request.
    static func classify(_ error: any Error) -> TransportFailure {
        switch error {
        case is ResponseTooLong: return .tooLong
        case is DeadlineExceeded: return .noResponse(problem: "no complete response in time")
        case is CancellationError: return .noResponse(problem: "the call was cancelled")
        case let error as HTTPClientError: return classify(error)
        case let error as NIOConnectionError:
            let isUnknown = error.connectionErrors.isEmpty
            return .notSent(
                problem: isUnknown ? "the host name is unknown" : "nothing listens there, or it rejects connections")
        case let error as IOError where error.errnoCode == ECONNREFUSED:
            return .notSent(problem: "nothing listens there, or it rejects connections")
        case let error as IOError where [EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode):
            return .notSent(problem: "the host is unreachable")
        case let error as IOError: return .noResponse(problem: "the connection failed (error \(error.errnoCode))")
        // The TLS library is not a direct dependency, so its error is recognised by name.
        case _ where String(describing: error).hasPrefix("handshakeFailed"):
            return .notSent(problem: "no secure connection: the certificate or the TLS handshake failed")
        default: return .noResponse(problem: "the exchange failed (\(type(of: error)))")
        }
    }

    private static func classify(_ error: HTTPClientError) -> TransportFailure {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
            .notSent(problem: "no connection in time")
        case .invalidURL, .emptyHost, .emptyScheme: .notSent(problem: "the address cannot be used")
        case .deadlineExceeded, .readTimeout, .writeTimeout: .noResponse(problem: "no complete response in time")
        case .cancelled: .noResponse(problem: "the call was cancelled")
        case .remoteConnectionClosed: .noResponse(problem: "the connection was closed without a response")
        case _ where error.shortDescription.hasPrefix("Invalid header field"):
            .notSent(problem: "a header holds characters that HTTP does not allow")
        default: .noResponse(problem: "\(error.shortDescription)")
        }
    }
}
