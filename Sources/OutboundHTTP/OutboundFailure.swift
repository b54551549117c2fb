internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// The reason why there is no response, or only an incomplete response.
package enum OutboundFailure: Error, Equatable, Sendable {
    /// The URL is not `http://host…` or `https://host…`.
    case notHTTP
    case unknownHost
    /// The rules reject the address.
    ///
    /// - Parameter address: the first address of the host.
    case rejectedAddress(String, AddressRules.Rejection)
    case refused, unreachable, noConnectionInTime
    case notTLS, handshakeFailed, closedBeforeRequest
    case untrusted(CertificateProblem)
    /// A header contains characters that HTTP does not allow.
    case unusableHeader
    case noResponseInTime, closed, cancelled, notHTTPResponse, headersTooLong
    case tooLong(byteCountLimit: Int)
    /// The connection broke.
    ///
    /// - Parameter code: `errno`.
    case broken(code: Int32)
    /// Another failure. The value is a message that quotes no part of the request.
    case other(String)

    package enum CertificateProblem: Equatable, Sendable {
        case selfSigned, expired, notYetValid, wrongName, unknownAuthority
    }

    /// False if the request was certainly not sent.
    package var mayHaveArrived: Bool {
        switch self {
        case .notHTTP, .unknownHost, .rejectedAddress, .unusableHeader, .notTLS, .handshakeFailed, .untrusted,
            .closedBeforeRequest:
            false
        case .noResponseInTime, .closed, .cancelled, .notHTTPResponse, .headersTooLong, .tooLong, .broken, .other: true
        case .refused, .unreachable, .noConnectionInTime: false
        }
    }

    /// True if a connection to another address of the host may succeed.
    var isWithoutConnection: Bool {
        [.refused, .unreachable, .noConnectionInTime].contains(self)
    }

    package var text: String {
        switch self {
        case .notHTTP: "not an http or https URL"
        case .unknownHost: "the host name is unknown"
        case .rejectedAddress(let address, let rejection):
            "\(address) is \(rejection.rawValue); "
                + (rejection == .private ? "use --allow-private to send there" : "Callbox does not send there")
        case .refused: "connection refused"
        case .unreachable: "the host is unreachable"
        case .noConnectionInTime: "the connection timed out"
        case .notTLS: "the port does not speak TLS; use an http URL"
        case .handshakeFailed: "the TLS handshake failed"
        case .untrusted(let problem): "the certificate \(problem.text)"
        case .unusableHeader: "a header has characters that HTTP does not allow"
        case .noResponseInTime: "the response timed out"
        case .closedBeforeRequest: "the connection was closed before the request was sent"
        case .closed: "the connection was closed without a complete response"
        case .cancelled: "the call was cancelled"
        case .notHTTPResponse: "the response is not HTTP; if the port speaks TLS, use an https URL"
        case .headersTooLong: "the response has too many headers, or a header that is too long"
        case .tooLong(let limit): "the response is longer than \(limit / 1024 / 1024) MiB"
        case .broken(let code): "the connection failed (error \(code))"
        case .other(let text): text
        }
    }

    package init(_ error: any Error) {
        switch error {
        case let failure as OutboundFailure: self = failure
        case is DeadlineExceeded: self = .noResponseInTime
        case is CancellationError: self = .cancelled
        case ChannelError.connectTimeout: self = .noConnectionInTime
        case let error as IOError:
            switch error.errnoCode {
            case ECONNREFUSED: self = .refused
            case EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL: self = .unreachable
            case ETIMEDOUT: self = .noConnectionInTime
            default: self = .broken(code: error.errnoCode)
            }
        case HTTPParserError.invalidEOFState: self = .closed
        case HTTPParserError.headerOverflow: self = .headersTooLong
        case is HTTPParserError: self = .notHTTPResponse
        default: self = Self.tls(error) ?? .other("the request failed (\(type(of: error)))")
        }
    }

    /// The failure for a TLS error; nil for other errors. Reads BoringSSL's name of the reason from the text of the
    /// error.
    private static func tls(_ error: any Error) -> OutboundFailure? {
        let text = String(describing: error)
        if text.contains("failedToValidateHostname") { return .untrusted(.wrongName) }
        if text.contains("CERTIFICATE_VERIFY_FAILED") { return .untrusted(.unknownAuthority) }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") { return .notTLS }
        return text.contains("handshakeFailed") ? .handshakeFailed : nil
    }
}

extension OutboundFailure.CertificateProblem {
    fileprivate var text: String {
        switch self {
        case .selfSigned: "is not trusted: it is self-signed"
        case .expired: "has expired"
        case .notYetValid: "is not valid yet; check the clocks"
        case .wrongName: "is for another host name"
        case .unknownAuthority: "is not trusted: its CA is unknown"
        }
    }
}
