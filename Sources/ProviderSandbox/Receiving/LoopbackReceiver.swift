internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// An HTTP/1.1 listener on 127.0.0.1 that hands over whole requests with their exact bytes. One request a connection.
package struct LoopbackReceiver: Sendable {
    /// The port that was asked for, or the one that 0 became.
    package let port: Int
    /// What comes in, one after the other. Requests wait here until they are answered.
    package let arrivals: AsyncStream<Arrival>

    private let channel: any Channel
    private let connections: OpenConnections
    private let continuation: AsyncStream<Arrival>.Continuation

    package static func listen(
        port: Int, limits: ReceiverLimits = ReceiverLimits()
    ) async throws(SandboxFailure) -> LoopbackReceiver {
        // Holds no more than one request for each open connection.
        let (arrivals, continuation) = AsyncStream.makeStream(of: Arrival.self)
        let connections = OpenConnections(limit: limits.connectionCount)
        let report: @Sendable (Arrival) -> Void = { continuation.yield($0) }
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 128)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                guard connections.add(channel) else {
                    report(.refusal(.tooManyConnections))
                    return channel.close()
                }
                return channel.eventLoop.makeCompletedFuture {
                    let recorder = HeadRecorder(byteCountLimit: limits.headByteCount)
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(recorder)
                    try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
                    try pipeline.addHandler(ReceivingHandler(recorder: recorder, limits: limits, report: report))
                }
            }
        do {
            let channel = try await bootstrap.bind(host: "127.0.0.1", port: port).get()
            return LoopbackReceiver(
                port: channel.localAddress?.port ?? port, arrivals: arrivals, channel: channel,
                connections: connections,
                continuation: continuation)
        } catch {
            throw .cannotListen(port: port, problem: NetworkProblem.text(error))
        }
    }

    /// Stops listening and closes every connection, answered or not.
    package func stop() async {
        try? await channel.close()
        connections.closeAll()
        continuation.finish()
    }
}
