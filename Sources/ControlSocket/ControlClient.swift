internal import Foundation
internal import Synchronization

/// The command line's side of the control socket. All calls block; one thread at a time uses a client.
///
/// A client may send many requests. The server handles them one after the other, in the order sent.
package final class ControlClient<Request: Encodable & Sendable, Response: Decodable & Sendable>: Sendable {
    private let channel: ControlChannel
    private let limits: ControlLimits
    private let responseTimeout: Duration
    /// A response to an earlier request, read when a send failed.
    private let unread = Mutex<Response?>(nil)

    private init(_ channel: ControlChannel, limits: ControlLimits, responseTimeout: Duration) {
        self.channel = channel
        self.limits = limits
        self.responseTimeout = responseTimeout
    }

    /// - Parameter responseTimeout: the longest wait for the first byte of a response, which includes the handler's work.
    package static func connect(
        path: String, limits: ControlLimits = ControlLimits(), responseTimeout: Duration = .seconds(600)
    ) throws(ControlFailure) -> ControlClient {
        let descriptor = try ControlAddress(path).connect()
        return ControlClient(
            ControlChannel(descriptor, limits: limits), limits: limits, responseTimeout: responseTimeout)
    }

    /// A failure other than `tooLarge` and `malformed` means that no other request can be sent. Responses to earlier requests can
    /// still be received.
    package func send(_ request: Request) throws(ControlFailure) {
        let frame = try ControlCoding.encode(request, byteCountLimit: limits.frameByteCount)
        do throws(ControlFailure) {
            try channel.write(frame)
        } catch .closed {
            try receiveReason()
            throw .closed
        }
    }

    /// The next response; nil if the server closed the connection between two frames.
    package func receive() throws(ControlFailure) -> Response? {
        if let response = unread.withLock({ $0.take() }) { return response }
        return try receive(within: responseTimeout)
    }

    private func receive(within timeout: Duration) throws(ControlFailure) -> Response? {
        guard let byteCount = try channel.readLength(idleTimeout: timeout) else { return nil }
        switch try channel.readMessage(ControlReply<Response>.self, byteCount: byteCount) {
        case .response(let response): return response
        case .rejection(let rejection): throw .rejected(rejection)
        }
    }

    /// Throws the reason if the server sent one before it closed the connection. It does not wait for one.
    private func receiveReason() throws(ControlFailure) {
        guard unread.withLock({ $0 == nil }) else { return }
        do throws(ControlFailure) {
            let response = try receive(within: .zero)
            unread.withLock { $0 = response }
        } catch .rejected(let rejection) {
            throw .rejected(rejection)
        } catch {
            // `closed` says enough.
        }
    }

    /// Ends the connection. Later calls fail with `closed` or return nil.
    package func close() {
        channel.end()
    }
}
