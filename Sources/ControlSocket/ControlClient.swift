internal import Foundation

/// A client of the control socket, for one request and its responses. All calls block. Only one thread at a time may
/// use a client.
package struct ControlClient<Request: Encodable & Sendable, Response: Decodable & Sendable>: Sendable {
    private let channel: ControlChannel
    private let limits: ControlLimits
    private let responseTimeout: Duration
    private let received: ReceivedDescriptors

    /// - Parameter responseTimeout: the maximum wait for the first byte of a response, including the handler's work.
    package static func connect(
        path: String, limits: ControlLimits = ControlLimits(), responseTimeout: Duration = .seconds(600)
    ) throws(ControlFailure) -> ControlClient {
        let descriptor = try ControlAddress(path).connect()
        let received = ReceivedDescriptors()
        return ControlClient(
            channel: ControlChannel(descriptor, limits: limits, received: received), limits: limits,
            responseTimeout: responseTimeout, received: received)
    }

    /// Sends the request. If the server rejects the request before it is complete, throws the server's failure.
    package func send(_ request: Request) throws(ControlFailure) {
        let frame = try ControlCoding.encode(request, byteCountLimit: limits.frameByteCount)
        do throws(ControlFailure) {
            try channel.write(frame)
        } catch .closed {
            do throws(ControlFailure) { _ = try receive(within: .zero) } catch .timedOut {}
            throw .closed
        }
    }

    /// The next response; nil after the last response.
    package func receive() throws(ControlFailure) -> Response? {
        try receive(within: responseTimeout)
    }

    private func receive(within timeout: Duration) throws(ControlFailure) -> Response? {
        guard let byteCount = try channel.readLength(within: timeout) else { return nil }
        switch try channel.readMessage(ControlReply<Response>.self, byteCount: byteCount) {
        case .response(let response): return response
        case .failure(let failure): throw failure
        }
    }

    /// Returns the descriptors that were received with the responses so far. The caller closes the descriptors.
    package func takeDescriptors() -> [Int32] {
        received.take()
    }

    /// Ends the connection. Later calls throw `closed` or return nil.
    package func close() {
        channel.end()
    }
}
