import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Keep-alive connections that each send one delivery after another, for a bounded time.
struct LoadGenerator {
    /// What a run measured.
    struct Outcome {
        let acknowledgedCount: Int
        let otherCount: Int
        let seconds: Double
        /// Milliseconds, in order.
        let latencies: [Double]

        var perSecond: Double {
            Double(acknowledgedCount) / seconds
        }

        func percentile(_ share: Double) -> Double {
            guard !latencies.isEmpty else { return .nan }
            return latencies[min(latencies.count - 1, Int(Double(latencies.count) * share))]
        }
    }

    let port: Int
    let connectionCount: Int
    let seconds: Int
    let factory: DeliveryFactory
    /// First number of the bodies, so that runs on one archive do not repeat each other.
    let firstNumber: Int

    func run() async throws -> Outcome {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let tally = Tally(firstNumber: firstNumber)
        let end = NIODeadline.now() + .seconds(Int64(seconds))
        let start = NIODeadline.now()
        let channels = try await withThrowingTaskGroup(of: (any Channel).self) { tasks in
            for _ in 0..<connectionCount {
                tasks.addTask {
                    try await ClientBootstrap(group: group)
                        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                        .channelInitializer { channel in
                            channel.eventLoop.makeCompletedFuture {
                                try channel.pipeline.syncOperations.addHandler(
                                    DeliverySender(factory: factory, tally: tally, end: end))
                            }
                        }
                        .connect(host: "127.0.0.1", port: port).get()
                }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        for channel in channels { try? await channel.closeFuture.get() }
        let elapsed = Double((NIODeadline.now() - start).nanoseconds) / 1e9
        try await group.shutdownGracefully()
        return tally.outcome(seconds: elapsed)
    }
}

/// What all connections counted.
private final class Tally: Sendable {
    private struct Counts {
        var next: Int
        var other = 0
        var latencies: [Int64] = []
    }

    private let counts: Mutex<Counts>

    init(firstNumber: Int) {
        counts = Mutex(Counts(next: firstNumber))
    }

    func takeNumber() -> Int {
        counts.withLock { counts in
            counts.next += 1
            return counts.next
        }
    }

    func note(status: Int, nanoseconds: Int64) {
        counts.withLock { counts in
            if status == 200 { counts.latencies.append(nanoseconds) } else { counts.other += 1 }
        }
    }

    func outcome(seconds: Double) -> LoadGenerator.Outcome {
        counts.withLock { counts in
            LoadGenerator.Outcome(
                acknowledgedCount: counts.latencies.count, otherCount: counts.other, seconds: seconds,
                latencies: counts.latencies.sorted().map { Double($0) / 1e6 })
        }
    }
}

/// Sends a delivery, waits for the whole answer, sends the next.
private final class DeliverySender: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let factory: DeliveryFactory
    private let tally: Tally
    private let end: NIODeadline
    private var sentAt = NIODeadline.now()
    private var received: [UInt8] = []

    init(factory: DeliveryFactory, tally: Tally, end: NIODeadline) {
        self.factory = factory
        self.tally = tally
        self.end = end
    }

    func channelActive(context: ChannelHandlerContext) {
        send(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.append(contentsOf: unwrapInboundIn(data).readableBytesView)
        guard let headEnd = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
        let head = String(decoding: received[..<headEnd.lowerBound], as: UTF8.self)
        let length =
            head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length: ") }
            .flatMap { Int($0.dropFirst(16)) } ?? 0
        guard received.count >= headEnd.upperBound + length else { return }
        received.removeAll(keepingCapacity: true)
        tally.note(
            status: Int(head.dropFirst(9).prefix(3)) ?? 0, nanoseconds: (NIODeadline.now() - sentAt).nanoseconds)
        if NIODeadline.now() >= end { context.close(promise: nil) } else { send(context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func send(_ context: ChannelHandlerContext) {
        let request = factory.request(tally.takeNumber())
        sentAt = .now()
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: request)), promise: nil)
    }
}
