internal import NIOCore
internal import Synchronization

/// The connections that wait for a request. After the owner has closed this object, handlers close connections that
/// become idle.
final class IdleConnections: Sendable {
    /// The maximum number of idle connections to all endpoints together.
    private static let limit = 256

    private struct State {
        var connections: [OutboundConnection.Endpoint: [OutboundConnection]] = [:]
        var count = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Removes and returns the connection that was used last, because the server is least likely to have closed it.
    func take(_ endpoint: OutboundConnection.Endpoint) -> OutboundConnection? {
        state.withLock { state in
            guard let taken = state.connections[endpoint]?.popLast() else { return nil }
            state.count -= 1
            return taken
        }
    }

    /// Adds a connection. Returns false if the caller must close the connection instead.
    func put(_ connection: OutboundConnection) -> Bool {
        state.withLock { state in
            guard !state.isClosed, state.count < Self.limit else { return false }
            state.connections[connection.endpoint, default: []].append(connection)
            state.count += 1
            return true
        }
    }

    /// Removes a connection. Returns false if the connection is not idle.
    func remove(_ channel: any Channel) -> Bool {
        state.withLock { state in
            for (endpoint, connections) in state.connections {
                guard let place = connections.firstIndex(where: { $0.channel === channel }) else { continue }
                state.connections[endpoint]?.remove(at: place)
                if connections.count == 1 { state.connections[endpoint] = nil }
                state.count -= 1
                return true
            }
            return false
        }
    }

    func close() {
        let open = state.withLock { state in
            defer { state.connections = [:] }
            (state.isClosed, state.count) = (true, 0)
            return state.connections.values.flatMap { $0 }
        }
        for connection in open { connection.close() }
    }
}
