/// The reason why a server closes a connection. The server sends it in the last frame before it closes.
package struct ControlRejection: Codable, Equatable, Sendable, CustomStringConvertible {
    package enum Reason: String, Codable, Sendable {
        /// All client slots or all frame memory are in use. The client may try again.
        case busy
        /// The user ID of the client's process is not allowed.
        case notPermitted
        case tooLarge
        /// The frame is not JSON, is nested too deeply, or is not a request.
        case malformed
        case timedOut
        case systemError
    }

    package let reason: Reason
    /// A sentence for people. It contains no bytes of the frame.
    package let description: String

    package init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }

    /// Nil if there is no client left that could read it.
    init?(_ failure: ControlFailure) {
        switch failure {
        case .closed, .pathUnusable, .notListening, .inUse: return nil
        case .rejected(let rejection): self = rejection
        case .timedOut:
            self.init(.timedOut, "the server closed the connection because no complete request arrived in time")
        case .malformed: self.init(.malformed, failure.description)
        case .tooLarge: self.init(.tooLarge, failure.description)
        case .system: self.init(.systemError, failure.description)
        }
    }
}

/// The failures of this module, of the server's side and of the client's.
package enum ControlFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// The path is empty, contains NUL, or exceeds `sun_path` (107 bytes on Linux, 103 on macOS).
    case pathUnusable(String, byteCountLimit: Int)
    /// No server answers at the path.
    case notListening(String)
    /// Another server answers at the path, or the file there is not a socket.
    case inUse(String)
    case rejected(ControlRejection)
    case timedOut
    /// The other side closed the connection. If a request was sent and its last response is missing, its outcome is unknown.
    case closed
    case malformed(String)
    case tooLarge(byteCount: Int, limit: Int)
    case system(operation: String, code: Int32, reason: String)

    package var description: String {
        switch self {
        case .pathUnusable(let path, let limit):
            "the socket path must have 1 to \(limit) bytes, but has \(path.utf8.count)"
        case .notListening(let path): "no server listens at \(path)"
        case .inUse(let path): "\(path) belongs to a running server or is not a socket"
        case .rejected(let rejection): rejection.description
        case .timedOut: "the other side did not send or read in time"
        case .closed: "the other side closed the connection"
        case .malformed(let reason): reason
        case .tooLarge(let byteCount, let limit): "the frame has \(byteCount) bytes, the limit is \(limit)"
        case .system(let operation, _, let reason): "\(operation) failed: \(reason)"
        }
    }
}

/// The content of a frame from server to client.
enum ControlReply<Response> {
    case response(Response)
    case rejection(ControlRejection)
}

extension ControlReply: Encodable where Response: Encodable {}
extension ControlReply: Decodable where Response: Decodable {}
