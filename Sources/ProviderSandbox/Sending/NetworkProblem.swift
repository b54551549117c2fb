internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Says in a few words why the network did not do it.
enum NetworkProblem {
    static func text(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let attempt = error.connectionErrors.first { return text(attempt.error) }
            return "the host name was not found"
        case let error as IOError: return String(cString: strerror(error.errnoCode)).lowercased()
        case ChannelError.connectTimeout: return "no connection in time"
        case is HTTPParserError: return "what came back is not HTTP/1.1"
        case is ChannelError: return "the connection was closed"
        default: return "the connection failed"
        }
    }
}
