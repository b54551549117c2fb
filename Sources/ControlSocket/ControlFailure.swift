/// A failure of this module. A server sends its failure in the last frame before it closes the connection.
package enum ControlFailure: Error, Codable, Equatable, Sendable, CustomStringConvertible {
    /// The path is empty, contains NUL, or exceeds `sun_path` (107 bytes on Linux, 103 on macOS).
    case pathUnusable(String, byteCountLimit: Int)
    /// No server listens at the path.
    case notListening(String)
    /// Another server listens at the path, or the file there is not a socket.
    case inUse(String)
    /// All client slots or all frame memory are in use. The client may try again.
    case busy(String)
    /// The user ID of the client's process is not allowed.
    case notPermitted
    case timedOut
    /// The other side closed the connection. If a request was sent and its last response is missing, the outcome of the
    /// request is unknown.
    case closed
    /// The frame is not JSON, is nested too deeply, or is not a valid message. The text contains no bytes of the frame.
    case malformed(String)
    case tooLarge(byteCount: Int, limit: Int)
    case system(operation: String, code: Int32, reason: String)

    package var description: String {
        switch self {
        case .pathUnusable(let path, let limit):
            "the socket path must have 1 to \(limit) bytes, but has \(path.utf8.count)"
        case .notListening(let path): "no server listens at \(path)"
        case .inUse(let path): "\(path) belongs to a running server or is not a socket"
        case .busy(let reason): "the server is busy: \(reason); try again"
        case .notPermitted: "this user has no permission to use the control socket"
        case .timedOut: "the other side did not send or read in time"
        case .closed: "the other side closed the connection"
        case .malformed(let reason): reason
        case .tooLarge(let byteCount, let limit): "the frame has \(byteCount) bytes, but the limit is \(limit)"
        case .system(let operation, _, let reason): "\(operation) failed: \(reason)"
        }
    }
}

/// A frame that the server sends to the client.
enum ControlReply<Response> {
    case response(Response)
    /// The last frame of a connection.
    case failure(ControlFailure)
}

extension ControlReply: Encodable where Response: Encodable {}
extension ControlReply: Decodable where Response: Decodable {}
